"""What each waiting item of the outbox becomes in Slack: building, apart from sending."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.blocks.card import moved_message, shown_message
from bot.blocks.changes import blinding_message
from bot.blocks.conflict import conflict_message
from bot.blocks.conflict import summary_message as conflict_summary
from bot.blocks.digest import digest_message, prisma_message, reminder_message
from bot.blocks.duplicate import decided_line
from bot.blocks.importing import summary_message as import_summary
from bot.blocks.kit import Message
from bot.blocks.text import plural
from bot.blocks.words import due_words
from bot.livecards import live_card
from bot.paircards import cards_of, next_card
from bot.slack import SlackClient
from screening.gestures.voting import show_card
from screening.ports import Desk, Transaction
from screening.review import Review
from screening.views import OutboxItem

log = logging.getLogger(__name__)

EVENT = "winnow"
MOST_WAITING = 1_000
"""Items read at once to see what else waits."""
SHORTEST_CATCH_UP = timedelta(minutes=10)
"""What a rate limit or a lost answer may cost a post is never too late."""


class NotYetError(Exception):
    """An item has to wait for another one, whose message it changes."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to send. `key` is recorded once it was sent; a step already recorded is passed over.

    Exactly one of: a new message; a change of the message at `ts`; a file called `file` that `draw`
    makes. It goes to a channel, or to the direct message with a `member`: then it stands alone, and
    the steps for others are taken although it fails. `shows` is the pair of a possible duplicate's
    card, "" for one that asks no more, None for any other message. `card_of` is the member whose
    card to vote on a new message shows. `since` is asked once a message was changed, and gives what
    it has to say instead by then, None when that is the same.
    """

    key: str
    channel: str = ""
    message: Message | None = None
    member: str = ""
    ts: str = ""
    file: str = ""
    title: str = ""
    draw: Callable[[], bytes] | None = None
    shows: str | None = None
    card_of: str = ""
    since: Callable[[], Message | None] | None = None


SheetLink = Callable[[Review, str], str]
Draw = Callable[[str, Mapping[str, Any]], bytes]


@dataclass(frozen=True, slots=True)
class Posts:
    """Builds the steps of an item. `draw(kind, payload)` returns a PNG: "progress" or "flow"."""

    desk: Desk
    slack: SlackClient
    sheet_link: SheetLink
    draw: Draw

    def steps(self, review: Review, item: OutboxItem) -> list[Step]:
        """Return what to send for an item, in order; nothing when it no longer matters.

        Raises `NotYetError` while the message to change may stand in Slack without our knowing.
        """
        builder = _BUILDERS.get(item.kind)
        if builder is None:
            log.warning("Nothing is known about the kind %s; it is dropped.", item.kind)
            return []
        return builder(self, review, item)

    def _batch_ready(self, review: Review, item: OutboxItem) -> list[Step]:
        reviewer = str(item.payload["reviewer_id"])
        shown = show_card(self.desk, review.review_id, by=reviewer)
        if shown.card is None:
            return []
        batch = shown.card.batch
        due = due_words(batch.due, self.desk.clock.now(), review.timezone)
        told = f"{plural(batch.size, 'record')} at {batch.stage.label} for you, {due}."
        card = shown_message(review, shown, self.desk.clock.now(), told)
        key = message_key(item)
        with self.desk.store.reading(review.review_id) as tx:
            before = live_card(tx, reviewer) if tx.post(key) is None else None
        steps = [Step(key, self.slack.dm(reviewer), card, card_of=reviewer)]
        if before is not None:
            # A card that ran out: should its message be gone, the new one is there all the same.
            steps.append(Step("", before.channel, moved_message(), ts=before.ts))
        return steps

    def _card_changed(self, review: Review, item: OutboxItem) -> list[Step]:
        """Draw a card again where it stands, when it is the one that its reviewer sees."""
        reviewer, assignment_id = item.payload["reviewer_id"], item.payload["assignment_id"]
        with self.desk.store.reading(review.review_id) as tx:
            place = live_card(tx, str(reviewer))
        shown = show_card(self.desk, review.review_id, by=str(reviewer))
        if place is None or shown.card is None:
            return []
        if shown.card.assignment.assignment_id != assignment_id:
            return []
        card = shown_message(review, shown, self.desk.clock.now())

        def since() -> Message | None:
            """A vote meanwhile put the next card there: this one must not come back."""
            now = show_card(self.desk, review.review_id, by=str(reviewer))
            is_same = now.card and now.card.assignment.assignment_id == assignment_id
            return None if is_same else shown_message(review, now, self.desk.clock.now())

        return [Step("", place.channel, card, ts=place.ts, since=since)]

    def _conflict_opened(self, review: Review, item: OutboxItem) -> list[Step]:
        with self.desk.store.reading(review.review_id) as tx:
            views = tx.conflict_views([str(item.payload["conflict_id"])])
        return [
            Step(message_key(item), review.channel, conflict_message(review, view))
            for view in views
        ]

    def _conflict_resolved(self, review: Review, item: OutboxItem) -> list[Step]:
        conflict_id = str(item.payload["conflict_id"])
        with self.desk.store.reading(review.review_id) as tx:
            place = announced_at(tx, conflict_id)
            if place is None:
                opened = tx.outbox("slack", MOST_WAITING, kinds=("conflict_opened",))
                if any(each.payload["conflict_id"] == conflict_id for each in opened):
                    raise NotYetError
                return []
            listed = (tx.setting(summary_setting(place[1])) or conflict_id).split(",")
            views = tx.conflict_views(listed)
        if len(listed) == 1:
            message = conflict_message(review, views[0])
        else:
            message = conflict_summary(review, views, sheet=self.sheet_link(review, "Conflicts"))
        return [Step("", place[0], message, ts=place[1])]

    def _import_done(self, review: Review, item: OutboxItem) -> list[Step]:
        with self.desk.store.reading(review.review_id) as tx:
            thread = _import_thread(tx, str(item.payload["import_id"]))
            pairs = len(tx.pairs(states=("possible",)))
        message = import_summary(review, item.payload, pairs)
        if thread is not None:
            return [Step("", thread[0], message, ts=thread[1])]
        return [Step(message_key(item), review.channel, message)]

    def _possible_duplicate(self, review: Review, item: OutboxItem) -> list[Step]:
        with self.desk.store.reading(review.review_id) as tx:
            waiting = sorted(pair.pair_id for pair in tx.pairs(states=("possible",)))
            # An older pair is already in the lead's hands, and its answer brings the next.
            if not waiting or waiting[0] < str(item.payload["pair_id"]):
                return []
            message, pair_id = next_card(tx, review)
        return [
            Step(f"{message_key(item)}/{who}", message=message, member=who, shows=pair_id)
            for who in (lead.member_id for lead in review.leads)
        ]

    def _pairs_decided(self, review: Review, item: OutboxItem) -> list[Step]:
        """Bring the leads' cards whose pair was decided, in the sheet or by another, to the next."""
        steps = []
        with self.desk.store.reading(review.review_id) as tx:
            for who in (lead.member_id for lead in review.leads):
                for card in cards_of(tx, who):
                    view = tx.duplicate_views([card.pair_id])[0]
                    if view.pair.state != "possible":
                        message, next_id = next_card(tx, review, decided_line(review, view))
                        steps.append(
                            Step("", message=message, member=who, ts=card.ts, shows=next_id)
                        )
        return steps

    def _blinding_changed(self, review: Review, item: OutboxItem) -> list[Step]:
        return [Step(message_key(item), review.channel, blinding_message(review, item.payload))]

    def _digest(self, review: Review, item: OutboxItem) -> list[Step]:
        if self._is_outdated(review, item):
            return []
        sheet = self.sheet_link(review, "Progress")
        message = digest_message(review, item.payload, self.desk.clock.now(), sheet)
        steps = [Step(message_key(item), review.channel, message)]
        payload: Mapping[str, Any] = item.payload
        if any(int(day["votes"]) or int(day["decided"]) for day in payload.get("days") or ()):
            steps.append(self._image(review, item, "progress", "Progress of the last days"))
        return steps

    def _prisma(self, review: Review, item: OutboxItem) -> list[Step]:
        if self._is_outdated(review, item):
            return []
        message = prisma_message(review, item.payload, self.sheet_link(review, "PRISMA"))
        return [
            Step(message_key(item), review.channel, message),
            self._image(review, item, "flow", "PRISMA 2020 flow diagram"),
        ]

    def _reminder(self, review: Review, item: OutboxItem) -> list[Step]:
        reviewer = str(item.payload["reviewer_id"])
        if self._is_outdated(review, item):
            return []
        with self.desk.store.reading(review.review_id) as tx:
            still = len(tx.open_assignments(reviewer_id=reviewer))
        if not still:
            return []
        due = datetime.fromisoformat(str(item.payload["due"]))
        message = reminder_message(review, still, due, self.desk.clock.now())
        return [Step(message_key(item), self.slack.dm(reviewer), message)]

    def _is_outdated(self, review: Review, item: OutboxItem) -> bool:
        """Tell whether a post on the clock waited so long that nobody wants to read it any more."""
        with self.desk.store.reading(review.review_id) as tx:
            waiting = tx.outbox("slack", MOST_WAITING, kinds=(item.kind,), after=item.seq)
        catch_up = timedelta(hours=review.schedule.catch_up_hours)
        outdated = is_outdated(item, waiting, self.desk.clock.now(), catch_up)
        if outdated:
            log.warning(
                "%s of %s, due %s, could not be posted in time and is skipped",
                item.kind,
                review.review_id,
                item.key,
            )
        return outdated

    def _image(self, review: Review, item: OutboxItem, kind: str, title: str) -> Step:
        name = f"{review.review_id}-{kind}-{item.payload['day']}.png"
        return Step(
            f"{message_key(item)}/{kind}",
            review.channel,
            file=name,
            title=f"{title}, {item.payload['day']}",
            draw=lambda: self.draw(kind, item.payload),
        )


_BUILDERS: dict[str, Callable[[Posts, Review, OutboxItem], list[Step]]] = {
    "batch_ready": Posts._batch_ready,
    "card_changed": Posts._card_changed,
    "conflict_opened": Posts._conflict_opened,
    "conflict_resolved": Posts._conflict_resolved,
    "import_done": Posts._import_done,
    "possible_duplicate": Posts._possible_duplicate,
    "pairs_decided": Posts._pairs_decided,
    "blinding_changed": Posts._blinding_changed,
    "digest": Posts._digest,
    "prisma": Posts._prisma,
    "reminder": Posts._reminder,
}


def message_key(item: OutboxItem) -> str:
    """Return the key under which an item's message is recorded, and which its metadata carries."""
    return f"{item.review_id}/{item.kind}/{item.key}"


def is_outdated(
    item: OutboxItem, newer: Sequence[OutboxItem], now: datetime, catch_up: timedelta
) -> bool:
    """Tell whether a digest, PRISMA post or reminder is overtaken by a newer one, or simply too late.

    As for a bot that was stopped, `catch_up` is how late a post may be made; a reminder is overtaken
    by one to the same person.
    """
    if now - item.created_at > max(catch_up, SHORTEST_CATCH_UP):
        return True
    person = item.payload.get("reviewer_id")
    return any(other.payload.get("reviewer_id") == person for other in newer)


def announced_at(tx: Transaction, conflict_id: str) -> tuple[str, str] | None:
    """Return (channel, ts) of the message that announced a conflict."""
    return tx.post(f"{tx.review_id}/conflict_opened/{conflict_id}")


def metadata_of(key: str, others: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a message's metadata; `others` are keys of items that one message announces together."""
    payload: dict[str, Any] = {"key": key}
    if others:
        payload["keys"] = list(others)
    return {"event_type": EVENT, "event_payload": payload}


def summary_setting(ts: str) -> str:
    """Return the setting that lists the conflicts of a summary message."""
    return f"conflict_summary:{ts}"


def _import_thread(tx: Transaction, import_id: str) -> tuple[str, str] | None:
    """Return (channel, ts) of the message in whose thread an import was confirmed."""
    done = next((each for each in tx.imports() if each.import_id == import_id), None)
    place = tx.setting(f"import_thread:{done.sha256}") if done is not None else None
    if not place:
        return None
    channel, _, ts = place.partition("|")
    return channel, ts
