"""What follows from votes and conflicts that came back, where the sheet's decisions did not say so yet.

Votes and conflicts are written before decisions, and a vote before it settles: a store lost in between
would come back with records that are pending though nobody can be given them any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from screening.conflicts import Conflict
from screening.gestures.deciding import (
    cluster,
    reconsider,
    record_decision,
    reveal,
    take_back_decision,
)
from screening.ports import Desk, Transaction
from screening.review import Review
from screening.stages import How, Stage, Status
from screening.votes import Choice, Vote, decide, newest_by_reviewer

Place = tuple[str, Stage]
"""A record at a stage."""


def still_open(tx: Transaction, conflicts: Iterable[Conflict], now: datetime) -> Iterator[Conflict]:
    """Yield conflicts as they are to be restored, oldest first, and put their records into conflict.

    One that its record has outlived (decided since, or opened again since) is yielded as ended.
    """
    ordered = sorted(conflicts, key=lambda c: (c.opened_at, c.conflict_id))
    last = {(c.record_id, c.stage): c.conflict_id for c in ordered if c.is_open}
    for conflict in ordered:
        if not conflict.is_open:
            yield conflict
            continue
        screening = tx.screening(conflict.record_id, conflict.stage)
        decided = screening.decided_at if screening is not None else None
        outlived = decided is not None and decided >= conflict.opened_at
        place = (conflict.record_id, conflict.stage)
        if screening is None or outlived or last[place] != conflict.conflict_id:
            yield replace(
                conflict,
                resolved_at=decided if outlived else now,
                resolved_by="winnow",
                how=(screening.how if screening else None) or How.OVERRIDE,
                outcome=screening.outcome if screening and outlived else None,
                reason=screening.reason if screening and outlived else "",
            )
            continue
        if screening.status is not Status.CONFLICT:
            pending = replace(screening, reason="", maybe=False, decided_at=None)
            tx.set_screening(replace(pending, status=Status.CONFLICT, outcome=None, how=None))
        yield conflict


def reveal_what_decided(
    tx: Transaction, review: Review, told: Mapping[Place, Status], at: datetime
) -> None:
    """Reveal votes that were still sealed in the sheet though it shows what they decided.

    `told` is what the sheet says of records at a stage. Where the votes in the clear are enough for
    it, those still sealed are of a record merged in later, and stay so.
    """
    for (record_id, stage), status in told.items():
        screening = tx.screening(record_id, stage)
        by_votes = screening is not None and screening.how in (How.AGREED, How.DISCUSSION)
        if not (by_votes or status is Status.CONFLICT):
            continue
        votes = tx.current_votes(cluster(tx, record_id), stage)
        shown = newest_by_reviewer(vote for vote in votes if vote.revealed)
        if decide(shown, review.rules(stage).policy).status is Status.PENDING:
            reveal(tx, record_id, stage, at)


def decide_again(
    desk: Desk,
    tx: Transaction,
    review: Review,
    votes: Iterable[Vote],
    conflicts: Iterable[Conflict],
    told: Mapping[Place, Status],
) -> None:
    """Decide what restored votes and conflicts decide, but not what the sheet says is decided.

    `told` is what the sheet says of records at a stage. Votes that can still be taken back wait
    for the next settling, as ever.
    """
    for conflict in conflicts:
        screening = tx.screening(conflict.record_id, conflict.stage)
        if screening is None or conflict.outcome is None or conflict.resolved_at is None:
            continue
        unsaid = (conflict.record_id, conflict.stage) not in told
        in_doubt = screening.status is Status.CONFLICT or (
            unsaid and screening.status is Status.PENDING
        )
        if in_doubt and tx.open_conflict(conflict.record_id, conflict.stage) is None:
            record_decision(
                desk,
                tx,
                review,
                screening,
                conflict.outcome,
                conflict.how or How.LEAD,
                conflict.resolved_at,
                actor=conflict.resolved_by,
                reason=conflict.reason,
            )
    now = desk.clock.now()
    for record_id, stage in sorted(_undecided(tx, review, votes, told)):
        screening = tx.screening(record_id, stage)
        if screening is None:
            continue
        if screening.status is Status.CONFLICT and tx.open_conflict(record_id, stage) is None:
            take_back_decision(desk, tx, screening, now)
        reconsider(desk, tx, review, record_id, stage, now)


def _undecided(
    tx: Transaction, review: Review, votes: Iterable[Vote], told: Mapping[Place, Status]
) -> set[Place]:
    """Return where as many have voted as the configuration asks for, and where a conflict was."""
    merges = tx.merges()
    voters: dict[Place, set[str]] = {}
    for vote in votes:
        if vote.choice is not Choice.WITHDRAWN:
            kept = merges.get(vote.record_id, vote.record_id)
            voters.setdefault((kept, vote.stage), set()).add(vote.reviewer_id)
    return {place for place, status in told.items() if status is Status.CONFLICT} | {
        place
        for place, own in voters.items()
        if told.get(place) is not Status.DECIDED
        and len(own) >= review.rules(place[1]).policy.votes_needed
    }
