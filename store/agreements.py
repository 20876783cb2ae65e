"""How often two members' independent votes met, and how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from sqlalchemy import Row, and_, func, select

from screening.stages import Stage
from screening.views import Agreement
from store.outvoted import MERGED, ON_MERGED, newest
from store.part import REVIEW, Part
from store.schema import current_votes

_one, _other = current_votes.alias("one"), current_votes.alias("other")


def _counts_as_independent(vote: Any) -> Any:
    return and_(vote.c.decided, vote.c.settled, vote.c.independent_choice.is_not(None))


_AGREEMENT = (
    select(
        _one.c.reviewer_id.label("first"),
        _other.c.reviewer_id.label("second"),
        _one.c.stage,
        _one.c.independent_choice.label("first_choice"),
        _other.c.independent_choice.label("second_choice"),
        func.count().label("n"),
    )
    .select_from(
        _one.join(
            _other,
            and_(
                _other.c.review_id == _one.c.review_id,
                _other.c.counts_for == _one.c.counts_for,
                _other.c.stage == _one.c.stage,
                _other.c.reviewer_id > _one.c.reviewer_id,
            ),
        )
    )
    .where(
        _one.c.review_id == REVIEW,
        _counts_as_independent(_one),
        _counts_as_independent(_other),
        _one.c.counts_for.not_in(MERGED),
    )
    .group_by(
        _one.c.reviewer_id,
        _other.c.reviewer_id,
        _one.c.stage,
        _one.c.independent_choice,
        _other.c.independent_choice,
    )
)


_ON_MERGED = ON_MERGED.where(_counts_as_independent(current_votes))


class Agreements(Part):
    """Votes of two members, side by side."""

    def agreement(self) -> list[Agreement]:
        """Return, for each two members and stage, how often which choices met on decided records.

        Counted are settled votes, each as its reviewer last gave it independently: one changed
        after the votes were revealed counts as it was before, and of one given on several records
        that are merged now, the newest.
        """
        tables: dict[tuple[str, str, Stage], Counter[tuple[str, str]]] = {}
        for row in self._all(_AGREEMENT):
            table = tables.setdefault((row.first, row.second, row.stage), Counter())
            table[row.first_choice.value, row.second_choice.value] += row.n
        for one, other in self._pairs_on_merged():
            table = tables.setdefault((one.reviewer_id, other.reviewer_id, one.stage), Counter())
            table[one.independent_choice.value, other.independent_choice.value] += 1
        order = list(Stage)
        keys = sorted(tables, key=lambda key: (key[0], key[1], order.index(key[2])))
        return [Agreement(*key, dict(tables[key])) for key in keys]

    def _pairs_on_merged(self) -> Iterator[tuple[Row[Any], Row[Any]]]:
        """Yield each two members' votes on a record into which others were merged."""
        on: dict[tuple[str, Stage], list[Row[Any]]] = {}
        for row in newest(self._all(_ON_MERGED)):
            on.setdefault((row.counts_for, row.stage), []).append(row)
        for votes in on.values():
            yield from combinations(sorted(votes, key=lambda vote: vote.reviewer_id), 2)
