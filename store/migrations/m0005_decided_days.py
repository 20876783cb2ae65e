"""No day of a decision where there is none, and votes on merged records found at once.

A decided record that a merge turned into a conflict kept the day, the reason and the maybe of its
decision, and so was still counted as decided.
"""

from __future__ import annotations

from collections.abc import Sequence

NAME = "decided days"


def statements(dialect: str) -> Sequence[str]:
    """Return the SQL for a dialect."""
    false = "0" if dialect == "sqlite" else "FALSE"
    return [
        f"""
        UPDATE screenings SET decided_at = NULL, reason = '', maybe = {false}
        WHERE status <> 'decided'
        """,
        """
        CREATE INDEX current_votes_moved ON current_votes
          (review_id, counts_for, stage, reviewer_id)
          WHERE record_id <> counts_for
        """,
    ]
