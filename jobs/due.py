"""What is due: a pure function of a cron expression, the time and what was done last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from screening.config.cron import parse_cron

LOOK_BACK = timedelta(days=31)
"""Older occurrences are not even marked as missed: nobody waits for them."""


class Per(StrEnum):
    """How often at most a job is done: once a local day, or once a local minute."""

    DAY = "day"
    MINUTE = "minute"


@dataclass(frozen=True, slots=True)
class Mark:
    """The latest done-mark of a job: which period, and when it was set."""

    period: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One firing: its period ("2026-11-01", or "2026-11-01T08:00") and its instant, UTC."""

    period: str
    fires_at: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """What a job has to do now: at most one post, and the missed periods to be marked skipped."""

    post: Occurrence | None = None
    skipped: tuple[Occurrence, ...] = ()


NOTHING = Due()


def due(
    now: datetime,
    cron: str,
    zone: ZoneInfo,
    *,
    last: Mark | None,
    since: datetime,
    catch_up: timedelta,
    per: Per = Per.DAY,
) -> Due:
    """Say what is due at `now`.

    `last` is the job's latest done-mark, `since` the instant from which the review is served:
    what would have fired before it was never promised. Of several missed periods only the latest
    is still done, and only within `catch_up` of its time; the others are skipped. A local time that
    a clock change repeats or leaves out belongs to one date and so is done once. `cron` may be
    "", which is never.
    """
    if not cron:
        return NOTHING
    after = max(since, now - LOOK_BACK)
    if per is Per.MINUTE:
        after = max(after, now - catch_up - timedelta(minutes=1))
    if last is not None:
        after = max(after, last.at)
    missed: dict[str, Occurrence] = {}
    for fires_at in occurrences(cron, zone, after, now):
        period = period_of(fires_at, zone, per)
        if last is None or period > last.period:
            missed.setdefault(period, Occurrence(period, fires_at))
    if not missed:
        return NOTHING
    *older, latest = missed.values()
    if per is Per.MINUTE:
        older = []  # nobody waits for a beat that was missed: only days are accounted for
    if now - latest.fires_at <= catch_up:
        return Due(latest, tuple(older))
    return Due(None, (*older, latest))


def occurrences(cron: str, zone: ZoneInfo, after: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the instants (UTC) at which `cron` fires in `zone`, after `after` up to `until`."""
    trigger = _trigger(cron, zone)
    # Each time is asked for on its own, in UTC: around a clock change arithmetic on local times
    # forgets which of two equal hours it means.
    instant = after.astimezone(UTC)
    while True:
        instant += timedelta(microseconds=1)
        fires_at = trigger.get_next_fire_time(None, instant)
        if fires_at is None:
            return
        instant = fires_at.astimezone(UTC)
        if instant > until:
            return
        yield instant


def period_of(fires_at: datetime, zone: ZoneInfo, per: Per) -> str:
    """Return the period an instant belongs to, in local time."""
    local = fires_at.astimezone(zone)
    return local.date().isoformat() if per is Per.DAY else f"{local:%Y-%m-%dT%H:%M}"


@lru_cache(maxsize=256)
def _trigger(cron: str, zone: ZoneInfo) -> CronTrigger:
    fields = parse_cron(cron)
    return CronTrigger(
        minute=_listed(fields.minutes),
        hour=_listed(fields.hours),
        day=_listed(fields.days),
        month=_listed(fields.months),
        # By name: APScheduler counts weekdays from Monday, cron from Sunday.
        day_of_week=",".join(fields.weekdays),
        timezone=zone,
    )


def _listed(values: tuple[int, ...]) -> str:
    return ",".join(map(str, values))
