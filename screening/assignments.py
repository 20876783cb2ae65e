"""Assignments: records leased to a reviewer at a stage, handed out together as batches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from screening.stages import Stage


class Lease(StrEnum):
    """The state of an assignment; a lapsed one was given back because its time ran out."""

    OPEN = "open"
    VOTED = "voted"
    RELEASED = "released"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Assignment:
    """One record given to one reviewer at one stage until `leased_until`.

    `place` is the record's place in its batch, from 1; `skipped` counts how often the reviewer
    put it behind the others; `note` is what they noted before voting.
    """

    assignment_id: str
    review_id: str
    record_id: str
    stage: Stage
    reviewer_id: str
    batch_id: str
    place: int
    lease: Lease
    leased_until: datetime
    skipped: int = 0
    note: str = ""

    @property
    def is_given_back(self) -> bool:
        """Whether the record was given back without a vote."""
        return self.lease in (Lease.RELEASED, Lease.LAPSED)


@dataclass(frozen=True, slots=True)
class Batch:
    """Assignments handed out together; `size` is their number when it was handed out."""

    batch_id: str
    review_id: str
    stage: Stage
    reviewer_id: str
    size: int
    handed_out_at: datetime
    due: datetime
    done: int = 0
