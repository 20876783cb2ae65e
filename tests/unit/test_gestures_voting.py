"""Votes, undo, change, notes and skips, on the real stores."""

from __future__ import annotations

import pytest

from screening.errors import (
    InvalidValueError,
    NotAllowedError,
    NothingToUndoError,
    NotYourCardError,
)
from screening.gestures.batches import pause, release_expired, request_batch
from screening.gestures.conflicts import override_decision, resolve_conflict
from screening.gestures.fulltext import attach_full_text
from screening.gestures.reviews import open_review
from screening.gestures.settling import settle_due
from screening.gestures.voting import (
    cast_vote,
    change_vote,
    show_card,
    skip_card,
    undo_vote,
    write_note,
)
from screening.members import Member
from screening.stages import How, Outcome, Stage, Status
from screening.votes import Choice, VotePolicy
from tests.desks import (
    BEN,
    CHLOE,
    DEV,
    LEAD,
    OLA,
    bring,
    make_desk,
    make_review,
    screening_of,
    vote,
)


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


def test_a_batch_brings_the_first_card(desk):
    shown = batch(desk, BEN)
    assert shown.card.assignment.place == 1
    assert shown.card.batch.size == 3
    assert shown.card.record.record.title.startswith("Effects of")


def test_the_second_reviewer_gets_the_records_the_first_one_has(desk):
    batch(desk, BEN)
    batch(desk, CHLOE)
    assert records_of(desk, BEN) == records_of(desk, CHLOE)
    batch(desk, DEV, 6)
    assert not set(records_of(desk, DEV)) & set(records_of(desk, BEN))


def test_a_vote_shows_the_next_card_and_can_be_undone(desk):
    first = batch(desk, BEN).card
    shown = vote(desk, BEN, first.assignment.record_id, "exclude")
    assert shown.recorded.choice is Choice.EXCLUDE
    assert shown.card.assignment.place == 2
    again = undo_vote(desk, "peer", by=BEN, vote_id=shown.recorded.vote_id, gesture_key="u1")
    assert again.card.assignment.assignment_id == first.assignment.assignment_id
    assert screening_of(desk, first.assignment.record_id).votes_in == 0
    vote(desk, BEN, first.assignment.record_id, "include")
    assert screening_of(desk, first.assignment.record_id).votes_in == 1


def test_a_double_tap_is_one_vote(desk):
    card = batch(desk, BEN).card
    ident = card.assignment.assignment_id
    first = cast_vote(
        desk, "peer", by=BEN, assignment_id=ident, choice=Choice.INCLUDE, gesture_key="a"
    )
    second = cast_vote(
        desk, "peer", by=BEN, assignment_id=ident, choice=Choice.EXCLUDE, gesture_key="b"
    )
    third = cast_vote(
        desk, "peer", by=BEN, assignment_id=ident, choice=Choice.INCLUDE, gesture_key="a"
    )
    assert first.changed
    assert not second.changed
    assert not third.changed
    assert second.card.assignment.assignment_id == first.card.assignment.assignment_id
    # Whichever answer comes last, the card still offers to take the vote back.
    assert second.recorded == third.recorded == first.recorded
    assert second.recorded_title == first.recorded_title
    with desk.store.reading("peer") as tx:
        (only,) = tx.current_votes([card.assignment.record_id], Stage.TITLE_ABSTRACT)
    assert only.choice is Choice.INCLUDE


def test_nobody_votes_on_a_colleagues_card(desk):
    card = batch(desk, BEN).card
    with pytest.raises(NotYourCardError):
        cast_vote(
            desk,
            "peer",
            by=CHLOE,
            assignment_id=card.assignment.assignment_id,
            choice=Choice.INCLUDE,
            gesture_key="x",
        )


def test_an_observer_is_told_who_can_vote(desk):
    with pytest.raises(NotAllowedError, match="reviewers and leads"):
        request_batch(desk, "peer", by=OLA, gesture_key="n")


def test_two_votes_decide_once_they_have_settled(desk):
    record = batch(desk, BEN).card.assignment.record_id
    batch(desk, CHLOE)
    vote(desk, BEN, record, "include")
    vote(desk, CHLOE, record, "maybe")
    assert screening_of(desk, record).status is Status.PENDING
    desk.clock.move(minutes=5, seconds=1)
    assert settle_due(desk, "peer", at=desk.clock.now()) == 2
    state = screening_of(desk, record)
    assert (state.status, state.outcome, state.how, state.maybe) == (
        Status.DECIDED,
        Outcome.INCLUDE,
        How.AGREED,
        True,
    )
    assert screening_of(desk, record, Stage.FULL_TEXT).status is Status.PENDING


def test_the_next_vote_settles_the_one_before(desk):
    first, second = batch(desk, BEN, 2).card.assignment.record_id, records_of(desk, BEN)[1]
    one = vote(desk, BEN, first, "include")
    vote(desk, BEN, second, "include")
    with pytest.raises(NothingToUndoError):
        undo_vote(desk, "peer", by=BEN, vote_id=one.recorded.vote_id, gesture_key="u")


def conflict_on(desk, stage=Stage.TITLE_ABSTRACT):
    record = batch(desk, BEN).card.assignment.record_id
    batch(desk, CHLOE)
    mine = vote(desk, BEN, record, "include").recorded
    theirs = vote(desk, CHLOE, record, "exclude").recorded
    desk.clock.move(minutes=6)
    settle_due(desk, "peer", at=desk.clock.now())
    with desk.store.reading("peer") as tx:
        return record, mine, theirs, tx.open_conflict(record, stage)


def test_a_disagreement_is_a_conflict_that_the_lead_ends(desk):
    record, _, _, conflict = conflict_on(desk)
    assert screening_of(desk, record).status is Status.CONFLICT
    with pytest.raises(NotAllowedError):
        resolve_conflict(
            desk,
            "peer",
            by=BEN,
            conflict_id=conflict.conflict_id,
            outcome=Outcome.INCLUDE,
            gesture_key="r0",
        )
    for key in ("r1", "r2"):
        view = resolve_conflict(
            desk,
            "peer",
            by=LEAD,
            conflict_id=conflict.conflict_id,
            outcome=Outcome.INCLUDE if key == "r1" else Outcome.EXCLUDE,
            comment="peer programme",
            gesture_key=key,
        )
    assert view.conflict.outcome is Outcome.INCLUDE
    assert view.conflict.how is How.LEAD
    assert screening_of(desk, record, Stage.FULL_TEXT) is not None


def test_a_conflict_ends_by_discussion_and_the_changed_vote_is_not_independent(desk):
    record, _, theirs, _ = conflict_on(desk)
    change_vote(
        desk, "peer", by=CHLOE, vote_id=theirs.vote_id, choice=Choice.INCLUDE, gesture_key="c"
    )
    state = screening_of(desk, record)
    assert (state.outcome, state.how) == (Outcome.INCLUDE, How.DISCUSSION)
    with desk.store.reading("peer") as tx:
        vote_now = tx.current_vote(record, Stage.TITLE_ABSTRACT, CHLOE)
    assert not vote_now.independent


def test_a_third_vote_breaks_a_tie_when_the_review_says_so(store):
    desk = make_desk(store, make_review(policy=VotePolicy(tie_break="third_vote")))
    bring(desk, 1)
    record = batch(desk, BEN).card.assignment.record_id
    batch(desk, CHLOE)
    assert batch(desk, DEV).card is None
    vote(desk, BEN, record, "include")
    vote(desk, CHLOE, record, "exclude")
    desk.clock.move(minutes=6)
    settle_due(desk, "peer", at=desk.clock.now())
    assert screening_of(desk, record).needed == 3
    assert batch(desk, DEV).card.assignment.record_id == record
    vote(desk, DEV, record, "exclude")
    desk.clock.move(minutes=6)
    settle_due(desk, "peer", at=desk.clock.now())
    assert screening_of(desk, record).outcome is Outcome.EXCLUDE


def test_a_pending_vote_can_be_changed_and_the_log_keeps_both(desk):
    record = batch(desk, BEN).card.assignment.record_id
    cast = vote(desk, BEN, record, "exclude", note="children only").recorded
    change_vote(desk, "peer", by=BEN, vote_id=cast.vote_id, choice=Choice.INCLUDE, gesture_key="c")
    with desk.store.reading("peer") as tx:
        now = tx.current_vote(record, Stage.TITLE_ABSTRACT, BEN)
        log = tx.vote_ids_on(record, Stage.TITLE_ABSTRACT)
    assert (now.choice, now.replaces, now.note) == (Choice.INCLUDE, cast.vote_id, "children only")
    assert len(log) == 2


def test_a_note_waits_on_the_card_and_goes_into_the_vote(desk):
    card = batch(desk, BEN).card
    shown = write_note(
        desk,
        "peer",
        by=BEN,
        assignment_id=card.assignment.assignment_id,
        note=" table 3? ",
        gesture_key="n",
    )
    assert shown.card.assignment.note == "table 3?"
    after = vote(desk, BEN, card.assignment.record_id, "maybe")
    assert after.recorded.note == "table 3?"
    with pytest.raises(InvalidValueError, match="Keep it to 300"):
        write_note(
            desk,
            "peer",
            by=BEN,
            assignment_id=after.card.assignment.assignment_id,
            note="x" * 301,
            gesture_key="m",
        )


def test_a_skipped_card_comes_back_at_the_end(desk):
    first = batch(desk, BEN).card
    ident = first.assignment.assignment_id
    shown = skip_card(desk, "peer", by=BEN, assignment_id=ident, gesture_key="s")
    assert shown.card.assignment.place == 2
    for record in records_of(desk, BEN)[1:]:
        shown = vote(desk, BEN, record, "exclude")
    assert shown.card.assignment.assignment_id == ident


def test_the_last_vote_of_a_batch_sums_it_up(desk):
    batch(desk, BEN, 1)
    shown = vote(desk, BEN, records_of(desk, BEN)[0], "include")
    assert shown.card is None
    assert (shown.batch.size, shown.batch.done) == (1, 1)


def test_a_lease_runs_out_and_a_colleague_gets_the_record(desk):
    record = batch(desk, BEN, 6).card.assignment.record_id
    batch(desk, CHLOE, 6)
    assert batch(desk, DEV, 6).card is None
    desk.clock.move(days=9)
    assert release_expired(desk, "peer", at=desk.clock.now()) == 12
    late = show_card(desk, "peer", by=BEN)
    assert late.card is None
    assert batch(desk, DEV, 6).card.assignment.record_id == record


def test_a_late_vote_counts_when_nobody_took_the_place(desk):
    card = batch(desk, BEN, 1).card
    desk.clock.move(days=9)
    release_expired(desk, "peer", at=desk.clock.now())
    shown = cast_vote(
        desk,
        "peer",
        by=BEN,
        assignment_id=card.assignment.assignment_id,
        choice=Choice.INCLUDE,
        gesture_key="late",
    )
    assert shown.changed
    state = screening_of(desk, card.assignment.record_id)
    assert (state.votes_in, state.leases) == (1, 0)


def test_a_late_vote_is_refused_when_the_place_is_taken(store):
    desk = make_desk(store)
    bring(desk, 1)
    card = batch(desk, BEN).card
    desk.clock.move(days=9)
    release_expired(desk, "peer", at=desk.clock.now())
    batch(desk, CHLOE)
    batch(desk, DEV)
    shown = cast_vote(
        desk,
        "peer",
        by=BEN,
        assignment_id=card.assignment.assignment_id,
        choice=Choice.INCLUDE,
        gesture_key="late",
    )
    assert not shown.changed
    assert "a colleague has it now" in shown.message


def test_someone_who_left_keeps_their_votes_and_gives_back_their_cards(store):
    desk = make_desk(store)
    bring(desk, 3)
    record = batch(desk, BEN).card.assignment.record_id
    vote(desk, BEN, record, "include")
    staying = tuple(m for m in make_review().members if m.member_id != BEN)
    gone = make_review(members=(*staying, Member(BEN, "Ben", active=False)))
    later = make_desk(store, gone, desk.clock)
    assert open_review(later, "peer") == 2
    desk.clock.move(minutes=6)
    settle_due(later, "peer", at=desk.clock.now())
    assert screening_of(later, record).votes_in == 1


def test_pausing_gives_cards_back(desk):
    batch(desk, BEN)
    assert pause(desk, "peer", by=BEN, paused=True, gesture_key="p1") is True
    assert records_of(desk, BEN) == []
    assert pause(desk, "peer", by=BEN, paused=False, gesture_key="p2") is False


def test_a_click_on_a_decided_record_says_so_and_moves_on(desk):
    card = batch(desk, BEN).card
    override_decision(
        desk,
        "peer",
        by=LEAD,
        record_id=card.assignment.record_id,
        outcome=Outcome.EXCLUDE,
        gesture_key="o",
    )
    shown = cast_vote(
        desk,
        "peer",
        by=BEN,
        assignment_id=card.assignment.assignment_id,
        choice=Choice.INCLUDE,
        gesture_key="v",
    )
    assert "was not recorded" in shown.message
    assert shown.card.assignment.record_id != card.assignment.record_id


def test_an_override_can_be_taken_back(desk):
    record, _, _, _ = conflict_on(desk)
    for outcome, status in ((Outcome.INCLUDE, Status.DECIDED), (None, Status.CONFLICT)):
        override_decision(
            desk,
            "peer",
            by=LEAD,
            record_id=record,
            stage=Stage.TITLE_ABSTRACT,
            outcome=outcome,
            gesture_key=f"o{outcome}",
        )
        assert screening_of(desk, record).status is status
    assert screening_of(desk, record, Stage.FULL_TEXT) is None


def test_an_observer_only_reads(desk):
    with pytest.raises(NotAllowedError, match="cannot pause or resume; reviewers"):
        pause(desk, "peer", by=OLA, paused=True, gesture_key="p")
    with pytest.raises(NotAllowedError, match="cannot attach a report; reviewers and leads can"):
        attach_full_text(
            desk, "peer", by=OLA, record_id="R000001", link="https://x.org/1", gesture_key="a"
        )
