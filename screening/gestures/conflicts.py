"""What the lead does with disagreements and decisions: resolve, override, take back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from screening.errors import NothingToUndoError, UnknownThingError
from screening.gestures.deciding import (
    carry_decision,
    reconsider,
    record_decision,
    take_back_decision,
    tell_ended,
    withdraw_from,
)
from screening.policies import check_is_lead, check_resolution
from screening.ports import Desk, Transaction
from screening.review import Review
from screening.stages import How, Outcome, Screening, Stage
from screening.views import ConflictView, RecordView


def conflict_list(desk: Desk, review_id: str, *, limit: int = 20) -> list[ConflictView]:
    """Return the oldest open conflicts with their votes."""
    with desk.store.reading(review_id) as tx:
        return tx.conflict_views([c.conflict_id for c in tx.open_conflicts(limit)])


def resolve_conflict(
    desk: Desk,
    review_id: str,
    *,
    by: str,
    conflict_id: str,
    outcome: Outcome,
    reason: str = "",
    comment: str = "",
    gesture_key: str,
) -> ConflictView:
    """End a conflict by the lead's decision; one already ended is returned as it ended."""
    review = desk.review(review_id)
    check_is_lead(review, by, "decide a conflict")
    with desk.store.writing(review_id) as tx:
        at = desk.clock.now()
        conflict = tx.conflict(conflict_id)
        if conflict is None:
            raise UnknownThingError("conflict", conflict_id, "See /winnow conflicts.")
        check_resolution(review, conflict.stage, outcome, reason)
        screening = tx.screening(conflict.record_id, conflict.stage)
        if tx.remember_gesture(gesture_key, at) and conflict.is_open and screening is not None:
            record_decision(
                desk,
                tx,
                review,
                screening,
                outcome,
                How.LEAD,
                at,
                actor=by,
                reason=reason,
                comment=comment,
            )
        return tx.conflict_views([conflict_id])[0]


def override_decision(
    desk: Desk,
    review_id: str,
    *,
    by: str,
    record_id: str,
    stage: Stage | None = None,
    outcome: Outcome | None,
    reason: str = "",
    gesture_key: str,
) -> RecordView:
    """Set the outcome of a record at a stage (the last it entered when None), whatever the votes say.

    `outcome=None` takes an override back, the latest one when no stage is named: the votes decide
    again. Raises `NothingToUndoError` when none stands.
    """
    review = desk.review(review_id)
    check_is_lead(review, by, "override a decision")
    with desk.store.writing(review_id) as tx:
        at = desk.clock.now()
        kept = tx.kept(record_id)
        if tx.remember_gesture(gesture_key, at):
            if outcome is not None:
                screening = _screening(tx, kept, stage)
                check_resolution(review, screening.stage, outcome, reason)
                record_decision(
                    desk,
                    tx,
                    review,
                    screening,
                    outcome,
                    How.OVERRIDE,
                    at,
                    actor=by,
                    reason=reason,
                )
            else:
                _take_back(desk, tx, review, _overridden(tx, kept, stage), at, by)
        view = tx.record(kept)
        if view is None:
            raise UnknownThingError("record", record_id, "See the Records tab.")
        return view


def _take_back(
    desk: Desk, tx: Transaction, review: Review, screening: Screening, at: datetime, by: str
) -> None:
    record_id, stage = screening.record_id, screening.stage
    take_back_decision(desk, tx, screening, at)
    tell_ended(tx, record_id, stage, at)
    tx.audit(at, by, "override_removed", record_id, {"stage": stage.value})
    reconsider(desk, tx, review, record_id, stage, at)
    if stage is Stage.TITLE_ABSTRACT:
        again = tx.screening(record_id, stage)
        if again is None or again.outcome is not Outcome.INCLUDE:
            withdraw_from(tx, record_id, Stage.FULL_TEXT, at, by)
    carry_decision(tx, record_id, stage, at)


def _screening(tx: Transaction, record_id: str, stage: Stage | None) -> Screening:
    for screening in _at(tx, record_id, stage):
        return screening
    raise UnknownThingError("screened record", record_id, "See the Records tab for its ID.")


def _overridden(tx: Transaction, record_id: str, stage: Stage | None) -> Screening:
    for screening in _at(tx, record_id, stage):
        if screening.how is How.OVERRIDE:
            return screening
    raise NothingToUndoError(f"no override stands on {record_id}.")


def _at(tx: Transaction, record_id: str, stage: Stage | None) -> Iterator[Screening]:
    """Yield how far a record is at a stage, or at each it entered, the last first."""
    for each in [stage] if stage is not None else [Stage.FULL_TEXT, Stage.TITLE_ABSTRACT]:
        screening = tx.screening(record_id, each)
        if screening is not None:
            yield screening
