"""Which card a click is on, and why it may no longer count: messages in Slack outlive their cards."""

from __future__ import annotations

from dataclasses import replace

from screening.assignments import Assignment, Lease
from screening.errors import NoteTooLateError, NotYourCardError, UnknownCardError
from screening.gestures.deciding import votes_on
from screening.ports import Transaction
from screening.stages import Screening, Stage, Status

TITLE = 80
"""Characters of a title in the middle of a sentence."""

GIVEN_BACK = "You hold that card no longer, so there was nothing to skip."

BECAME = {
    Status.PENDING: "",
    Status.CONFLICT: "found to divide the team and is discussed now",
    Status.DECIDED: "decided",
}


def own_card(tx: Transaction, assignment_id: str, by: str) -> Assignment:
    """Return the card that a click is on, or raise when it is not the reviewer's.

    A message whose card was given back and then handed out anew stands for the new card: on both the
    reviewer sees the same record, and one vote on it must not be followed by another. What they
    noted on the old message comes along.
    """
    assignment = tx.assignment(assignment_id)
    if assignment is None:
        raise UnknownCardError
    if assignment.reviewer_id != by:
        raise NotYourCardError
    if not assignment.is_given_back:
        return assignment
    record_id, stage = assignment.record_id, assignment.stage
    for anew in tx.open_assignments(reviewer_id=by, record_id=record_id, stage=stage):
        return replace(anew, note=anew.note or assignment.note)
    return assignment


def what_became(tx: Transaction, record_id: str, stage: Stage) -> str:
    """Say what became of a record that takes no votes any more, after "was meanwhile"; else ""."""
    screening = tx.screening(record_id, stage)
    if screening is None:
        merged = tx.kept(record_id) != record_id
        return "merged with another record" if merged else f"taken out of {stage.label}"
    return BECAME[screening.status]


def why_not(tx: Transaction, assignment: Assignment) -> str:
    """Say why a card can no longer be voted on; "" when it can.

    An expired lease whose place nobody took is simply taken up again.
    """
    record_id, stage = assignment.record_id, assignment.stage
    became = what_became(tx, record_id, stage)
    if became:
        return f"That record was meanwhile {became}, so your click was not recorded."
    voted = tx.current_vote(record_id, stage, assignment.reviewer_id) is not None
    if assignment.is_given_back and not voted:
        # Also a vote on a record that was merged into this one is a vote on it.
        voted = assignment.reviewer_id in {v.reviewer_id for v in votes_on(tx, record_id, stage)}
    if voted:
        return "You have voted on that record already, so this click changed nothing."
    if assignment.is_given_back and not _has_room(tx.screening(record_id, stage)):
        return (
            "Your time for that record had run out and a colleague has it now, "
            "so your click was not recorded."
        )
    return ""


def _has_room(screening: Screening | None) -> bool:
    return screening is not None and screening.votes_in + screening.leases < screening.needed


def voted_already(tx: Transaction, assignment: Assignment) -> str:
    """Say which vote stands on a card that was voted on, and how it is taken back; for another tap."""
    record_id, stage = assignment.record_id, assignment.stage
    vote = tx.current_vote(record_id, stage, assignment.reviewer_id)
    if vote is None:
        return "That card was answered already, so this click changed nothing."
    view = tx.record(record_id)
    title = f" on “{view.record.title[:TITLE].strip()}”" if view is not None else ""
    said = vote.choice.value + (f" ({vote.reason})" if vote.reason else "")
    became = what_became(tx, record_id, stage)
    remedy = "" if became else " Change it on the Home tab."
    if not vote.settled and not became:
        remedy = " Undo takes it back."
    return f"Your vote{title} is “{said}” already, so this click changed nothing.{remedy}"


def check_takes_note(tx: Transaction, assignment: Assignment) -> None:
    """Raise unless a note on the card would go into a vote: it would vanish without a word."""
    if assignment.lease is Lease.VOTED:
        vote = tx.current_vote(assignment.record_id, assignment.stage, assignment.reviewer_id)
        undo = vote is not None and not vote.settled
        remedy = "Undo the vote first, and write the note before you vote again." if undo else ""
        raise NoteTooLateError("You have voted on this record already", remedy)
    became = what_became(tx, assignment.record_id, assignment.stage)
    if became:
        raise NoteTooLateError(f"This record was meanwhile {became}")
    if why_not(tx, assignment):
        raise NoteTooLateError("You have this card no longer")


def put_away(tx: Transaction, assignment: Assignment) -> None:
    """Give back a card that can no longer be voted on, so that it is not shown again and again."""
    if not assignment.is_given_back:
        tx.set_assignment(replace(assignment, lease=Lease.RELEASED))
