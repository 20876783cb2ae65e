"""Batches and assignments: who holds which card until when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, literal_column, select, update

from screening.assignments import Assignment, Batch, Lease
from screening.stages import Stage
from store.counting import IS_OPEN, Counting
from store.part import REVIEW
from store.rows import assignment_of
from store.schema import assignments as cards
from store.schema import batches

_IS_VOTED = cards.c.lease == literal_column(f"'{Lease.VOTED.value}'")
_DONE = (
    select(func.count())
    .where(
        cards.c.review_id == REVIEW,
        cards.c.batch_id == bindparam("batch"),
        _IS_VOTED,
    )
    .scalar_subquery()
)
_BATCH = select(batches, _DONE.label("done")).where(
    batches.c.review_id == REVIEW, batches.c.batch_id == bindparam("batch")
)
_ONE = select(cards).where(
    cards.c.review_id == REVIEW, cards.c.assignment_id == bindparam("assignment")
)
_OPEN = (
    select(cards)
    .where(cards.c.review_id == REVIEW, IS_OPEN)
    .order_by(
        cards.c.reviewer_id,
        cards.c.skipped,
        cards.c.batch_id,
        cards.c.place,
    )
)
_NEXT = _OPEN.where(cards.c.reviewer_id == bindparam("reviewer")).limit(1)
_EXPIRED = (
    select(cards)
    .where(cards.c.review_id == REVIEW, IS_OPEN)
    .where(cards.c.leased_until <= bindparam("until"))
    .order_by(cards.c.leased_until, cards.c.assignment_id)
)
_SET = (
    update(cards)
    .where(
        cards.c.review_id == REVIEW,
        cards.c.assignment_id == bindparam("assignment"),
    )
    .values(
        lease=bindparam("new_lease"),
        leased_until=bindparam("new_until"),
        skipped=bindparam("new_skipped"),
        note=bindparam("new_note"),
    )
)


@cache
def _open_of(*given: str) -> Any:
    """Return the question for open assignments of a reviewer, record or stage, as given."""
    asked = {
        "reviewer": cards.c.reviewer_id == bindparam("reviewer"),
        "record": cards.c.record_id == bindparam("record"),
        "at_stage": cards.c.stage == bindparam("at_stage"),
    }
    return _OPEN.where(*(asked[name] for name in given))


class Leases(Counting):
    """Cards handed out."""

    def add_batch(self, batch: Batch, assignments: Sequence[Assignment]) -> None:
        """Record a batch with its assignments."""
        self._connection.execute(
            batches.insert(),
            {
                "review_id": self.review_id,
                "batch_id": batch.batch_id,
                "stage": batch.stage,
                "reviewer_id": batch.reviewer_id,
                "size": batch.size,
                "handed_out_at": batch.handed_out_at,
                "due": batch.due,
            },
        )
        self._insert(
            cards,
            (
                {
                    "review_id": self.review_id,
                    "assignment_id": each.assignment_id,
                    "record_id": each.record_id,
                    "stage": each.stage,
                    "reviewer_id": each.reviewer_id,
                    "batch_id": each.batch_id,
                    "place": each.place,
                    "lease": each.lease,
                    "leased_until": each.leased_until,
                    "skipped": each.skipped,
                    "note": each.note,
                }
                for each in assignments
            ),
        )
        self._touch(batch.stage, (each.record_id for each in assignments))

    def batch(self, batch_id: str) -> Batch | None:
        """Return a batch with what is done of it, None when there is no such one."""
        row = self._first(_BATCH, batch=batch_id)
        if row is None:
            return None
        return Batch(
            batch_id=row.batch_id,
            review_id=row.review_id,
            stage=row.stage,
            reviewer_id=row.reviewer_id,
            size=row.size,
            handed_out_at=row.handed_out_at,
            due=row.due,
            done=row.done,
        )

    def assignment(self, assignment_id: str) -> Assignment | None:
        """Return an assignment, None when there is no such one."""
        row = self._first(_ONE, assignment=assignment_id)
        return None if row is None else assignment_of(row)

    def next_assignment(self, reviewer_id: str) -> Assignment | None:
        """Return the reviewer's open assignment to show next: least skipped, oldest batch, by place."""
        row = self._first(_NEXT, reviewer=reviewer_id)
        return None if row is None else assignment_of(row)

    def open_assignments(
        self,
        reviewer_id: str | None = None,
        record_id: str | None = None,
        stage: Stage | None = None,
    ) -> list[Assignment]:
        """Return open assignments, in the order in which they are shown; None stands for any."""
        given = {"reviewer": reviewer_id, "record": record_id, "at_stage": stage}
        values = {name: value for name, value in given.items() if value is not None}
        return [assignment_of(row) for row in self._all(_open_of(*values), **values)]

    def expired_assignments(self, now: datetime) -> list[Assignment]:
        """Return open assignments whose lease has run out."""
        return [assignment_of(row) for row in self._all(_EXPIRED, until=now)]

    def set_assignment(self, assignment: Assignment) -> None:
        """Write lease, leased_until, skipped and note, and keep the screening's lease counter right."""
        self._run(
            _SET,
            assignment=assignment.assignment_id,
            new_lease=assignment.lease,
            new_until=assignment.leased_until,
            new_skipped=assignment.skipped,
            new_note=assignment.note,
        )
        self._touch(assignment.stage, [assignment.record_id])
