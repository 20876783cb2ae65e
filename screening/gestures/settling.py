"""Settling votes whose time to be taken back is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from screening.gestures.deciding import settle
from screening.ports import Desk

AT_ONCE = 200
"""Votes settled in one transaction, so that a click never waits long for the review's lock."""


def settle_due(desk: Desk, review_id: str, *, at: datetime) -> int:
    """Settle votes older than the review's time for undoing; return how many."""
    review = desk.review(review_id)
    cast_before = at - timedelta(seconds=review.undo_seconds)
    with desk.store.reading(review_id) as tx:
        if not tx.unsettled_votes(cast_before=cast_before, limit=1):
            return 0
    settled = 0
    while True:
        with desk.store.writing(review_id) as tx:
            votes = tx.unsettled_votes(cast_before=cast_before, limit=AT_ONCE)
            settle(desk, tx, review, votes, at)
        settled += len(votes)
        if len(votes) < AT_ONCE:
            return settled
