"""The Sheets API's quotas: reads and writes a minute, by user and by project."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from playground.google.errors import GoogleError

Kind = Literal["read", "write"]
WINDOW = 60.0


@dataclass(slots=True)
class Limits:
    """Requests a minute (developers.google.com, "Usage limits")."""

    reads_per_user: int = 60
    writes_per_user: int = 60
    reads_per_project: int = 300
    writes_per_project: int = 300


class Quota:
    """Counts requests over a sliding minute of real time; a refused one is not counted.

    The service's own window is not documented. A sliding minute is the strictest reading of "per
    minute": a program that stays within it stays within any.
    """

    def __init__(self, now: Callable[[], float], limits: Limits | None = None) -> None:
        self._now = now
        self.limits = limits or Limits()
        self._taken: dict[tuple[Kind, str], deque[float]] = {}

    def take(self, kind: Kind, user: str) -> None:
        """Count a request. Raises GoogleError (429) when there is none left."""
        now = self._now()
        limits = self.limits
        reads = kind == "read"
        for owner, limit, scope in (
            (user, limits.reads_per_user if reads else limits.writes_per_user, "PerUser"),
            ("", limits.reads_per_project if reads else limits.writes_per_project, "PerProject"),
        ):
            if len(self._window(kind, owner, now)) >= limit:
                raise _exhausted(kind, scope, limit)
        for owner in (user, ""):
            self._window(kind, owner, now).append(now)

    def used(self, kind: Kind, user: str) -> int:
        """Requests of a user within the last minute."""
        return len(self._window(kind, user, self._now()))

    def reset(self) -> None:
        """Forget every request."""
        self._taken.clear()

    def _window(self, kind: Kind, owner: str, now: float) -> deque[float]:
        window = self._taken.setdefault((kind, owner), deque())
        while window and window[0] <= now - WINDOW:
            window.popleft()
        return window


def _exhausted(kind: Kind, scope: str, limit: int) -> GoogleError:
    name = "Read" if kind == "read" else "Write"
    per_user = " per user" if scope == "PerUser" else ""
    metric = f"{name} requests"
    detail = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "RATE_LIMIT_EXCEEDED",
        "domain": "googleapis.com",
        "metadata": {
            "service": "sheets.googleapis.com",
            "quota_metric": f"sheets.googleapis.com/{kind}_requests",
            "quota_limit": f"{name}RequestsPerMinute{scope}",
            "quota_limit_value": str(limit),
            "quota_location": "global",
            "quota_unit": "1/min/{project}" + ("/{user}" if per_user else ""),
            "consumer": "projects/100000000000",
        },
    }
    return GoogleError(
        429,
        f"Quota exceeded for quota metric '{metric}' and limit '{metric} per minute{per_user}' of "
        "service 'sheets.googleapis.com' for consumer 'project_number:100000000000'.",
        "RESOURCE_EXHAUSTED",
        details=[detail],
    )
