"""What a tap does that comes late, twice or on an old copy is said in one sentence, on the real stores."""

from __future__ import annotations

from dataclasses import replace

import pytest

from screening.assignments import Assignment, Lease
from screening.errors import (
    GoneError,
    NoteTooLateError,
    NothingToUndoError,
    SameVoteError,
    WinnowError,
)
from screening.gestures.batches import hand_out, pause, release_expired, request_batch
from screening.gestures.conflicts import override_decision
from screening.gestures.fulltext import report_not_retrieved, undo_not_retrieved
from screening.gestures.overview import home
from screening.gestures.settling import settle_due
from screening.gestures.voting import (
    cast_vote,
    change_vote,
    show_card,
    skip_card,
    undo_vote,
    write_note,
)
from screening.ports import Desk
from screening.stages import How, Outcome, Stage, Status
from screening.views import Shown
from screening.votes import Choice
from tests.desks import BEN, CHLOE, LEAD, bring, make_desk, screening_of, title, vote


@pytest.fixture
def desk(store) -> Desk:
    made = make_desk(store)
    bring(made, 6)
    return made


def batch(desk: Desk, who: str, size: int = 3):
    return request_batch(desk, "peer", by=who, size=size, gesture_key=desk.new_id("K"))


def records_of(desk: Desk, who: str) -> list[str]:
    with desk.store.reading("peer") as tx:
        return [a.record_id for a in tx.open_assignments(reviewer_id=who)]


def settle(desk: Desk) -> None:
    settle_due(desk, "peer", at=desk.clock.move(minutes=6))


def test_fault_25_a_vote_changed_to_itself_is_not_changed(desk: Desk) -> None:
    record = batch(desk, BEN).card.assignment.record_id
    cast = vote(desk, BEN, record, "maybe").recorded
    common = {"by": BEN, "vote_id": cast.vote_id, "choice": cast.choice}
    with pytest.raises(SameVoteError, match="“maybe” already, so nothing was changed"):
        change_vote(desk, "peer", **common, gesture_key="c")
    with desk.store.reading("peer") as tx:
        assert tx.vote_ids_on(record, Stage.TITLE_ABSTRACT) == [cast.vote_id]
    change_vote(desk, "peer", **common, note="see table 3", gesture_key="n")
    with desk.store.reading("peer") as tx:
        assert tx.current_vote(record, Stage.TITLE_ABSTRACT, BEN).note == "see table 3"


def test_fault_25_home_knows_which_votes_can_be_changed(desk: Desk) -> None:
    batch(desk, BEN)
    batch(desk, CHLOE)
    agreed, split, alone = records_of(desk, BEN)
    for record, theirs in ((agreed, "exclude"), (split, "include")):
        vote(desk, BEN, record, "exclude")
        vote(desk, CHLOE, record, theirs)
    vote(desk, BEN, alone, "exclude")
    settle(desk)
    can = {v.vote.record_id: v.can_change for v in home(desk, "peer", by=BEN).last_votes}
    assert can == {agreed: False, split: True, alone: True}


def cards_of(desk: Desk, who: str) -> list[Assignment]:
    with desk.store.reading("peer") as tx:
        return tx.open_assignments(reviewer_id=who)


def tap(desk: Desk, card: Assignment, choice: str, key: str = "") -> Shown:
    """Tap a choice on a card, open or not: its message may be an old copy."""
    return cast_vote(
        desk,
        "peer",
        by=card.reviewer_id,
        assignment_id=card.assignment_id,
        choice=Choice(choice),
        gesture_key=key or desk.new_id("K"),
    )


def test_fault_24_another_vote_on_an_old_copy_is_told_in_one_sentence(desk: Desk) -> None:
    batch(desk, BEN)
    first, second, _ = cards_of(desk, BEN)
    tap(desk, first, "exclude", "first")
    assert tap(desk, first, "exclude").message == ""  # a second tap on the same button
    told = tap(desk, first, "include").message
    shown = title(int(first.record_id[1:]) - 1)[:80].strip()
    assert told.startswith(f"Your vote on “{shown}” is “exclude” already")
    assert told.endswith("so this click changed nothing. Undo takes it back.")
    tap(desk, second, "include")
    assert tap(desk, first, "include").message.endswith("Change it on the Home tab.")
    assert "is “exclude” already" in tap(desk, first, "exclude").message
    assert tap(desk, first, "include", "first").message == ""  # Slack sent the same click twice
    with desk.store.reading("peer") as tx:
        assert len(tx.vote_ids_on(first.record_id, Stage.TITLE_ABSTRACT)) == 1


def test_fault_24_no_gesture_on_an_old_copy_is_dropped_without_a_word(desk: Desk) -> None:
    batch(desk, BEN)
    first, second, third = cards_of(desk, BEN)
    tap(desk, first, "exclude")
    pause(desk, "peer", by=BEN, paused=True, gesture_key="p")

    def skip(card: Assignment) -> str:
        own = {"by": BEN, "assignment_id": card.assignment_id, "gesture_key": desk.new_id("K")}
        return skip_card(desk, "peer", **own).message

    assert "is “exclude” already" in skip(first)
    assert skip(second) == "You hold that card no longer, so there was nothing to skip."
    undone = undo(desk, BEN, "V-none-such", raises=GoneError)
    assert undone.startswith("This vote is not known here")
    cast = last_vote(desk, BEN)
    change_vote(
        desk, "peer", by=BEN, vote_id=cast, choice=Choice.INCLUDE, gesture_key=desk.new_id("K")
    )
    assert undo(desk, BEN, cast) == "This vote was changed since, so Undo changed nothing."
    newest = last_vote(desk, BEN)
    undo(desk, BEN, newest)
    assert undo(desk, BEN, newest) == "This vote was already taken back."
    assert third.lease is Lease.OPEN


def test_fault_24_a_note_that_no_vote_would_take_is_refused_and_not_lost(desk: Desk) -> None:
    batch(desk, BEN)
    first, second, _ = cards_of(desk, BEN)

    def write(card: Assignment, note: str = "see table 3") -> Shown:
        own = {"by": BEN, "assignment_id": card.assignment_id, "gesture_key": desk.new_id("K")}
        return write_note(desk, "peer", note=note, **own)

    tap(desk, first, "exclude")
    with pytest.raises(NoteTooLateError, match=r"voted on this record already.* Undo the vote"):
        write(first)
    tap(desk, second, "include")
    with pytest.raises(NoteTooLateError, match=r"this note cannot be kept\.$"):
        write(first)
    # A card that ran out, while nobody else took it, still takes a vote, and its note with it.
    third = cards_of(desk, BEN)[0]
    release_expired(desk, "peer", at=desk.clock.move(days=30))
    assert write(third).card.assignment.note == "see table 3"
    assert tap(desk, third, "maybe").recorded.note == "see table 3"
    with desk.store.reading("peer") as tx:
        assert tx.current_vote(first.record_id, Stage.TITLE_ABSTRACT, BEN).note == ""


def last_vote(desk: Desk, who: str) -> str:
    with desk.store.reading("peer") as tx:
        return tx.last_votes(who, 1)[0].vote.vote_id


def undo(desk: Desk, who: str, vote_id: str, raises: type[WinnowError] | None = None) -> str:
    """Undo a vote; return what is said, also where it is refused."""
    if raises is not None:
        with pytest.raises(raises) as refused:
            undo_vote(desk, "peer", by=who, vote_id=vote_id, gesture_key=desk.new_id("K"))
        return str(refused.value)
    return undo_vote(desk, "peer", by=who, vote_id=vote_id, gesture_key=desk.new_id("K")).message


@pytest.fixture
def reports(desk: Desk) -> Desk:
    """Three reports at full text, in the hands of Ben and Chloe."""
    for who in (BEN, CHLOE):
        batch(desk, who)
        for card in cards_of(desk, who):
            tap(desk, card, "include")
    settle(desk)
    for who in (BEN, CHLOE):
        request_batch(
            desk, "peer", by=who, size=3, stage=Stage.FULL_TEXT, gesture_key=desk.new_id("K")
        )
    return desk


def missing(desk: Desk, card: Assignment) -> Shown:
    own = {"by": card.reviewer_id, "assignment_id": card.assignment_id}
    return report_not_retrieved(desk, "peer", **own, gesture_key=desk.new_id("K"))


def found(desk: Desk, card: Assignment) -> Shown:
    own = {"by": card.reviewer_id, "assignment_id": card.assignment_id}
    return undo_not_retrieved(desk, "peer", **own, gesture_key=desk.new_id("K"))


def test_fault_20_not_retrieved_is_taken_back_and_all_is_as_before(reports: Desk) -> None:
    first, second, _ = cards_of(reports, BEN)
    held = {who: cards_of(reports, who) for who in (BEN, CHLOE)}
    shown = missing(reports, first)
    assert shown.reported == first.assignment_id
    assert screening_of(reports, first.record_id, Stage.FULL_TEXT).outcome is Outcome.NOT_RETRIEVED
    shown = found(reports, first)
    assert shown.card.record.record_id == first.record_id
    assert (shown.message, shown.reported) == ("“Not retrieved” was taken back.", "")
    assert screening_of(reports, first.record_id, Stage.FULL_TEXT).status is Status.PENDING
    now = {who: cards_of(reports, who) for who in (BEN, CHLOE)}
    assert {w: [c.assignment_id for c in cards] for w, cards in now.items()} == {
        w: [c.assignment_id for c in cards] for w, cards in held.items()
    }
    assert found(reports, first).message.startswith("“Not retrieved” can be taken back no longer.")
    with reports.store.reading("peer") as tx:
        waiting = [item.key for item in tx.outbox("sheet", 99, kinds=("Records",))]
    assert first.record_id in waiting
    assert second.record_id != first.record_id


def test_fault_20_an_undo_takes_back_only_the_act_that_it_stands_beside(reports: Desk) -> None:
    first, second, third = cards_of(reports, BEN)
    cast = tap(reports, first, "include").recorded
    shown = missing(reports, second)
    # The vote before is settled, as by another vote: the one Undo shown is of the report.
    assert (shown.recorded, shown.reported) == (None, second.assignment_id)
    with pytest.raises(NothingToUndoError):
        undo_vote(reports, "peer", by=BEN, vote_id=cast.vote_id, gesture_key="u")
    last = tap(reports, third, "include")
    assert (last.recorded.record_id, last.reported) == (third.record_id, "")
    assert found(reports, second).message.startswith("“Not retrieved” can be taken back no longer")
    assert screening_of(reports, second.record_id, Stage.FULL_TEXT).how is How.REPORTED


def test_fault_20_not_retrieved_stands_after_five_minutes(reports: Desk) -> None:
    first, *_ = cards_of(reports, BEN)
    missing(reports, first)
    reports.clock.move(minutes=4, seconds=59)
    settle_due(reports, "peer", at=reports.clock.now())
    assert show_card(reports, "peer", by=BEN).reported == first.assignment_id
    reports.clock.move(seconds=1)
    settle_due(reports, "peer", at=reports.clock.now())
    assert show_card(reports, "peer", by=BEN).reported == ""
    assert found(reports, first).message.startswith("“Not retrieved” can be taken back no longer")


def test_fault_20_a_report_found_or_decided_since_is_not_taken_back(reports: Desk) -> None:
    first, second, _ = cards_of(reports, BEN)
    missing(reports, first)
    common = {"by": LEAD, "record_id": first.record_id, "stage": Stage.FULL_TEXT}
    override_decision(
        reports, "peer", **common, outcome=Outcome.INCLUDE, gesture_key=reports.new_id("K")
    )
    assert show_card(reports, "peer", by=BEN).reported == ""
    assert found(reports, first).changed is False
    assert screening_of(reports, first.record_id, Stage.FULL_TEXT).outcome is Outcome.INCLUDE
    assert found(reports, second).changed is False


def test_fault_21_what_ran_out_goes_to_others_first_and_never_straight_back(desk: Desk) -> None:
    review = desk.reviews["peer"]
    batch(desk, BEN, 6)
    lapsed = set(records_of(desk, BEN))
    at = desk.clock.move(days=9)
    assert release_expired(desk, "peer", at=at) == 6
    handed = hand_out(desk, "peer", at=at)
    assert BEN not in {each.reviewer_id for each in handed}
    assert len(handed) == 2  # two votes a record: two others hold each of them now
    assert all(set(records_of(desk, each.reviewer_id)) == lapsed for each in handed)
    assert BEN not in {each.reviewer_id for each in hand_out(desk, "peer", at=at)}
    assert review.member(BEN).active


def test_fault_21_where_nobody_else_can_take_it_it_comes_back_a_hand_out_later(
    desk: Desk,
) -> None:
    review = desk.reviews["peer"]
    pair = tuple(review.member(who) for who in (BEN, CHLOE))
    desk = replace(desk, reviews={"peer": replace(review, members=pair)})
    assert len(hand_out(desk, "peer", at=desk.clock.now())) == 2
    mine = records_of(desk, BEN)
    at = desk.clock.move(days=9)
    release_expired(desk, "peer", at=at)
    assert hand_out(desk, "peer", at=at) == []
    at = desk.clock.move(days=1)
    assert {each.reviewer_id for each in hand_out(desk, "peer", at=at)} == {BEN, CHLOE}
    assert records_of(desk, BEN) == mine


def test_fault_21_whoever_asks_gets_other_records_first_and_then_their_own(desk: Desk) -> None:
    batch(desk, BEN, 2)
    lapsed = records_of(desk, BEN)
    release_expired(desk, "peer", at=desk.clock.move(days=9))
    batch(desk, BEN, 5)
    taken = records_of(desk, BEN)
    assert set(taken[:4]).isdisjoint(lapsed)
    assert taken[4] in lapsed
    pause(desk, "peer", by=BEN, paused=True, gesture_key="p")
    assert home(desk, "peer", by=BEN).can_take_more


def test_fault_21_a_card_that_ran_out_still_takes_a_vote_while_there_is_room(desk: Desk) -> None:
    batch(desk, BEN, 1)
    (card,) = cards_of(desk, BEN)
    release_expired(desk, "peer", at=desk.clock.move(days=9))
    assert tap(desk, card, "include").recorded.record_id == card.record_id
