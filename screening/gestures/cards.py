"""Choosing the card that a reviewer sees next."""

from __future__ import annotations

from screening.assignments import Assignment, Batch
from screening.gestures.reported import Report, report_of
from screening.ports import Transaction
from screening.views import CardView, Shown
from screening.votes import Vote


def card_of(
    tx: Transaction, assignment: Assignment, recorded: Vote | None = None
) -> CardView | None:
    """Return the card of an assignment, None when its record or batch is gone."""
    record = tx.record(assignment.record_id)
    batch = tx.batch(assignment.batch_id)
    if record is None or batch is None:
        return None
    return CardView(assignment, batch, record, recorded)


def next_card(
    tx: Transaction,
    reviewer_id: str,
    *,
    recorded: Vote | None = None,
    finished: str | None = None,
    message: str = "",
    changed: bool = True,
) -> Shown:
    """Return what the reviewer sees next: their next open card, or the end of a batch.

    `recorded` is the vote just cast, by default what the reviewer did last and can still take back, a
    vote or a report: whatever replaces a card, a second tap's answer too, keeps the way to undo. `finished` is the
    batch to sum up when no card is left.
    """
    recorded = recorded or _undoable(tx, reviewer_id)
    reported = report_of(tx, reviewer_id) if recorded is None else None
    assignment = tx.next_assignment(reviewer_id)
    card = card_of(tx, assignment, recorded) if assignment is not None else None
    batch: Batch | None = tx.batch(finished) if card is None and finished else None
    return Shown(
        review_id=tx.review_id,
        card=card,
        recorded=recorded,
        recorded_title=_title(tx, recorded or reported),
        reported=reported.assignment_id if reported is not None else "",
        batch=batch,
        message=message,
        changed=changed,
    )


def this_card(
    tx: Transaction, assignment: Assignment, *, message: str = "", changed: bool = True
) -> Shown:
    """Return the card of one assignment, whatever the order says."""
    recorded = _undoable(tx, assignment.reviewer_id)
    reported = report_of(tx, assignment.reviewer_id) if recorded is None else None
    return Shown(
        tx.review_id,
        card_of(tx, assignment, recorded),
        recorded=recorded,
        recorded_title=_title(tx, recorded or reported),
        reported=reported.assignment_id if reported is not None else "",
        message=message,
        changed=changed,
    )


def _undoable(tx: Transaction, reviewer_id: str) -> Vote | None:
    """Return the reviewer's newest vote that has not settled, None when there is none."""
    unsettled = tx.unsettled_votes(reviewer_id=reviewer_id)
    return unsettled[-1] if unsettled else None


def _title(tx: Transaction, act: Vote | Report | None) -> str:
    view = tx.record(act.record_id) if act is not None else None
    return view.record.title if view is not None else ""
