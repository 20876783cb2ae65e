"""Which days a digest looks back on: all since the last one that reached the channel."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from screening.ports import Transaction
from screening.review import Review
from screening.views import DayFigures, Digest

TOLD = "digest_told"
"""The review's setting that holds what the last digest told."""

MARKS_BACK = timedelta(days=366)
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Told:
    """The last digest: its day, the first day it looked back on, and where everything stood."""

    day: str
    first: str
    standing: str


def first_day(tx: Transaction, review: Review, *, day: date, now: datetime) -> date:
    """Return the first local day that the digest of `day` has to tell of.

    The day of the last digest, which told of the days before it; where that one never reached the
    channel, the first day that it would have told of.
    """
    told = _last(tx)
    if told is not None:
        reached = tx.post(f"{tx.review_id}/digest/{told.day}") is not None
        begin = date.fromisoformat(told.day if reached else told.first)
    else:
        # A store from before digests were noted, or one filled from the sheet, has their marks.
        marks = tx.done_marks("digest", now - MARKS_BACK)
        earlier = [period for _, period, _ in marks if period < day.isoformat()]
        work = tx.days_of_work(review.timezone.key)
        begin = date.fromisoformat(max(earlier)) if earlier else (work[0] if work else day)
    return min(begin, day - A_DAY)


def summed(days: Sequence[DayFigures]) -> tuple[date, DayFigures]:
    """Return the first of consecutive days on which anything was done, and the work from then on."""
    first = next((n for n, day in enumerate(days) if is_work(day)), len(days) - 1)
    told = days[first:]
    by_member: Counter[str] = Counter()
    for day in told:
        by_member.update(day.by_member)
    return told[0].day, DayFigures(
        told[-1].day,
        sum(day.votes for day in told),
        sum(day.decided for day in told),
        sum(day.conflicts_opened for day in told),
        sum(day.conflicts_resolved for day in told),
        dict(by_member),
    )


def is_work(day: DayFigures) -> bool:
    """Whether anything was done on a day."""
    return bool(day.votes or day.decided or day.conflicts_opened or day.conflicts_resolved)


def is_news(tx: Transaction, digest: Digest) -> bool:
    """Whether anything was done, or stands otherwise, since the last digest."""
    told = _last(tx)
    return is_work(digest.work) or told is None or told.standing != _standing(digest)


def note_told(tx: Transaction, digest: Digest) -> None:
    """Note what a digest tells, once it is on its way."""
    told = _Told(digest.day.isoformat(), digest.first.isoformat(), _standing(digest))
    tx.set_setting(TOLD, json.dumps(asdict(told)))


def _last(tx: Transaction) -> _Told | None:
    kept = tx.setting(TOLD)
    return _Told(**json.loads(kept)) if kept else None


def _standing(digest: Digest) -> str:
    figures = [asdict(stage) for stage in digest.stages]
    standing = [figures, digest.open_conflicts, digest.possible_duplicates, digest.failed]
    return json.dumps(standing, sort_keys=True)
