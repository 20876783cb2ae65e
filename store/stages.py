"""Records at a stage: entering, leaving, decided or not, and who can be given which next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    and_,
    bindparam,
    delete,
    func,
    literal,
    select,
    text,
    update,
)

from screening.sources import SourceKind
from screening.stages import Screening, Stage, Status
from store.columns import Instant
from store.counting import IS_LAPSED, IS_OPEN, Counting
from store.part import IDS, PIECE, REVIEW, inserting, pieces
from store.rows import screening_of
from store.schema import (
    POSSIBLE_HANDS,
    assignments,
    current_votes,
    imports,
    records,
    screenings,
)

_STAGE = bindparam("at_stage", type_=screenings.c.stage.type)
_RECORD: BindParameter[Any] = bindparam("record")
_OWN = [kind for kind in SourceKind if not kind.is_other_method]

_THIS = and_(
    screenings.c.review_id == REVIEW,
    screenings.c.record_id == _RECORD,
    screenings.c.stage == _STAGE,
)
_ONE = select(screenings).where(_THIS)
_LEAVE = delete(screenings).where(_THIS)
_SET = (
    update(screenings)
    .where(_THIS)
    .values(
        status=bindparam("new_status"),
        outcome=bindparam("new_outcome"),
        how=bindparam("new_how"),
        reason=bindparam("new_reason"),
        maybe=bindparam("new_maybe"),
        needed=bindparam("new_needed"),
        decided_at=bindparam("new_decided_at"),
    )
)

_ENTERING = (
    select(
        records.c.review_id,
        records.c.record_id,
        _STAGE.label("stage"),
        literal(Status.PENDING, screenings.c.status.type).label("status"),
        literal("").label("reason"),
        literal(False).label("maybe"),
        bindparam("votes_needed", type_=screenings.c.needed.type).label("needed"),
        literal(0).label("votes_in"),
        literal(0).label("leases"),
        literal("").label("taken_by"),
        records.c.order_key,
        records.c.merged_into,
        # Its own source decides the column of the flow diagram, whatever is merged into it: PRISMA
        # counts the records that a source brought, and those removed of them as duplicates.
        imports.c.source_kind.not_in(_OWN).label("other_method"),
        bindparam("entering_at", type_=screenings.c.entered_at.type).label("entered_at"),
    )
    .select_from(
        records.join(
            imports,
            and_(
                imports.c.review_id == records.c.review_id,
                imports.c.import_id == records.c.import_id,
            ),
        )
    )
    .where(records.c.review_id == REVIEW, records.c.record_id.in_(IDS))
)
_OTHER_NEED = and_(
    screenings.c.review_id == REVIEW,
    screenings.c.stage == _STAGE,
    screenings.c.status == Status.PENDING,
    screenings.c.merged_into.is_(None),
    screenings.c.needed != bindparam("votes_needed"),
)
_NEEDING_OTHER = select(screenings.c.record_id).where(_OTHER_NEED).order_by(screenings.c.record_id)
_SET_NEEDED = (
    update(screenings)
    .where(_OTHER_NEED, screenings.c.votes_in == 0)
    .values(needed=bindparam("votes_needed"))
)
_VOTED_ON = (
    select(current_votes.c.counts_for)
    .where(
        current_votes.c.review_id == REVIEW,
        current_votes.c.stage == _STAGE,
        current_votes.c.counts_for.in_(IDS),
    )
    .distinct()
)
_LEASED = (
    select(func.coalesce(records.c.merged_into, records.c.record_id))
    .select_from(
        assignments.join(
            records,
            and_(
                records.c.review_id == assignments.c.review_id,
                records.c.record_id == assignments.c.record_id,
            ),
        )
    )
    .where(assignments.c.review_id == REVIEW, assignments.c.stage == _STAGE, IS_OPEN)
    .distinct()
)
_LAPSED = select(assignments.c.record_id).where(
    assignments.c.review_id == REVIEW,
    assignments.c.reviewer_id == bindparam("reviewer"),
    assignments.c.stage == _STAGE,
    IS_LAPSED,
)
_POSSIBLE = (
    select(screenings.c.record_id)
    .where(
        screenings.c.review_id == REVIEW,
        screenings.c.stage == _STAGE,
        text(POSSIBLE_HANDS),
        func.replace(screenings.c.taken_by, bindparam("me"), "") == screenings.c.taken_by,
    )
    .order_by(
        screenings.c.votes_in.desc(),
        screenings.c.leases.desc(),
        screenings.c.order_key,
        screenings.c.record_id,
    )
    .limit(bindparam("most"))
)
_CANDIDATES = _POSSIBLE.where(screenings.c.record_id.not_in(_LAPSED))
_LAPSED_CANDIDATES = _POSSIBLE.where(
    screenings.c.record_id.in_(
        _LAPSED.where(assignments.c.leased_until < bindparam("before", type_=Instant))
    )
)


class Stages(Counting):
    """How far each record is at each stage."""

    def enter_stage(
        self, stage: Stage, record_ids: Sequence[str], needed: int, at: datetime
    ) -> None:
        """Let records enter a stage, pending; records already in it are left as they are."""
        insert = (
            inserting(self._dialect, screenings)
            .from_select([column.name for column in _ENTERING.selected_columns], _ENTERING)
            .on_conflict_do_nothing()
        )
        again: set[str] = set()
        values = {"at_stage": stage, "votes_needed": needed, "entering_at": at}
        for piece in pieces(record_ids, PIECE):
            self._run(insert, ids=piece, **values)
            again.update(row[0] for row in self._all(_VOTED_ON, at_stage=stage, ids=piece))
        # Few cards are out at any time, so they are read whole rather than once a piece.
        leased = {row[0] for row in self._all(_LEASED, at_stage=stage)}
        again |= leased.intersection(record_ids)
        self._touch(stage, again)

    def leave_stage(self, stage: Stage, record_id: str) -> None:
        """Take a record out of a stage; its votes stay in the log and count again if it comes back."""
        self._run(_LEAVE, record=record_id, at_stage=stage)
        self._mark_decided(stage, record_id, None)

    def screening(self, record_id: str, stage: Stage) -> Screening | None:
        """Return how far a record is at a stage, None when it is not in it."""
        self._settle_counters()
        row = self._first(_ONE, record=record_id, at_stage=stage)
        return None if row is None else screening_of(row)

    def set_screening(self, screening: Screening) -> None:
        """Write status, outcome, how, reason, maybe, needed and decided_at; the counters stay.

        Only what is decided has a day on which it was.
        """
        decided = screening.status is Status.DECIDED
        self._run(
            _SET,
            record=screening.record_id,
            at_stage=screening.stage,
            new_status=screening.status,
            new_outcome=screening.outcome,
            new_how=screening.how,
            new_reason=screening.reason,
            new_maybe=screening.maybe,
            new_needed=screening.needed,
            new_decided_at=screening.decided_at if decided else None,
        )
        self._mark_decided(screening.stage, screening.record_id, screening.status)

    def needing_other(self, stage: Stage, needed: int) -> list[str]:
        """Return the pending records that wait for another number of votes than `needed`."""
        return [row[0] for row in self._all(_NEEDING_OTHER, at_stage=stage, votes_needed=needed)]

    def set_needed(self, stage: Stage, needed: int) -> int:
        """Let the pending records that nobody voted on wait for `needed` votes; return how many."""
        self._settle_counters()
        return self._run(_SET_NEEDED, at_stage=stage, votes_needed=needed)

    def candidates(self, stage: Stage, reviewer_id: str, limit: int) -> list[str]:
        """Return records the reviewer can still be given, best first: half-voted ones, then those
        that colleagues already hold, then by order key; none that ran out in their hands."""
        return self._possible(_CANDIDATES, stage, reviewer_id, most=limit)

    def lapsed_candidates(
        self, stage: Stage, reviewer_id: str, limit: int, before: datetime
    ) -> list[str]:
        """Return the others: those that ran out in the reviewer's hands before an instant."""
        return self._possible(_LAPSED_CANDIDATES, stage, reviewer_id, most=limit, before=before)

    def _possible(self, query: Any, stage: Stage, reviewer_id: str, **values: Any) -> list[str]:
        self._settle_counters()
        asked = {"at_stage": stage, "me": f"|{reviewer_id}|", "reviewer": reviewer_id, **values}
        return [row.record_id for row in self._all(query, **asked)]
