"""Keeping a screening's counters right: always counted afresh from votes and leases, never added up.

What changed is noted and counted once, before anything reads a screening and at the latest before the
commit: `_settle_counters` comes first in every method that does.

Votes and open assignments count for the record that stands for the one they are on. `taken_by` lists
who has a vote or a card there ("|U1|U2|"), so that handing out never has to look at votes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    Exists,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    select,
    update,
)

from screening.assignments import Lease
from screening.stages import Stage, Status
from store.part import IDS, PIECE, REVIEW, Part, pieces
from store.schema import assignments, current_votes, records, reveals, screenings

_STAGE: BindParameter[Any] = bindparam("at_stage")


def was_revealed(vote: Any) -> Exists:
    """Return the condition that a row of `votes` or `current_votes` was ever shown to the team."""
    return exists().where(
        reveals.c.review_id == vote.c.review_id, reveals.c.vote_id == vote.c.vote_id
    )


# Written out, not bound: only then does the planner see that the partial index applies.
IS_OPEN = assignments.c.lease == literal_column(f"'{Lease.OPEN.value}'")
IS_LAPSED = assignments.c.lease == literal_column(f"'{Lease.LAPSED.value}'")

KEPT = select(func.coalesce(records.c.merged_into, records.c.record_id)).where(
    records.c.review_id == REVIEW, records.c.record_id.in_(IDS)
)
_VOTERS = select(current_votes.c.counts_for, current_votes.c.reviewer_id).where(
    current_votes.c.review_id == REVIEW,
    current_votes.c.stage == _STAGE,
    current_votes.c.counts_for.in_(IDS),
)
_MEMBERS = select(records.c.record_id, records.c.merged_into).where(
    records.c.review_id == REVIEW, records.c.merged_into.in_(IDS)
)
_HOLDERS = select(assignments.c.record_id, assignments.c.reviewer_id).where(
    assignments.c.review_id == REVIEW,
    assignments.c.stage == _STAGE,
    assignments.c.record_id.in_(IDS),
    IS_OPEN,
)
_SET_COUNTERS = (
    update(screenings)
    .where(
        screenings.c.review_id == bindparam("of_review"),
        screenings.c.record_id == bindparam("of_record"),
        screenings.c.stage == bindparam("of_stage", type_=screenings.c.stage.type),
    )
    .values(
        votes_in=bindparam("new_votes_in"),
        leases=bindparam("new_leases"),
        taken_by=bindparam("new_taken_by"),
    )
)
_STATUSES = select(screenings.c.record_id, screenings.c.status).where(
    screenings.c.review_id == REVIEW,
    screenings.c.stage == _STAGE,
    screenings.c.record_id.in_(IDS),
)
_MARK_DECIDED = (
    update(current_votes)
    .where(
        and_(
            current_votes.c.review_id == REVIEW,
            current_votes.c.counts_for == bindparam("record"),
            current_votes.c.stage == _STAGE,
        )
    )
    .values(decided=and_(bindparam("is_decided", type_=Boolean), was_revealed(current_votes)))
)


class Counting(Part):
    """Counters and flags that follow from votes, leases and merges."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._touched: dict[Stage, set[str]] = {}

    def recount(self, stage: Stage, record_id: str) -> None:
        """Set votes_in and leases from the reviewers' current votes (one a reviewer) and the open
        assignments on the record and on all that is merged into it."""
        self._touch(stage, [record_id])

    def _touch(self, stage: Stage, record_ids: Iterable[str]) -> None:
        """Note that the votes or leases on records changed."""
        self._touched.setdefault(stage, set()).update(record_ids)

    def _settle_counters(self) -> None:
        """Count what was noted as changed."""
        touched, self._touched = self._touched, {}
        for stage, record_ids in touched.items():
            for piece in pieces(sorted(record_ids), PIECE):
                kept = [str(row[0]) for row in self._all(KEPT, ids=piece)]
                self._write_counts(stage, sorted(set(kept)))

    def _write_counts(self, stage: Stage, record_ids: Collection[str]) -> None:
        counted = self._counts(stage, record_ids)
        rows = [
            {
                "of_review": self.review_id,
                "of_record": record_id,
                "of_stage": stage,
                "new_votes_in": len(voters),
                "new_leases": leases,
                "new_taken_by": taken_by(voters | holders),
            }
            for record_id, (voters, holders, leases) in counted.items()
        ]
        self._connection.execute(_SET_COUNTERS, rows)

    def _counts(
        self, stage: Stage, record_ids: Collection[str]
    ) -> dict[str, tuple[set[str], set[str], int]]:
        """Return who voted, who holds a card, and how many cards are out, by record."""
        voters: dict[str, set[str]] = {record_id: set() for record_id in record_ids}
        holders: dict[str, list[str]] = {record_id: [] for record_id in record_ids}
        for row in self._all(_VOTERS, at_stage=stage, ids=list(record_ids)):
            voters[row.counts_for].add(row.reviewer_id)
        kept = {record_id: record_id for record_id in record_ids}
        kept |= {r.record_id: r.merged_into for r in self._all(_MEMBERS, ids=list(record_ids))}
        for row in self._all(_HOLDERS, at_stage=stage, ids=list(kept)):
            holders[kept[row.record_id]].append(row.reviewer_id)
        return {r: (voters[r], set(holders[r]), len(holders[r])) for r in record_ids}

    def _mark_decided(self, stage: Stage, record_id: str, status: Status | None) -> None:
        """Note with the votes that count for a record whether it is decided and they are revealed."""
        decided = status is Status.DECIDED
        self._run(_MARK_DECIDED, record=record_id, at_stage=stage, is_decided=decided)

    def _refresh(self, stage: Stage, record_ids: Collection[str]) -> None:
        """Recount records and carry their status to their votes, after a merge or its undoing."""
        self._touch(stage, record_ids)
        rows = self._all(_STATUSES, at_stage=stage, ids=list(record_ids))
        statuses = {row.record_id: row.status for row in rows}
        for record_id in record_ids:
            self._mark_decided(stage, record_id, statuses.get(record_id))


def taken_by(members: Iterable[str]) -> str:
    """Write down members so that one can be found with both bars around them."""
    listed = sorted(set(members))
    return f"|{'|'.join(listed)}|" if listed else ""
