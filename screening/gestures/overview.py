"""What is read of a review: Home, team, PRISMA, and the morning's digest."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta

from screening.errors import UnknownThingError
from screening.gestures.deciding import cluster
from screening.gestures.lookback import first_day, summed
from screening.pairing import lag, refusal
from screening.policies import can_vote, check_is_member
from screening.ports import Desk, Transaction
from screening.prisma import PrismaReport, prisma_report
from screening.review import Review
from screening.stages import Stage
from screening.views import Digest, FoundRecord, HomeView, MemberFigures

DAYS_SHOWN = 14
"""Local days in the digest's chart."""


def home(desk: Desk, review_id: str, *, by: str) -> HomeView:
    """Return what the member's Home tab shows of a review."""
    review = desk.review(review_id)
    check_is_member(review, by)
    with desk.store.reading(review_id) as tx:
        mine = tx.open_assignments(reviewer_id=by)
        current = tx.next_assignment(by)
        conflicts = tx.open_conflicts(None)
        at = desk.clock.now()
        more = [
            stage
            for stage in Stage
            if can_vote(review, by, stage)
            and (tx.candidates(stage, by, 1) or tx.lapsed_candidates(stage, by, 1, at))
        ]
        return HomeView(
            review_id=review_id,
            member_id=by,
            open_cards=len(mine),
            batch=tx.batch(current.batch_id) if current is not None else None,
            can_take_more=bool(more),
            figures=tuple(tx.member_figures(by)),
            stages=tuple(tx.stage_figures()),
            conflicts=tuple(tx.conflict_views([c.conflict_id for c in conflicts[:5]])),
            conflict_count=len(conflicts),
            last_votes=tuple(tx.last_votes(by, 5)),
            flow=tx.flow_figures(),
            possible_duplicates=len(tx.pairs(states=("possible",))),
            sheet_refused=refusal(tx),
            sheet_lag=lag(tx, at),
        )


def find_record(desk: Desk, review_id: str, *, by: str, record_id: str) -> FoundRecord:
    """Return a record by its ID, or the one that it was merged into, as the member may see it.

    Of the votes only their own are in it. Raises `UnknownThingError` for an ID that no record has.
    """
    review = desk.review(review_id)
    check_is_member(review, by)
    with desk.store.reading(review_id) as tx:
        view = tx.record(tx.kept(record_id))
        if view is None:
            raise UnknownThingError("record", record_id, "Its ID stands in the Records tab.")
        own = [tx.current_vote(each, s, by) for each in cluster(tx, view.record_id) for s in Stage]
        return FoundRecord(
            asked_for=record_id,
            record=view,
            own_votes=tuple(vote for vote in own if vote is not None),
            on_card=bool(tx.open_assignments(reviewer_id=by, record_id=view.record_id)),
        )


def team(desk: Desk, review_id: str) -> list[MemberFigures]:
    """Return every member's figures by stage; include rates count decided records only."""
    with desk.store.reading(review_id) as tx:
        return tx.member_figures()


def prisma(desk: Desk, review_id: str) -> PrismaReport:
    """Return the PRISMA counts of this moment, identities checked."""
    review = desk.review(review_id)
    with desk.store.reading(review_id) as tx:
        return prisma_in(tx, review)


def prisma_in(tx: Transaction, review: Review) -> PrismaReport:
    """Do `prisma` within a transaction."""
    return prisma_report(review.review_id, tx.flow_figures(), review.previous, tx.records_behind)


def compose_digest(tx: Transaction, review: Review, *, day: date, now: datetime) -> Digest:
    """Compose the post of a local day, which looks back on all days since the last one.

    Nothing in it depends on a pending vote's choice: who is waited for is counted by open cards.
    """
    begin = first_day(tx, review, day=day, now=now)
    shown = day - timedelta(days=DAYS_SHOWN)
    days = tx.day_figures(min(begin, shown), day - timedelta(days=1), review.timezone.key)
    first, work = summed([each for each in days if each.day >= begin])
    conflicts = tx.open_conflicts(None)
    waiting: dict[str, int] = {}
    for assignment in tx.open_assignments():
        waiting[assignment.reviewer_id] = waiting.get(assignment.reviewer_id, 0) + 1
    report = prisma_in(tx, review)
    return Digest(
        review_id=review.review_id,
        day=day,
        first=first,
        work=work,
        stages=tuple(tx.stage_figures()),
        open_conflicts=len(conflicts),
        oldest_conflict=conflicts[0].opened_at if conflicts else None,
        waiting_for=tuple(sorted(waiting.items(), key=lambda item: (-item[1], item[0]))),
        possible_duplicates=len(tx.pairs(states=("possible",))),
        days=tuple(days[-DAYS_SHOWN:]),
        failed=tuple(identity.sentence() for identity in report.failed),
    )


def digest_payload(digest: Digest) -> dict[str, object]:
    """Return a digest as JSON values, for the outbox."""
    payload = asdict(digest)
    payload["day"] = digest.day.isoformat()
    payload["oldest_conflict"] = (
        digest.oldest_conflict.isoformat() if digest.oldest_conflict else None
    )
    payload["first"] = digest.first.isoformat()
    payload["work"] = _day(payload["work"])
    payload["days"] = [_day(each) for each in payload["days"]]
    return payload


def prisma_payload(report: PrismaReport, day: date) -> dict[str, object]:
    """Return a PRISMA report as JSON values, for the outbox."""
    return {
        "day": day.isoformat(),
        "review_id": report.review_id,
        "counts": dict(report.counts),
        "specific": {key: [list(item) for item in items] for key, items in report.specific.items()},
        "reasons": {key: [list(item) for item in items] for key, items in report.reasons.items()},
        "failed": [identity.sentence() for identity in report.failed],
        "warnings": list(report.warnings),
        "has_previous": report.has_previous,
        "has_other_methods": report.has_other_methods,
    }


def _day(values: dict[str, object]) -> dict[str, object]:
    day = values["day"]
    return {**values, "day": day.isoformat() if isinstance(day, date) else day}
