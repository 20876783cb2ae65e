"""A budget of requests that cannot be exceeded: every request takes a place in a sliding minute."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Literal

Kind = Literal["read", "write"]

WINDOW = 60.0
"""Seconds; Google counts requests a minute, for each user (a service account is one user)."""

MARGIN = 0.05
"""Seconds added to each wait, so that a place is free when it is over."""


class QuotaExceededError(RuntimeError):
    """A request was about to be sent without a place: a fault in our own code."""

    def __init__(self, kind: str, seconds: float) -> None:
        super().__init__(f"no place for a {kind} for another {seconds:.1f} s")


class Quota:
    """Reads and writes of one service account in any 60 s.

    `steady` is what ordinary work may use, `hard` what repair (`urgent`) may use on top, still
    below Google's 60. `monotonic` is a clock in seconds that never goes back.
    """

    def __init__(self, monotonic: Callable[[], float], *, steady: int = 28, hard: int = 50) -> None:
        if not 0 < steady <= hard <= 60:
            raise ValueError(f"steady {steady} and hard {hard} must be in 0 < steady <= hard <= 60")
        self._monotonic = monotonic
        self._limits = {False: steady, True: hard}
        self._taken: dict[Kind, deque[float]] = {"read": deque(), "write": deque()}

    def wait(self, kind: Kind, urgent: bool = False) -> float:
        """Return the seconds until a request of the kind may be sent, 0.0 when it may be now."""
        taken = self._fresh(kind)
        spare = self._limits[urgent] - len(taken)
        if spare > 0:
            return 0.0
        # The place that frees the limit, when repair has taken more than ordinary work may.
        return max(taken[-spare] + WINDOW - self._monotonic() + MARGIN, MARGIN)

    def take(self, kind: Kind, urgent: bool = False) -> None:
        """Take a place. Raises `QuotaExceededError` when there is none."""
        seconds = self.wait(kind, urgent)
        if seconds > 0:
            raise QuotaExceededError(kind, seconds)
        self._taken[kind].append(self._monotonic())

    def pace(self, kind: Kind) -> float:
        """Return the seconds between two requests that spread what is left evenly.

        After a burst (a start, a repair) the remaining places last until the next one frees.
        """
        taken = self._fresh(kind)
        steady = WINDOW / self._limits[False]
        left = self._limits[False] - len(taken)
        if not taken:
            return steady
        if left <= 0:
            return self.wait(kind)
        return max(steady, (taken[0] + WINDOW - self._monotonic()) / left)

    def used(self, kind: Kind) -> int:
        """Return the requests of the last 60 s."""
        return len(self._fresh(kind))

    def _fresh(self, kind: Kind) -> deque[float]:
        taken, past = self._taken[kind], self._monotonic() - WINDOW
        while taken and taken[0] <= past:
            taken.popleft()
        return taken
