"""Merges of merges, taken apart: who leaves with whom, and what holds for each of them again."""

from __future__ import annotations

import pytest

from screening.gestures.conflicts import override_decision
from screening.gestures.duplicates import judge_pair
from screening.gestures.overview import prisma
from screening.stages import Outcome
from screening.views import DuplicatePair
from tests.desks import LEAD, bring, make_desk, screening_of

ONE, TWO, THREE, FOUR = (f"R{n:06}" for n in range(1, 5))


@pytest.fixture
def desk(store):
    desk = make_desk(store)
    bring(desk, 4)
    return desk


def judge(desk, first, second, verdict):
    """Give a verdict on two records, adding their pair when there is none yet."""
    with desk.store.writing("peer") as tx:
        found = [p for p in tx.pairs(record_ids=[first]) if {p.first, p.second} == {first, second}]
        if not found:
            pair_id = f"D{len(tx.pairs()) + 1}"
            found = [
                DuplicatePair(pair_id, "peer", first, second, "possible", 81.0, "", "possible")
            ]
            tx.add_pair(found[0])
    judge_pair(
        desk,
        "peer",
        by=LEAD,
        pair_id=found[0].pair_id,
        verdict=verdict,
        gesture_key=desk.new_id("K"),
    )


def prefer(desk, *record_ids):
    """Have records be kept, the last one first: they are further in screening than others."""
    for record_id in record_ids:
        override_decision(
            desk,
            "peer",
            by=LEAD,
            record_id=record_id,
            outcome=Outcome.INCLUDE,
            gesture_key=desk.new_id("K"),
        )


def standing(desk):
    """Return removed → kept, and the pairs with what is said of them."""
    with desk.store.reading("peer") as tx:
        merged = tx.merges()
        pairs = {(p.first, p.second): p.state for p in tx.pairs()}
    assert prisma(desk, "peer").failed == ()
    assert desk.store.drifted("peer") == []
    return merged, pairs


def chain(desk):
    """One is merged into Two, and Two into Three."""
    prefer(desk, TWO)
    judge(desk, ONE, TWO, "same")
    prefer(desk, THREE)
    override_decision(
        desk, "peer", by=LEAD, record_id=THREE, outcome=Outcome.INCLUDE, gesture_key="full text"
    )
    judge(desk, TWO, THREE, "same")
    assert standing(desk)[0] == {ONE: THREE, TWO: THREE}


def test_a_record_that_leaves_takes_along_what_was_merged_into_it(desk):
    chain(desk)
    judge(desk, TWO, THREE, "different")
    assert standing(desk) == ({ONE: TWO}, {(ONE, TWO): "merged", (TWO, THREE): "undone"})
    with desk.store.reading("peer") as tx:
        assert tx.record(TWO).members == (ONE,)
        assert tx.record(THREE).members == ()
    assert screening_of(desk, TWO).outcome is Outcome.INCLUDE
    judge(desk, ONE, TWO, "different")
    assert standing(desk)[0] == {}


def test_of_two_that_were_merged_away_the_right_one_leaves(desk):
    chain(desk)
    judge(desk, ONE, TWO, "different")
    assert standing(desk) == ({TWO: THREE}, {(ONE, TWO): "undone", (TWO, THREE): "merged"})


def test_one_that_left_before_is_not_taken_along(desk):
    chain(desk)
    judge(desk, ONE, TWO, "different")
    judge(desk, ONE, THREE, "same")
    judge(desk, TWO, THREE, "different")
    assert standing(desk) == (
        {ONE: THREE},
        {(ONE, TWO): "undone", (TWO, THREE): "undone", (ONE, THREE): "merged"},
    )


def test_the_merge_that_a_verdict_made_is_the_one_that_it_undoes(desk):
    """Two stands for Four already when One is called the same as Four."""
    judge(desk, TWO, FOUR, "same")
    judge(desk, TWO, THREE, "same")
    prefer(desk, TWO)
    judge(desk, ONE, FOUR, "same")
    assert standing(desk)[0] == {ONE: TWO, THREE: TWO, FOUR: TWO}
    judge(desk, ONE, FOUR, "different")
    assert standing(desk) == (
        {THREE: TWO, FOUR: TWO},
        {(TWO, FOUR): "merged", (TWO, THREE): "merged", (ONE, FOUR): "undone"},
    )
