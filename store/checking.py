"""Recounting what is counted along, so that a counter that drifted is found and named."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select

from screening.stages import Stage, Status
from store.counting import taken_by, was_revealed
from store.part import PIECE, REVIEW, pieces
from store.schema import current_votes, records, screenings
from store.transaction import SqlTransaction

_ALL = (
    select(screenings)
    .where(screenings.c.review_id == REVIEW, screenings.c.stage == bindparam("at_stage"))
    .order_by(screenings.c.record_id)
)
_STRAY_VOTES = (
    select(current_votes.c.vote_id)
    .select_from(
        current_votes.join(
            records,
            (records.c.review_id == current_votes.c.review_id)
            & (records.c.record_id == current_votes.c.record_id),
        )
    )
    .where(
        current_votes.c.review_id == REVIEW,
        current_votes.c.counts_for != func.coalesce(records.c.merged_into, records.c.record_id),
    )
)
_FLAGS = (
    select(
        current_votes.c.vote_id,
        current_votes.c.decided,
        screenings.c.status,
        was_revealed(current_votes).label("revealed"),
    )
    .select_from(
        current_votes.outerjoin(
            screenings,
            (screenings.c.review_id == current_votes.c.review_id)
            & (screenings.c.record_id == current_votes.c.counts_for)
            & (screenings.c.stage == current_votes.c.stage),
        )
    )
    .where(current_votes.c.review_id == REVIEW)
)


def drifted(tx: SqlTransaction) -> list[str]:
    """Recount a review and return a sentence for each counter that is wrong; none is the rule."""
    found = []
    for stage in Stage:
        for piece in pieces(tx._all(_ALL, at_stage=stage), PIECE):
            counted = tx._counts(stage, [row.record_id for row in piece])
            for row in piece:
                if row.merged_into is not None:
                    continue
                voters, holders, leases = counted[row.record_id]
                right = (len(voters), leases, taken_by(voters | holders))
                kept = (row.votes_in, row.leases, row.taken_by)
                if right != kept:
                    found.append(
                        f"{row.record_id} at {stage.label} has (votes, leases, by) {kept} noted, "
                        f"but {right} are there."
                    )
    for row in tx._all(_STRAY_VOTES):
        found.append(f"Vote {row.vote_id} counts for a record that its own is not merged into.")
    for row in tx._all(_FLAGS):
        if row.decided != (row.status is Status.DECIDED and row.revealed):
            found.append(f"Vote {row.vote_id} is noted as decided: {row.decided}, which is wrong.")
    return found
