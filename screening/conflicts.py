"""Conflicts: votes that disagree, and how the disagreement ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from screening.stages import How, Outcome, Stage


@dataclass(frozen=True, slots=True)
class Conflict:
    """A disagreement on one record at one stage, open until `resolved_at` is set."""

    conflict_id: str
    review_id: str
    record_id: str
    stage: Stage
    opened_at: datetime
    resolved_at: datetime | None = None
    resolved_by: str = ""
    how: How | None = None
    outcome: Outcome | None = None
    reason: str = ""
    comment: str = ""

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to end it."""
        return self.resolved_at is None
