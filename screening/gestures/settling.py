"""Settling votes whose time to be taken back is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from screening.gestures.deciding import settle
from screening.gestures.reported import forget_old_reports, has_old_reports
from screening.ports import Desk, Transaction
from screening.votes import Vote

AT_ONCE = 200
"""Votes settled in one transaction, so that a click never waits long for the review's lock."""


def settle_due(desk: Desk, review_id: str, *, at: datetime) -> int:
    """Settle votes older than the review's time for undoing, and let reports stand; return how many.

    A vote dated further ahead than that was cast while the clock was wrong: it settles too, or its
    record would wait for that date.
    """
    review = desk.review(review_id)
    window = timedelta(seconds=review.undo_seconds)
    with desk.store.reading(review_id) as tx:
        if not _due(tx, at, window) and not has_old_reports(tx, at, window):
            return 0
    settled = 0
    while True:
        with desk.store.writing(review_id) as tx:
            votes = _due(tx, at, window)
            settle(desk, tx, review, votes, at)
            forget_old_reports(tx, at, window)
        settled += len(votes)
        if len(votes) < AT_ONCE:
            return settled


def _due(tx: Transaction, at: datetime, window: timedelta) -> list[Vote]:
    found = tx.unsettled_votes(limit=AT_ONCE)
    return [vote for vote in found if abs(at - vote.cast_at) >= window]
