"""Handing out batches, and taking back what was not voted on in time."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from screening.assignments import Assignment, Batch, Lease
from screening.errors import InvalidValueError
from screening.gestures.cards import next_card
from screening.members import Member, Role
from screening.pairing import holds_records, refusal
from screening.policies import can_vote, check_can_vote, check_is_member, check_takes_part
from screening.ports import Desk, Transaction
from screening.review import Review
from screening.stages import Stage
from screening.views import Shown

LARGEST_BATCH = 200
"""Records in one batch at most: more than anyone screens in a week's lease."""

HANDED_OUT = "handed_out"
"""The review's setting that holds the instant of the last hand-out."""

NEVER = datetime.min.replace(tzinfo=UTC)

RESUMED = "You had paused; asking for cards ended that. /winnow pause gives them back."


def request_batch(
    desk: Desk,
    review_id: str,
    *,
    by: str,
    size: int | None = None,
    stage: Stage | None = None,
    gesture_key: str,
) -> Shown:
    """Give the reviewer their next card, from open cards first and else from a new batch.

    `size` defaults to the stage's configured batch size. Who paused and asks for cards is not
    paused any more once a batch is given, and is told so. When nothing can be given, the message
    says why.
    """
    if size is not None and not 1 <= size <= LARGEST_BATCH:
        raise InvalidValueError("The batch size", str(size), f"Ask for 1 to {LARGEST_BATCH}.")
    review = desk.review(review_id)
    with desk.store.writing(review_id) as tx:
        at = desk.clock.now()
        member = check_is_member(review, by)
        if not tx.remember_gesture(gesture_key, at):
            return next_card(tx, by, changed=False)
        open_now = len(tx.open_assignments(reviewer_id=by))
        if open_now:
            return next_card(tx, by, message=_still_open(open_now), changed=False)
        stages = [stage] if stage is not None else list(Stage)
        wanted = [s for s in stages if can_vote(review, by, s)]
        if not wanted:
            check_can_vote(review, by, stages[0])
        for each in wanted:
            records = _records_for(tx, review, member, each, size, at)
            if records:
                _new_batch(desk, tx, review, member, each, records, at)
                resumed = is_paused(tx, by)
                if resumed:
                    _set_paused(tx, by, False, at)
                return next_card(tx, by, message=RESUMED if resumed else "")
        return next_card(tx, by, message=_nothing_left(tx, wanted), changed=False)


def hand_out(desk: Desk, review_id: str, *, at: datetime) -> list[Batch]:
    """Give a batch to everyone who has no open card, and announce each; for the scheduled job."""
    review = desk.review(review_id)
    with desk.store.writing(review_id) as tx:
        return hand_out_in(desk, tx, review, at)


def hand_out_in(desk: Desk, tx: Transaction, review: Review, at: datetime) -> list[Batch]:
    """Do `hand_out` within a transaction that the caller also marks done.

    What ran out in somebody's hands goes to others first: it comes back to them only where it was
    on offer in an earlier hand-out, and everybody else had their batch.
    """
    before = tx.setting(HANDED_OUT)
    earlier = datetime.fromisoformat(before) if before else NEVER
    batches = []
    for lapsed_before in (NEVER, min(earlier, at)):
        for member in review.members:
            if not _wants_work(tx, member) or tx.open_assignments(reviewer_id=member.member_id):
                continue
            batch = _first_batch(desk, tx, review, member, at, lapsed_before)
            if batch is not None:
                payload = {"batch_id": batch.batch_id, "reviewer_id": member.member_id}
                tx.enqueue("slack", "batch_ready", batch.batch_id, at, payload)
                batches.append(batch)
    tx.set_setting(HANDED_OUT, at.isoformat())
    return batches


def _first_batch(
    desk: Desk,
    tx: Transaction,
    review: Review,
    member: Member,
    at: datetime,
    lapsed_before: datetime,
) -> Batch | None:
    """Give a batch at the first stage that has anything for the member."""
    for stage in Stage:
        if can_vote(review, member.member_id, stage):
            records = _records_for(tx, review, member, stage, None, lapsed_before)
            if records:
                return _new_batch(desk, tx, review, member, stage, records, at)
    return None


def release_expired(desk: Desk, review_id: str, *, at: datetime) -> int:
    """Give back assignments whose lease has run out, for others first; return how many."""
    with desk.store.reading(review_id) as tx:
        if not tx.expired_assignments(at):
            return 0
    with desk.store.writing(review_id) as tx:
        expired = tx.expired_assignments(at)
        for assignment in expired:
            tx.set_assignment(replace(assignment, lease=Lease.LAPSED))
            tx.audit(at, "lease", "released", assignment.record_id, {"by": assignment.reviewer_id})
        return len(expired)


def pause(desk: Desk, review_id: str, *, by: str, paused: bool, gesture_key: str) -> bool:
    """Stop or resume handing out to oneself; pausing gives open cards back."""
    review = desk.review(review_id)
    check_takes_part(review, by, "pause or resume")
    with desk.store.writing(review_id) as tx:
        at = desk.clock.now()
        if tx.remember_gesture(gesture_key, at):
            _set_paused(tx, by, paused, at)
            if paused:
                release_all(tx, by)
        return is_paused(tx, by)


def _set_paused(tx: Transaction, by: str, paused: bool, at: datetime) -> None:
    tx.set_setting(f"paused:{by}", "yes" if paused else "")
    tx.audit(at, by, "paused" if paused else "resumed", by, {})
    tx.enqueue_rows("Team", [by], at)


def is_paused(tx: Transaction, member_id: str) -> bool:
    """Tell whether the member asked to be handed nothing."""
    return bool(tx.setting(f"paused:{member_id}"))


def release_all(tx: Transaction, reviewer_id: str, stage: Stage | None = None) -> int:
    """Give back every open card of a reviewer, at one stage or at both; return how many."""
    mine = tx.open_assignments(reviewer_id=reviewer_id, stage=stage)
    for assignment in mine:
        tx.set_assignment(replace(assignment, lease=Lease.RELEASED))
    return len(mine)


def _wants_work(tx: Transaction, member: Member) -> bool:
    return (
        member.active
        and not member.paused
        and member.role is not Role.OBSERVER
        and not is_paused(tx, member.member_id)
    )


def _records_for(
    tx: Transaction,
    review: Review,
    member: Member,
    stage: Stage,
    size: int | None,
    lapsed_before: datetime,
) -> list[str]:
    """Return the records of a new batch; last those that ran out in the member's own hands."""
    size = size or review.rules(stage).batch_size
    records = tx.candidates(stage, member.member_id, size)
    if len(records) < size and lapsed_before > NEVER:
        left = size - len(records)
        records += tx.lapsed_candidates(stage, member.member_id, left, lapsed_before)
    return records


def _new_batch(
    desk: Desk,
    tx: Transaction,
    review: Review,
    member: Member,
    stage: Stage,
    record_ids: list[str],
    at: datetime,
) -> Batch:
    due = _due(review, at, review.rules(stage).lease_days)
    batch = Batch(
        desk.new_id("B"), review.review_id, stage, member.member_id, len(record_ids), at, due
    )
    assignments = [
        Assignment(
            desk.new_id("A"),
            review.review_id,
            record_id,
            stage,
            member.member_id,
            batch.batch_id,
            place,
            Lease.OPEN,
            due,
        )
        for place, record_id in enumerate(record_ids, 1)
    ]
    tx.add_batch(batch, assignments)
    details = {"stage": stage.value, "records": record_ids}
    tx.audit(at, member.member_id, "batch", batch.batch_id, details)
    return batch


def _due(review: Review, at: datetime, lease_days: float) -> datetime:
    """Return the end of the local day on which the lease runs out: a date is what people read."""
    local = (at + timedelta(days=lease_days)).astimezone(review.timezone)
    if math.isclose(lease_days % 1, 0):
        local = datetime.combine(local.date(), time(23, 59), review.timezone)
    return local.astimezone(at.tzinfo)


def _still_open(count: int) -> str:
    return f"You still have {count} open {'card' if count == 1 else 'cards'}; here is the next."


def _nothing_left(tx: Transaction, stages: list[Stage]) -> str:
    figures = [f for f in tx.stage_figures() if f.stage in stages]
    pending = sum(f.pending for f in figures)
    if not sum(f.entered for f in figures):
        if refusal(tx) and not holds_records(tx):
            return (
                "There are no records to screen: Winnow's store is empty, though the shared sheet "
                "holds the review. Nothing is lost: whoever runs Winnow stops it, runs `winnow "
                "rebuild`, and starts it again."
            )
        return "There are no records to screen yet. The lead imports a search export first."
    if pending:
        return (
            f"Nothing is left for you: the {pending} undecided records wait for colleagues' votes "
            "or are in their hands."
        )
    return "Nothing is left to screen: every record is decided or in conflict."
