"""The two stages of screening, and what can become of a record at each of them.

Words after PRISMA 2020: records are screened by title and abstract, reports are assessed in full text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Stage(StrEnum):
    """Where in the review a decision is made."""

    TITLE_ABSTRACT = "title_abstract"
    FULL_TEXT = "full_text"

    @property
    def label(self) -> str:
        """The stage as a person reads it."""
        return "title/abstract" if self is Stage.TITLE_ABSTRACT else "full text"


class Status(StrEnum):
    """How far the decision on one record at one stage has come."""

    PENDING = "pending"
    CONFLICT = "conflict"
    DECIDED = "decided"


class Outcome(StrEnum):
    """What was decided; `NOT_RETRIEVED` exists at full text only (PRISMA: reports not retrieved)."""

    INCLUDE = "include"
    EXCLUDE = "exclude"
    NOT_RETRIEVED = "not_retrieved"


class How(StrEnum):
    """How a decision came about."""

    AGREED = "agreed"
    DISCUSSION = "discussion"
    LEAD = "lead"
    OVERRIDE = "override"
    REPORTED = "reported"


@dataclass(frozen=True, slots=True)
class Screening:
    """One record at one stage: the state from which cards, decisions and counts are drawn.

    `needed` is the number of votes that the policy asks for (one more when a third vote breaks
    ties); `votes_in` counts current votes, settled or not; `leases` counts open assignments.
    `reason` is the exclusion reason at full text. `maybe` tells that a maybe counted as include.
    """

    review_id: str
    record_id: str
    stage: Stage
    status: Status = Status.PENDING
    outcome: Outcome | None = None
    how: How | None = None
    reason: str = ""
    maybe: bool = False
    needed: int = 2
    votes_in: int = 0
    leases: int = 0
    entered_at: datetime | None = None
    decided_at: datetime | None = None
