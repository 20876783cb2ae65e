"""Carries what was recorded to Slack: paced, each message once, also after an unclear failure.

An item's attempt is counted before it is sent. So an item with attempts may have arrived: Slack is read
back for the key in the message's metadata before anything is sent again, and more than once while the
request may still be under way (`Patience` says how long).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.blocks.conflict import summary_message
from bot.drawing import DrawingError
from bot.livecards import Place, set_live_card
from bot.logs import log_unexpected
from bot.paircards import PairCard, remember_card
from bot.patience import Patience
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
from bot.slack import SlackClient
from bot.slack_faults import SlackFaultError
from bot.traces import carries, find_step, posted_since, told_by
from screening.errors import StoreFaultError
from screening.ports import Desk, Transaction
from screening.review import Review
from screening.views import OutboxItem

log = logging.getLogger(__name__)

PACE_SECONDS = 1.05
"""Between two messages in one channel: Slack allows one a second."""
BURST = 3
"""Conflicts announced one by one at most; more at once become one message."""
AT_ONCE = 100
DRAWING_ATTEMPTS = 3
GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
"""A message that can no longer be changed: what it said stands in the sheet."""


@dataclass(slots=True)
class _Delivery:
    """One item on its way, with those that its message settles too."""

    review: Review
    item: OutboxItem
    together: Sequence[OutboxItem]
    claimed: bool = False


class _StandBackError(Exception):
    """Nothing more is sent: this process shall stop, leads no longer, or another took the item up."""


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
        self._may_go_on: Callable[[], bool] = lambda: True
        self._last: dict[str, float] = {}
        self._patience = Patience(monotonic)

    def run(
        self, stop: threading.Event, wake: threading.Event, leading: Callable[[], bool]
    ) -> None:
        """Carry until told to stop; looks at the outbox when woken and every two seconds."""
        self._may_go_on = lambda: leading() and not stop.is_set()
        while not stop.is_set():
            for review in self._desk.each_review():
                if self._may_go_on():
                    self._run_safely(review)
            wake.wait(2.0)
            wake.clear()

    def run_once(self, review: Review) -> int:
        """Carry what waits for one review now; return how many items were finished."""
        finished = after = 0
        while self._may_go_on() and (due := self._due(review, after)):
            after = due[-1].seq
            finished += self._carry(review, due)
        return finished

    def _due(self, review: Review, after: int) -> list[OutboxItem]:
        """Return the next items whose time has come; what is put off is read past."""
        due: list[OutboxItem] = []
        with self._desk.store.reading(review.review_id) as tx:
            while not due and (page := tx.outbox("slack", AT_ONCE, after=after)):
                due = [item for item in page if self._patience.is_due(item)]
                after = page[-1].seq
        return due

    def _carry(self, review: Review, due: Sequence[OutboxItem]) -> int:
        conflicts = [item for item in due if item.kind == "conflict_opened"]
        resolved = [item for item in due if item.kind == "conflict_resolved"]
        done = self._announce(review, conflicts) if len(conflicts) > BURST else set()
        for item in due:
            if not self._may_go_on():
                break
            if item.seq not in done and self._patience.is_due(item):
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
        except StoreFaultError:
            raise
        except Exception as error:  # noqa: BLE001 - the items behind this one must still go out
            log_unexpected(f"carrying {item.kind} of {review.review_id}", error)
            self._patience.put_off(item, 60.0)
        return set()

    def _run_safely(self, review: Review) -> None:
        try:
            self.run_once(review)
        except StoreFaultError as error:
            log.warning("Slack messages of %s wait: %s", review.review_id, error)
        except Exception as error:  # noqa: BLE001 - the loop must outlive any fault of one review
            log_unexpected(f"carrying to Slack for {review.review_id}", error)

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
        delivery = _Delivery(review, item, together)
        try:
            steps = self._posts.steps(review, item)
            if closed := max((self._patience.closed_for(s.channel) for s in steps), default=0.0):
                self._patience.put_off(item, closed)
                return False
            for step in steps:
                channel = step.channel
                if not step.member and not self._perform(delivery, step):
                    return False
            if not self._tell_each(delivery, [step for step in steps if step.member]):
                return False
        except SlackFaultError as fault:
            if fault.error not in GONE:
                self._patience.put_off_for([item], channel, fault)
                return False
            log.info("%s of %s: its message is gone from Slack.", item.kind, review.review_id)
        except NotYetError:
            self._patience.put_off(item, 1.0)
            return False
        except _StandBackError:
            return False
        except DrawingError as error:
            if item.attempts + 1 < DRAWING_ATTEMPTS:
                self._patience.put_off(item, 30.0)
                return False
            log.error("An image was left out: %s", error)
        with self._desk.store.writing(review.review_id) as tx:
            tx.finish_outbox([each.seq for each in delivery.together])
        for each in delivery.together:
            self._patience.settle(each)
        return True

    def _tell_each(self, delivery: _Delivery, steps: Sequence[Step]) -> bool:
        """Take the steps for single members; a member who cannot be reached keeps none from theirs.

        Tells whether all that can be told are told. Raises the fault when nobody can be.
        """
        all_told = True
        faults: list[SlackFaultError] = []
        for step in steps:
            try:
                channel = self._slack.dm(step.member)
                if closed := self._patience.closed_for(channel):
                    self._patience.put_off(delivery.item, closed)
                    all_told = False
                else:
                    all_told &= self._perform(delivery, replace(step, channel=channel))
            except SlackFaultError as fault:
                faults.append(fault)
        kind = delivery.item.kind
        for each in faults:
            if not each.permanent or len(faults) == len(steps):
                raise each
            log.error("%s is not told to everybody: %s. %s", kind, each, each.remedy)
        return all_told

    def _perform(self, delivery: _Delivery, step: Step) -> bool:
        """Send one step unless it was sent before, and record it; False when it has to wait."""
        review, item = delivery.review, delivery.item
        if step.ts and step.message is not None:
            self._claim_once(delivery)
            self._slack.update(step.channel, step.ts, step.message)
            if step.since is not None and (now := step.since()):
                self._slack.update(step.channel, step.ts, now)
            if step.shows is not None:
                with self._desk.store.writing(review.review_id) as tx:
                    remember_card(tx, step.member, PairCard(step.channel, step.ts, step.shows))
            return True
        with self._desk.store.reading(review.review_id) as tx:
            known = tx.post(step.key)
        if known:
            return True
        found = find_step(self._slack, item, step) if item.attempts else None
        if found is None and item.attempts and not self._patience.may_repeat(item, step.key):
            return False
        ts = found.ts if found is not None else self._send(delivery, step)
        who = step.member or step.card_of
        # Where Slack had forgotten the conversation, it is another one since the message was taken.
        channel = self._slack.dm(who) if who else step.channel
        with self._desk.store.writing(review.review_id) as tx:
            at = self._desk.clock.now()
            tx.record_post(step.key, channel, ts, at)
            if step.shows:
                remember_card(tx, step.member, PairCard(channel, ts, step.shows))
            if step.card_of:
                set_live_card(tx, step.card_of, Place(channel, ts))
            if item.kind == "conflict_opened":
                # Its row in the sheet links to the thread, which exists from now on.
                tx.enqueue_rows("Conflicts", [str(item.payload["conflict_id"])], at)
                _remember_summary(tx, ts, told_by(found) if found is not None else ())
        return True

    def _send(self, delivery: _Delivery, step: Step) -> str:
        """Send a step that is a new message or a file; return its ts, of a file its name."""
        item = delivery.item
        image = b""
        if step.draw is not None:
            # Counted first: an image that cannot be drawn is left out after a few attempts.
            self._claim_once(delivery)
            image = step.draw()
        self._pace(step.channel)
        self._claim_once(delivery)
        self._patience.tried(item, step.key)
        try:
            if step.draw is not None:
                title = step.title
                self._slack.upload(step.channel, step.file, image, title=title, alt=title)
                return step.file
            if step.message is None:
                raise SlackFaultError("notifier", "a step without content")
            metadata = metadata_of(message_key(item))
            return self._slack.post(step.channel, step.message, metadata=metadata)
        except SlackFaultError as fault:
            self._patience.failed(item, step.key, fault)
            raise

    def _announce(self, review: Review, items: Sequence[OutboxItem]) -> set[int]:
        """Announce a burst of conflicts in one message; return which items need no more today."""
        channel = review.channel
        with self._desk.store.reading(review.review_id) as tx:
            fresh = [item for item in items if tx.post(message_key(item)) is None]
        if len(fresh) <= BURST or self._patience.closed_for(channel):
            return set()
        done: set[int] = set()
        try:
            done = self._found_again(review, [item for item in fresh if item.attempts])
            fresh = [
                item
                for item in fresh
                if item.seq not in done
                and (not item.attempts or self._patience.may_repeat(item, message_key(item)))
            ]
            if len(fresh) > BURST:
                self._pace(channel)
                taken = self._claim(review, fresh)
                fresh = [item for item in fresh if item.seq in taken]
                done |= self._summarise(review, fresh) if fresh else set()
        except _StandBackError:
            log.debug("the announcement of %d conflicts is left to whoever leads", len(fresh))
        except SlackFaultError as fault:
            self._patience.put_off_for(fresh, channel, fault)
        return done

    def _found_again(self, review: Review, tried: Sequence[OutboxItem]) -> set[int]:
        """Record the conflicts whose announcement stands in Slack; return their items' numbers."""
        left = list(tried)
        for posted in posted_since(self._slack, tried, review.channel) if tried else ():
            sent = [item for item in left if carries(posted, item)]
            if sent:
                self._record(review, sent, posted.ts, told_by(posted))
                left = [item for item in left if item not in sent]
        return {item.seq for item in tried} - {item.seq for item in left}

    def _summarise(self, review: Review, items: Sequence[OutboxItem]) -> set[int]:
        """Post one message about conflicts that were claimed; return their items' numbers."""
        with self._desk.store.reading(review.review_id) as tx:
            views = tx.conflict_views([str(item.payload["conflict_id"]) for item in items])
        keys = tuple(message_key(item) for item in items)
        message = summary_message(review, views, sheet=self._sheet_link(review, "Conflicts"))
        for item in items:
            self._patience.tried(item, message_key(item))
        try:
            metadata = metadata_of(keys[0], keys)
            ts = self._slack.post(review.channel, message, metadata=metadata)
        except SlackFaultError as fault:
            for item in items:
                self._patience.failed(item, message_key(item), fault)
            raise
        self._record(review, items, ts, keys)
        return {item.seq for item in items}

    def _record(
        self, review: Review, items: Sequence[OutboxItem], ts: str, told: Sequence[str]
    ) -> None:
        """Record that one message announces these conflicts; `told` are the keys of all it tells."""
        with self._desk.store.writing(review.review_id) as tx:
            at = self._desk.clock.now()
            for item in items:
                tx.record_post(message_key(item), review.channel, ts, at)
                tx.enqueue_rows("Conflicts", [str(item.payload["conflict_id"])], at)
            _remember_summary(tx, ts, told)
            tx.finish_outbox([item.seq for item in items])
        for item in items:
            self._patience.settle(item)

    def _claim_once(self, delivery: _Delivery) -> None:
        """Count the attempt before the first thing is sent."""
        if delivery.claimed:
            return
        taken = self._claim(delivery.review, delivery.together)
        if delivery.item.seq not in taken:
            raise _StandBackError
        delivery.together = [item for item in delivery.together if item.seq in taken]
        delivery.claimed = True

    def _claim(self, review: Review, items: Sequence[OutboxItem]) -> set[int]:
        """Count an attempt of the items that nobody else takes up; return their numbers."""
        with self._desk.store.writing(review.review_id) as tx:
            return tx.claim_outbox(items, self._desk.clock.now())

    def _pace(self, channel: str) -> None:
        """Wait until a channel takes the next message. Raises `_StandBackError` when told to stop."""
        wait = self._last.get(channel, float("-inf")) + PACE_SECONDS - self._monotonic()
        if wait > 0:
            self._sleep(wait)
        if not self._may_go_on():
            raise _StandBackError
        self._last[channel] = self._monotonic()


def _remember_summary(tx: Transaction, ts: str, told: Sequence[str]) -> None:
    """Remember which conflicts a message lists together, for it is drawn anew when one of them ends."""
    if len(told) > 1:
        tx.set_setting(summary_setting(ts), ",".join(key.rpartition("/")[2] for key in told))
