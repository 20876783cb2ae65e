"""What is due: a pure function of a cron expression, the time and what was done last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from screening.config.cron import parse_cron

DAY = timedelta(days=1)
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
    for local, fires_at in firings(cron, zone, after, now):
        period = local.date().isoformat() if per is Per.DAY else f"{local:%Y-%m-%dT%H:%M}"
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


def firings(
    cron: str, zone: ZoneInfo, after: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    """Return (local time, instant) of each firing after `after` up to `until`.

    The trigger is asked in local times, as if no clock were ever changed: asked in a zone, APScheduler
    3.11 passes over the first hour of the day after clocks went forward. A local time that is left out
    fires when a clock that was not put forward says it; one that is repeated fires the first time.
    """
    trigger = _trigger(cron)
    local, end = _local(after, zone), _local(until, zone)
    # Where clocks were just changed: times left out still fire, repeated ones are as late as ever.
    local -= max(local - _local(after - DAY, zone) - DAY, timedelta())
    end += max(_local(until - DAY, zone) + DAY - end, timedelta())
    fired = []
    while (local := local + timedelta(microseconds=1)) <= end:
        found = trigger.get_next_fire_time(None, local)
        if found is None:
            break
        local = found
        fires_at = local.replace(tzinfo=zone).astimezone(UTC)
        if after < fires_at <= until:
            fired.append((local, fires_at))
    return sorted(fired, key=lambda each: each[1])


def _local(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return what the clocks say at an instant, as a time that can be reckoned with."""
    return instant.astimezone(zone).replace(tzinfo=UTC, fold=0)


@lru_cache(maxsize=256)
def _trigger(cron: str) -> CronTrigger:
    fields = parse_cron(cron)
    return CronTrigger(
        minute=_listed(fields.minutes),
        hour=_listed(fields.hours),
        day=_listed(fields.days),
        month=_listed(fields.months),
        # By name: APScheduler counts weekdays from Monday, cron from Sunday.
        day_of_week=",".join(fields.weekdays),
        timezone=UTC,
    )


def _listed(values: tuple[int, ...]) -> str:
    return ",".join(map(str, values))
