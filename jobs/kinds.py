"""The jobs on the clock: what each one does to a review, in the transaction that marks it done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from jobs.due import Occurrence, Per
from screening.gestures.batches import hand_out_in
from screening.gestures.lookback import is_news, note_told
from screening.gestures.overview import (
    compose_digest,
    digest_payload,
    prisma_in,
    prisma_payload,
)
from screening.ports import Desk, Transaction
from screening.review import Review, Schedule

DUE_SOON = timedelta(days=1)
"""A batch due within this time is worth a reminder."""

NOTHING_IMPORTED = "nothing is imported yet, so nothing is posted"
NOTHING_NEW = "nothing is new since the last one, so nothing is posted"

Work = Callable[[Desk, Transaction, Review, Occurrence, datetime], str]
"""Does a job's work for one occurrence and says in a few words what came of it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One scheduled job: its cron expression in the review's schedule, its period, its work."""

    name: str
    cron: Callable[[Schedule], str]
    per: Per
    work: Work


def hand_out(
    desk: Desk, tx: Transaction, review: Review, occurrence: Occurrence, now: datetime
) -> str:
    """Give a batch to everyone who has none."""
    batches = hand_out_in(desk, tx, review, now)
    return f"{len(batches)} batches"


def post_digest(
    desk: Desk, tx: Transaction, review: Review, occurrence: Occurrence, now: datetime
) -> str:
    """Compose the morning's digest and put it into the outbox, under its date, if it says anything."""
    day = _day(occurrence)
    if not tx.imports():
        return NOTHING_IMPORTED
    digest = compose_digest(tx, review, day=day, now=now)
    if not is_news(tx, digest):
        return NOTHING_NEW
    note_told(tx, digest)
    tx.enqueue("slack", "digest", day.isoformat(), now, digest_payload(digest))
    return f"{digest.work.votes} votes since {digest.first}"


def post_prisma(
    desk: Desk, tx: Transaction, review: Review, occurrence: Occurrence, now: datetime
) -> str:
    """Put the PRISMA counts of this moment into the outbox, under their date."""
    day = _day(occurrence)
    if not tx.imports():
        return NOTHING_IMPORTED
    report = prisma_in(tx, review)
    tx.enqueue("slack", "prisma", day.isoformat(), now, prisma_payload(report, day))
    return f"{len(report.failed)} identities fail"


def remind(
    desk: Desk, tx: Transaction, review: Review, occurrence: Occurrence, now: datetime
) -> str:
    """Put a reminder into the outbox for each reviewer whose batch falls due within a day."""
    soon: dict[str, list[datetime]] = {}
    for assignment in tx.open_assignments():
        if assignment.leased_until <= now + DUE_SOON:
            soon.setdefault(assignment.reviewer_id, []).append(assignment.leased_until)
    for reviewer_id, ends in soon.items():
        payload: Mapping[str, object] = {
            "reviewer_id": reviewer_id,
            "open": len(ends),
            "due": min(ends).isoformat(),
        }
        tx.enqueue("slack", "reminder", f"{occurrence.period}:{reviewer_id}", now, payload)
    return f"{len(soon)} reviewers"


# In this order at one instant: batches are in hand before the digest says who is waited for.
KINDS = (
    Kind("hand_out", lambda schedule: schedule.hand_out, Per.MINUTE, hand_out),
    Kind("digest", lambda schedule: schedule.digest, Per.DAY, post_digest),
    Kind("prisma", lambda schedule: schedule.prisma, Per.DAY, post_prisma),
    Kind("reminder", lambda schedule: schedule.reminder, Per.DAY, remind),
)


def _day(occurrence: Occurrence) -> date:
    return date.fromisoformat(occurrence.period)
