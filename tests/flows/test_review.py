"""A review from import to inclusion: three reviewers, sixty records, two stages, two mornings.

Afterwards store, sheet, digest and PRISMA must agree to the record, and no pending vote was readable.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from screening.stages import Stage
from store import open_store
from tests.desks import title
from tests.flows.installation import REASONS, Installation, installed, wait_for_message
from tests.flows.standins import wait_until
from tests.flows.team import ask_for_cards, newest_card, work_through, write_ris

pytestmark = pytest.mark.slow

REVIEWERS = ("ben", "chloe", "dev")
NOT_SCREENING = "stages = []\n"


def number_in(text: str) -> int:
    """The number by which a test record's title can be told."""
    found = re.search(r"cohort(\d+)", text)
    assert found, text
    return int(found.group(1))


def opinion(who: str, record: str, stage: str) -> str:
    """What a member thinks: they mostly agree; every seventh record they do not."""
    n = number_in(record)
    good = n % 3 == 0
    if n % 7 == 0 and who == "chloe":
        good = not good
    if n % 7 == 0 and who == "dev":
        good = not good
    if stage == "title_abstract":
        if good and n % 5 == 0:
            return "Maybe"
        return "Include" if good else "Exclude"
    return "Include" if good and n % 2 == 0 else REASONS[n % len(REASONS)]


def settle(it: Installation) -> None:
    """Let five minutes pass and wait until everything is carried."""
    it.move(minutes=6)
    wait_until(lambda: unsettled(it) == 0, 20, every=0.2)
    quiet(it)


def unsettled(it: Installation) -> int:
    store = open_store(f"sqlite:///{it.folder / 'winnow.sqlite3'}")
    try:
        with store.reading("peer") as tx:
            return len(tx.unsettled_votes())
    finally:
        store.close()


def quiet(it: Installation, seconds: float = 60.0) -> None:
    """Wait until nothing waits to be carried to Slack or the sheet."""

    def done() -> bool:
        (status,) = it.json_of("status")
        return not status["waiting_for_sheet"] and not status["waiting_for_slack"]

    wait_until(done, seconds, every=0.5)


def pending_votes_are_sealed(it: Installation) -> int:
    """Check that no row of the sheet shows a vote on a record still pending; return how many hide."""
    pending = {
        (row["ID"], stage)
        for row in it.rows("Records")
        for stage, column in (("title/abstract", "Title/abstract"), ("full text", "Full text"))
        if row.get(column, "") in ("", "pending")
    }
    hidden = 0
    for row in it.rows("Votes"):
        if (row["Record"], row["Stage"]) in pending:
            assert row["Vote"].startswith("sealed:"), row
            assert row["Reason"] in ("", "sealed"), row
            hidden += 1
    return hidden


def decide_conflicts(it: Installation) -> Counter[str]:
    """End every open conflict as the lead: every other one in Slack, the rest in the sheet."""
    ended: Counter[str] = Counter()
    rows = [row for row in it.rows("Conflicts") if not row["Resolved at"]]
    for n, row in enumerate(rows):
        outcome = "include" if number_in(row["Title"]) % 2 else "exclude"
        if n % 2:
            if outcome == "exclude" and row["Stage"] == "full text":
                it.edit("Conflicts", "ID", row["ID"], "Reason", REASONS[0])
            it.edit("Conflicts", "ID", row["ID"], "Decision", outcome)
            ended["sheet"] += 1
        else:
            decide_in_slack(it, row, outcome)
            ended["slack"] += 1
    wait_until(lambda: all(row["Resolved at"] for row in it.rows("Conflicts")), 30, every=0.3)
    return ended


def decide_in_slack(it: Installation, row: dict[str, str], outcome: str) -> None:
    """Decide from the list that /winnow conflicts gives: open one, choose, submit."""
    it.control.command("ana", "conflicts", where="#screening")
    found = "conflict.open"
    message = wait_for_message(it.control, "ana", "#screening", row["ID"], 10)
    control = next(
        c for c in message["controls"] if c["action_id"] == found and row["ID"] in str(c["value"])
    )
    it.control.click(
        "ana", action_id=found, value=control["value"], where="#screening", ts=message["ts"]
    )
    wait_until(lambda: it.control.see("ana")["modal"], 5)
    choice = "Include"
    if outcome == "exclude":
        choice = f"Exclude: {REASONS[0]}" if row["Stage"] == "full text" else "Exclude"
    used = it.control.submit("ana", {"Decision": choice, "Comment": "talked it over"})
    assert not used["warning"], used
    assert not used["errors"], used


def posts(it: Installation, text: str) -> list[dict[str, object]]:
    """The messages in the channel whose words begin with a text."""
    return [m for m in it.control.messages("ana", "#screening") if text in m["words"]]


def test_a_review_is_screened_end_to_end(tmp_path: Path) -> None:
    with installed(tmp_path) as it:
        config = it.folder / "config.toml"
        lead = 'name = "Ana"\nrole = "lead"\n'
        config.write_text(config.read_text().replace(lead, lead + NOT_SCREENING))
        first = write_ris(it.folder / "medline.ris", [title(n) for n in range(40)])
        second = write_ris(it.folder / "eric.ris", [title(n) for n in range(30, 60)])
        assert it.bring(first, "MEDLINE")["new"] == 40
        summary = it.bring(second, "ERIC")
        assert (summary["read"], summary["duplicates"], summary["new"]) == (30, 10, 20)
        it.start_bot()

        # Title and abstract: everybody votes on what they are given; some undo, some tap twice.
        for who in REVIEWERS:
            assert ask_for_cards(it, who, 40) is not None
        for who in REVIEWERS:
            work_through(it, who, opinion, undo_every=9, twice_every=6)
            quiet(it)
            pending_votes_are_sealed(it)
        while any(ask_for_cards(it, who, 40) for who in REVIEWERS):
            for who in REVIEWERS:
                work_through(it, who, opinion, undo_every=9, twice_every=6)
        settle(it)
        ended = decide_conflicts(it)
        assert ended["sheet"] and ended["slack"]

        # Two mornings: cards are handed out, one digest and one PRISMA post each.
        for day in (3, 4):
            it.move_to(f"2026-03-{day:02d}T08:30:00+00:00")
            wait_until(lambda d=day: len(posts(it, f"{d} Mar 2026")) == 1, 30, every=0.3)
            wait_until(lambda d=day: len(posts(it, "PRISMA 2020 counts")) == d - 2, 30, every=0.3)
            for who in REVIEWERS:
                if newest_card(it, who) is None:
                    ask_for_cards(it, who, 40)
                work_through(it, who, opinion)
            settle(it)
            decide_conflicts(it)
        while any(ask_for_cards(it, who, 40) for who in REVIEWERS):
            for who in REVIEWERS:
                work_through(it, who, opinion)
        settle(it)
        decide_conflicts(it)
        quiet(it)
        assert pending_votes_are_sealed(it) == 0
        check_everything_agrees(it)
        it.stop_bot()


def check_everything_agrees(it: Installation) -> None:
    """Compare store, sheet, PRISMA and the command line record by record."""
    report = it.json_of("prisma", "--format", "json")
    counts = report["counts"]
    assert report["failed"] == []
    assert counts["database_results"] == 70
    assert counts["duplicates"] == 10
    assert counts["records_screened"] == 60
    assert counts["awaiting_title_abstract"] == counts["awaiting_full_text"] == 0
    rows = {row["ID"]: row for row in it.rows("Records")}
    assert len(rows) == 70
    store = open_store(f"sqlite:///{it.folder / 'winnow.sqlite3'}")
    try:
        with store.reading("peer") as tx:
            views = tx.records(list(rows))
            assert len(views) == 70
            for view in views:
                row = rows[view.record_id]
                assert row["Title"] == view.record.title
                for stage, column in (
                    (Stage.TITLE_ABSTRACT, "Title/abstract"),
                    (Stage.FULL_TEXT, "Full text"),
                ):
                    screening = view.screening(stage)
                    wanted = screening.outcome.value if screening and screening.outcome else ""
                    assert wanted in row[column].replace(" ", "_"), (row, screening)
            for stage in Stage:
                current = tx.current_votes([v.record_id for v in views], stage)
                voters = Counter((v.record_id, v.reviewer_id) for v in current)
                assert max(voters.values(), default=1) == 1
                if stage is Stage.TITLE_ABSTRACT:
                    assert len(voters) == 120
            log = [*all_vote_ids(tx)]
    finally:
        store.close()
    sheet_votes = [row["Vote ID"] for row in it.rows("Votes")]
    assert sorted(sheet_votes) == sorted(log)
    included = sum(row["Full text"].startswith("include") for row in rows.values())
    assert counts["new_studies"] == included > 0
    digest = posts(it, "4 Mar 2026")[0]
    assert "checks" not in str(digest["words"]).lower() or "hold" in str(digest["words"]).lower()
    stamps = [float(str(m["ts"])) for m in it.control.messages("ana", "#screening")]
    assert all(a < b for a, b in pairwise(stamps))
    counters = it.control.get("requests/counters")
    assert "429" not in counters["statuses"], counters["statuses"]
    assert not [e for e in counters["errors"] if "standin" in e], json.dumps(counters["errors"])


def all_vote_ids(tx) -> list[str]:
    """Every vote ID of the log."""
    found: list[str] = []
    while True:
        more = tx.vote_ids_after(found[-1] if found else "", 500)
        if not more:
            return found
        found += more
