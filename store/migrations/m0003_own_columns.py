"""Each screening in the column of the source that brought its record, whatever was merged into it.

Until now a record that a database and another method both brought could change columns half-way, and
the identities of PRISMA 2020 no longer held.
"""

from __future__ import annotations

from collections.abc import Sequence

NAME = "own columns"


def statements(dialect: str) -> Sequence[str]:
    """Return the SQL for a dialect; it is the same for both."""
    return [
        """
        UPDATE screenings SET other_method = (
          SELECT i.source_kind NOT IN ('database', 'register')
          FROM records r
          JOIN imports i ON i.review_id = r.review_id AND i.import_id = r.import_id
          WHERE r.review_id = screenings.review_id AND r.record_id = screenings.record_id
        )
        """
    ]
