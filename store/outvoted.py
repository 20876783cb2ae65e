"""Votes that no longer stand: on merged records each reviewer has one vote, the newest.

Only votes on records that were merged into others are looked at, and few of these ever had any.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, or_, select

from store.part import REVIEW, Part
from store.schema import current_votes

_moved, _newer = current_votes.alias("moved"), current_votes.alias("newer")

# Word for word the predicate of its index.
IS_MOVED = _moved.c.record_id != _moved.c.counts_for
MERGED = select(_moved.c.counts_for).where(_moved.c.review_id == REVIEW, IS_MOVED)
"""Records into which others with votes were merged."""

ON_MERGED = select(current_votes).where(
    current_votes.c.review_id == REVIEW, current_votes.c.counts_for.in_(MERGED)
)
"""All current votes that count for such records."""

IS_OUTVOTED = (
    select(_newer.c.vote_id)
    .where(
        _newer.c.review_id == current_votes.c.review_id,
        _newer.c.counts_for == current_votes.c.counts_for,
        _newer.c.stage == current_votes.c.stage,
        _newer.c.reviewer_id == current_votes.c.reviewer_id,
        or_(
            _newer.c.cast_at > current_votes.c.cast_at,
            and_(
                _newer.c.cast_at == current_votes.c.cast_at,
                _newer.c.vote_id > current_votes.c.vote_id,
            ),
        ),
    )
    .exists()
)
"""Whether a current vote has one of the same reviewer after it; for single votes, not for counts."""


def newest(rows: Iterable[Row[Any]]) -> list[Row[Any]]:
    """Return one vote a reviewer, stage and kept record: the newest."""
    standing: dict[tuple[str, ...], Row[Any]] = {}
    for row in sorted(rows, key=_cast):
        standing[row.counts_for, row.stage, row.reviewer_id] = row
    return list(standing.values())


def _cast(row: Row[Any]) -> tuple[datetime, str]:
    return row.cast_at, row.vote_id


class Outvoted(Part):
    """Votes that a later one of the same reviewer takes the place of."""

    def _outvoted(self) -> list[Row[Any]]:
        """Return the current votes that do not stand; those who count votes leave them out."""
        rows = self._all(ON_MERGED)
        standing = {row.vote_id for row in newest(rows)}
        return [row for row in rows if row.vote_id not in standing]
