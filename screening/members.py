"""Members of a review and their roles."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from screening.stages import Stage


class Role(StrEnum):
    """What a member may do: observers read, reviewers vote, the lead also decides."""

    LEAD = "lead"
    REVIEWER = "reviewer"
    OBSERVER = "observer"


@dataclass(frozen=True, slots=True)
class Member:
    """One person in one review; `member_id` is the Slack user ID.

    `stages` are those at which the member screens; leads screen too unless given none. `active`
    is false once the member has left (votes stay, assignments are released) and `paused` while
    nothing shall be handed out.
    """

    member_id: str
    name: str
    role: Role = Role.REVIEWER
    stages: frozenset[Stage] = frozenset(Stage)
    active: bool = True
    paused: bool = False
