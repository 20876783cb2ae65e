"""How often two members' independent votes met, and how."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, func, select

from screening.stages import Stage
from screening.views import Agreement
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
        func.count(_one.c.counts_for.distinct()).label("n"),
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
    .where(_one.c.review_id == REVIEW, _counts_as_independent(_one), _counts_as_independent(_other))
    .group_by(
        _one.c.reviewer_id,
        _other.c.reviewer_id,
        _one.c.stage,
        _one.c.independent_choice,
        _other.c.independent_choice,
    )
)


class Agreements(Part):
    """Votes of two members, side by side."""

    def agreement(self) -> list[Agreement]:
        """Return, for each two members and stage, how often which choices met on decided records.

        Counted are settled votes, each as its reviewer last gave it independently: one changed
        after the votes were revealed counts as it was before.
        """
        tables: dict[tuple[str, str, Stage], dict[tuple[str, str], int]] = {}
        for row in self._all(_AGREEMENT):
            table = tables.setdefault((row.first, row.second, row.stage), {})
            table[row.first_choice.value, row.second_choice.value] = row.n
        order = list(Stage)
        keys = sorted(tables, key=lambda key: (key[0], key[1], order.index(key[2])))
        return [Agreement(*key, tables[key]) for key in keys]
