"""A review from import to inclusion: three reviewers, sixty records, two stages, two mornings.

Afterwards store, sheet, digest and PRISMA must agree to the record, and no pending vote was readable.
"""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from screening.stages import Stage
from store import open_store
from tests.desks import title
from tests.flows.installation import Installation, installed
from tests.flows.screening_a_review import (
    REVIEWERS,
    all_vote_ids,
    decide_conflicts,
    leave_the_lead_out,
    opinion,
    pending_votes_are_sealed,
    posts,
    quiet,
    settle,
)
from tests.flows.standins import wait_until
from tests.flows.team import ask_for_cards, newest_card, work_through, write_ris
from tests.flows.truths import check_log

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def test_a_review_is_screened_end_to_end(tmp_path: Path) -> None:
    with installed(tmp_path) as it:
        leave_the_lead_out(it)
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
        check_log(it)


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
