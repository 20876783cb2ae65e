"""Settling votes and drawing the decisions from them; every gesture that counts votes ends here.

A decision on a record is drawn from the votes on it and on all records merged into it, the newest of
each reviewer: votes stay with the record on which they were cast, and count where it was merged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from screening.assignments import Lease
from screening.conflicts import Conflict
from screening.ports import Desk, Transaction
from screening.review import Review
from screening.stages import How, Outcome, Screening, Stage, Status
from screening.votes import Vote, decide, newest_by_reviewer


def cluster(tx: Transaction, record_id: str) -> list[str]:
    """Return the kept record's ID followed by the IDs merged into it."""
    return [member for member, _ in tx.members_of(record_id)]


def votes_on(tx: Transaction, record_id: str, stage: Stage) -> list[Vote]:
    """Return the current votes that count for a kept record, one a reviewer."""
    return newest_by_reviewer(tx.current_votes(cluster(tx, record_id), stage))


def settle(
    desk: Desk, tx: Transaction, review: Review, votes: Sequence[Vote], at: datetime
) -> None:
    """Settle votes and decide each record that they bear on."""
    if not votes:
        return
    tx.settle_votes([vote.vote_id for vote in votes])
    for record_id, stage in dict.fromkeys((v.record_id, v.stage) for v in votes):
        reconsider(desk, tx, review, tx.kept(record_id), stage, at)


def reconsider(
    desk: Desk, tx: Transaction, review: Review, record_id: str, stage: Stage, at: datetime
) -> None:
    """Draw the decision on a kept record afresh, unless it is already decided."""
    screening = tx.screening(record_id, stage)
    if screening is None or screening.status is Status.DECIDED:
        return
    votes = tx.current_votes(cluster(tx, record_id), stage)
    if screening.status is Status.CONFLICT:
        # A conflict is about the votes that it revealed: those of a record merged into it later stay
        # blind, and count again should the merge be undone.
        votes = [vote for vote in votes if vote.revealed]
    verdict = decide(newest_by_reviewer(votes), review.rules(stage).policy)
    if screening.status is Status.PENDING and verdict.status is not Status.PENDING:
        reveal(tx, record_id, stage, at)
    if verdict.status is Status.DECIDED and verdict.outcome is not None:
        how = How.DISCUSSION if screening.status is Status.CONFLICT else How.AGREED
        record_decision(
            desk,
            tx,
            review,
            screening,
            verdict.outcome,
            how,
            at,
            actor="votes",
            reason=verdict.reason,
            maybe=verdict.maybe,
        )
    elif verdict.status is Status.CONFLICT and screening.status is Status.PENDING:
        open_conflict(desk, tx, screening, at)
    elif verdict.status is Status.PENDING and screening.needed != verdict.needed:
        tx.set_screening(replace(screening, needed=verdict.needed))


def reveal(tx: Transaction, record_id: str, stage: Stage, at: datetime) -> None:
    """Show the team the votes on a kept record, because what becomes of it stands on them.

    Only votes that agree, or that open a conflict, are shown. A decision that needs none of them (an
    override, "not retrieved", a merge) leaves them sealed: whoever made it could take it back.
    """
    revealed = tx.reveal_votes(cluster(tx, record_id), stage, at)
    if revealed:
        details = {"stage": stage.value, "votes": revealed}
        tx.audit(at, "votes", "votes_revealed", record_id, details)


def open_conflict(desk: Desk, tx: Transaction, screening: Screening, at: datetime) -> Conflict:
    """Put what disagrees before the channel and the Conflicts tab, to be ended there."""
    conflict = Conflict(
        desk.new_id("C"), screening.review_id, screening.record_id, screening.stage, at
    )
    tx.set_screening(_undecided(screening, Status.CONFLICT))
    note_decision(desk, tx, screening.record_id, at)
    tx.add_conflict(conflict)
    release(tx, screening.record_id, screening.stage)
    tx.audit(at, "votes", "conflict_opened", screening.record_id, {"stage": screening.stage.value})
    tx.enqueue(
        "slack", "conflict_opened", conflict.conflict_id, at, {"conflict_id": conflict.conflict_id}
    )
    carry_decision(tx, screening.record_id, screening.stage, at)
    tx.enqueue_rows("Conflicts", [conflict.conflict_id], at)
    return conflict


def record_decision(
    desk: Desk,
    tx: Transaction,
    review: Review,
    screening: Screening,
    outcome: Outcome,
    how: How,
    at: datetime,
    *,
    actor: str,
    reason: str = "",
    comment: str = "",
    maybe: bool = False,
) -> None:
    """Write the outcome at a stage, end an open conflict, and let the record flow on or back."""
    record_id, stage = screening.record_id, screening.stage
    reason = reason if outcome is Outcome.EXCLUDE else ""
    tx.set_screening(
        replace(
            screening,
            status=Status.DECIDED,
            outcome=outcome,
            how=how,
            reason=reason,
            maybe=maybe,
            decided_at=at,
        )
    )
    note_decision(desk, tx, record_id, at)
    release(tx, record_id, stage)
    left_over = [v.vote_id for v in votes_on(tx, record_id, stage) if not v.settled]
    if left_over:
        tx.settle_votes(left_over)
    details = {"stage": stage.value, "outcome": outcome.value, "how": how.value, "reason": reason}
    tx.audit(at, actor, "decided", record_id, details)
    conflict = tx.open_conflict(record_id, stage)
    if conflict is not None:
        end_conflict(tx, conflict, outcome, how, at, actor, reason, comment)
    elif how is How.OVERRIDE:
        tell_ended(tx, record_id, stage, at)
    if stage is Stage.TITLE_ABSTRACT:
        if outcome is Outcome.INCLUDE:
            needed = review.rules(Stage.FULL_TEXT).policy.votes_needed
            tx.enter_stage(Stage.FULL_TEXT, [record_id], needed, at)
            reconsider(desk, tx, review, record_id, Stage.FULL_TEXT, at)
        else:
            withdraw_from(tx, record_id, Stage.FULL_TEXT, at, actor)
    carry_decision(tx, record_id, stage, at)


def note_decision(desk: Desk, tx: Transaction, subject: str, at: datetime) -> None:
    """Give what was decided about a record or a pair an ID that no two stores give out alike.

    By the last of them in the sheet an older copy of the store is told from the one that wrote it.
    """
    tx.add_decision(desk.new_id("E"), subject, at)


def take_back_decision(desk: Desk, tx: Transaction, screening: Screening, at: datetime) -> None:
    """Make a decided record pending again, so that its votes can decide it."""
    note_decision(desk, tx, screening.record_id, at)
    tx.set_screening(_undecided(screening, Status.PENDING))


def _undecided(screening: Screening, status: Status) -> Screening:
    """Return the screening with nothing left of a decision that it had."""
    return replace(
        screening, status=status, outcome=None, how=None, reason="", maybe=False, decided_at=None
    )


def end_conflict(
    tx: Transaction,
    conflict: Conflict,
    outcome: Outcome | None,
    how: How,
    at: datetime,
    actor: str,
    reason: str = "",
    comment: str = "",
) -> None:
    """Close a conflict and tell the channel and the sheet."""
    tx.set_conflict(
        replace(
            conflict,
            resolved_at=at,
            resolved_by=actor,
            how=how,
            outcome=outcome,
            reason=reason,
            comment=comment,
        )
    )
    _tell_ended(tx, conflict.conflict_id, at)


def tell_ended(tx: Transaction, record_id: str, stage: Stage, at: datetime) -> None:
    """Have the conflicts that have ended shown anew, because the decision is another one now."""
    for conflict_id in tx.ended_conflicts(record_id, stage):
        _tell_ended(tx, conflict_id, at)


def _tell_ended(tx: Transaction, conflict_id: str, at: datetime) -> None:
    tx.enqueue("slack", "conflict_resolved", conflict_id, at, {"conflict_id": conflict_id})
    tx.enqueue_rows("Conflicts", [conflict_id], at)


def withdraw_from(tx: Transaction, record_id: str, stage: Stage, at: datetime, actor: str) -> None:
    """Take a record back out of a later stage, because an earlier decision sent it elsewhere."""
    if tx.screening(record_id, stage) is None:
        return
    release(tx, record_id, stage)
    conflict = tx.open_conflict(record_id, stage)
    if conflict is not None:
        end_conflict(
            tx, conflict, None, How.OVERRIDE, at, actor, comment="withdrawn from the stage"
        )
    tx.leave_stage(stage, record_id)
    tx.audit(at, actor, "left_stage", record_id, {"stage": stage.value})
    carry_decision(tx, record_id, stage, at)


def release(tx: Transaction, record_id: str, stage: Stage) -> None:
    """Give back every open assignment on a record at a stage."""
    for assignment in tx.open_assignments(record_id=record_id, stage=stage):
        tx.set_assignment(replace(assignment, lease=Lease.RELEASED))


def carry_decision(tx: Transaction, record_id: str, stage: Stage, at: datetime) -> None:
    """Have the record's row and all its votes' rows written to the sheet."""
    members = cluster(tx, record_id)
    tx.enqueue_rows("Records", members, at)
    votes = [vote_id for member in members for vote_id in tx.vote_ids_on(member, stage)]
    if votes:
        tx.enqueue_rows("Votes", votes, at)
