"""A review whose bot is killed at ten moments: nothing is lost, nothing is doubled."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from screening.stages import Stage
from tests.desks import title
from tests.faults.killing import Killer
from tests.flows.installation import ROOT, Installation, installed
from tests.flows.screening_a_review import (
    REVIEWERS,
    decide_conflicts,
    leave_the_lead_out,
    opinion,
    pending_votes_are_sealed,
    quiet,
    reading,
    settle,
)
from tests.flows.standins import wait_until
from tests.flows.team import Journal, ask_patiently, newest_card, vote_patiently, write_ris
from tests.flows.truths import check_truths, posted_keys

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

SEED = int(os.environ.get("WINNOW_KILL_SEED", "20201116"))


def import_killed_midway(it: Installation, file: Path, source: str, dice: random.Random) -> None:
    """Kill the command in its work, then run it again: all of the file is there, once."""
    command = [*(sys.executable, "-m", "bot", "import", str(file), "--source", source)]
    config = ["--config", str(it.folder / "config.toml"), "--json"]
    process = subprocess.Popen(
        [*command, *config],
        cwd=ROOT,
        env=it.environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(dice.uniform(0.4, 1.6))
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=10)
    it.bring(file, source)


def test_a_review_outlives_ten_kills(tmp_path: Path) -> None:
    print(f"seed {SEED}")
    dice = random.Random(SEED)
    journal = Journal()
    with installed(tmp_path) as it:
        leave_the_lead_out(it)
        killer = Killer(it, dice)
        first = write_ris(it.folder / "medline.ris", [title(n) for n in range(40)])
        second = write_ris(it.folder / "eric.ris", [title(n) for n in range(30, 60)])
        it.bring(first, "MEDLINE")
        it.start_bot()
        # Slow enough that a request can be cut off before, in and after its effect.
        for service, method in (
            ("google", "spreadsheets.batchUpdate"),
            ("google", "*batchGetByDataFilter"),
            ("slack", "chat.postMessage"),
            ("slack", "upload"),
        ):
            it.control.post("latency", service=service, method=method, ms=60)
        with killer.during_request("spreadsheets.batchUpdate"):
            import_killed_midway(it, second, "ERIC", dice)
        for who in REVIEWERS:
            ask_patiently(it, who, 40)
        vote_some_killing_clicks(it, killer, journal)
        decide_all(it, killer, journal)
        mornings(it, killer, journal)
        finish(it, journal)
        print("killed in:", "; ".join(killer.moments))
        assert len(killer.moments) >= 10
        check_truths(it, journal)
        check_figures(it)
        keys = posted_keys(it)
        for day in ("2026-03-03", "2026-03-04"):
            assert keys[f"peer/digest/{day}"] == keys[f"peer/prisma/{day}"] == 1, keys
        it.stop_bot()
        check_truths(it, journal)


def vote_some_killing_clicks(it: Installation, killer: Killer, journal: Journal) -> None:
    """Everybody votes; the bot dies in three clicks, in an answer and between read and write."""
    for who in REVIEWERS:
        vote_patiently(it, who, opinion, journal, undo_every=9, most=killer.dice.randint(3, 12))
        with killer.during_click():
            vote_patiently(it, who, opinion, journal, most=3)
    with killer.during_request("response_url", within_ms=5):
        vote_patiently(it, "ben", opinion, journal, most=4)
    with killer.during_request("*batchGetByDataFilter"):
        vote_patiently(it, "chloe", opinion, journal, undo_every=4, most=12)
    with killer.during_request("chat.postMessage"):
        work_to_the_end(it, journal)
    pending_votes_are_sealed(it)


def work_to_the_end(it: Installation, journal: Journal) -> None:
    """Let everybody vote until nobody is given anything more."""
    while True:
        for who in REVIEWERS:
            vote_patiently(it, who, opinion, journal, undo_every=9)
        given = [ask_patiently(it, who, 40) for who in REVIEWERS]
        if not any(given):
            return


def decide_all(it: Installation, killer: Killer, journal: Journal) -> None:
    """Settle the last votes and end the conflicts; the bot dies in a conflict's announcement."""
    settle(it)
    with killer.during_request("chat.update"):
        decide_conflicts(it, patient=True)


def mornings(it: Installation, killer: Killer, journal: Journal) -> None:
    """Two mornings: the bot dies in a digest, in an image and while cards are handed out."""
    for day, method in ((3, "chat.postMessage"), (4, "files.completeUploadExternal")):
        with killer.during_request(method):
            it.move_to(f"2026-03-{day:02d}T08:30:00+00:00")
        wait_until(lambda d=day: told_the_day(it, f"2026-03-{d:02d}"), 60, every=0.5)
        work_to_the_end(it, journal)
        if day == 3:
            killer.now("an idle moment")
        settle(it)
        decide_conflicts(it, patient=True)


def told_the_day(it: Installation, day: str) -> bool:
    """Tell whether a day's digest and counts stand in the channel, images included."""
    keys = posted_keys(it)
    return bool(keys[f"peer/digest/{day}"] and keys[f"peer/prisma/{day}"])


def finish(it: Installation, journal: Journal) -> None:
    """Vote on what is left, decide it, and wait until everything is carried."""
    while True:
        work_to_the_end(it, journal)
        settle(it)
        decide_conflicts(it, patient=True)
        quiet(it)
        if all(newest_card(it, who) is None for who in REVIEWERS) and nothing_pending(it):
            return


def nothing_pending(it: Installation) -> bool:
    """Tell whether every record is decided at every stage that it entered."""
    with reading(it) as tx:
        return all(not f.pending and not f.conflict for f in tx.stage_figures())


def check_figures(it: Installation) -> None:
    """The review is whole: every record decided by the votes it needs, every identity holds."""
    report = it.json_of("prisma", "--format", "json")
    assert report["failed"] == []
    counts = report["counts"]
    assert counts["database_results"] == 70
    assert counts["duplicates"] == 10
    assert counts["records_screened"] == 60
    assert counts["awaiting_title_abstract"] == counts["awaiting_full_text"] == 0
    assert pending_votes_are_sealed(it) == 0
    with reading(it) as tx:
        ids = [view.record_id for view in tx.records_after("", 10_000)]
        votes = tx.current_votes(ids, Stage.TITLE_ABSTRACT)
    assert len(votes) == 120
