"""Records as they are shown, with all that became of them, and the lead's own cells."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from screening.stages import Screening
from screening.views import RecordView
from store.bodies import record_of
from store.counting import Counting
from store.part import IDS, REVIEW
from store.rows import screening_of
from store.schema import (
    imports,
    lead_cells,
    record_abstracts,
    record_bodies,
    record_shown,
    records,
    screenings,
)


def _same_record(table: Any) -> Any:
    return (table.c.review_id == records.c.review_id) & (table.c.record_id == records.c.record_id)


SHOWN_BODY = func.coalesce(
    record_shown.c.body, record_bodies.c.body, type_=record_bodies.c.body.type
).label("body")
WITH_SHOWN = records.join(record_bodies, _same_record(record_bodies)).outerjoin(
    record_shown, _same_record(record_shown)
)
"""Records with what they show: the best of all merged fields, else what their file gave."""

_SHOWN = (
    select(
        records.c.record_id,
        records.c.import_id,
        records.c.position,
        records.c.line,
        records.c.merged_into,
        SHOWN_BODY,
        record_shown.c.record_id.label("shown"),
        record_abstracts.c.abstract,
        imports.c.source_name,
    )
    .select_from(
        WITH_SHOWN.outerjoin(record_abstracts, _same_record(record_abstracts)).join(
            imports,
            (imports.c.review_id == records.c.review_id)
            & (imports.c.import_id == records.c.import_id),
        )
    )
    .where(records.c.review_id == REVIEW, records.c.record_id.in_(IDS))
)
_MEMBERS = (
    select(records.c.record_id, records.c.merged_into, imports.c.source_name, records.c.import_id)
    .select_from(
        records.join(
            imports,
            (imports.c.review_id == records.c.review_id)
            & (imports.c.import_id == records.c.import_id),
        )
    )
    .where(records.c.review_id == REVIEW, records.c.merged_into.in_(IDS))
    .order_by(records.c.record_id)
)
_SCREENINGS = select(screenings).where(
    screenings.c.review_id == REVIEW, screenings.c.record_id.in_(IDS)
)
_AFTER = (
    select(records.c.record_id)
    .where(records.c.review_id == REVIEW, records.c.record_id > bindparam("after"))
    .order_by(records.c.record_id)
    .limit(bindparam("most"))
)
_CELLS = select(lead_cells.c.row_key, lead_cells.c.cells).where(
    lead_cells.c.review_id == REVIEW,
    lead_cells.c.tab == bindparam("of_tab"),
    lead_cells.c.row_key.in_(IDS),
)

RECORDS_TAB = "Records"
"""The tab whose rows are records: its cells of the lead's are part of a record's view."""


class Records(Counting):
    """Records with sources, members, screenings and the lead's cells."""

    def record(self, record_id: str) -> RecordView | None:
        """Return a record, None when there is no such one."""
        views = self.records([record_id])
        return views[0] if views else None

    def records(self, record_ids: Collection[str]) -> list[RecordView]:
        """Return records in the order asked for; unknown IDs are passed over."""
        self._settle_counters()
        rows = {row.record_id: row for row in self._all_of(_SHOWN, record_ids)}
        found = [record_id for record_id in dict.fromkeys(record_ids) if record_id in rows]
        members: dict[str, list[Row[Any]]] = {}
        for member in self._all_of(_MEMBERS, found):
            members.setdefault(member.merged_into, []).append(member)
        stages: dict[str, list[Screening]] = {}
        for row in self._all_of(_SCREENINGS, found):
            stages.setdefault(row.record_id, []).append(screening_of(row))
        cells = self.lead_cells(RECORDS_TAB, found)
        return [
            _view(rows[r], members.get(r, []), stages.get(r, []), cells.get(r, {})) for r in found
        ]

    def records_after(self, record_id: str, limit: int) -> list[RecordView]:
        """Return up to `limit` records in order of ID, those after `record_id` ("" = from the start)."""
        rows = self._all(_AFTER, after=record_id, most=limit)
        return self.records([row.record_id for row in rows])

    def save_lead_cells(self, tab: str, key: str, cells: Mapping[str, str]) -> None:
        """Remember what the lead wrote; columns not given keep what they had, "" forgets one."""
        there = self.lead_cells(tab, [key]).get(key, {})
        kept = {column: text for column, text in {**there, **cells}.items() if text}
        if kept == there:
            return
        row = {"review_id": self.review_id, "tab": tab, "row_key": key, "cells": kept}
        self._put(lead_cells, ("review_id", "tab", "row_key"), row)

    def lead_cells(self, tab: str, keys: Collection[str]) -> dict[str, dict[str, str]]:
        """Return the lead's cells of a tab's rows, by row."""
        return {row.row_key: row.cells for row in self._all_of(_CELLS, keys, of_tab=tab)}


def _view(
    row: Row[Any],
    members: list[Row[Any]],
    stages: list[Screening],
    cells: dict[str, str],
) -> RecordView:
    came_from = sorted(
        [(row.import_id, row.source_name)] + [(m.import_id, m.source_name) for m in members]
    )
    return RecordView(
        record_id=row.record_id,
        record=record_of(row.body, None if row.shown else row.abstract),
        sources=tuple(dict.fromkeys(name for _, name in came_from)),
        import_id=row.import_id,
        position=row.position,
        merged_into=row.merged_into,
        members=tuple(m.record_id for m in members),
        screenings=tuple(sorted(stages, key=lambda s: s.stage, reverse=True)),
        lead_cells=cells,
        line=row.line,
    )
