"""Which votes were ever shown to the team: what was revealed once is never blind again.

Until now that followed from how far the record was, so a decision taken back sealed its votes again.
"""

from __future__ import annotations

from collections.abc import Sequence

from store.migrations.m0001_initial import KINDS, POSTGRES_APPEND_ONLY, SQLITE_APPEND_ONLY

NAME = "reveals"

TABLE = """
CREATE TABLE reveals (
  review_id {text} NOT NULL, vote_id {text} NOT NULL, revealed_at BIGINT NOT NULL,
  PRIMARY KEY (review_id, vote_id),
  FOREIGN KEY (review_id, vote_id) REFERENCES votes (review_id, vote_id) {deferred}
) {keyed}
"""

SHOWN_TODAY = """
INSERT INTO reveals (review_id, vote_id, revealed_at)
SELECT v.review_id, v.vote_id, COALESCE(s.decided_at, v.cast_at)
FROM votes v
JOIN records r ON r.review_id = v.review_id AND r.record_id = v.record_id
JOIN screenings s ON s.review_id = v.review_id AND s.stage = v.stage
  AND s.record_id = COALESCE(r.merged_into, r.record_id)
WHERE s.status IN ('conflict', 'decided')
"""


def statements(dialect: str) -> Sequence[str]:
    """Return the statements of this step for "sqlite" or "postgresql"."""
    guard = POSTGRES_APPEND_ONLY if dialect == "postgresql" else SQLITE_APPEND_ONLY
    return [
        TABLE.format(**KINDS[dialect]),
        SHOWN_TODAY,
        *(step.format(table="reveals") for step in guard.split("---")),
    ]
