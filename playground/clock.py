"""The clock of the playground: real time plus an offset that a person can move."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class MovableClock:
    """Tells the stand-ins' time.

    It follows the machine's clock plus `offset` seconds. Between two deliberate moves it never
    runs backwards, even when the machine's clock is set back.
    """

    def __init__(self, offset: float = 0.0, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._offset = offset
        self._latest = 0.0

    @property
    def offset(self) -> float:
        """Seconds by which this clock is ahead of the machine's."""
        return self._offset

    @offset.setter
    def offset(self, seconds: float) -> None:
        self._offset = float(seconds)
        self._latest = 0.0

    def timestamp(self) -> float:
        """Seconds since 1970, with the offset."""
        self._latest = max(self._latest, self._wall() + self._offset)
        return self._latest

    def now(self) -> datetime:
        """The stand-ins' time, aware and in UTC."""
        return datetime.fromtimestamp(self.timestamp(), UTC)

    def move(self, seconds: float) -> None:
        """Move by `seconds`; a negative number moves back."""
        self.offset = self._offset + seconds

    def move_to(self, moment: datetime) -> None:
        """Move so that now is `moment` (a naive one is taken as UTC)."""
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        self.offset = (aware - datetime.fromtimestamp(self._wall(), UTC)) / timedelta(seconds=1)
