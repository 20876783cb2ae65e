"""Counts of the review, each from one grouped query over a covering index."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, and_, bindparam, case, func, literal_column, select, type_coerce

from screening.stages import Outcome, Stage, Status
from screening.views import Agreement, DayFigures, FlowFigures, MemberFigures, StageFigures
from screening.votes import Choice
from store.columns import to_micros
from store.counting import IS_OPEN, Counting
from store.part import REVIEW
from store.schema import assignments, conflicts, current_votes, imports, records, screenings

DAY = 24 * 60 * 60 * 1_000_000
"""Microseconds in a day on which no clock is changed."""

_STANDING = (
    screenings.c.stage,
    screenings.c.other_method,
    screenings.c.status,
    screenings.c.outcome,
    screenings.c.maybe,
    screenings.c.votes_in,
    screenings.c.needed,
)
_STAGES = (
    select(*_STANDING, func.count().label("n"))
    .where(screenings.c.review_id == REVIEW, screenings.c.merged_into.is_(None))
    .group_by(*_STANDING)
)
_ARRIVALS = (
    select(
        records.c.import_id,
        func.count().label("came"),
        func.count(records.c.merged_into).label("removed"),
    )
    .where(records.c.review_id == REVIEW)
    .group_by(records.c.import_id)
)
_SOURCES = select(imports.c.import_id, imports.c.source_kind, imports.c.source_name).where(
    imports.c.review_id == REVIEW
)
_REASONS = (
    select(screenings.c.other_method, screenings.c.reason, func.count().label("n"))
    .where(
        screenings.c.review_id == REVIEW,
        screenings.c.stage == Stage.FULL_TEXT,
        screenings.c.merged_into.is_(None),
        screenings.c.status == Status.DECIDED,
        screenings.c.outcome == Outcome.EXCLUDE,
    )
    .group_by(screenings.c.other_method, screenings.c.reason)
)


def _of_stage(stage: Stage) -> Any:
    return current_votes.c.stage == literal_column(f"'{stage.value}'")


def _total(*conditions: Any) -> Any:
    return func.sum(case((and_(*conditions), 1), else_=0))


_COUNTED = and_(current_votes.c.decided, current_votes.c.settled)
# One row a member, the stages side by side: so the index is read in its own order, unsorted.
_VOTED = (
    select(
        current_votes.c.reviewer_id,
        *(
            column.label(f"{name}_{stage.value}")
            for stage in Stage
            for name, column in (
                ("done", _total(_of_stage(stage))),
                ("decided", _total(_of_stage(stage), _COUNTED)),
                (
                    "include",
                    _total(
                        _of_stage(stage),
                        _COUNTED,
                        current_votes.c.choice != literal_column(f"'{Choice.EXCLUDE.value}'"),
                    ),
                ),
                ("last", func.max(case((_of_stage(stage), current_votes.c.cast_at)))),
            )
        ),
    )
    .where(current_votes.c.review_id == REVIEW)
    .group_by(current_votes.c.reviewer_id)
)
_HELD = (
    select(assignments.c.reviewer_id, assignments.c.stage, func.count().label("n"))
    .where(assignments.c.review_id == REVIEW, IS_OPEN)
    .group_by(assignments.c.reviewer_id, assignments.c.stage)
)
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


class Figures(Counting):
    """Counts of records, votes, decisions and conflicts."""

    def stage_figures(self) -> list[StageFigures]:
        """Return how many records stand where, one row a stage; merged ones are not counted."""
        by_stage = self._stages()
        return [
            _added(stage, [by_stage.get((stage, other)) for other in (False, True)])
            for stage in Stage
        ]

    def flow_figures(self) -> FlowFigures:
        """Return the raw counts from which the PRISMA counts are derived."""
        sources = {
            row.import_id: (row.source_kind.value, row.source_name) for row in self._all(_SOURCES)
        }
        identified: Counter[tuple[str, str]] = Counter()
        removed: Counter[tuple[str, str]] = Counter()
        for row in self._all(_ARRIVALS):
            identified[sources[row.import_id]] += row.came
            if row.removed:
                removed[sources[row.import_id]] += row.removed
        reasons = {(bool(r.other_method), r.reason): r.n for r in self._all(_REASONS)}
        return FlowFigures(dict(identified), dict(removed), self._stages(), reasons)

    def member_figures(self) -> list[MemberFigures]:
        """Return each member's work by stage; who has neither votes nor cards is not listed."""
        held = {(r.reviewer_id, r.stage): r.n for r in self._all(_HELD)}
        figures: dict[tuple[str, Stage], MemberFigures] = {}
        for row in self._all(_VOTED):
            values = row._mapping
            for stage in Stage:
                done = values[f"done_{stage.value}"]
                left = held.get((row.reviewer_id, stage), 0)
                if done or left:
                    figures[row.reviewer_id, stage] = MemberFigures(
                        member_id=row.reviewer_id,
                        stage=stage,
                        assigned=done + left,
                        done=done,
                        left=left,
                        include_votes=values[f"include_{stage.value}"],
                        decided_votes=values[f"decided_{stage.value}"],
                        last_active=values[f"last_{stage.value}"],
                    )
        for (member_id, stage), left in held.items():
            if (member_id, stage) not in figures:
                figures[member_id, stage] = MemberFigures(
                    member_id, stage, assigned=left, left=left
                )
        order = list(Stage)
        return [figures[key] for key in sorted(figures, key=lambda k: (k[0], order.index(k[1])))]

    def day_figures(self, first: date, last: date, timezone: str) -> list[DayFigures]:
        """Return local days from `first` to `last`, both included, days without work too.

        Votes are those that stand, on the day on which they were cast.
        """
        days: dict[date, _Day] = {}
        for span in _spans(first, last, ZoneInfo(timezone)):
            self._add_span(span, days)
        return [
            DayFigures(
                day, each.votes.total(), each.decided, each.opened, each.resolved, dict(each.votes)
            )
            for day, each in days.items()
        ]

    def _add_span(self, span: _Span, days: dict[date, _Day]) -> None:
        own = [_Day() for _ in span.days]
        bounds = {"from_": span.begin, "to_": span.end, "length": span.length}
        for row in self._all(_VOTES_BY_DAY, **bounds):
            own[row.nth].votes[row.reviewer_id] += row.n
        for row in self._all(_DECIDED_BY_DAY, **bounds):
            own[row.nth].decided += row.n
        for row in self._all(_OPENED_BY_DAY, **bounds):
            own[row.nth].opened += row.n
        for row in self._all(_RESOLVED_BY_DAY, **bounds):
            own[row.nth].resolved += row.n
        days.update(zip(span.days, own, strict=True))

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

    def _stages(self) -> dict[tuple[Stage, bool], StageFigures]:
        self._settle_counters()
        counts: dict[tuple[Stage, bool], Counter[str]] = {}
        for row in self._all(_STAGES):
            tally = counts.setdefault((row.stage, bool(row.other_method)), Counter())
            for name in _parts(row):
                tally[name] += row.n
        return {key: StageFigures(stage=key[0], **tally) for key, tally in counts.items()}


def _parts(row: Any) -> list[str]:
    """Name the figures in which records that stand like this are counted."""
    names = ["entered"]
    if row.status is Status.DECIDED:
        names.append({"include": "included", "exclude": "excluded"}.get(row.outcome, row.outcome))
        if row.maybe and row.outcome is Outcome.INCLUDE:
            names.append("maybes")
    else:
        names.append(row.status.value)
        if row.status is Status.PENDING and 0 < row.votes_in < row.needed:
            names.append("half_voted")
    return names


def _added(stage: Stage, parts: list[StageFigures | None]) -> StageFigures:
    there = [part for part in parts if part is not None]
    return StageFigures(
        stage,
        *(
            sum(getattr(part, name) for part in there)
            for name in (
                "entered",
                "pending",
                "conflict",
                "included",
                "excluded",
                "not_retrieved",
                "half_voted",
                "maybes",
            )
        ),
    )


def day_bounds(first: date, last: date, zone: ZoneInfo) -> tuple[int, int]:
    """Return the microseconds at which `first` begins and `last` ends, in local time."""
    begin = datetime.combine(first, time(), zone)
    end = datetime.combine(last + timedelta(days=1), time(), zone)
    return to_micros(begin), to_micros(end)
