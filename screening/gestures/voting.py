"""What a reviewer does with a card: vote, undo, change, note, skip."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from screening.assignments import Assignment, Lease
from screening.errors import GoneError, NothingToUndoError, SameVoteError
from screening.gestures.cards import next_card, this_card
from screening.gestures.deciding import carry_decision, cluster, reconsider, settle
from screening.gestures.reported import remember_report
from screening.gestures.standing import (
    GIVEN_BACK,
    check_takes_note,
    own_card,
    put_away,
    voted_already,
    what_became,
    why_not,
)
from screening.policies import check_can_vote, check_choice, check_note
from screening.ports import Desk, Transaction
from screening.stages import Stage, Status
from screening.views import Shown
from screening.votes import Choice, Vote


def show_card(desk: Desk, review_id: str, *, by: str) -> Shown:
    """Return the reviewer's current card without changing anything."""
    with desk.store.reading(review_id) as tx:
        return next_card(tx, by, changed=False)


def show_card_again(desk: Desk, review_id: str, *, by: str, assignment_id: str) -> Shown:
    """Return a card of the reviewer as it is now; their next one when it is open no longer."""
    with desk.store.reading(review_id) as tx:
        assignment = tx.assignment(assignment_id)
        if assignment is None or assignment.reviewer_id != by or assignment.lease is not Lease.OPEN:
            return next_card(tx, by, changed=False)
        return this_card(tx, assignment, changed=False)


def cast_vote(
    desk: Desk,
    review_id: str,
    *,
    by: str,
    assignment_id: str,
    choice: Choice,
    reason: str = "",
    note: str = "",
    gesture_key: str,
) -> Shown:
    """Record a vote on an assignment and return the next card.

    A gesture seen before changes nothing and shows the current card; so does a click on an old copy
    of a card, which says which vote stands. A record that was voted on, decided, merged or given to
    somebody else meanwhile is told in one sentence, with the next card. A click on an old message
    whose card was handed out again is a vote on the new card. Raises `WinnowError` when the member
    may not vote.
    """
    review = desk.review(review_id)
    with desk.store.writing(review_id) as tx:
        at = desk.clock.now()
        assignment = own_card(tx, assignment_id, by)
        check_can_vote(review, by, assignment.stage)
        check_choice(review, assignment.stage, choice, reason)
        if not tx.remember_gesture(gesture_key, at):
            return next_card(tx, by, finished=assignment.batch_id, changed=False)
        if assignment.lease is Lease.VOTED:
            told = _other_vote(tx, assignment, choice, reason)
            return next_card(tx, by, finished=assignment.batch_id, message=told, changed=False)
        refusal = why_not(tx, assignment)
        if refusal:
            put_away(tx, assignment)
            return next_card(tx, by, finished=assignment.batch_id, message=refusal, changed=False)
        vote = Vote(
            vote_id=desk.new_id("V"),
            review_id=review_id,
            record_id=assignment.record_id,
            stage=assignment.stage,
            reviewer_id=by,
            choice=choice,
            cast_at=at,
            reason=reason if choice is Choice.EXCLUDE else "",
            note=check_note(note or assignment.note),
            revealed=review.blinding == "open",
            independent=not _has_seen(tx, assignment.record_id, assignment.stage, by),
            assignment_id=assignment.assignment_id,
        )
        earlier = tx.unsettled_votes(reviewer_id=by)
        remember_report(tx, by, None)
        tx.set_assignment(replace(assignment, lease=Lease.VOTED))
        _record(tx, vote, at, "vote")
        settle(desk, tx, review, earlier, at)
        return next_card(tx, by, recorded=vote, finished=assignment.batch_id)


def undo_vote(desk: Desk, review_id: str, *, by: str, vote_id: str, gesture_key: str) -> Shown:
    """Take back a vote that has not settled, and show its card again.

    The card of a record that takes no votes any more (merged, taken out of full text, decided or in
    conflict meanwhile) does not come back: what became of it is told, with the next card.
    """
    review = desk.review(review_id)
    with desk.store.writing(review_id) as tx:
        at = desk.clock.now()
        vote = _own_vote(tx, vote_id, by)
        if not tx.remember_gesture(gesture_key, at):
            return next_card(tx, by, changed=False)
        check_can_vote(review, by, vote.stage)
        current = tx.current_vote(vote.record_id, vote.stage, by)
        if current is None or current.vote_id != vote_id:
            changed = "changed since, so Undo changed nothing" if current else "already taken back"
            return next_card(tx, by, message=f"This vote was {changed}.", changed=False)
        if current.settled:
            raise NothingToUndoError(
                "the vote has settled. Use Change on the Home tab while the record is pending."
            )
        withdrawn = replace(
            current,
            vote_id=desk.new_id("V"),
            choice=Choice.WITHDRAWN,
            cast_at=at,
            reason="",
            note="",
            replaces=vote_id,
        )
        _record(tx, withdrawn, at, "undo")
        kept = tx.kept(vote.record_id)
        if kept != vote.record_id:
            # An older vote on a record merged with this one may be the reviewer's newest again.
            reconsider(desk, tx, review, kept, vote.stage, at)
        became = what_became(tx, vote.record_id, vote.stage)
        if became:
            _carry(tx, kept, vote.stage, at)
        assignment = tx.assignment(vote.assignment_id) if vote.assignment_id else None
        if assignment is None:
            return next_card(tx, by, message="The vote was taken back.")
        if became:
            put_away(tx, replace(assignment, note=current.note))
            told = f"Your vote was taken back. That record was meanwhile {became}, so its card is gone."
            return next_card(tx, by, finished=assignment.batch_id, message=told)
        reopened = replace(
            assignment,
            lease=Lease.OPEN,
            leased_until=at + timedelta(days=review.rules(vote.stage).lease_days),
            note=current.note,
        )
        tx.set_assignment(reopened)
        return this_card(tx, reopened, message="Your vote was taken back.")


def change_vote(
    desk: Desk,
    review_id: str,
    *,
    by: str,
    vote_id: str,
    choice: Choice,
    reason: str = "",
    note: str | None = None,
    gesture_key: str,
) -> Shown:
    """Replace one's current vote while its record is pending, or in a conflict's discussion.

    A vote changed after the votes were revealed is not independent and settles at once; when all
    then agree, the conflict ends by discussion. Once decided, only the lead changes the outcome.
    Raises `SameVoteError` when it is their vote already.
    """
    review = desk.review(review_id)
    with desk.store.writing(review_id) as tx:
        at = desk.clock.now()
        vote = _own_vote(tx, vote_id, by)
        check_can_vote(review, by, vote.stage)
        check_choice(review, vote.stage, choice, reason)
        if not tx.remember_gesture(gesture_key, at):
            return next_card(tx, by, changed=False)
        current = tx.current_vote(vote.record_id, vote.stage, by)
        record_id = tx.kept(vote.record_id)
        screening = tx.screening(record_id, vote.stage)
        if current is None or screening is None:
            raise GoneError("This vote no longer counts", "Open the Home tab for your votes.")
        if screening.status is Status.DECIDED:
            raise GoneError(
                "This record has been decided",
                f"Ask {review.named_leads} to override it, in the sheet's Override column.",
            )
        reason = reason if choice is Choice.EXCLUDE else ""
        note = check_note(current.note if note is None else note)
        if (choice, reason, note) == (current.choice, current.reason, current.note):
            raise SameVoteError(choice.value + (f" ({reason})" if reason else ""))
        discussed = screening.status is Status.CONFLICT
        changed = replace(
            current,
            vote_id=desk.new_id("V"),
            choice=choice,
            cast_at=at,
            reason=reason,
            note=note,
            settled=False,
            revealed=discussed or review.blinding == "open",
            independent=current.independent
            and not (discussed or _has_seen(tx, record_id, vote.stage, by)),
            replaces=current.vote_id,
        )
        earlier = [v for v in tx.unsettled_votes(reviewer_id=by) if v.vote_id != current.vote_id]
        _record(tx, changed, at, "change")
        settle(desk, tx, review, [*earlier, changed] if discussed else earlier, at)
        if discussed:
            _carry(tx, record_id, vote.stage, at)
        return next_card(tx, by, recorded=None if discussed else changed)


def write_note(
    desk: Desk, review_id: str, *, by: str, assignment_id: str, note: str, gesture_key: str
) -> Shown:
    """Keep a note with the card; it goes into the vote when that is cast.

    Raises `NoteTooLateError` when it would be lost, because the card takes no vote any more.
    """
    with desk.store.writing(review_id) as tx:
        at = desk.clock.now()
        assignment = own_card(tx, assignment_id, by)
        if not tx.remember_gesture(gesture_key, at):
            return next_card(tx, by, changed=False)
        check_takes_note(tx, assignment)
        noted = replace(assignment, note=check_note(note))
        tx.set_assignment(noted)
        return this_card(tx, noted)


def skip_card(
    desk: Desk, review_id: str, *, by: str, assignment_id: str, gesture_key: str
) -> Shown:
    """Put a card behind the reviewer's others; it comes back at the end."""
    with desk.store.writing(review_id) as tx:
        at = desk.clock.now()
        assignment = own_card(tx, assignment_id, by)
        if not tx.remember_gesture(gesture_key, at):
            return next_card(tx, by, changed=False)
        if assignment.lease is Lease.VOTED:
            return next_card(tx, by, message=voted_already(tx, assignment), changed=False)
        if assignment.lease is not Lease.OPEN:
            told = why_not(tx, assignment) or GIVEN_BACK
            return next_card(tx, by, message=told, changed=False)
        if len(tx.open_assignments(reviewer_id=by)) == 1:
            return this_card(tx, assignment, message="This is your last card; nothing to skip to.")
        tx.set_assignment(replace(assignment, skipped=assignment.skipped + 1))
        return next_card(tx, by, message="Skipped: the card comes back after your others.")


def _other_vote(tx: Transaction, assignment: Assignment, choice: Choice, reason: str) -> str:
    """Say which vote stands on a card, unless it is the one just cast and this a second tap on it."""
    current = tx.current_vote(assignment.record_id, assignment.stage, assignment.reviewer_id)
    reason = reason if choice is Choice.EXCLUDE else ""
    is_same = current is not None and (current.choice, current.reason) == (choice, reason)
    if current is not None and is_same and not current.settled:
        return ""
    return voted_already(tx, assignment)


def _has_seen(tx: Transaction, record_id: str, stage: Stage, by: str) -> bool:
    """Whether the reviewer may know a colleague's vote on the record: theirs is independent no more."""
    return tx.has_seen_votes(cluster(tx, tx.kept(record_id)), stage, by)


def _record(tx: Transaction, vote: Vote, at: datetime, action: str) -> None:
    tx.add_vote(vote)
    details = {"vote_id": vote.vote_id, "stage": vote.stage.value, "replaces": vote.replaces}
    tx.audit(at, vote.reviewer_id, action, vote.record_id, details)
    tx.enqueue_rows("Votes", [v for v in (vote.vote_id, vote.replaces) if v], at)
    tx.enqueue_rows("Records", [vote.record_id], at)


def _carry(tx: Transaction, record_id: str, stage: Stage, at: datetime) -> None:
    """Have all that shows a record's votes written to the sheet, its open conflict too."""
    carry_decision(tx, record_id, stage, at)
    conflict = tx.open_conflict(record_id, stage)
    if conflict is not None:
        tx.enqueue_rows("Conflicts", [conflict.conflict_id], at)


def _own_vote(tx: Transaction, vote_id: str, by: str) -> Vote:
    vote = tx.vote(vote_id)
    if vote is None or vote.reviewer_id != by:
        raise GoneError("This vote is not known here", "Open the Home tab for your votes.")
    return vote


__all__ = [
    "cast_vote",
    "change_vote",
    "show_card",
    "show_card_again",
    "skip_card",
    "undo_vote",
    "write_note",
]
