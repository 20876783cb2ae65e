"""How often each Web API method may be called, and the buckets that count it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """A token bucket: `per_minute` calls on average, `burst` at once."""

    per_minute: float
    burst: int


# Tiers: docs.slack.dev/apis/web-api/rate-limits ("1+", "20+", "50+", "100+" a minute, with bursts).
# The bursts are a guess (m): a minute's worth, and thirty reconnects for tier 1.
TIERS: dict[int, Rate] = {
    1: Rate(1, 30),
    2: Rate(20, 20),
    3: Rate(50, 50),
    4: Rate(100, 100),
}
SPECIAL = 0  # "special tier": hundreds a minute (docs, each method's page)
SPECIAL_RATE = Rate(600, 600)
# One message a second a channel, "short bursts allowed"; several hundred a minute a workspace.
POSTING_IN_CHANNEL = Rate(60, 5)
POSTING_IN_WORKSPACE = Rate(300, 300)

MESSAGE_CHARACTERS = 40_000  # docs chat.postMessage: cut off there; the stand-in refuses
UPDATE_CHARACTERS = 4_000  # docs chat.update: msg_too_long
METADATA_BYTES = 16_000  # docs message metadata: 16 KB (m)
RESPONSE_URL_USES = 5
RESPONSE_URL_SECONDS = 30 * 60
TRIGGER_SECONDS = 3.0
ACK_SECONDS = 3.0
PUSH_DEPTH = 3
CONNECTIONS = 10
TICKET_SECONDS = 30.0  # (m)


class RateLimiter:
    """Token buckets by key, in real time: moving the playground's clock frees nothing."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._buckets: dict[str, tuple[float, float]] = {}
        self.enabled = True

    def wait_for(self, key: str, rate: Rate) -> int:
        """Take one call from the bucket; 0 when allowed, else the whole seconds to wait."""
        if not self.enabled:
            return 0
        now = self._monotonic()
        per_second = rate.per_minute / 60
        left, at = self._buckets.get(key, (float(rate.burst), now))
        left = min(float(rate.burst), left + (now - at) * per_second)
        if left >= 1:
            self._buckets[key] = (left - 1, now)
            return 0
        self._buckets[key] = (left, now)
        return max(1, math.ceil((1 - left) / per_second))

    def reset(self) -> None:
        """Fill every bucket."""
        self._buckets.clear()
