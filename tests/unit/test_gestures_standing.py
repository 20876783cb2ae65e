"""Clicks on messages that outlived their cards: one vote, never two, and no card that stays for ever."""

from __future__ import annotations

from dataclasses import replace

import pytest

from screening.assignments import Lease
from screening.gestures.batches import pause, release_expired, request_batch
from screening.gestures.conflicts import override_decision
from screening.gestures.deciding import settle
from screening.gestures.duplicates import judge_pair
from screening.gestures.fulltext import report_not_retrieved
from screening.gestures.settling import settle_due
from screening.gestures.voting import cast_vote, skip_card, undo_vote, write_note
from screening.stages import Outcome, Stage, Status
from screening.views import DuplicatePair
from screening.votes import Choice, VotePolicy
from tests.desks import BEN, CHLOE, DEV, LEAD, bring, make_desk, make_review, screening_of, vote

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT


@pytest.fixture
def desk(store):
    return make_desk(store)


def key(desk):
    return f"click:{desk.new_id('K')}"


def batch(desk, who, size=6):
    return request_batch(desk, "peer", by=who, size=size, gesture_key=key(desk))


def cards(desk, who):
    with desk.store.reading("peer") as tx:
        return tx.open_assignments(reviewer_id=who)


def tap(desk, card, choice=Choice.INCLUDE):
    return cast_vote(
        desk,
        "peer",
        by=card.reviewer_id,
        assignment_id=card.assignment_id,
        choice=choice,
        gesture_key=key(desk),
    )


def undo(desk, cast):
    return undo_vote(desk, "peer", by=cast.reviewer_id, vote_id=cast.vote_id, gesture_key=key(desk))


def settle_all(desk):
    settle_due(desk, "peer", at=desk.clock.move(minutes=6))


def merge(desk, first, second):
    with desk.store.writing("peer") as tx:
        tx.add_pair(DuplicatePair("D1", "peer", first, second, "possible", 80.0, "", "possible"))
    judge_pair(desk, "peer", by=LEAD, pair_id="D1", verdict="same", gesture_key=key(desk))


def log_of(desk, card):
    with desk.store.reading("peer") as tx:
        return [tx.vote(each) for each in tx.vote_ids_on(card.record_id, card.stage)]


def current(desk, card):
    with desk.store.reading("peer") as tx:
        return tx.current_vote(card.record_id, card.stage, card.reviewer_id)


def given_back_by_time(desk):
    release_expired(desk, "peer", at=desk.clock.move(days=9))


def given_back_by_pausing(desk):
    for paused in (True, False):
        pause(desk, "peer", by=BEN, paused=paused, gesture_key=key(desk))


@pytest.fixture(params=[given_back_by_time, given_back_by_pausing])
def twice(desk, request):
    """The card of an old message and the card of the same record handed out anew."""
    bring(desk, 3)
    old = batch(desk, BEN, 3).card.assignment
    request.param(desk)
    batch(desk, BEN, 3)
    (new,) = (each for each in cards(desk, BEN) if each.record_id == old.record_id)
    assert new.assignment_id != old.assignment_id
    return old, new


def test_a_tap_on_an_old_message_votes_on_the_card_handed_out_anew(desk, twice):
    old, new = twice
    shown = tap(desk, old)
    assert shown.recorded.assignment_id == new.assignment_id
    assert shown.card.assignment.record_id != old.record_id
    assert len(cards(desk, BEN)) == 2
    with desk.store.reading("peer") as tx:
        assert tx.assignment(new.assignment_id).lease is Lease.VOTED
        assert old.record_id in tx.candidates(TA, CHLOE, 9)
        assert tx.screening(old.record_id, TA).leases == 0


def test_the_tap_on_the_new_card_makes_no_second_vote(desk, twice):
    old, new = twice
    tap(desk, old)
    for card in (new, old, new):
        assert not tap(desk, card, Choice.EXCLUDE).changed
    settle_all(desk)
    for card in (new, old):
        assert not tap(desk, card, Choice.EXCLUDE).changed
    (only,) = log_of(desk, old)
    assert (only.choice, only.settled) == (Choice.INCLUDE, True)


def test_the_new_card_first_and_then_the_old_message_is_one_vote_too(desk, twice):
    old, new = twice
    tap(desk, new, Choice.EXCLUDE)
    told = tap(desk, old)
    assert not told.changed
    assert "voted on that record already" in told.message
    assert [v.choice for v in log_of(desk, old)] == [Choice.EXCLUDE]


def test_undo_after_a_tap_on_an_old_message_reopens_the_card(desk, twice):
    old, new = twice
    cast = tap(desk, old).recorded
    shown = undo(desk, cast)
    assert shown.card.assignment.assignment_id == new.assignment_id
    assert current(desk, old) is None
    assert len(cards(desk, BEN)) == 3
    again = tap(desk, new, Choice.EXCLUDE).recorded
    assert current(desk, old).vote_id == again.vote_id
    assert screening_of(desk, old.record_id).votes_in == 1


def test_note_and_skip_on_an_old_message_reach_the_card_handed_out_anew(desk, twice):
    old, new = twice
    write_note(
        desk,
        "peer",
        by=BEN,
        assignment_id=old.assignment_id,
        note="table 3?",
        gesture_key=key(desk),
    )
    skip_card(desk, "peer", by=BEN, assignment_id=old.assignment_id, gesture_key=key(desk))
    (same,) = (each for each in cards(desk, BEN) if each.assignment_id == new.assignment_id)
    assert (same.note, same.skipped) == ("table 3?", 1)
    assert tap(desk, old).recorded.note == "table 3?"


def test_a_note_on_an_old_message_goes_into_the_vote_cast_there(desk):
    bring(desk, 1)
    old = batch(desk, BEN).card.assignment
    write_note(
        desk, "peer", by=BEN, assignment_id=old.assignment_id, note="p. 4", gesture_key=key(desk)
    )
    given_back_by_time(desk)
    batch(desk, BEN)
    assert tap(desk, old).recorded.note == "p. 4"


def test_two_old_messages_of_one_record_are_one_vote(desk):
    bring(desk, 1)
    old = []
    for _ in range(2):
        old.append(batch(desk, BEN).card.assignment)
        given_back_by_time(desk)
    assert tap(desk, old[1]).changed
    told = tap(desk, old[0], Choice.EXCLUDE)
    assert "voted on that record already" in told.message
    assert [v.choice for v in log_of(desk, old[0])] == [Choice.INCLUDE]


def full_text_card(desk):
    """Ben's card at full text, title/abstract agreed by him and Chloe."""
    bring(desk, 1)
    for who in (BEN, CHLOE):
        batch(desk, who)
        vote(desk, who, "R000001", "include")
    settle_all(desk)
    return batch(desk, BEN).card.assignment


def test_not_retrieved_on_an_old_message_counts_or_says_why_not(desk):
    old = full_text_card(desk)
    given_back_by_time(desk)
    batch(desk, BEN)
    missing = {"by": BEN, "assignment_id": old.assignment_id}
    report_not_retrieved(desk, "peer", **missing, gesture_key=key(desk))
    assert screening_of(desk, "R000001", FT).outcome is Outcome.NOT_RETRIEVED
    told = report_not_retrieved(desk, "peer", **missing, gesture_key=key(desk))
    assert "decided, so your click was not recorded" in told.message


def assert_gone(desk, shown, why):
    """The vote was taken back, no card came back for it, and the reviewer can go on."""
    assert why in shown.message
    assert "Your vote was taken back" in shown.message
    assert cards(desk, BEN) == []
    assert "still have" not in batch(desk, BEN).message


def test_undo_on_a_record_merged_meanwhile_leaves_no_card(desk):
    bring(desk, 6)
    mine = batch(desk, BEN, 1).card.assignment
    cast = tap(desk, mine, Choice.EXCLUDE).recorded
    other = next(f"R{n:06d}" for n in range(1, 7) if f"R{n:06d}" != mine.record_id)
    for who in (CHLOE, DEV):
        batch(desk, who)
    for who in (CHLOE, DEV):
        vote(desk, who, other, "include")
    with desk.store.writing("peer") as tx:
        theirs = [v for v in tx.unsettled_votes() if v.reviewer_id != BEN]
        settle(desk, tx, desk.review("peer"), theirs, desk.clock.now())
    merge(desk, other, mine.record_id)
    assert_gone(desk, undo(desk, cast), "merged with another record")
    assert current(desk, mine) is None


def test_undo_at_full_text_left_meanwhile_leaves_no_card(desk):
    card = full_text_card(desk)
    cast = tap(desk, card).recorded
    override_decision(
        desk,
        "peer",
        by=LEAD,
        record_id="R000001",
        stage=TA,
        outcome=Outcome.EXCLUDE,
        gesture_key=key(desk),
    )
    assert_gone(desk, undo(desk, cast), "taken out of full text")
    assert "taken out of full text" in tap(desk, card).message


def test_undo_on_a_record_in_conflict_takes_the_vote_back_and_leaves_no_card(store):
    """Chloe and Dev settle a conflict while Ben's vote on the same record can still be undone."""
    desk = make_desk(store, make_review(policy=VotePolicy(votes_needed=3)))
    bring(desk, 1)
    for who in (BEN, CHLOE, DEV):
        batch(desk, who)
    mine = cards(desk, BEN)[0]
    vote(desk, CHLOE, mine.record_id, "include")
    vote(desk, DEV, mine.record_id, "exclude")
    cast = tap(desk, mine).recorded
    two = replace(desk, reviews={"peer": make_review()})
    with store.writing("peer") as tx:
        theirs = [v for v in tx.unsettled_votes() if v.reviewer_id != BEN]
        settle(two, tx, two.review("peer"), theirs, desk.clock.now())
        tx.finish_outbox([item.seq for item in tx.outbox("sheet", 99)])
        conflict = tx.open_conflict(mine.record_id, TA)
    assert screening_of(desk, mine.record_id).status is Status.CONFLICT
    assert_gone(two, undo(two, cast), "divide the team")
    assert screening_of(desk, mine.record_id).status is Status.CONFLICT
    with store.reading("peer") as tx:
        (view,) = tx.conflict_views([conflict.conflict_id])
        waiting = [i.key for i in tx.outbox("sheet", 99) if i.kind == "Conflicts"]
    assert {v.reviewer_id for v in view.votes} == {CHLOE, DEV}
    assert waiting == [conflict.conflict_id]
    assert store.drifted("peer") == []


def test_undo_lets_an_older_vote_on_a_merged_record_decide(desk):
    """Ben judged both of two records; his newer vote, undone after the merge, hid the older one."""
    bring(desk, 2)
    for who in (BEN, CHLOE):
        batch(desk, who, 2)
    vote(desk, BEN, "R000001", "include")
    settle_all(desk)
    cast = vote(desk, BEN, "R000002", "include").recorded
    vote(desk, CHLOE, "R000001", "include")
    merge(desk, "R000001", "R000002")
    with desk.store.writing("peer") as tx:
        (theirs,) = tx.unsettled_votes(reviewer_id=CHLOE)
        settle(desk, tx, desk.review("peer"), [theirs], desk.clock.now())
    assert screening_of(desk, "R000001").status is Status.PENDING
    undo(desk, cast)
    assert screening_of(desk, "R000001").status is Status.DECIDED


def test_a_card_that_cannot_be_voted_on_is_given_back_by_the_click(desk):
    """However it came to stay open: a store written before such cards were closed has some."""
    bring(desk, 3)
    stuck = batch(desk, BEN, 1).card.assignment
    override_decision(
        desk,
        "peer",
        by=LEAD,
        record_id=stuck.record_id,
        outcome=Outcome.EXCLUDE,
        gesture_key=key(desk),
    )
    with desk.store.writing("peer") as tx:
        tx.set_assignment(stuck)
    assert len(cards(desk, BEN)) == 1
    shown = tap(desk, stuck)
    assert "decided, so your click was not recorded" in shown.message
    assert cards(desk, BEN) == []
