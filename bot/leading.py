"""Leading: while this process holds the store's lease it runs the jobs and carries the outbox."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import Protocol

from screening.ports import Leadership

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 2.0


class Work(Protocol):
    """Something that only the leader does, in threads of its own."""

    def start(self) -> None:
        """Begin; called again after a stop."""

    def stop(self) -> None:
        """End, after what is under way."""

    def watch(self) -> None:
        """Look after itself: called at each heartbeat while leading."""


class Leader:
    """Asks for the lead at each heartbeat, and starts or stops the leader's work accordingly."""

    def __init__(
        self,
        leadership: Leadership,
        works: Sequence[Work],
        seconds: float = HEARTBEAT_SECONDS,
    ) -> None:
        self._leadership = leadership
        self._works = works
        self._seconds = seconds
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._first = threading.Event()
        self._at_work = False

    @property
    def leading(self) -> bool:
        """Whether this process leads at this very moment: asked before anything is carried."""
        return self._at_work and self._leadership.is_current()

    def start(self) -> None:
        """Begin to ask; returns after the first answer."""
        self._thread = threading.Thread(target=self._run, name="leader", daemon=True)
        self._thread.start()
        self._first.wait(10)

    def stop(self) -> None:
        """Stop the work and give the lead up."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
        self._leadership.release()

    def _run(self) -> None:
        while True:
            try:
                self._beat()
            except Exception:  # logged; the next heartbeat comes all the same
                log.exception("A heartbeat failed")
            self._first.set()
            if self._stopped.wait(self._seconds):
                break
        self._lay_down()

    def _beat(self) -> None:
        # A lease that ran out was another's to take, even if it can be had again: what this process
        # knows of the sheet may be old.
        lapsed = self._at_work and not self._leadership.is_current()
        held = self._leadership.try_acquire()
        if self._at_work and (lapsed or not held):
            log.warning("The store's lease was lost: another process may lead now")
            self._lay_down()
        if held and not self._at_work:
            log.info("This process leads: it runs the jobs and carries to Slack and the sheet")
            self._at_work = True
            for work in self._works:
                work.start()
        elif held:
            for work in self._works:
                work.watch()

    def _lay_down(self) -> None:
        if not self._at_work:
            return
        self._at_work = False
        for work in self._works:
            try:
                work.stop()
            except Exception:  # logged; the others must be stopped too
                log.exception("%s did not stop in order", type(work).__name__)
