"""A pending vote is never shown early, and what was shown once is never taken for blind again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from screening.gestures.batches import request_batch
from screening.gestures.conflicts import override_decision
from screening.gestures.duplicates import judge_pair
from screening.gestures.fulltext import attach_full_text, report_not_retrieved
from screening.gestures.settling import settle_due
from screening.gestures.voting import change_vote
from screening.stages import How, Outcome, Stage, Status
from screening.views import DuplicatePair
from screening.votes import Choice, VotePolicy
from tests.desks import BEN, CHLOE, DEV, LEAD, bring, make_desk, screening_of, vote

ONE, TWO, THREE = "R000001", "R000002", "R000003"
TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT


@pytest.fixture
def desk(store):
    desk = make_desk(store)
    bring(desk, 3)
    hand(desk)
    return desk


@pytest.fixture
def only(store):
    """A desk with one record."""
    desk = make_desk(store)
    bring(desk, 1)
    hand(desk)
    return desk


def hand(desk):
    for who in (BEN, CHLOE, DEV):
        request_batch(desk, "peer", by=who, gesture_key=desk.new_id("B"))


def settle(desk):
    desk.clock.move(minutes=6)
    settle_due(desk, "peer", at=desk.clock.now())


def override(desk, record_id, outcome, stage=TA):
    override_decision(
        desk,
        "peer",
        by=LEAD,
        record_id=record_id,
        stage=stage,
        outcome=outcome,
        gesture_key=desk.new_id("O"),
    )


def shown(desk, record_id, stage=TA):
    """Who voted on a record, and whether the team was shown how."""
    with desk.store.reading("peer") as tx:
        views = tx.vote_views(tx.vote_ids_on(record_id, stage))
        return {view.vote.reviewer_id: view.revealed for view in views}


def independent(desk, record_id, stage=TA):
    with desk.store.reading("peer") as tx:
        return {v.reviewer_id: v.independent for v in tx.current_votes([record_id], stage)}


def asking_for(desk, votes_needed):
    """The desk of a bot started with another number of votes needed."""
    (review,) = desk.reviews.values()
    policy = VotePolicy(votes_needed=votes_needed)
    stages = {stage: replace(rules, policy=policy) for stage, rules in review.stages.items()}
    return replace(desk, reviews={"peer": replace(review, stages=stages)})


def same(desk, one, other, verdict="same"):
    pair_id = f"D{one}{other}"
    with desk.store.writing("peer") as tx:
        if tx.pair(pair_id) is None:
            tx.add_pair(
                DuplicatePair(pair_id, "peer", one, other, "possible", 81.0, "alike", "possible")
            )
    judge_pair(
        desk, "peer", by=LEAD, pair_id=pair_id, verdict=verdict, gesture_key=desk.new_id("J")
    )


@pytest.mark.parametrize("outcome", [Outcome.INCLUDE, Outcome.EXCLUDE])
def test_fault_7b_an_override_that_is_emptied_has_shown_no_vote(only, outcome):
    desk = only
    vote(desk, BEN, ONE, "include")
    settle(desk)
    override(desk, ONE, outcome)
    assert screening_of(desk, ONE).status is Status.DECIDED
    assert shown(desk, ONE) == {BEN: False}
    override(desk, ONE, None)
    assert shown(desk, ONE) == {BEN: False}
    hand(desk)
    vote(desk, CHLOE, ONE, "include")
    settle(desk)
    assert screening_of(desk, ONE).how is How.AGREED
    assert shown(desk, ONE) == {BEN: True, CHLOE: True}
    assert independent(desk, ONE) == {BEN: True, CHLOE: True}


def test_fault_7b_a_vote_still_to_be_taken_back_is_not_shown_by_an_override(desk):
    vote(desk, BEN, ONE, "include")
    override(desk, ONE, Outcome.EXCLUDE)
    assert shown(desk, ONE) == {BEN: False}


def test_fault_7b_a_report_called_not_retrieved_has_shown_no_vote(desk):
    for who in (BEN, CHLOE):
        vote(desk, who, ONE, "include")
    settle(desk)
    for card in ((BEN, TWO), (BEN, THREE), (CHLOE, TWO), (CHLOE, THREE)):
        vote(desk, *card, "exclude")
    settle(desk)
    hand(desk)
    vote(desk, BEN, ONE, "include")
    settle(desk)
    with desk.store.reading("peer") as tx:
        (card,) = tx.open_assignments(reviewer_id=CHLOE, record_id=ONE)
    report_not_retrieved(
        desk, "peer", by=CHLOE, assignment_id=card.assignment_id, gesture_key="gone"
    )
    assert screening_of(desk, ONE, FT).outcome is Outcome.NOT_RETRIEVED
    assert shown(desk, ONE, FT) == {BEN: False}
    attach_full_text(
        desk, "peer", by=CHLOE, record_id=ONE, link="https://e.org/a.pdf", gesture_key="found"
    )
    assert screening_of(desk, ONE, FT).status is Status.PENDING
    assert shown(desk, ONE, FT) == {BEN: False}


def test_fault_7b_what_was_revealed_stays_so_and_later_votes_are_not_independent(only):
    desk = only
    for who in (BEN, CHLOE):
        vote(desk, who, ONE, "include")
    settle(desk)
    override(desk, ONE, Outcome.EXCLUDE)
    desk = asking_for(desk, 3)
    override(desk, ONE, None)
    assert screening_of(desk, ONE).status is Status.PENDING
    assert shown(desk, ONE) == {BEN: True, CHLOE: True}
    hand(desk)
    vote(desk, DEV, ONE, "exclude")
    assert shown(desk, ONE) == {BEN: True, CHLOE: True, DEV: False}
    assert independent(desk, ONE) == {BEN: True, CHLOE: True, DEV: False}
    settle(desk)
    assert shown(desk, ONE)[DEV]
    override(desk, ONE, Outcome.INCLUDE)
    with desk.store.reading("peer") as tx:
        assert [(a.first, a.second) for a in tx.agreement()] == [(BEN, CHLOE)]


def test_fault_7b_a_vote_changed_after_colleagues_votes_were_shown_is_not_independent(only):
    desk = only
    for who in (BEN, CHLOE):
        vote(desk, who, ONE, "include")
    settle(desk)
    override(desk, ONE, Outcome.EXCLUDE)
    desk = asking_for(desk, 3)
    override(desk, ONE, None)
    with desk.store.reading("peer") as tx:
        own = tx.current_vote(ONE, TA, BEN)
    change_vote(
        desk, "peer", by=BEN, vote_id=own.vote_id, choice=Choice.EXCLUDE, gesture_key="changed"
    )
    assert independent(desk, ONE) == {BEN: False, CHLOE: True}


def test_fault_7b_votes_shown_at_full_text_stay_so_when_the_record_leaves_it(desk):
    for who in (BEN, CHLOE):
        for record_id in (ONE, TWO, THREE):
            vote(desk, who, record_id, "include")
    settle(desk)
    hand(desk)
    for who in (BEN, CHLOE):
        vote(desk, who, ONE, "include")
    settle(desk)
    assert shown(desk, ONE, FT) == {BEN: True, CHLOE: True}
    override(desk, ONE, Outcome.EXCLUDE)
    assert screening_of(desk, ONE, FT) is None
    assert shown(desk, ONE, FT) == {BEN: True, CHLOE: True}


@pytest.mark.parametrize("votes", [("include", "include"), ("include", "exclude")])
def test_fault_7b_merging_into_a_record_whose_votes_are_shown_shows_no_others(desk, votes):
    for who, choice in zip((BEN, CHLOE), votes, strict=True):
        vote(desk, who, ONE, choice)
    vote(desk, CHLOE, TWO, "exclude")
    settle(desk)
    before = screening_of(desk, ONE).status
    assert before is not Status.PENDING
    same(desk, ONE, TWO)
    assert shown(desk, TWO) == {CHLOE: False}
    with desk.store.reading("peer") as tx:
        views = tx.conflict_views(tx.conflict_ids_after("", 9))
        told = {v.record_id for view in views for v in view.votes}
    assert told <= {ONE}
    same(desk, ONE, TWO, "different")
    assert screening_of(desk, ONE).status is before
    assert screening_of(desk, TWO).status is Status.PENDING
    assert shown(desk, TWO) == {CHLOE: False}
    assert independent(desk, TWO) == {CHLOE: True}


def test_fault_7b_two_decisions_that_differ_show_no_vote_they_do_not_stand_on(desk):
    vote(desk, CHLOE, TWO, "exclude")
    for who in (BEN, CHLOE):
        vote(desk, who, ONE, "include")
    settle(desk)
    override(desk, TWO, Outcome.EXCLUDE)
    same(desk, ONE, TWO)
    assert screening_of(desk, ONE).status is Status.CONFLICT
    assert shown(desk, TWO) == {CHLOE: False}


def test_fault_7b_figures_by_person_count_no_vote_that_was_not_shown(desk):
    vote(desk, BEN, ONE, "include")
    settle(desk)
    override(desk, ONE, Outcome.INCLUDE)
    with desk.store.reading("peer") as tx:
        (figures,) = (f for f in tx.member_figures(BEN) if f.stage is TA)
    assert (figures.done, figures.decided_votes, figures.include_votes) == (1, 0, 0)
    assert desk.store.drifted("peer") == []


def test_fault_7b_the_audit_says_when_votes_were_revealed(desk):
    for who in (BEN, CHLOE):
        vote(desk, who, ONE, "include")
    settle(desk)
    with desk.store.database.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT action, subject FROM audit_log WHERE action = 'votes_revealed'"
        ).all()
    assert [tuple(row) for row in rows] == [("votes_revealed", ONE)]
