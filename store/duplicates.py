"""Pairs of records that were merged, or that may be the same."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import BindParameter, bindparam, or_, select, update

from screening.views import DuplicatePair, DuplicateView
from store.merging import Merging
from store.part import IDS, REVIEW
from store.rows import pair_of
from store.schema import pairs

_PAIRS = select(pairs).where(pairs.c.review_id == REVIEW)
_BY_ID = _PAIRS.where(pairs.c.pair_id == bindparam("pair"))
_BY_IDS = _PAIRS.where(pairs.c.pair_id.in_(IDS))
_TOUCHING = _PAIRS.where(or_(pairs.c.first_id.in_(IDS), pairs.c.second_id.in_(IDS)))
_IN_STATES: BindParameter[Any] = bindparam("states", expanding=True)
_ALL = _PAIRS.order_by(pairs.c.pair_id)
_ALL_IN_STATES = _ALL.where(pairs.c.state.in_(_IN_STATES))
_AFTER = (
    select(pairs.c.pair_id)
    .where(pairs.c.review_id == REVIEW, pairs.c.pair_id > bindparam("after"))
    .order_by(pairs.c.pair_id)
    .limit(bindparam("most"))
)
_SET = update(pairs).where(pairs.c.review_id == REVIEW, pairs.c.pair_id == bindparam("pair"))


class Duplicates(Merging):
    """Pairs and what was said of them."""

    def add_pair(self, pair: DuplicatePair) -> None:
        """Record a merge or a possible duplicate."""
        self._connection.execute(pairs.insert(), self._pair_row(pair))

    def pair(self, pair_id: str) -> DuplicatePair | None:
        """Return a pair, None when there is no such one."""
        row = self._first(_BY_ID, pair=pair_id)
        return None if row is None else pair_of(row)

    def set_pair(self, pair: DuplicatePair) -> None:
        """Write a pair's state, and who gave it that."""
        row = self._pair_row(pair)
        for fixed in ("review_id", "pair_id"):
            row.pop(fixed)
        self._run(_SET.values(**row), pair=pair.pair_id)

    def pairs(
        self, states: Collection[str] = (), record_ids: Collection[str] = ()
    ) -> list[DuplicatePair]:
        """Return pairs in any of `states` (all when empty) touching any of `record_ids` (all when empty)."""
        if record_ids:
            rows = {row.pair_id: row for row in self._all_of(_TOUCHING, record_ids)}
            found = [pair_of(rows[pair_id]) for pair_id in sorted(rows)]
            return [pair for pair in found if not states or pair.state in states]
        if states:
            return [pair_of(row) for row in self._all(_ALL_IN_STATES, states=list(states))]
        return [pair_of(row) for row in self._all(_ALL)]

    def duplicate_views(self, pair_ids: Collection[str]) -> list[DuplicateView]:
        """Return pairs with both records as they came, in the order asked for."""
        rows = {row.pair_id: pair_of(row) for row in self._all_of(_BY_IDS, pair_ids)}
        found = [rows[pair_id] for pair_id in dict.fromkeys(pair_ids) if pair_id in rows]
        ends = {end for pair in found for end in (pair.first, pair.second)}
        came = self._as_it_came(ends)
        return [DuplicateView(pair, came[pair.first], came[pair.second]) for pair in found]

    def pair_ids_after(self, pair_id: str, limit: int) -> list[str]:
        """Return pair IDs in order, those after `pair_id` ("" = from the start)."""
        return [row.pair_id for row in self._all(_AFTER, after=pair_id, most=limit)]

    def _pair_row(self, pair: DuplicatePair) -> dict[str, Any]:
        return {
            "review_id": self.review_id,
            "pair_id": pair.pair_id,
            "first_id": pair.first,
            "second_id": pair.second,
            "certainty": pair.certainty,
            "score": pair.score,
            "why": pair.why,
            "state": pair.state,
            "decided_by": pair.decided_by,
            "decided_at": pair.decided_at,
        }
