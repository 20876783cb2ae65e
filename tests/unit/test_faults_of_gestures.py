"""What a tap does that comes late, twice or on an old copy is said in one sentence, on the real stores."""

from __future__ import annotations

import pytest

from screening.assignments import Assignment, Lease
from screening.errors import GoneError, NoteTooLateError, SameVoteError, WinnowError
from screening.gestures.batches import pause, release_expired, request_batch
from screening.gestures.overview import home
from screening.gestures.settling import settle_due
from screening.gestures.voting import (
    cast_vote,
    change_vote,
    skip_card,
    undo_vote,
    write_note,
)
from screening.ports import Desk
from screening.stages import Stage
from screening.views import Shown
from screening.votes import Choice
from tests.desks import BEN, CHLOE, bring, make_desk, title, vote


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
