"""Rules that changed between two starts: no record is left waiting for a vote that nobody can give."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest

from screening.gestures.batches import release_all, request_batch
from screening.gestures.reviews import open_review
from screening.gestures.settling import settle_due
from screening.stages import How, Outcome, Stage, Status
from screening.votes import VotePolicy
from tests.desks import BEN, CHLOE, DEV, bring, make_desk, make_review, screening_of, vote

THIRD = VotePolicy(tie_break="third_vote")
THREE = VotePolicy(votes_needed=3)
FIRST = "R000001"
TA = Stage.TITLE_ABSTRACT


def batch(desk, who, size=6):
    return request_batch(desk, "peer", by=who, size=size, gesture_key=f"next:{desk.new_id('K')}")


def screened(store, policy, *choices, records=1):
    """A desk whose reviewers voted thus on the first record, settled."""
    desk = make_desk(store, make_review(policy=policy))
    bring(desk, records)
    for who, choice in zip((BEN, CHLOE, DEV), choices, strict=False):
        batch(desk, who)
        vote(desk, who, FIRST, choice)
        with store.writing("peer") as tx:
            release_all(tx, who)
    settle_due(desk, "peer", at=desk.clock.move(minutes=6))
    return desk


def opened(desk, policy):
    """The same review with other rules, opened as at a start of the bot."""
    later = replace(desk, reviews={"peer": make_review(policy=policy)})
    open_review(later, "peer")
    return later


def test_a_split_that_waited_for_a_third_vote_becomes_a_conflict(store):
    desk = screened(store, THIRD, "include", "exclude")
    assert screening_of(desk, FIRST).needed == 3
    opened(desk, VotePolicy())
    assert screening_of(desk, FIRST).status is Status.CONFLICT
    with store.reading("peer") as tx:
        assert [c.record_id for c in tx.open_conflicts()] == [FIRST]


def test_votes_that_are_enough_now_decide(store):
    desk = screened(store, THREE, "include", "include")
    assert screening_of(desk, FIRST).status is Status.PENDING
    opened(desk, VotePolicy())
    state = screening_of(desk, FIRST)
    assert (state.outcome, state.how) == (Outcome.INCLUDE, How.AGREED)
    assert screening_of(desk, FIRST, Stage.FULL_TEXT).status is Status.PENDING


def test_records_without_a_vote_ask_for_the_new_number(store):
    desk = screened(store, THREE, "include", records=4)
    later = opened(desk, VotePolicy())
    assert {screening_of(later, f"R{n:06d}").needed for n in range(1, 5)} == {2}
    for who in (BEN, CHLOE, DEV):
        batch(later, who)
    with store.reading("peer") as tx:
        hands = Counter(a.record_id for a in tx.open_assignments())
    # Ben has voted on the first already; nobody is asked a third time.
    assert hands == {FIRST: 1, "R000002": 2, "R000003": 2, "R000004": 2}


def test_a_review_that_asks_for_more_votes_hands_half_voted_records_to_more(store):
    desk = screened(store, VotePolicy(), "include", records=2)
    later = opened(desk, THREE)
    assert {screening_of(later, f"R{n:06d}").needed for n in (1, 2)} == {3}


@pytest.mark.parametrize("policy", [VotePolicy(), THIRD, THREE])
def test_opening_under_the_same_rules_changes_nothing(store, policy):
    desk = screened(store, policy, "include", "exclude", records=3)
    with store.reading("peer") as tx:
        before = [view.screenings for view in tx.records_after("", 9)]
        waiting = tx.outbox_size("sheet"), tx.outbox_size("slack")
    opened(desk, policy)
    with store.reading("peer") as tx:
        assert [view.screenings for view in tx.records_after("", 9)] == before
        assert (tx.outbox_size("sheet"), tx.outbox_size("slack")) == waiting
    assert store.drifted("peer") == []


def test_decided_records_stay_decided_whatever_the_rules_ask_now(store):
    desk = screened(store, VotePolicy(), "include", "include")
    opened(desk, THREE)
    assert screening_of(desk, FIRST).status is Status.DECIDED


def blinded(desk, blinding):
    """The same review opened as at a start of the bot whose configuration says how votes are shown."""
    (review,) = desk.reviews.values()
    later = replace(desk, reviews={"peer": replace(review, blinding=blinding)})
    open_review(later, "peer")
    return later


def told(desk):
    """What the channel is told, and what the audit log says, of the review's blinding."""
    with desk.store.reading("peer") as tx:
        posts = [i.payload["blinding"] for i in tx.outbox("slack", 99, kinds=("blinding_changed",))]
    with desk.store.database.read() as connection:
        audit = connection.exec_driver_sql(
            "SELECT details FROM audit_log WHERE action = 'blinding_changed' ORDER BY entry"
        ).all()
    return posts, [json.loads(row.details) for row in audit]


def in_the_clear(desk):
    with desk.store.reading("peer") as tx:
        views = tx.vote_views(tx.vote_ids_after("", 99))
        return {v.vote.reviewer_id: v.revealed for v in views}


@pytest.mark.parametrize("opened_before", [True, False], ids=["opened before", "an older store"])
def test_fault_5_votes_cast_while_sealed_stay_so_when_a_review_is_opened(store, opened_before):
    desk = make_desk(store)
    if opened_before:
        open_review(desk, "peer")
    bring(desk, 1)
    batch(desk, BEN)
    vote(desk, BEN, FIRST, "include")
    assert told(desk) == ([], [])
    desk = blinded(desk, "open")
    assert told(desk) == (["open"], [{"from": "sealed", "to": "open"}])
    batch(desk, CHLOE)
    vote(desk, CHLOE, FIRST, "exclude")
    assert in_the_clear(desk) == {BEN: False, CHLOE: True}
    desk = blinded(desk, "open")
    assert told(desk)[0] == ["open"], "told again at the next start"
    settle_due(desk, "peer", at=desk.clock.move(minutes=6))
    assert in_the_clear(desk) == {BEN: True, CHLOE: True}


def test_fault_5_votes_shown_at_once_stay_so_when_a_review_is_sealed(store):
    desk = make_desk(store)
    bring(desk, 1)
    desk = blinded(desk, "open")
    assert told(desk) == ([], [{"from": "sealed", "to": "open"}]), "nobody has voted yet"
    batch(desk, BEN)
    vote(desk, BEN, FIRST, "include")
    desk = blinded(desk, "sealed")
    assert told(desk)[0] == ["sealed"]
    batch(desk, CHLOE)
    vote(desk, CHLOE, FIRST, "include")
    assert in_the_clear(desk) == {BEN: True, CHLOE: False}
    with store.reading("peer") as tx:
        independent = {v.reviewer_id: v.independent for v in tx.current_votes([FIRST], TA)}
    assert independent == {BEN: True, CHLOE: False}, "Ben's vote stood in the sheet"
