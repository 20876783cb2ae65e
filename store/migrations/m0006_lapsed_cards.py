"""Finds the cards that ran out in somebody's hands, which are offered to others first."""

from __future__ import annotations

from collections.abc import Sequence

NAME = "lapsed cards"


def statements(dialect: str) -> Sequence[str]:
    """Return the SQL for a dialect; it is the same for both."""
    return [
        """
        CREATE INDEX assignments_lapsed ON assignments (review_id, reviewer_id, stage, record_id)
          WHERE lease = 'lapsed'
        """
    ]
