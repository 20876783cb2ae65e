"""The decisions that were made, by their IDs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select

from store.bookkeeping import Bookkeeping
from store.part import REVIEW
from store.schema import decisions

LAST = "last_decision"
"""Setting: the ID of the decision made last."""

_KNOWN = select(decisions.c.decision_id).where(
    decisions.c.review_id == REVIEW, decisions.c.decision_id == bindparam("decision")
)


class Decided(Bookkeeping):
    """Decisions, in the order in which they were made."""

    def add_decision(self, decision_id: str, subject: str, at: datetime) -> None:
        """Note a decision on a record or a pair, as the last one; a known one is left as it is."""
        row = {"decision_id": decision_id, "subject": subject, "decided_at": at}
        if self._insert_once(decisions, {"review_id": self.review_id, **row}):
            self.set_setting(LAST, decision_id)

    def knows_decision(self, decision_id: str) -> bool:
        """Whether this store, or one that it goes on from, made the decision."""
        return self._first(_KNOWN, decision=decision_id) is not None

    def last_decision(self) -> str:
        """Return the ID of the decision made last, "" before the first."""
        return self.setting(LAST) or ""
