"""Counts of the review, each from one grouped query over a covering index."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import and_, bindparam, case, func, literal_column, select

from screening.stages import Outcome, Stage, Status
from screening.views import FlowFigures, MemberFigures, StageFigures
from screening.votes import Choice
from store.counting import IS_OPEN, Counting
from store.outvoted import Outvoted
from store.part import REVIEW
from store.schema import assignments, current_votes, imports, records, screenings

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
_VOTED_BY_ONE = _VOTED.where(current_votes.c.reviewer_id == bindparam("member"))
_HELD_BY_ONE = _HELD.where(assignments.c.reviewer_id == bindparam("member"))


class Figures(Counting, Outvoted):
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

    def member_figures(self, member_id: str | None = None) -> list[MemberFigures]:
        """Return each member's work by stage, or one member's; who has neither votes nor cards is
        not listed."""
        held_by, voted_by = (_HELD, _VOTED) if member_id is None else (_HELD_BY_ONE, _VOTED_BY_ONE)
        one = {} if member_id is None else {"member": member_id}
        held = {(r.reviewer_id, r.stage): r.n for r in self._all(held_by, **one)}
        outvoted = self._outvoted()
        figures: dict[tuple[str, Stage], MemberFigures] = {}
        for row in self._all(voted_by, **one):
            values = row._mapping
            for stage in Stage:
                own = [v for v in outvoted if (v.reviewer_id, v.stage) == (row.reviewer_id, stage)]
                counted = [v for v in own if v.decided and v.settled]
                includes = [v for v in counted if v.choice is not Choice.EXCLUDE]
                done = values[f"done_{stage.value}"] - len(own)
                left = held.get((row.reviewer_id, stage), 0)
                if done or left:
                    figures[row.reviewer_id, stage] = MemberFigures(
                        member_id=row.reviewer_id,
                        stage=stage,
                        assigned=done + left,
                        done=done,
                        left=left,
                        include_votes=values[f"include_{stage.value}"] - len(includes),
                        decided_votes=values[f"decided_{stage.value}"] - len(counted),
                        last_active=values[f"last_{stage.value}"],
                    )
        for (holder, stage), left in held.items():
            if (holder, stage) not in figures:
                figures[holder, stage] = MemberFigures(holder, stage, assigned=left, left=left)
        order = list(Stage)
        return [figures[key] for key in sorted(figures, key=lambda k: (k[0], order.index(k[1])))]

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
