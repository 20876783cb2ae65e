"""Merging records and taking merges apart; votes stay on the record they were cast on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, select, update

from screening.records import Record
from screening.stages import Stage
from store.bodies import body_of, record_of
from store.counting import IS_OPEN, Counting
from store.part import IDS, REVIEW
from store.schema import (
    assignments,
    current_votes,
    record_abstracts,
    record_bodies,
    record_shown,
    records,
    screenings,
)

_KEPT: BindParameter[Any] = bindparam("kept")

_MEMBER_IDS = (
    select(records.c.record_id)
    .where(records.c.review_id == REVIEW, records.c.merged_into == _KEPT)
    .order_by(records.c.record_id)
)
_MERGED_INTO = select(records.c.merged_into).where(
    records.c.review_id == REVIEW, records.c.record_id == bindparam("record")
)
_MERGES = select(records.c.record_id, records.c.merged_into).where(
    records.c.review_id == REVIEW, records.c.merged_into.is_not(None)
)
_POINT = (
    update(records)
    .where(records.c.review_id == REVIEW, records.c.record_id.in_(IDS))
    .values(merged_into=_KEPT)
)
_POINT_SCREENINGS = (
    update(screenings)
    .where(screenings.c.review_id == REVIEW, screenings.c.record_id.in_(IDS))
    .values(merged_into=_KEPT)
)
_COUNT_FOR = (
    update(current_votes)
    .where(current_votes.c.review_id == REVIEW, current_votes.c.record_id.in_(IDS))
    .values(counts_for=bindparam("stands_for"))
)
_ANY_LEASE = select(assignments.c.record_id).where(
    assignments.c.review_id == REVIEW, assignments.c.record_id.in_(IDS), IS_OPEN
)
_FORGET_SHOWN = delete(record_shown).where(
    record_shown.c.review_id == REVIEW, record_shown.c.record_id == bindparam("record")
)
_CAME = (
    select(record_bodies.c.record_id, record_bodies.c.body, record_abstracts.c.abstract)
    .select_from(
        record_bodies.outerjoin(
            record_abstracts,
            (record_abstracts.c.review_id == record_bodies.c.review_id)
            & (record_abstracts.c.record_id == record_bodies.c.record_id),
        )
    )
    .where(record_bodies.c.review_id == REVIEW, record_bodies.c.record_id.in_(IDS))
)


class Merging(Counting):
    """Which record stands for which."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Asked for several times while one record is decided; only a merge changes the answer.
        self._members: dict[str, list[tuple[str, Record]]] = {}

    def merge(self, kept: str, removed: str, shown: Record) -> None:
        """Point `removed` (and all that pointed to it) at `kept`, which now shows `shown`.

        Raises `ValueError` when `kept` is itself merged into another, or the same record.
        """
        if kept == removed or self._value(_MERGED_INTO, record=kept) is not None:
            raise ValueError(f"{removed} cannot be merged into {kept}, which does not stand alone")
        self._members.clear()
        moved = [removed, *self._member_ids(removed)]
        self._run(_POINT, kept=kept, ids=moved)
        self._show(kept, shown)
        self._run(_FORGET_SHOWN, record=removed)
        was_screened = self._run(_POINT_SCREENINGS, kept=kept, ids=moved)
        voted = self._run(_COUNT_FOR, stands_for=kept, ids=moved)
        if was_screened or voted or self._first(_ANY_LEASE, ids=moved):
            for stage in Stage:
                self._refresh(stage, [kept])

    def unmerge(self, removed: str, shown: Mapping[str, Record]) -> None:
        """Let `removed` stand alone again; `shown` is what each record touched shows from now on."""
        kept = self._value(_MERGED_INTO, record=removed)
        if kept is None:
            return
        self._members.clear()
        self._run(_POINT, kept=None, ids=[removed])
        self._run(_POINT_SCREENINGS, kept=None, ids=[removed])
        self._run(_COUNT_FOR, stands_for=removed, ids=[removed])
        for record_id, record in shown.items():
            self._show(record_id, record)
        for stage in Stage:
            self._refresh(stage, [kept, removed])

    def merges(self) -> dict[str, str]:
        """Return removed → kept for every record that is merged into another."""
        return {row.record_id: row.merged_into for row in self._all(_MERGES)}

    def kept(self, record_id: str) -> str:
        """Return the record that stands for this one: itself, or the one it is merged into."""
        return self._value(_MERGED_INTO, record=record_id) or record_id

    def members_of(self, record_id: str) -> list[tuple[str, Record]]:
        """Return the record as it came and those merged into it, the kept one first."""
        known = self._members.get(record_id)
        if known is None:
            ids = [record_id, *self._member_ids(record_id)]
            came = self._as_it_came(ids)
            known = [(each, came[each]) for each in ids if each in came]
            if known:
                self._members[record_id] = known
        return list(known)

    def _member_ids(self, record_id: str) -> list[str]:
        return [row.record_id for row in self._all(_MEMBER_IDS, kept=record_id)]

    def _as_it_came(self, record_ids: Collection[str]) -> dict[str, Record]:
        rows = self._all_of(_CAME, record_ids)
        return {row.record_id: record_of(row.body, row.abstract) for row in rows}

    def _show(self, record_id: str, record: Record) -> None:
        row = {"review_id": self.review_id, "record_id": record_id, "body": body_of(record)}
        self._put(record_shown, ("review_id", "record_id"), row)
