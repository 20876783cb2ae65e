"""Choosing the card that a reviewer sees next."""

from __future__ import annotations

from screening.assignments import Assignment, Batch
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
    own = tx.current_vote(assignment.record_id, assignment.stage, assignment.reviewer_id)
    return CardView(assignment, batch, record, recorded, own)


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

    `recorded` is the vote just cast, `finished` the batch to sum up when no card is left.
    """
    title = ""
    if recorded is not None:
        view = tx.record(recorded.record_id)
        title = view.record.title if view is not None else ""
    assignment = tx.next_assignment(reviewer_id)
    card = card_of(tx, assignment, recorded) if assignment is not None else None
    batch: Batch | None = tx.batch(finished) if card is None and finished else None
    return Shown(
        review_id=tx.review_id,
        card=card,
        recorded=recorded,
        recorded_title=title,
        batch=batch,
        message=message,
        changed=changed,
    )


def this_card(
    tx: Transaction, assignment: Assignment, *, message: str = "", changed: bool = True
) -> Shown:
    """Return the card of one assignment, whatever the order says."""
    return Shown(tx.review_id, card_of(tx, assignment), message=message, changed=changed)
