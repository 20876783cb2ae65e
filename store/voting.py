"""The append-only log of votes, and which of them is current."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, func, select, text, update

from screening.stages import Stage, Status
from screening.views import VoteView
from screening.votes import Choice, Vote
from store.outvoted import IS_OUTVOTED
from store.part import IDS, PIECE, REVIEW, pieces
from store.records import SHOWN_BODY, WITH_SHOWN
from store.revealing import REVEALED, Revealing
from store.rows import vote_of
from store.schema import current_votes, records, screenings, votes

END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)
_STAGE = bindparam("at_stage", type_=current_votes.c.stage.type)

_STANDING = (
    select(
        func.coalesce(records.c.merged_into, records.c.record_id).label("kept"),
        screenings.c.status,
    )
    .select_from(
        records.outerjoin(
            screenings,
            and_(
                screenings.c.review_id == records.c.review_id,
                screenings.c.record_id == func.coalesce(records.c.merged_into, records.c.record_id),
                screenings.c.stage == _STAGE,
            ),
        )
    )
    .where(records.c.review_id == REVIEW, records.c.record_id == bindparam("record"))
)
_SAME_VOTE = and_(
    current_votes.c.review_id == votes.c.review_id, current_votes.c.vote_id == votes.c.vote_id
)
_LOGGED = (
    select(votes, REVEALED, current_votes.c.settled)
    .select_from(votes.outerjoin(current_votes, _SAME_VOTE))
    .where(votes.c.review_id == REVIEW)
)
_CURRENT = (
    select(votes, REVEALED, current_votes.c.settled)
    .select_from(current_votes.join(votes, _SAME_VOTE))
    .where(current_votes.c.review_id == REVIEW)
)
_ONE = _LOGGED.where(votes.c.vote_id == bindparam("vote"))
_CURRENT_ONE = _CURRENT.where(
    current_votes.c.record_id == bindparam("record"),
    current_votes.c.stage == _STAGE,
    current_votes.c.reviewer_id == bindparam("reviewer"),
)
_CURRENT_ON = _CURRENT.where(
    current_votes.c.record_id.in_(IDS), current_votes.c.stage == _STAGE
).order_by(current_votes.c.cast_at, current_votes.c.vote_id)
# "NOT settled" word for word, so that the partial index of unsettled votes applies.
_UNSETTLED = (
    _CURRENT.where(text("NOT current_votes.settled"))
    .where(current_votes.c.cast_at <= bindparam("until"))
    .order_by(current_votes.c.cast_at, current_votes.c.vote_id)
    .limit(bindparam("most"))
)
_UNSETTLED_OF = _UNSETTLED.where(current_votes.c.reviewer_id == bindparam("reviewer"))
_SETTLE = (
    update(current_votes)
    .where(current_votes.c.review_id == REVIEW, current_votes.c.vote_id.in_(IDS))
    .values(settled=True)
)
_WITHDRAW = delete(current_votes).where(
    current_votes.c.review_id == REVIEW,
    current_votes.c.record_id == bindparam("record"),
    current_votes.c.stage == _STAGE,
    current_votes.c.reviewer_id == bindparam("reviewer"),
)
_LAST = (
    select(current_votes.c.vote_id)
    .where(
        current_votes.c.review_id == REVIEW,
        current_votes.c.reviewer_id == bindparam("reviewer"),
    )
    .order_by(current_votes.c.cast_at.desc(), current_votes.c.vote_id.desc())
    .limit(bindparam("most"))
)
_AFTER = (
    select(votes.c.vote_id)
    .where(votes.c.review_id == REVIEW, votes.c.vote_id > bindparam("after"))
    .order_by(votes.c.vote_id)
    .limit(bindparam("most"))
)
_ON = (
    select(votes.c.vote_id)
    .where(
        votes.c.review_id == REVIEW,
        votes.c.record_id == bindparam("record"),
        votes.c.stage == _STAGE,
    )
    .order_by(votes.c.vote_id)
)
_VIEWS = (
    select(
        votes,
        REVEALED,
        current_votes.c.settled,
        current_votes.c.vote_id.label("current_id"),
        IS_OUTVOTED.label("outvoted"),
        SHOWN_BODY,
        screenings.c.status,
    )
    .select_from(
        votes.join(
            WITH_SHOWN,
            and_(
                records.c.review_id == votes.c.review_id,
                records.c.record_id == votes.c.record_id,
            ),
        )
        .outerjoin(current_votes, _SAME_VOTE)
        .outerjoin(
            screenings,
            and_(
                screenings.c.review_id == votes.c.review_id,
                screenings.c.record_id == func.coalesce(records.c.merged_into, records.c.record_id),
                screenings.c.stage == votes.c.stage,
            ),
        )
    )
    .where(votes.c.review_id == REVIEW, votes.c.vote_id.in_(IDS))
)


class Voting(Revealing):
    """Votes, as they were cast and as they stand."""

    def add_vote(self, vote: Vote) -> None:
        """Append to the log and make the vote the current one (a withdrawn one: make none current)."""
        standing = self._first(_STANDING, record=vote.record_id, at_stage=vote.stage)
        kept = vote.record_id if standing is None else standing.kept
        self._connection.execute(
            votes.insert(),
            {
                "review_id": self.review_id,
                "vote_id": vote.vote_id,
                "record_id": vote.record_id,
                "stage": vote.stage,
                "reviewer_id": vote.reviewer_id,
                "choice": vote.choice,
                "reason": vote.reason,
                "note": vote.note,
                "cast_at": vote.cast_at,
                "independent": vote.independent,
                "replaces": vote.replaces,
                "assignment_id": vote.assignment_id,
            },
        )
        self._note_if_revealed(vote)
        if vote.choice is Choice.WITHDRAWN:
            self._run(
                _WITHDRAW, record=vote.record_id, at_stage=vote.stage, reviewer=vote.reviewer_id
            )
        else:
            decided = standing is not None and standing.status is Status.DECIDED and vote.revealed
            self._make_current(vote, kept, decided)
        self._touch(vote.stage, [vote.record_id])

    def _make_current(self, vote: Vote, counts_for: str, decided: bool) -> None:
        now = {
            "vote_id": vote.vote_id,
            "counts_for": counts_for,
            "choice": vote.choice,
            "cast_at": vote.cast_at,
            "settled": vote.settled,
            "decided": decided,
        }
        if vote.independent:
            # A vote changed after the reveal leaves the independent one standing for agreement.
            now["independent_choice"] = vote.choice
        row = {
            "review_id": self.review_id,
            "record_id": vote.record_id,
            "stage": vote.stage,
            "reviewer_id": vote.reviewer_id,
            **now,
        }
        self._put(current_votes, ("review_id", "record_id", "stage", "reviewer_id"), row)

    def vote(self, vote_id: str) -> Vote | None:
        """Return a vote of the log, None when there is no such one."""
        row = self._first(_ONE, vote=vote_id)
        return None if row is None else vote_of(row)

    def settle_votes(self, vote_ids: Sequence[str]) -> None:
        """Mark current votes as settled; others are left as they are."""
        for piece in pieces(vote_ids, PIECE):
            self._run(_SETTLE, ids=piece)

    def current_vote(self, record_id: str, stage: Stage, reviewer_id: str) -> Vote | None:
        """Return a reviewer's current vote on this very record."""
        row = self._first(_CURRENT_ONE, record=record_id, at_stage=stage, reviewer=reviewer_id)
        return None if row is None else vote_of(row)

    def current_votes(self, record_ids: Collection[str], stage: Stage) -> list[Vote]:
        """Return the current votes cast on any of these records, oldest first."""
        return [vote_of(row) for row in self._all_of(_CURRENT_ON, record_ids, at_stage=stage)]

    def unsettled_votes(
        self, reviewer_id: str | None = None, cast_before: datetime | None = None, limit: int = 500
    ) -> list[Vote]:
        """Return current unsettled votes, oldest first; `cast_before` includes the instant itself."""
        query = _UNSETTLED if reviewer_id is None else _UNSETTLED_OF
        values: dict[str, Any] = {"most": limit, "until": cast_before or END_OF_TIME}
        if reviewer_id is not None:
            values["reviewer"] = reviewer_id
        return [vote_of(row) for row in self._all(query, **values)]

    def last_votes(self, reviewer_id: str, limit: int) -> list[VoteView]:
        """Return the reviewer's current votes, newest first."""
        rows = self._all(_LAST, reviewer=reviewer_id, most=limit)
        return self.vote_views([row.vote_id for row in rows])

    def vote_views(self, vote_ids: Collection[str]) -> list[VoteView]:
        """Return votes of the log with titles, in the order asked for."""
        rows = {row.vote_id: row for row in self._all_of(_VIEWS, vote_ids)}
        return [_view(rows[vote_id]) for vote_id in dict.fromkeys(vote_ids) if vote_id in rows]

    def vote_ids_after(self, vote_id: str, limit: int) -> list[str]:
        """Return vote IDs of the log in order of ID, those after `vote_id` ("" = from the start)."""
        return [row.vote_id for row in self._all(_AFTER, after=vote_id, most=limit)]

    def vote_ids_on(self, record_id: str, stage: Stage) -> list[str]:
        """Return the IDs of all votes ever cast on a record at a stage."""
        return [row.vote_id for row in self._all(_ON, record=record_id, at_stage=stage)]


def _view(row: Row[Any]) -> VoteView:
    return VoteView(
        vote=vote_of(row),
        title=row.body.get("title", ""),
        current=row.current_id is not None and not row.outvoted,
        revealed=row.revealed,
        status=row.status,
    )
