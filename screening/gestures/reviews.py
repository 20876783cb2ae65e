"""Opening a configured review at start: what changed in the team takes effect."""

from __future__ import annotations

from screening.gestures.batches import release_all
from screening.policies import can_vote
from screening.ports import Desk


def open_review(desk: Desk, review_id: str) -> int:
    """Release the cards of people who left or no longer screen; return how many cards.

    Their votes stay and count.
    """
    review = desk.review(review_id)
    with desk.store.reading(review_id) as tx:
        holders = {(a.reviewer_id, a.stage) for a in tx.open_assignments()}
    gone = {(m, stage) for m, stage in holders if not can_vote(review, m, stage)}
    if not gone:
        return 0
    with desk.store.writing(review_id) as tx:
        at = desk.clock.now()
        released = 0
        for member_id, stage in sorted(gone):
            count = release_all(tx, member_id, stage)
            tx.audit(at, "configuration", "member_left", member_id, {"released": count})
            released += count
        return released
