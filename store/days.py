"""What happened on each local day: votes, decisions, conflicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, and_, bindparam, func, literal_column, select, type_coerce

from screening.views import DayFigures
from store.columns import to_micros
from store.outvoted import Outvoted
from store.part import REVIEW
from store.schema import conflicts, current_votes, imports, screenings

DAY = 24 * 60 * 60 * 1_000_000
"""Microseconds in a day on which no clock is changed."""

_FROM, _TO = bindparam("from_", type_=BigInteger), bindparam("to_", type_=BigInteger)


def _within(column: Any) -> Any:
    instant = type_coerce(column, BigInteger)
    return and_(instant >= _FROM, instant < _TO)


def _by_day(column: Any, *more: Any) -> Any:
    since = type_coerce(column, BigInteger) - _FROM
    return (
        select((since // bindparam("length", type_=BigInteger)).label("nth"), *more)
        .add_columns(func.count().label("n"))
        .where(column.table.c.review_id == REVIEW, _within(column))
        .group_by(literal_column("nth"), *more)
    )


_VOTES_BY_DAY = _by_day(current_votes.c.cast_at, current_votes.c.reviewer_id)
_DECIDED_BY_DAY = _by_day(screenings.c.decided_at).where(screenings.c.merged_into.is_(None))
_OPENED_BY_DAY = _by_day(conflicts.c.opened_at)
_RESOLVED_BY_DAY = _by_day(conflicts.c.resolved_at)
_ENDS: tuple[Any, ...] = tuple(
    select(func.min(column), func.max(column)).where(column.table.c.review_id == REVIEW)
    for column in (
        imports.c.imported_at,
        current_votes.c.cast_at,
        screenings.c.decided_at,
        conflicts.c.opened_at,
        conflicts.c.resolved_at,
    )
)


@dataclass
class _Day:
    votes: Counter[str] = field(default_factory=Counter)
    decided: int = 0
    opened: int = 0
    resolved: int = 0


@dataclass(frozen=True)
class _Span:
    """Consecutive local days that are equally long, so that a division tells them apart."""

    begin: int
    end: int
    length: int
    days: tuple[date, ...]


def _spans(first: date, last: date, zone: ZoneInfo) -> list[_Span]:
    """Cut local days into spans: a day on which clocks change is a span of its own."""
    spans: list[_Span] = []
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        begin, end = day_bounds(day, day, zone)
        if spans and spans[-1].length == end - begin == DAY:
            spans[-1] = _Span(spans[-1].begin, end, DAY, (*spans[-1].days, day))
        else:
            spans.append(_Span(begin, end, end - begin, (day,)))
    return spans


class Days(Outvoted):
    """Figures of local days."""

    def days_of_work(self, timezone: str) -> tuple[date, date] | None:
        """Return the first and last local day of imports, votes, decisions and conflicts.

        All of them are asked: an import may come from a machine with another clock.
        """
        found: list[Any] = [row for ends in _ENDS for row in self._all(ends)]
        found = [row for row in found if row[0] is not None]
        if not found:
            return None
        zone = ZoneInfo(timezone)
        first, last = min(row[0] for row in found), max(row[1] for row in found)
        return first.astimezone(zone).date(), last.astimezone(zone).date()

    def day_figures(self, first: date, last: date, timezone: str) -> list[DayFigures]:
        """Return local days from `first` to `last`, both included, days without work too.

        Votes are those that stand, on the day on which they were cast: one a reviewer and kept record.
        """
        days: dict[date, _Day] = {}
        outvoted = [(to_micros(row.cast_at), row.reviewer_id) for row in self._outvoted()]
        for span in _spans(first, last, ZoneInfo(timezone)):
            self._add_span(span, days, outvoted)
        return [
            DayFigures(
                day, each.votes.total(), each.decided, each.opened, each.resolved, dict(+each.votes)
            )
            for day, each in days.items()
        ]

    def _add_span(
        self, span: _Span, days: dict[date, _Day], outvoted: Iterable[tuple[int, str]]
    ) -> None:
        own = [_Day() for _ in span.days]
        bounds = {"from_": span.begin, "to_": span.end, "length": span.length}
        for row in self._all(_VOTES_BY_DAY, **bounds):
            own[row.nth].votes[row.reviewer_id] += row.n
        for cast_at, reviewer_id in outvoted:
            if span.begin <= cast_at < span.end:
                own[(cast_at - span.begin) // span.length].votes[reviewer_id] -= 1
        for row in self._all(_DECIDED_BY_DAY, **bounds):
            own[row.nth].decided += row.n
        for row in self._all(_OPENED_BY_DAY, **bounds):
            own[row.nth].opened += row.n
        for row in self._all(_RESOLVED_BY_DAY, **bounds):
            own[row.nth].resolved += row.n
        days.update(zip(span.days, own, strict=True))


def day_bounds(first: date, last: date, zone: ZoneInfo) -> tuple[int, int]:
    """Return the microseconds at which `first` begins and `last` ends, in local time."""
    begin = datetime.combine(first, time(), zone)
    end = datetime.combine(last + timedelta(days=1), time(), zone)
    return to_micros(begin), to_micros(end)
