"""The table of states is what the gestures do, and what docs/states.md says."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from screening.errors import WinnowError
from screening.gestures.batches import request_batch
from screening.gestures.conflicts import override_decision, resolve_conflict
from screening.gestures.duplicates import judge_pair
from screening.gestures.fulltext import (
    attach_full_text,
    report_not_retrieved,
    undo_not_retrieved,
)
from screening.gestures.reported import report_of
from screening.gestures.settling import settle_due
from screening.gestures.voting import change_vote, undo_vote
from screening.stages import Outcome, Stage, Status
from screening.states import TRANSITIONS, is_foreseen, page
from screening.views import DuplicatePair
from screening.votes import Choice
from store import open_store
from store.stages import Stages
from tests.desks import BEN, CHLOE, DEV, LEAD, REASONS, bring, make_desk, screening_of, vote

PAGE = Path(__file__).parents[2] / "docs" / "states.md"
RECORDS = [f"R{n:06d}" for n in range(1, 9)]
PAIRS = [
    DuplicatePair(f"D{n}", "peer", RECORDS[n], RECORDS[n + 1], "possible", 80.0, "", "possible")
    for n in range(0, 6, 2)
]


def test_the_page_is_current() -> None:
    assert PAGE.read_text() == page(), "python -m screening.states > docs/states.md"


def test_every_state_can_be_reached_and_left() -> None:
    for status in Status:
        assert any(row.after is status and row.before is not status for row in TRANSITIONS)
        assert any(row.before is status and row.after is not status for row in TRANSITIONS)


def watched(monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """Note every change of state that the store is asked for."""
    seen: list[tuple] = []
    write, leave = Stages.set_screening, Stages.leave_stage

    def set_screening(self, screening):
        before = self.screening(screening.record_id, screening.stage)
        change = (before and before.status, screening.status)
        if change[0] is not change[1] or change == (Status.DECIDED, Status.DECIDED):
            seen.append((screening.stage, *change, screening.how))
        write(self, screening)

    def leave_stage(self, stage, record_id):
        before = self.screening(record_id, stage)
        if before is not None:
            seen.append((stage, before.status, None, None))
        leave(self, stage, record_id)

    monkeypatch.setattr(Stages, "set_screening", set_screening)
    monkeypatch.setattr(Stages, "leave_stage", leave_stage)
    return seen


def gesture(desk, rng: random.Random, key: str) -> None:
    """Make one gesture of a random member on a random record."""
    record, stage = rng.choice(RECORDS), rng.choice(list(Stage))
    outcome, reason = rng.choice(list(Outcome)), rng.choice(REASONS)
    who = rng.choice([BEN, CHLOE, DEV])
    with desk.store.reading("peer") as tx:
        cards = tx.open_assignments(reviewer_id=who)
        mine = [view.vote for view in tx.last_votes(who, 10)]
        conflicts = tx.open_conflicts(None)
    common = {"gesture_key": key}
    kind = rng.choice(
        ["vote"] * 12
        + ["settle"] * 4
        + ["batch", "change", "undo", "missing", "found"] * 2
        + ["resolve", "override", "empty", "attach", "judge"]
    )
    if kind == "vote" and cards:
        full = cards[0].stage is Stage.FULL_TEXT
        choice = rng.choice(["include", "include", "exclude"])
        vote(desk, who, cards[0].record_id, choice, reason=reason if full else "", **common)
    elif kind in ("batch", "vote"):
        request_batch(desk, "peer", by=who, size=8, **common)
    elif kind == "settle":
        settle_due(desk, "peer", at=desk.clock.move(minutes=6))
    elif kind == "change" and mine:
        choice = rng.choice([Choice.INCLUDE, Choice.EXCLUDE])
        change_vote(
            desk,
            "peer",
            by=who,
            vote_id=rng.choice(mine).vote_id,
            choice=choice,
            reason=reason,
            **common,
        )
    elif kind == "undo" and mine:
        undo_vote(desk, "peer", by=who, vote_id=mine[0].vote_id, **common)
    elif kind == "missing" and cards:
        report_not_retrieved(desk, "peer", by=who, assignment_id=cards[0].assignment_id, **common)
    elif kind == "found":
        with desk.store.reading("peer") as tx:
            report = report_of(tx, who)
        card = report.assignment_id if report is not None else ""
        undo_not_retrieved(desk, "peer", by=who, assignment_id=card, **common)
    elif kind == "resolve" and conflicts:
        resolve_conflict(
            desk,
            "peer",
            by=LEAD,
            conflict_id=conflicts[0].conflict_id,
            outcome=outcome,
            reason=reason,
            **common,
        )
    elif kind in ("override", "empty"):
        wanted = outcome if kind == "override" else None
        override_decision(
            desk,
            "peer",
            by=LEAD,
            record_id=record,
            stage=stage,
            outcome=wanted,
            reason=reason,
            **common,
        )
    elif kind == "attach":
        attach_full_text(
            desk, "peer", by=who, record_id=record, link="https://x.org/1.pdf", **common
        )
    elif kind == "judge":
        judge_pair(
            desk,
            "peer",
            by=LEAD,
            pair_id=rng.choice(PAIRS).pair_id,
            verdict=rng.choice(["same", "different"]),
            **common,
        )


def test_whatever_the_team_does_is_in_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = watched(monkeypatch)
    for seed in range(6):
        rng = random.Random(seed)
        store = open_store(f"sqlite:///{tmp_path}/{seed}.sqlite3")
        desk = make_desk(store)
        bring(desk, len(RECORDS))
        with store.writing("peer") as tx:
            for pair in PAIRS:
                tx.add_pair(pair)
        for step in range(150):
            try:
                gesture(desk, rng, f"g{step}")
            except WinnowError:
                continue  # a refusal changes nothing
        assert store.drifted("peer") == []
        with store.reading("peer") as tx:
            standing = {s for view in tx.records(RECORDS) for s in view.screenings}
            contested = {(s.record_id, s.stage) for s in standing if s.status is Status.CONFLICT}
            assert {(c.record_id, c.stage) for c in tx.open_conflicts(None)} == contested
        store.close()
    assert {change for change in seen if not is_foreseen(*change)} == set()


def test_a_conflict_between_two_merged_records_ends_with_the_merge(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/winnow.sqlite3")
    desk = make_desk(store)
    bring(desk, 2)
    with store.writing("peer") as tx:
        tx.add_pair(PAIRS[0])
    for who, record, choice in ((BEN, "R000001", "include"), (CHLOE, "R000002", "exclude")):
        request_batch(desk, "peer", by=who, size=2, gesture_key=who)
        vote(desk, who, record, choice)
    settle_due(desk, "peer", at=desk.clock.move(minutes=6))
    common = {"by": LEAD, "pair_id": PAIRS[0].pair_id}
    judge_pair(desk, "peer", **common, verdict="same", gesture_key="same")
    assert screening_of(desk, "R000001").status is Status.CONFLICT
    judge_pair(desk, "peer", **common, verdict="different", gesture_key="different")
    for record in RECORDS[:2]:
        assert screening_of(desk, record).status is Status.PENDING
    with store.reading("peer") as tx:
        assert tx.open_conflicts(None) == []
        (ended,) = tx.conflict_views(tx.conflict_ids_after("", 9))
    assert [v.reviewer_id for v in ended.votes] == [BEN]
    desk.clock.move(minutes=1)
    request_batch(desk, "peer", by=DEV, size=2, gesture_key=DEV)
    vote(desk, DEV, "R000001", "include")
    with store.reading("peer") as tx:
        (ended,) = tx.conflict_views(tx.conflict_ids_after("", 9))
    assert [v.reviewer_id for v in ended.votes] == [BEN], "a vote cast later is blind again"
    store.close()
