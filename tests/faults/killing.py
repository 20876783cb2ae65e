"""Ends the bot at a chosen kind of moment, as a power cut would, and starts it again."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.flows.installation import Installation

LONGEST_WAIT = 40.0


@dataclass
class Killer:
    """Kills by seeded chance; `moments` tells afterwards what each kill interrupted."""

    it: Installation
    dice: random.Random
    moments: list[str] = field(default_factory=list)

    def now(self, name: str) -> None:
        """Kill at once, and start again."""
        self.it.kill_bot()
        self.moments.append(name)
        self.it.start_bot()

    @contextlib.contextmanager
    def during_request(self, method: str, within_ms: float = 120) -> Iterator[None]:
        """Kill once a request of a method has begun, and a little more by chance."""
        since = self.it.control.get("requests/counters")["last_seq"]

        def begun() -> bool:
            return bool(self.it.control.requests(since, method=method, limit=1))

        with self._when(begun, method, within_ms):
            yield

    @contextlib.contextmanager
    def during_click(self, within_ms: float = 40) -> Iterator[None]:
        """Kill once a click was sent to the bot, and a little more by chance."""
        before = self._last_envelope()
        with self._when(lambda: self._last_envelope() != before, "click", within_ms):
            yield

    def _last_envelope(self) -> str:
        found = self.it.control.get("envelopes", type="interactive", limit=1)
        return str(found[-1]["id"]) if found else ""

    @contextlib.contextmanager
    def _when(self, begun: Callable[[], bool], name: str, within_ms: float) -> Iterator[None]:
        pause = self.dice.uniform(0, within_ms) / 1_000
        faults: list[Exception] = []

        def strike() -> None:
            try:
                end = time.monotonic() + LONGEST_WAIT
                while not begun():
                    if time.monotonic() > end:
                        raise TimeoutError(f"{name} did not come within {LONGEST_WAIT:g} s")
                    time.sleep(0.002)
                time.sleep(pause)
                self.now(f"{name} +{pause * 1_000:.0f} ms")
            except Exception as error:  # noqa: BLE001 - told to the test in its own thread, below
                faults.append(error)

        thread = threading.Thread(target=strike, name="killer")
        thread.start()
        try:
            yield
        finally:
            thread.join(LONGEST_WAIT + 30)
        if faults:
            raise faults[0]
