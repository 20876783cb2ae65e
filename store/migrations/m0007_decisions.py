"""The decisions that a store made, each with an ID that no other store gives.

By them a store is told from an older copy of itself, which knows the same votes and imports.
"""

from __future__ import annotations

from collections.abc import Sequence

from store.migrations.m0001_initial import KINDS, POSTGRES_APPEND_ONLY, SQLITE_APPEND_ONLY

NAME = "decisions"

TABLE = """
CREATE TABLE decisions (
  review_id {text} NOT NULL, decision_id {text} NOT NULL, subject {text} NOT NULL,
  decided_at BIGINT NOT NULL,
  PRIMARY KEY (review_id, decision_id)
) {keyed}
"""


def statements(dialect: str) -> Sequence[str]:
    """Return the statements of this step for "sqlite" or "postgresql"."""
    guard = POSTGRES_APPEND_ONLY if dialect == "postgresql" else SQLITE_APPEND_ONLY
    return [
        TABLE.format(**KINDS[dialect]),
        *(step.format(table="decisions") for step in guard.split("---")),
    ]
