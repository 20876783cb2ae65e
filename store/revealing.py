"""Which votes the team was ever shown: noted once, never taken back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, select

from screening.stages import Stage
from screening.votes import Vote
from store.counting import KEPT, Counting, was_revealed
from store.part import IDS, REVIEW
from store.schema import reveals, votes

_STAGE = bindparam("at_stage", type_=votes.c.stage.type)


REVEALED = was_revealed(votes).label("revealed")
"""Column that every row of `votes` needs to become a vote."""

_ON_RECORDS = (
    select(votes.c.vote_id)
    .where(
        votes.c.review_id == REVIEW,
        votes.c.record_id.in_(IDS),
        votes.c.stage == _STAGE,
    )
    .order_by(votes.c.vote_id)
)
_STILL_BLIND = _ON_RECORDS.where(~was_revealed(votes))
_SHOWN_OF_OTHERS = _ON_RECORDS.where(
    was_revealed(votes), votes.c.reviewer_id != bindparam("reviewer")
).limit(1)


class Revealing(Counting):
    """What was revealed, for good."""

    def reveal_votes(self, record_ids: Collection[str], stage: Stage, at: datetime) -> int:
        """Reveal every vote ever cast on these records at a stage; return how many were blind."""
        rows = self._all_of(_STILL_BLIND, record_ids, at_stage=stage)
        if rows:
            self._note_revealed([row.vote_id for row in rows], at)
            kept = [str(row[0]) for row in self._all_of(KEPT, record_ids)]
            self._refresh(stage, sorted(set(kept)))
        return len(rows)

    def has_seen_votes(self, record_ids: Collection[str], stage: Stage, reviewer_id: str) -> bool:
        """Whether a colleague's vote on any of these records was ever revealed at a stage."""
        return bool(
            self._all_of(_SHOWN_OF_OTHERS, record_ids, at_stage=stage, reviewer=reviewer_id)
        )

    def _note_if_revealed(self, vote: Vote) -> None:
        """Note a vote that is added in the clear."""
        if vote.revealed:
            self._note_revealed([vote.vote_id], vote.cast_at)

    def _note_revealed(self, vote_ids: Collection[str], at: datetime) -> None:
        self._insert(
            reveals,
            (
                {"review_id": self.review_id, "vote_id": vote_id, "revealed_at": at}
                for vote_id in vote_ids
            ),
        )
