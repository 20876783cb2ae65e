"""Makes a `Review` of its table in the file."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from screening.config.shapes import FullTextTable, MemberTable, ReviewTable, SourceTable, StageTable
from screening.members import Member, Role
from screening.review import Criteria, PreviousStudies, Review, Schedule, StageRules
from screening.sources import Source, SourceKind
from screening.stages import Stage
from screening.votes import VotePolicy


def review_of(table: ReviewTable) -> Review:
    """Return the review that a table, already checked, describes."""
    previous = table.previous
    return Review(
        review_id=table.id,
        title=table.title,
        channel=table.channel,
        spreadsheet=table.spreadsheet,
        timezone=ZoneInfo(table.timezone),
        blinding=table.blinding,
        members=tuple(_member(member) for member in table.members),
        stages={
            Stage.TITLE_ABSTRACT: _rules(table.stages.title_abstract),
            Stage.FULL_TEXT: _rules(table.stages.full_text),
        },
        criteria=Criteria(
            include=tuple(table.criteria.include),
            exclude=tuple(table.criteria.exclude),
            highlight_include=tuple(table.criteria.highlight_include),
            highlight_exclude=tuple(table.criteria.highlight_exclude),
        ),
        schedule=Schedule(
            hand_out=table.schedule.hand_out,
            digest=table.schedule.digest,
            prisma=table.schedule.prisma,
            reminder=table.schedule.reminder,
            catch_up_hours=table.schedule.catch_up_hours,
        ),
        sources=tuple(_source(source) for source in table.sources),
        previous=PreviousStudies(previous.studies, previous.reports) if previous else None,
        undo_seconds=table.undo_minutes * 60,
    )


def _member(table: MemberTable) -> Member:
    return Member(
        member_id=table.id,
        name=table.name,
        role=Role(table.role),
        stages=frozenset(Stage(stage) for stage in table.stages),
        active=table.active,
        paused=table.paused,
    )


def _rules(table: StageTable) -> StageRules:
    full_text = table if isinstance(table, FullTextTable) else None
    return StageRules(
        policy=VotePolicy(
            votes_needed=table.votes_needed,
            maybe=table.maybe,
            tie_break=table.tie_break,
            reasons_must_agree=bool(full_text and full_text.reasons_must_agree),
        ),
        batch_size=table.batch_size,
        lease_days=table.lease_days,
        order=table.order,
        exclusion_reasons=tuple(full_text.exclusion_reasons) if full_text else (),
    )


def _source(table: SourceTable) -> Source:
    return Source(table.name, SourceKind(table.kind), table.platform, table.searched_on)
