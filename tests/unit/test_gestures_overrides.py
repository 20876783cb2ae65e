"""A lead who decides again: conflicts that have ended are told anew, in Slack and in the sheet."""

from __future__ import annotations

import pytest

from bot.blocks.conflict import conflict_message
from screening.gestures.batches import request_batch
from screening.gestures.conflicts import override_decision, resolve_conflict
from screening.gestures.settling import settle_due
from screening.stages import Outcome, Stage
from screening.votes import Choice
from tests.desks import BEN, CHLOE, LEAD, bring, make_desk, vote


@pytest.fixture
def desk(store):
    made = make_desk(store)
    bring(made, 3)
    return made


def ended_conflict(desk) -> tuple[str, str]:
    """A record in conflict that the lead included; its ID and the conflict's, nothing to be carried."""
    for who in (BEN, CHLOE):
        request_batch(desk, "peer", by=who, size=3, gesture_key=f"ask:{who}")
    vote(desk, BEN, "R000001", Choice.INCLUDE)
    vote(desk, CHLOE, "R000001", Choice.EXCLUDE)
    desk.clock.move(minutes=10)
    settle_due(desk, "peer", at=desk.clock.now())
    with desk.store.reading("peer") as tx:
        (conflict,) = tx.open_conflicts()
    resolve_conflict(
        desk,
        "peer",
        by=LEAD,
        conflict_id=conflict.conflict_id,
        outcome=Outcome.INCLUDE,
        gesture_key="resolved",
    )
    carried(desk)
    return conflict.record_id, conflict.conflict_id


def carried(desk) -> list[tuple[str, str]]:
    """What waits to be carried for conflicts; nothing waits afterwards."""
    with desk.store.writing("peer") as tx:
        items = [*tx.outbox("slack", 99), *tx.outbox("sheet", 99)]
        tx.finish_outbox([item.seq for item in items])
    return [(i.kind, i.key) for i in items if i.kind in ("conflict_resolved", "Conflicts")]


def override(desk, record_id: str, outcome: Outcome | None, key: str) -> None:
    override_decision(
        desk,
        "peer",
        by=LEAD,
        record_id=record_id,
        stage=Stage.TITLE_ABSTRACT,
        outcome=outcome,
        gesture_key=key,
    )


def test_an_override_after_a_conflict_is_told_where_the_conflict_was(desk):
    record_id, conflict_id = ended_conflict(desk)
    override(desk, record_id, Outcome.EXCLUDE, "o1")
    assert carried(desk) == [("conflict_resolved", conflict_id), ("Conflicts", conflict_id)]
    with desk.store.reading("peer") as tx:
        (view,) = tx.conflict_views([conflict_id])
    assert view.overridden == (Outcome.EXCLUDE, "")
    told = str(conflict_message(desk.review("peer"), view))
    assert "*Included* by the lead, Ana. Since then *excluded* by override." in told


def test_the_same_decision_again_adds_nothing(desk):
    record_id, conflict_id = ended_conflict(desk)
    override(desk, record_id, Outcome.INCLUDE, "o1")
    with desk.store.reading("peer") as tx:
        (view,) = tx.conflict_views([conflict_id])
    assert view.overridden is None


def test_an_override_taken_back_is_told_no_more(desk):
    record_id, conflict_id = ended_conflict(desk)
    override(desk, record_id, Outcome.EXCLUDE, "o1")
    carried(desk)
    override(desk, record_id, None, "o2")
    assert ("Conflicts", conflict_id) in carried(desk)
    with desk.store.reading("peer") as tx:
        (view,) = tx.conflict_views([conflict_id])
    assert view.overridden is None
