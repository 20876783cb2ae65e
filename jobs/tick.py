"""One tick: everything that the clock asks of every review, each review on its own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from jobs.due import Due, Mark, due
from jobs.kinds import KINDS, Kind
from screening.errors import StoreFaultError
from screening.gestures.batches import release_expired
from screening.gestures.settling import settle_due
from screening.ports import Desk, Transaction
from screening.review import Review

log = logging.getLogger(__name__)

SINCE = "jobs_since"
"""The review's setting that holds the instant from which its jobs are due."""

STEP_BACK = timedelta(hours=1)
"""By how much a clock may be set back before it is taken for one that was wrong: an ordinary
correction must not have anything done twice."""

Chore = Callable[[datetime], object]
"""Something of the whole installation that is done at each tick, such as backups."""


class Tick:
    """Runs what is due. A fault in one review or one job never keeps the others from theirs."""

    def __init__(self, desk: Desk, chores: tuple[Chore, ...] = ()) -> None:
        self._desk = desk
        self._chores = chores
        self._waiting: dict[str, str] = {}

    def run(self, now: datetime | None = None) -> None:
        """Do all that is due at `now` (the desk's clock when not given)."""
        at = now or self._desk.clock.now()
        for review in self._desk.each_review():
            for name, step in self._steps(review):
                self._guarded(f"{name} of {review.review_id}", step, at)
        for chore in self._chores:
            self._guarded(getattr(chore, "__qualname__", "a chore"), chore, at)

    def _steps(self, review: Review) -> list[tuple[str, Chore]]:
        desk, review_id = self._desk, review.review_id
        return [
            ("settling", lambda at: settle_due(desk, review_id, at=at)),
            ("lease expiry", lambda at: release_expired(desk, review_id, at=at)),
            ("schedule", lambda at: self._scheduled(review, at)),
        ]

    def _guarded(self, name: str, step: Chore, at: datetime) -> None:
        try:
            step(at)
        except StoreFaultError as error:
            # Said once: a disk that is full for a night must not be filled by its log.
            if self._waiting.get(name) != str(error):
                log.warning("%s waits for the next tick: %s", name, error)
                self._waiting[name] = str(error)
            return
        except Exception:  # one job's fault must not end the others
            log.exception("%s failed; it is tried again at the next tick", name)
            return
        if self._waiting.pop(name, None):
            log.info("%s goes on", name)

    def _scheduled(self, review: Review, at: datetime) -> None:
        with self._desk.store.reading(review.review_id) as tx:
            since = tx.setting(SINCE)
            ahead = _is_ahead(tx, since, at)
            waiting = [
                kind for kind in KINDS if since and _due(tx, review, kind, since, at) != Due()
            ]
        if ahead:
            self._come_back(review, at)
            return
        if since is None:
            with self._desk.store.writing(review.review_id) as tx:
                if tx.setting(SINCE) is None:
                    tx.set_setting(SINCE, at.isoformat())
            return
        for kind in waiting:
            self._guarded(
                f"{kind.name} of {review.review_id}",
                lambda at, kind=kind: self._do(review, kind, since, at),  # type: ignore[misc]
                at,
            )

    def _come_back(self, review: Review, at: datetime) -> None:
        """Forget what was marked by a clock that was ahead; else nothing would be due until then.

        A message that went out for such a day keeps its key, so that it is not posted again. What is
        due now is done at the next tick.
        """
        with self._desk.store.writing(review.review_id) as tx:
            marks = sum(tx.forget_done(kind.name, at + STEP_BACK) for kind in KINDS)
            since = tx.setting(SINCE)
            if since and datetime.fromisoformat(since) > at + STEP_BACK:
                tx.set_setting(SINCE, at.isoformat())
        log.warning(
            "The clock was ahead when jobs of %s ran; %d marks later than now are forgotten",
            review.review_id,
            marks,
        )

    def _do(self, review: Review, kind: Kind, since: str, at: datetime) -> None:
        """Do one job in one transaction: the work and its done-mark are kept or lost together."""
        with self._desk.store.writing(review.review_id) as tx:
            found = _due(tx, review, kind, since, at)
            for missed in found.skipped:
                if tx.mark_done(kind.name, "", missed.period, missed.fires_at):
                    log.warning(
                        "%s of %s for %s was missed and is skipped",
                        kind.name,
                        review.review_id,
                        missed.period,
                    )
            post = found.post
            if post is None or not tx.mark_done(kind.name, "", post.period, at):
                return
            said = kind.work(self._desk, tx, review, post, at)
        log.info("%s of %s for %s: %s", kind.name, review.review_id, post.period, said)


def _is_ahead(tx: Transaction, since: str | None, at: datetime) -> bool:
    """Tell whether jobs were marked at an instant that is still to come."""
    known = [datetime.fromisoformat(since)] if since else []
    known += [mark[1] for kind in KINDS if (mark := tx.last_done(kind.name, ""))]
    return any(instant > at + STEP_BACK for instant in known)


def _due(tx: Transaction, review: Review, kind: Kind, since: str, at: datetime) -> Due:
    found = tx.last_done(kind.name, "")
    return due(
        at,
        kind.cron(review.schedule),
        review.timezone,
        last=Mark(*found) if found else None,
        since=datetime.fromisoformat(since),
        catch_up=timedelta(hours=review.schedule.catch_up_hours),
        per=kind.per,
    )
