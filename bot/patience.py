"""Knows how long each waiting message is left alone, and when one that may have arrived may be repeated.

Slack may take a message whose answer never came. So it is looked for first, and sent again only when it
is still not there at the end of a span: short when the connection broke, long when Slack was merely slow.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.slack import API_SECONDS
from bot.slack_faults import SlackFaultError
from screening.views import OutboxItem

log = logging.getLogger(__name__)

BROKEN_SECONDS = 4.0
"""A connection that broke, or an error of Slack's: what took effect is to be seen soon."""
UNDER_WAY_SECONDS = 120.0
"""No answer in time: Slack may be at work on the request still."""
ELSEWHERE_SECONDS = API_SECONDS + 2.0
"""Tried by another process, which may be waiting for its answer yet."""
FIRST_LOOK = 1.0
LONGEST_PAUSE = 600.0

CLOSED = frozenset({"is_archived", "channel_not_found", "not_in_channel", "restricted_action"})
"""Refusals that hold for all that goes to a channel, so that one item asks for all of them."""

ItemKey = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A message may have arrived since `since`; from `until` on it may be sent again."""

    since: float
    until: float


class Patience:
    """What one notifier remembers of the items it could not carry; lost without harm at a restart."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._due: dict[ItemKey, float] = {}
        self._faults: dict[ItemKey, int] = {}
        self._tried: set[ItemKey] = set()
        self._doubts: dict[tuple[ItemKey, str], Doubt] = {}
        self._closed: dict[str, float] = {}

    def is_due(self, item: OutboxItem) -> bool:
        """Tell whether an item may be taken up now."""
        return self._due.get(_key(item), 0.0) <= self._monotonic()

    def put_off(self, item: OutboxItem, seconds: float) -> None:
        """Leave an item alone for a while."""
        self._due[_key(item)] = self._monotonic() + seconds

    def put_off_for(
        self, items: Sequence[OutboxItem], channel: str, fault: SlackFaultError
    ) -> None:
        """Put off what failed together: as long as Slack asks, else longer each time."""
        if not items:
            return
        faults = max(self._faults.get(_key(item), 0) for item in items)
        pause = fault.retry_after or min(LONGEST_PAUSE, 2.0 ** min(faults, 10))
        if fault.permanent:
            pause = LONGEST_PAUSE if faults else 60.0
        if fault.retry_after or fault.error in CLOSED:
            self._closed[channel] = self._monotonic() + pause
        for item in items:
            self.put_off(item, pause)
            if not fault.retry_after:
                self._faults[_key(item)] = faults + 1
        what = f"{items[0].kind} of {items[0].review_id}"
        if fault.permanent:
            log.error("%s: %s. %s", what, fault, fault.remedy)
        elif not fault.retry_after:
            log.warning("%s: %s; again in %.0f s", what, fault, pause)

    def closed_for(self, channel: str) -> float:
        """Return for how many seconds Slack asks to leave a channel alone, or takes nothing in it."""
        return max(0.0, self._closed.get(channel, 0.0) - self._monotonic())

    def tried(self, item: OutboxItem, step: str) -> None:
        """Note that a step of an item is about to be sent; until it is settled it may have arrived."""
        self._tried.add(_key(item))
        self._set_doubt(item, step, BROKEN_SECONDS)

    def failed(self, item: OutboxItem, step: str, fault: SlackFaultError) -> None:
        """Note how the step failed that was tried."""
        if fault.under_way:
            self._set_doubt(item, step, UNDER_WAY_SECONDS)
        elif fault.unclear:
            self._set_doubt(item, step, BROKEN_SECONDS)
        else:
            self._doubts.pop((_key(item), step), None)

    def may_repeat(self, item: OutboxItem, step: str) -> bool:
        """Tell whether a step that was tried before, and is not to be found, may be sent again.

        Otherwise the item is put off until the next look, each twice as late as the one before.
        """
        now = self._monotonic()
        doubt = self._doubts.get((_key(item), step))
        if doubt is None:
            if _key(item) in self._tried:
                return True
            doubt = self._set_doubt(item, step, ELSEWHERE_SECONDS)
        if now >= doubt.until:
            return True
        self.put_off(item, min(max(FIRST_LOOK, now - doubt.since), doubt.until - now))
        return False

    def settle(self, item: OutboxItem) -> None:
        """Forget an item that was carried."""
        key = _key(item)
        self._due.pop(key, None)
        self._faults.pop(key, None)
        self._tried.discard(key)
        for known in [each for each in self._doubts if each[0] == key]:
            del self._doubts[known]

    def _set_doubt(self, item: OutboxItem, step: str, seconds: float) -> Doubt:
        now = self._monotonic()
        doubt = Doubt(now, now + seconds)
        self._doubts[_key(item), step] = doubt
        return doubt


def _key(item: OutboxItem) -> ItemKey:
    return item.review_id, item.seq
