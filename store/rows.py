"""Turning rows into what the rules speak of."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Row

from screening.assignments import Assignment
from screening.conflicts import Conflict
from screening.sources import Import, Source
from screening.stages import Screening
from screening.views import DuplicatePair
from screening.votes import Vote


def import_of(row: Row[Any]) -> Import:
    """Return an import."""
    searched_on = date.fromisoformat(row.searched_on) if row.searched_on else None
    return Import(
        import_id=row.import_id,
        review_id=row.review_id,
        source=Source(row.source_name, row.source_kind, row.platform, searched_on),
        file_name=row.file_name,
        sha256=row.sha256,
        format=row.format,
        imported_at=row.imported_at,
        imported_by=row.imported_by,
        records=row.records,
        duplicates=row.duplicates,
        possible=row.possible,
        new=row.added,
        problems=tuple(row.problems),
    )


def screening_of(row: Row[Any]) -> Screening:
    """Return how far a record is at a stage."""
    return Screening(
        review_id=row.review_id,
        record_id=row.record_id,
        stage=row.stage,
        status=row.status,
        outcome=row.outcome,
        how=row.how,
        reason=row.reason,
        maybe=row.maybe,
        needed=row.needed,
        votes_in=row.votes_in,
        leases=row.leases,
        entered_at=row.entered_at,
        decided_at=row.decided_at,
    )


def assignment_of(row: Row[Any]) -> Assignment:
    """Return an assignment."""
    return Assignment(
        assignment_id=row.assignment_id,
        review_id=row.review_id,
        record_id=row.record_id,
        stage=row.stage,
        reviewer_id=row.reviewer_id,
        batch_id=row.batch_id,
        place=row.place,
        lease=row.lease,
        leased_until=row.leased_until,
        skipped=row.skipped,
        note=row.note,
    )


def vote_of(row: Row[Any]) -> Vote:
    """Return a vote; one that is no longer current can no longer be taken back, so it is settled."""
    return Vote(
        vote_id=row.vote_id,
        review_id=row.review_id,
        record_id=row.record_id,
        stage=row.stage,
        reviewer_id=row.reviewer_id,
        choice=row.choice,
        cast_at=row.cast_at,
        reason=row.reason,
        note=row.note,
        settled=row.settled is not False,
        revealed=row.revealed,
        independent=row.independent,
        replaces=row.replaces,
        assignment_id=row.assignment_id,
    )


def conflict_of(row: Row[Any]) -> Conflict:
    """Return a conflict."""
    return Conflict(
        conflict_id=row.conflict_id,
        review_id=row.review_id,
        record_id=row.record_id,
        stage=row.stage,
        opened_at=row.opened_at,
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by,
        how=row.how,
        outcome=row.outcome,
        reason=row.reason,
        comment=row.comment,
    )


def pair_of(row: Row[Any]) -> DuplicatePair:
    """Return a pair of duplicates."""
    return DuplicatePair(
        pair_id=row.pair_id,
        review_id=row.review_id,
        first=row.first_id,
        second=row.second_id,
        certainty=row.certainty,
        score=row.score,
        why=row.why,
        state=row.state,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )
