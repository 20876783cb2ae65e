"""Conflicts, open and ended, with the votes that make them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import and_, bindparam, select, update

from screening.conflicts import Conflict
from screening.stages import How, Outcome, Screening, Stage
from screening.views import ConflictView
from screening.votes import Vote, newest_by_reviewer
from store.part import IDS, REVIEW
from store.records import Records
from store.revealing import REVEALED
from store.rows import conflict_of, vote_of
from store.schema import conflicts, current_votes, posts, votes

_ALL = select(conflicts).where(conflicts.c.review_id == REVIEW)
_BY_ID = _ALL.where(conflicts.c.conflict_id == bindparam("conflict"))
_BY_IDS = _ALL.where(conflicts.c.conflict_id.in_(IDS))
_OPEN = _ALL.where(conflicts.c.resolved_at.is_(None)).order_by(
    conflicts.c.opened_at, conflicts.c.conflict_id
)
_OPEN_ON = _ALL.where(
    conflicts.c.record_id == bindparam("record"),
    conflicts.c.stage == bindparam("at_stage"),
    conflicts.c.resolved_at.is_(None),
)
_ENDED_ON = _ALL.where(
    conflicts.c.record_id == bindparam("record"),
    conflicts.c.stage == bindparam("at_stage"),
    conflicts.c.resolved_at.is_not(None),
).order_by(conflicts.c.conflict_id)
_AFTER = (
    select(conflicts.c.conflict_id)
    .where(conflicts.c.review_id == REVIEW, conflicts.c.conflict_id > bindparam("after"))
    .order_by(conflicts.c.conflict_id)
    .limit(bindparam("most"))
)
_SET = update(conflicts).where(
    conflicts.c.review_id == REVIEW, conflicts.c.conflict_id == bindparam("conflict")
)
_VOTES = (
    select(votes, REVEALED, current_votes.c.settled, current_votes.c.counts_for)
    .select_from(
        current_votes.join(
            votes,
            and_(
                votes.c.review_id == current_votes.c.review_id,
                votes.c.vote_id == current_votes.c.vote_id,
            ),
        )
    )
    .where(current_votes.c.review_id == REVIEW, current_votes.c.counts_for.in_(IDS))
    .order_by(votes.c.cast_at, votes.c.vote_id)
)
_THREADS = select(posts.c.post_key, posts.c.channel, posts.c.ts).where(
    posts.c.review_id == REVIEW, posts.c.post_key.in_(IDS)
)


class Disagreements(Records):
    """Conflicts."""

    def add_conflict(self, conflict: Conflict) -> None:
        """Open a conflict; a second open one on a record and stage is refused by the database."""
        self._connection.execute(conflicts.insert(), self._conflict_row(conflict))

    def set_conflict(self, conflict: Conflict) -> None:
        """Write how a conflict ended."""
        row = self._conflict_row(conflict)
        for fixed in ("review_id", "conflict_id"):
            row.pop(fixed)
        self._run(_SET.values(**row), conflict=conflict.conflict_id)

    def conflict(self, conflict_id: str) -> Conflict | None:
        """Return a conflict, None when there is no such one."""
        row = self._first(_BY_ID, conflict=conflict_id)
        return None if row is None else conflict_of(row)

    def open_conflict(self, record_id: str, stage: Stage) -> Conflict | None:
        """Return the open conflict on a record at a stage, if there is one."""
        row = self._first(_OPEN_ON, record=record_id, at_stage=stage)
        return None if row is None else conflict_of(row)

    def open_conflicts(self, limit: int | None = None) -> list[Conflict]:
        """Return open conflicts, oldest first."""
        query = _OPEN if limit is None else _OPEN.limit(limit)
        return [conflict_of(row) for row in self._all(query)]

    def conflict_views(self, conflict_ids: Collection[str]) -> list[ConflictView]:
        """Return conflicts with record, votes and thread, in the order asked for."""
        rows = {row.conflict_id: conflict_of(row) for row in self._all_of(_BY_IDS, conflict_ids)}
        found = [rows[each] for each in dict.fromkeys(conflict_ids) if each in rows]
        record_ids = {conflict.record_id for conflict in found}
        shown = {view.record_id: view for view in self.records(record_ids)}
        cast: dict[tuple[str, Stage], list[Vote]] = {}
        for row in self._all_of(_VOTES, record_ids):
            cast.setdefault((row.counts_for, row.stage), []).append(vote_of(row))
        threads = self._threads([conflict.conflict_id for conflict in found])
        return [
            ConflictView(
                conflict=each,
                title=shown[each.record_id].record.title,
                record=shown[each.record_id].record,
                votes=tuple(_shown(each, cast.get((each.record_id, each.stage), ()))),
                thread=threads.get(each.conflict_id),
                overridden=_overridden(each, shown[each.record_id].screening(each.stage)),
            )
            for each in found
        ]

    def ended_conflicts(self, record_id: str, stage: Stage) -> list[str]:
        """Return the IDs of the conflicts on a record at a stage that have ended."""
        rows = self._all(_ENDED_ON, record=record_id, at_stage=stage)
        return [row.conflict_id for row in rows]

    def conflict_ids_after(self, conflict_id: str, limit: int) -> list[str]:
        """Return conflict IDs in order, those after `conflict_id` ("" = from the start)."""
        rows = self._all(_AFTER, after=conflict_id, most=limit)
        return [row.conflict_id for row in rows]

    def _threads(self, conflict_ids: Collection[str]) -> dict[str, tuple[str, str]]:
        """Return (channel, ts) of the message that announced each conflict."""
        keys = {f"{self.review_id}/conflict_opened/{each}": each for each in conflict_ids}
        rows = self._all_of(_THREADS, keys)
        return {keys[row.post_key]: (row.channel, row.ts) for row in rows}

    def _conflict_row(self, conflict: Conflict) -> dict[str, Any]:
        return {
            "review_id": self.review_id,
            "conflict_id": conflict.conflict_id,
            "record_id": conflict.record_id,
            "stage": conflict.stage,
            "opened_at": conflict.opened_at,
            "resolved_at": conflict.resolved_at,
            "resolved_by": conflict.resolved_by,
            "how": conflict.how,
            "outcome": conflict.outcome,
            "reason": conflict.reason,
            "comment": conflict.comment,
        }


def _overridden(conflict: Conflict, screening: Screening | None) -> tuple[Outcome, str] | None:
    if conflict.is_open or screening is None or screening.how is not How.OVERRIDE:
        return None
    if screening.outcome is None:
        return None
    now = (screening.outcome, screening.reason)
    return None if now == (conflict.outcome, conflict.reason) else now


def _shown(conflict: Conflict, votes: Iterable[Vote]) -> list[Vote]:
    """Return the votes that the conflict is about, as far as they are revealed: one a reviewer.

    Where a merge is undone its record may be pending again: votes cast there later stay blind. So do
    those of a record that was merged into one already in conflict.
    """
    ended = conflict.resolved_at
    seen = (v for v in votes if v.revealed and (ended is None or v.cast_at <= ended))
    return newest_by_reviewer(seen)
