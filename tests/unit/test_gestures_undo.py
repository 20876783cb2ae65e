"""The way to undo stays on every card until the vote settles, on the real stores."""

from __future__ import annotations

import pytest

from screening.gestures.batches import request_batch
from screening.gestures.settling import settle_due
from screening.gestures.voting import show_card, skip_card, write_note
from tests.desks import BEN, bring, make_desk, vote


@pytest.fixture
def desk(store):
    made = make_desk(store)
    bring(made, 6)
    return made


def batch(desk, who, size=3):
    return request_batch(desk, "peer", by=who, size=size, gesture_key=f"next:{desk.new_id('K')}")


def records_of(desk, who):
    with desk.store.reading("peer") as tx:
        return [
            a.record_id for a in sorted(tx.open_assignments(reviewer_id=who), key=lambda a: a.place)
        ]


def test_a_vote_can_be_undone_from_whatever_replaces_its_card(desk):
    batch(desk, BEN)
    cast = vote(desk, BEN, records_of(desk, BEN)[0], "exclude").recorded

    def shown_after() -> dict[str, object]:
        first, *_ = records_of(desk, BEN)
        with desk.store.reading("peer") as tx:
            (card,) = tx.open_assignments(reviewer_id=BEN, record_id=first)
        own = {"by": BEN, "assignment_id": card.assignment_id}
        return {
            "note": write_note(desk, "peer", **own, note="?", gesture_key=desk.new_id("K")),
            "skip": skip_card(desk, "peer", **own, gesture_key=desk.new_id("K")),
            "next": batch(desk, BEN),
            "show": show_card(desk, "peer", by=BEN),
        }

    assert {what: shown.recorded for what, shown in shown_after().items()} == dict.fromkeys(
        ["note", "skip", "next", "show"], cast
    )
    desk.clock.move(minutes=6)
    settle_due(desk, "peer", at=desk.clock.now())
    assert {shown.recorded for shown in shown_after().values()} == {None}


def test_a_vote_can_be_undone_where_no_card_is_left(desk):
    batch(desk, BEN, 6)
    for record in records_of(desk, BEN):
        cast = vote(desk, BEN, record, "exclude").recorded
    shown = batch(desk, BEN)
    assert shown.card is None
    assert shown.message.startswith("Nothing is left for you")
    assert shown.recorded == cast
