"""The beat: APScheduler calls the tick every few seconds, and is itself watched."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

log = logging.getLogger(__name__)

MISFIRE_GRACE_SECONDS = 24 * 3600
HUNG_SECONDS = 900.0
"""How long a tick may take, a nightly backup included, before it is taken to hang."""


class Beat:
    """Runs `tick` every `seconds`, one at a time, in a thread of its own.

    APScheduler decides nothing here but the rhythm; what is due is `jobs.due`'s to say.
    """

    def __init__(
        self,
        tick: Callable[[], None],
        seconds: float = 5.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tick = tick
        self._seconds = seconds
        self._monotonic = monotonic
        self._scheduler: BackgroundScheduler | None = None
        self._lock = threading.Lock()
        self._current: object | None = None
        self._began = 0.0
        self._last = 0.0

    def start(self) -> None:
        """Start beating; the first tick comes at once."""
        with self._lock:
            if self._scheduler is None:
                self._scheduler = self._new_scheduler()

    def stop(self) -> None:
        """Stop beating, after a tick under way has ended."""
        with self._lock:
            scheduler, self._scheduler = self._scheduler, None
        if scheduler is not None:
            scheduler.shutdown(wait=True)

    def watch(self) -> None:
        """Start again when the scheduler's thread died, sleeps too long (a clock set back) or hangs.

        A second tick beside one that hangs does nothing twice: each job marks what it has done.
        """
        with self._lock:
            scheduler = self._scheduler
            if scheduler is None:
                return
            since, most = self._last, max(30.0, 4 * self._seconds)
            if self._current is not None:
                since, most = self._began, HUNG_SECONDS
            late = self._monotonic() - since
            if late < most:
                return
            log.warning("No tick ended for %.0f s; the scheduler is started again", late)
            self._scheduler = self._new_scheduler()
        scheduler.shutdown(wait=False)

    def _new_scheduler(self) -> BackgroundScheduler:
        # Imported here: the scheduler's modules are not needed before the bot says it is ready.
        from datetime import UTC, datetime

        from apscheduler.executors.pool import ThreadPoolExecutor
        from apscheduler.schedulers.background import BackgroundScheduler

        scheduler = BackgroundScheduler(
            timezone=UTC, executors={"default": ThreadPoolExecutor(1)}, daemon=True
        )
        scheduler.add_job(
            self._beat,
            "interval",
            seconds=self._seconds,
            next_run_time=datetime.now(UTC),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=MISFIRE_GRACE_SECONDS,
        )
        self._last = self._monotonic()
        self._current = None
        scheduler.start()
        return scheduler

    def _beat(self) -> None:
        self._began = self._monotonic()
        # One that hung may end while another is under way: it must not speak for that one.
        mine = self._current = object()
        try:
            self._tick()
        except Exception:  # whatever it is: the next beat comes all the same
            log.exception("A tick failed")
        finally:
            self._last = self._monotonic()
            if self._current is mine:
                self._current = None
