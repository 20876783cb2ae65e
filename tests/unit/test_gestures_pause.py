"""Pausing stops what comes by itself; whoever asks for cards gets them, and is told, on the real stores."""

from __future__ import annotations

import pytest

from screening.gestures.batches import RESUMED, hand_out, is_paused, pause, request_batch
from screening.gestures.overview import home
from tests.desks import BEN, CHLOE, bring, make_desk, vote


@pytest.fixture
def desk(store):
    made = make_desk(store)
    bring(made, 6)
    return made


def paused(desk, who=BEN):
    with desk.store.reading("peer") as tx:
        return is_paused(tx, who)


def key(desk):
    return desk.new_id("K")


def test_nothing_is_handed_to_who_paused(desk):
    pause(desk, "peer", by=BEN, paused=True, gesture_key=key(desk))
    given = {batch.reviewer_id for batch in hand_out(desk, "peer", at=desk.clock.now())}
    assert BEN not in given
    assert CHLOE in given


def test_asking_for_cards_ends_a_pause_and_says_so(desk):
    pause(desk, "peer", by=BEN, paused=True, gesture_key=key(desk))
    assert home(desk, "peer", by=BEN).can_take_more
    shown = request_batch(desk, "peer", by=BEN, size=2, gesture_key=key(desk))
    assert shown.card is not None
    assert shown.message == RESUMED
    assert not paused(desk)
    with desk.store.reading("peer") as tx:
        records = [a.record_id for a in tx.open_assignments(reviewer_id=BEN)]
    for record in records:
        vote(desk, BEN, record, "exclude")
    given = {batch.reviewer_id for batch in hand_out(desk, "peer", at=desk.clock.now())}
    assert BEN in given


def test_a_pause_outlasts_asking_where_nothing_is_left(store):
    desk = make_desk(store)
    pause(desk, "peer", by=BEN, paused=True, gesture_key=key(desk))
    shown = request_batch(desk, "peer", by=BEN, gesture_key=key(desk))
    assert shown.card is None
    assert paused(desk)


def test_who_never_paused_hears_nothing_of_it(desk):
    assert request_batch(desk, "peer", by=BEN, gesture_key=key(desk)).message == ""
