"""The records behind a count: what a box of the PRISMA diagram or a figure of the digest is made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import BigInteger, Select, and_, bindparam, select, type_coerce, union

from screening.errors import UnknownThingError
from screening.sources import SourceKind
from screening.stages import Outcome, Stage, Status
from store.counting import Counting
from store.days import day_bounds
from store.outvoted import Outvoted
from store.part import REVIEW
from store.schema import conflicts, current_votes, imports, pairs, records, screenings

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
WAITING = (Status.PENDING, Status.CONFLICT)

_IN_STAGE = select(screenings.c.record_id).where(
    screenings.c.review_id == REVIEW, screenings.c.merged_into.is_(None)
)
_ARRIVED = (
    select(records.c.record_id)
    .select_from(
        records.join(
            imports,
            and_(
                imports.c.review_id == records.c.review_id,
                imports.c.import_id == records.c.import_id,
            ),
        )
    )
    .where(records.c.review_id == REVIEW)
)


def _at(stage: Stage, other: bool | None, *conditions: Any) -> Select[Any]:
    query = _IN_STAGE.where(screenings.c.stage == stage, *conditions)
    return query if other is None else query.where(screenings.c.other_method.is_(other))


def _decided(*outcomes: Outcome) -> Any:
    return and_(screenings.c.status == Status.DECIDED, screenings.c.outcome.in_(outcomes))


def _brought_by(*kinds: SourceKind) -> Select[Any]:
    return _ARRIVED.where(imports.c.source_kind.in_(kinds))


_DATABASES = (SourceKind.DATABASE, SourceKind.REGISTER)
_OTHERS = tuple(kind for kind in SourceKind if kind.is_other_method)
_ASSESSED = _decided(Outcome.INCLUDE, Outcome.EXCLUDE)
_INCLUDED = _at(FT, None, _decided(Outcome.INCLUDE))
_HALF = and_(
    screenings.c.status == Status.PENDING,
    screenings.c.votes_in > 0,
    screenings.c.votes_in < screenings.c.needed,
)

NODES: dict[str, Any] = {
    "database_results": _brought_by(SourceKind.DATABASE),
    "database_specific_results": _brought_by(SourceKind.DATABASE),
    "register_results": _brought_by(SourceKind.REGISTER),
    "register_specific_results": _brought_by(SourceKind.REGISTER),
    "website_results": _brought_by(SourceKind.WEBSITE),
    "organisation_results": _brought_by(SourceKind.ORGANISATION),
    "citations_results": _brought_by(SourceKind.CITATIONS),
    "duplicates": _brought_by(*_DATABASES).where(records.c.merged_into.is_not(None)),
    "other_duplicates": _brought_by(*_OTHERS).where(records.c.merged_into.is_not(None)),
    "records_screened": _at(TA, False, _ASSESSED),
    "records_excluded": _at(TA, False, _decided(Outcome.EXCLUDE)),
    "awaiting_title_abstract": _at(TA, False, screenings.c.status.in_(WAITING)),
    "dbr_sought_reports": _at(FT, False),
    "dbr_notretrieved_reports": _at(FT, False, _decided(Outcome.NOT_RETRIEVED)),
    "dbr_assessed": _at(FT, False, _ASSESSED),
    "dbr_excluded": _at(FT, False, _decided(Outcome.EXCLUDE)),
    "dbr_included": _at(FT, False, _decided(Outcome.INCLUDE)),
    "awaiting_full_text": _at(FT, False, screenings.c.status.in_(WAITING)),
    "other_sought_reports": _at(FT, True),
    "other_notretrieved_reports": _at(FT, True, _decided(Outcome.NOT_RETRIEVED)),
    "other_assessed": _at(FT, True, _ASSESSED),
    "other_excluded": _at(FT, True, _decided(Outcome.EXCLUDE)),
    "other_included": _at(FT, True, _decided(Outcome.INCLUDE)),
    "other_awaiting_full_text": _at(FT, True, screenings.c.status.in_(WAITING)),
    "new_studies": _INCLUDED,
    "new_reports": _INCLUDED,
    "total_studies": _INCLUDED,
    "total_reports": _INCLUDED,
    "included": _INCLUDED,
    "maybes": _IN_STAGE.where(screenings.c.maybe, _decided(Outcome.INCLUDE)),
    "half_voted": _IN_STAGE.where(_HALF),
    "conflicts": select(conflicts.c.record_id).where(
        conflicts.c.review_id == REVIEW, conflicts.c.resolved_at.is_(None)
    ),
    "possible_duplicates": union(
        select(pairs.c.first_id.label("record_id")).where(
            pairs.c.review_id == REVIEW, pairs.c.state == "possible"
        ),
        select(pairs.c.second_id).where(pairs.c.review_id == REVIEW, pairs.c.state == "possible"),
    ),
}

NO_RECORDS = ("previous_studies", "previous_reports", "excluded_automatic", "excluded_other")
"""Counts behind which no record of this review stands."""


def _between(column: Any) -> Any:
    instant = type_coerce(column, BigInteger)
    return and_(
        instant >= bindparam("from_", type_=BigInteger),
        instant < bindparam("to_", type_=BigInteger),
    )


BY_DAY: dict[str, Any] = {
    "votes": select(current_votes.c.counts_for.label("record_id"), current_votes.c.vote_id).where(
        current_votes.c.review_id == REVIEW, _between(current_votes.c.cast_at)
    ),
    "decided": _IN_STAGE.where(_between(screenings.c.decided_at)),
    "conflicts_opened": select(conflicts.c.record_id).where(
        conflicts.c.review_id == REVIEW, _between(conflicts.c.opened_at)
    ),
    "conflicts_resolved": select(conflicts.c.record_id).where(
        conflicts.c.review_id == REVIEW, _between(conflicts.c.resolved_at)
    ),
}


class Nodes(Counting, Outvoted):
    """Records behind counts."""

    def records_behind(self, node: str) -> list[str]:
        """Return the IDs of the records that a PRISMA key or a digest figure counts, in order.

        Figures of days are asked for as "votes:2026-11-01" (a UTC day), "votes:2026-11-01:Europe/Berlin"
        (a local one) or "votes:2026-10-30..2026-11-01:Europe/Berlin" (both included), likewise
        "decided", "conflicts_opened" and "conflicts_resolved". Raises `UnknownThingError` for a figure that there is not.
        """
        if node in NO_RECORDS:
            return []
        self._settle_counters()
        name, _, day = node.partition(":")
        if day and name in BY_DAY:
            begin, end = _days(node, day)
            rows: Sequence[Any] = self._all(BY_DAY[name], from_=begin, to_=end)
            if name == "votes":
                outvoted = {row.vote_id for row in self._outvoted()}
                rows = [row for row in rows if row.vote_id not in outvoted]
        elif node in NODES:
            rows = self._all(NODES[node])
        else:
            known = ", ".join([*NODES, *(f"{each}:YYYY-MM-DD" for each in BY_DAY)])
            raise UnknownThingError("count", node, f"There are: {known}.")
        return sorted({row.record_id for row in rows})


def _days(node: str, text: str) -> tuple[int, int]:
    days, _, zone = text.partition(":")
    first, _, last = days.partition("..")
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last or first)
        return day_bounds(begin, end, ZoneInfo(zone or "UTC"))
    except (ValueError, ZoneInfoNotFoundError):
        raise UnknownThingError(
            "day", node, "Write it as votes:2026-11-01:Europe/Berlin."
        ) from None
