"""A thread that does one thing in a loop, is told to stop, and is started anew when it dies."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)

Loop = Callable[[threading.Event, threading.Event], None]
"""`loop(stop, wake)`: runs until `stop` is set; `wake` is set when there is something to do."""

JOIN_SECONDS = 8.0


class Threaded:
    """Runs a loop in a thread of its own."""

    def __init__(self, name: str, loop: Loop) -> None:
        self.name = name
        self.wake = threading.Event()
        self._loop = loop
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread."""
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(self._stop,), name=self.name, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Tell the loop to end and wait a bounded time for it."""
        self._stop.set()
        self.wake.set()
        if self._thread is not None:
            self._thread.join(JOIN_SECONDS)
            if self._thread.is_alive():
                log.warning("The %s thread is still at work; it ends with the process", self.name)

    def watch(self) -> None:
        """Start the thread anew when it died."""
        if self._thread is not None and not self._thread.is_alive() and not self._stop.is_set():
            log.warning("The %s thread died; it is started again", self.name)
            self.start()

    def _run(self, stop: threading.Event) -> None:
        try:
            self._loop(stop, self.wake)
        except Exception:  # logged; the watch starts the thread anew
            log.exception("The %s thread failed", self.name)
