"""Carries what was recorded to Slack: paced, each message once, also after an unclear failure.

An item's attempt is counted before it is sent. So an item with attempts may have arrived: Slack is read
back for the key in the message's metadata before anything is sent again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.blocks.conflict import summary_message
from bot.drawing import DrawingError
from bot.logs import log_unexpected
from bot.posts import (
    Draw,
    NotYetError,
    Posts,
    SheetLink,
    Step,
    announced_at,
    message_key,
    metadata_of,
    summary_setting,
)
from bot.slack import Posted, SlackClient, SlackFaultError
from screening.errors import StoreBusyError
from screening.ports import Desk
from screening.review import Review
from screening.views import OutboxItem

log = logging.getLogger(__name__)

PACE_SECONDS = 1.05
"""Between two messages in one channel: Slack allows one a second."""
BURST = 3
"""Conflicts announced one by one at most; more at once become one message."""
AT_ONCE = 100
LONGEST_PAUSE = 600.0
SKEW = timedelta(hours=1)
"""How far Slack's clock may be from ours when a message is looked for."""
DRAWING_ATTEMPTS = 3
GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
"""A message that can no longer be changed: what it said stands in the sheet."""


class Notifier:
    """Drains the outbox's Slack side; one process at a time runs it, the one that leads."""

    def __init__(
        self,
        desk: Desk,
        slack: SlackClient,
        *,
        sheet_link: SheetLink,
        draw: Draw,
        sleep: Callable[[float], object],
        monotonic: Callable[[], float],
    ) -> None:
        self._desk = desk
        self._slack = slack
        self._posts = Posts(desk, slack, sheet_link, draw)
        self._sheet_link = sheet_link
        self._sleep = sleep
        self._monotonic = monotonic
        self._last: dict[str, float] = {}
        self._parked: dict[tuple[str, int], float] = {}
        self._closed_until: dict[str, float] = {}

    def run(
        self, stop: threading.Event, wake: threading.Event, leading: Callable[[], bool]
    ) -> None:
        """Carry until told to stop; looks at the outbox when woken and every two seconds."""
        while not stop.is_set():
            if leading():
                for review in self._desk.each_review():
                    if not stop.is_set():
                        self._run_safely(review)
            wake.wait(2.0)
            wake.clear()

    def run_once(self, review: Review) -> int:
        """Carry what waits for one review now; return how many items were finished."""
        with self._desk.store.reading(review.review_id) as tx:
            waiting = tx.outbox("slack", AT_ONCE)
        due = [item for item in waiting if self._is_due(item)]
        conflicts = [item for item in due if item.kind == "conflict_opened"]
        resolved = [item for item in due if item.kind == "conflict_resolved"]
        done = self._announce(review, conflicts) if len(conflicts) > BURST else set()
        for item in due:
            if item.seq not in done and self._is_due(item):
                done |= self._deliver_safely(review, item, resolved)
        return len(done)

    def _deliver_safely(
        self, review: Review, item: OutboxItem, resolved: Sequence[OutboxItem]
    ) -> set[int]:
        """Deliver an item; one that cannot even be built is put off and holds up nothing else."""
        try:
            together = self._together(review, item, resolved)
            if self._deliver(review, item, together):
                return {each.seq for each in together}
        except StoreBusyError:
            raise
        except Exception as error:  # noqa: BLE001 - the items behind this one must still go out
            log_unexpected(f"carrying {item.kind} of {review.review_id}", error)
            self._later(item, 60.0)
        return set()

    def _run_safely(self, review: Review) -> None:
        try:
            self.run_once(review)
        except StoreBusyError as error:
            log.warning("Slack messages of %s wait: %s", review.review_id, error)
        except Exception as error:  # noqa: BLE001 - the loop must outlive any fault of one review
            log_unexpected(f"carrying to Slack for {review.review_id}", error)

    def _is_due(self, item: OutboxItem) -> bool:
        return self._parked.get((item.review_id, item.seq), 0.0) <= self._monotonic()

    def _together(
        self, review: Review, item: OutboxItem, resolved: Sequence[OutboxItem]
    ) -> list[OutboxItem]:
        """Return the items that one change of a summary message settles."""
        if item.kind != "conflict_resolved" or len(resolved) < 2:
            return [item]
        with self._desk.store.reading(review.review_id) as tx:
            place = announced_at(tx, str(item.payload["conflict_id"]))
            if place is None:
                return [item]
            same = [i for i in resolved if announced_at(tx, str(i.payload["conflict_id"])) == place]
        return same or [item]

    def _deliver(self, review: Review, item: OutboxItem, together: Sequence[OutboxItem]) -> bool:
        """Send an item's steps that are not recorded yet; tell whether it is finished."""
        channel = review.channel
        try:
            steps = self._posts.steps(review, item)
            if any(self._is_closed(step.channel) for step in steps):
                return False
            if steps:
                self._count_attempt(review, together)
            for number, step in enumerate(steps, 1):
                channel = step.channel
                self._perform(review, item, step, together if number == len(steps) else [])
        except SlackFaultError as fault:
            if fault.error not in GONE:
                self._park(item, channel, fault)
                return False
            log.info("%s of %s: its message is gone from Slack.", item.kind, review.review_id)
            steps = []
        except NotYetError:
            self._later(item, 1.0)
            return False
        except DrawingError as error:
            if item.attempts + 1 < DRAWING_ATTEMPTS:
                self._later(item, 30.0)
                return False
            log.error("An image was left out: %s", error)
            steps = []
        if not steps:
            with self._desk.store.writing(review.review_id) as tx:
                tx.finish_outbox([each.seq for each in together])
        return True

    def _perform(
        self, review: Review, item: OutboxItem, step: Step, ends: Sequence[OutboxItem]
    ) -> None:
        """Send one step unless it was sent before, then record it and what it ends."""
        ts = step.ts
        if step.ts and step.message is not None:
            self._slack.update(step.channel, step.ts, step.message)
        else:
            with self._desk.store.reading(review.review_id) as tx:
                known = tx.post(step.key)
            found = "" if known or not item.attempts else self._find(item, step)
            ts = known[1] if known else found or self._send(item, step)
        with self._desk.store.writing(review.review_id) as tx:
            if step.key:
                at = self._desk.clock.now()
                tx.record_post(step.key, step.channel, ts, at)
                if item.kind == "conflict_opened":
                    # Its row in the sheet links to the thread, which exists from now on.
                    tx.enqueue_rows("Conflicts", [str(item.payload["conflict_id"])], at)
            tx.finish_outbox([each.seq for each in ends])
        for each in ends:
            self._parked.pop((each.review_id, each.seq), None)

    def _send(self, item: OutboxItem, step: Step) -> str:
        if step.draw is not None:
            data = step.draw()
            self._pace(step.channel)
            self._slack.upload(step.channel, step.file, data, title=step.title, alt=step.title)
            return step.file
        if step.message is None:
            raise SlackFaultError("notifier", "a step without content")
        self._pace(step.channel)
        key = message_key(item)
        return self._slack.post(step.channel, step.message, metadata=metadata_of(key))

    def _find(self, item: OutboxItem, step: Step) -> str:
        """Return the ts under which a step already stands in Slack, "" when it does not."""
        for posted in self._since([item], step.channel):
            if step.file:
                if step.file in posted.files:
                    return posted.ts
            elif not posted.files and _carries(posted, message_key(item)):
                return posted.ts
        return ""

    def _since(self, items: Sequence[OutboxItem], channel: str) -> list[Posted]:
        """Return what we posted since the first of these items was first tried."""
        oldest = (min(item.tried_at or item.created_at for item in items) - SKEW).timestamp()
        found = self._slack.history(channel, oldest=f"{oldest:.6f}")
        return [posted for posted in found if posted.own]

    def _announce(self, review: Review, items: Sequence[OutboxItem]) -> set[int]:
        """Announce a burst of conflicts in one message; return which items need no more today."""
        channel = review.channel
        with self._desk.store.reading(review.review_id) as tx:
            fresh = [item for item in items if tx.post(message_key(item)) is None]
        if len(fresh) <= BURST or self._is_closed(channel):
            return set()
        try:
            tried = [item for item in fresh if item.attempts]
            if tried:
                for posted in self._since(tried, channel):
                    sent = [item for item in fresh if _carries(posted, message_key(item))]
                    if sent:
                        self._record(review, sent, posted.ts)
                        return {item.seq for item in sent}
            with self._desk.store.reading(review.review_id) as tx:
                views = tx.conflict_views([str(item.payload["conflict_id"]) for item in fresh])
            self._count_attempt(review, fresh)
            self._pace(channel)
            keys = tuple(message_key(item) for item in fresh)
            message = summary_message(review, views, sheet=self._sheet_link(review, "Conflicts"))
            ts = self._slack.post(channel, message, metadata=metadata_of(keys[0], keys))
        except SlackFaultError as fault:
            for item in fresh:
                self._park(item, channel, fault)
            return set()
        self._record(review, fresh, ts)
        return {item.seq for item in fresh}

    def _record(self, review: Review, items: Sequence[OutboxItem], ts: str) -> None:
        """Record that one message announces these conflicts."""
        with self._desk.store.writing(review.review_id) as tx:
            at = self._desk.clock.now()
            for item in items:
                tx.record_post(message_key(item), review.channel, ts, at)
                tx.enqueue_rows("Conflicts", [str(item.payload["conflict_id"])], at)
            if len(items) > 1:
                listed = [str(item.payload["conflict_id"]) for item in items]
                tx.set_setting(summary_setting(ts), ",".join(listed))
            tx.finish_outbox([item.seq for item in items])

    def _count_attempt(self, review: Review, items: Sequence[OutboxItem]) -> None:
        with self._desk.store.writing(review.review_id) as tx:
            tx.fail_outbox([item.seq for item in items], "sending", self._desk.clock.now())

    def _pace(self, channel: str) -> None:
        wait = self._last.get(channel, float("-inf")) + PACE_SECONDS - self._monotonic()
        if wait > 0:
            self._sleep(wait)
        self._last[channel] = self._monotonic()

    def _is_closed(self, channel: str) -> bool:
        return self._closed_until.get(channel, 0.0) > self._monotonic()

    def _park(self, item: OutboxItem, channel: str, fault: SlackFaultError) -> None:
        """Put an item off: as long as Slack asks, else longer each time; nothing else waits for it."""
        if fault.retry_after:
            self._closed_until[channel] = self._monotonic() + fault.retry_after
            self._later(item, fault.retry_after)
            return
        pause = min(LONGEST_PAUSE, 2.0 ** min(item.attempts, 9))
        if fault.permanent:
            pause = LONGEST_PAUSE if item.attempts else 60.0
            log.error("%s of %s: %s. %s", item.kind, item.review_id, fault, fault.remedy)
        else:
            log.warning("%s of %s: %s; again in %.0f s", item.kind, item.review_id, fault, pause)
        self._later(item, pause)

    def _later(self, item: OutboxItem, seconds: float) -> None:
        self._parked[item.review_id, item.seq] = self._monotonic() + seconds


def _carries(posted: Posted, key: str) -> bool:
    payload: Mapping[str, Any] = posted.metadata
    return payload.get("key") == key or key in (payload.get("keys") or ())
