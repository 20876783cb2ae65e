"""A review as its configuration describes it: people, stages, criteria, schedule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from zoneinfo import ZoneInfo

from screening.errors import UnknownMemberError
from screening.members import Member, Role
from screening.sources import Source
from screening.stages import Stage
from screening.votes import VotePolicy


@dataclass(frozen=True, slots=True)
class StageRules:
    """How one stage is screened.

    `order`: "mixed" hands records out in a fixed shuffled order, "import" as they came.
    `exclusion_reasons` are asked at full text; no comma or semicolon in them, because PRISMA's
    template separates with these.
    """

    policy: VotePolicy = field(default_factory=VotePolicy)
    batch_size: int = 25
    lease_days: float = 7.0
    order: Literal["mixed", "import"] = "mixed"
    exclusion_reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Criteria:
    """Eligibility criteria in sentences, and the terms highlighted in abstracts."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    highlight_include: tuple[str, ...] = ()
    highlight_exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Schedule:
    """Cron expressions (five fields, the review's time zone); "" switches a job off.

    `catch_up_hours`: how late a post may still be made, be it that the bot was stopped or Slack away.
    `reminder` nudges reviewers whose batch falls due within a day.
    """

    hand_out: str = "0 8 * * mon-fri"
    digest: str = "0 9 * * *"
    prisma: str = "0 9 * * mon"
    reminder: str = "0 16 * * mon-fri"
    catch_up_hours: float = 12.0


@dataclass(frozen=True, slots=True)
class PreviousStudies:
    """Counts of the review being updated (PRISMA's first column), None when this is a new one."""

    studies: int
    reports: int


@dataclass(frozen=True, slots=True)
class Review:
    """One systematic review: one channel, one spreadsheet, one team."""

    review_id: str
    title: str
    channel: str
    spreadsheet: str
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    blinding: Literal["sealed", "open"] = "sealed"
    members: tuple[Member, ...] = ()
    stages: Mapping[Stage, StageRules] = field(
        default_factory=lambda: {stage: StageRules() for stage in Stage}
    )
    criteria: Criteria = field(default_factory=Criteria)
    schedule: Schedule = field(default_factory=Schedule)
    sources: tuple[Source, ...] = ()
    previous: PreviousStudies | None = None
    undo_seconds: float = 300.0

    def member(self, member_id: str) -> Member:
        """Return the member, or raise `UnknownMemberError`."""
        for member in self.members:
            if member.member_id == member_id:
                return member
        raise UnknownMemberError(member_id, self.title, self.named_leads)

    def name_of(self, member_id: str) -> str:
        """Return the member's name, or the ID of somebody the configuration no longer names."""
        return next((m.name for m in self.members if m.member_id == member_id), member_id)

    @property
    def leads(self) -> tuple[Member, ...]:
        """The members who decide conflicts and duplicates."""
        return tuple(m for m in self.members if m.role is Role.LEAD and m.active)

    @property
    def named_leads(self) -> str:
        """The leads' names for the middle of a sentence; "the lead" when there is none."""
        return ", ".join(lead.name for lead in self.leads) or "the lead"

    def rules(self, stage: Stage) -> StageRules:
        """Return the rules of a stage."""
        return self.stages[stage]
