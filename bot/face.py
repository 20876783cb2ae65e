"""What every listener is handed: the desk, Slack, and the ways to answer the person who clicked."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.blocks.card import moved_message, shown_message
from bot.blocks.commands import sentence
from bot.blocks.kit import Block, Message
from bot.bounded import BoundedReader
from bot.livecards import Place, live_card, set_live_card
from bot.payloads import Click, Command
from bot.slack import SlackClient
from bot.slack_faults import SlackFaultError
from screening.errors import StoreFaultError, WinnowError
from screening.gestures.voting import show_card, show_card_again
from screening.policies import is_member
from screening.ports import Desk
from screening.review import Review
from screening.views import Shown

log = logging.getLogger(__name__)

Ack = Callable[..., Any]

PATIENCE_SECONDS = 5.0
"""The longest pause that Slack may ask for while somebody waits; it allows one message a second."""


class NoReviewError(WinnowError):
    """Somebody who is on no team uses the bot."""

    def __init__(self, user_id: str) -> None:
        super().__init__(
            "You are not on the team of any review here. Ask a review's lead to add you, "
            f"and give them your member ID: {user_id}."
        )


@dataclass(slots=True)
class Connections:
    """How many connections Slack counts with the app's tokens, ours included."""

    count: int = 1


@dataclass(frozen=True, slots=True)
class Face:
    """The bot's hands. `sheet_address(review, gid)` gives a tab's URL, gid "" the whole sheet's.

    `wake(review_id)` tells the notifier and the sheet's writer that there is something to carry;
    `background` runs what takes longer than a click may, `reader` reads files apart from the bot.
    """

    desk: Desk
    slack: SlackClient
    background: Executor
    sheet_address: Callable[[Review, str], str]
    wake: Callable[[str], None]
    sleep: Callable[[float], object] = time.sleep
    connections: Connections = field(default_factory=Connections)
    reader: BoundedReader = field(default_factory=BoundedReader)

    def now(self) -> datetime:
        """Return the present instant."""
        return self.desk.clock.now()

    def show(self, click: Click, shown: Shown) -> None:
        """Put what a reviewer sees next in place of the card that they clicked: one HTTP call."""
        review = self.desk.review(shown.review_id)

        def late() -> Message:
            """The answer may have arrived, and the next card been used: that one must not come back."""
            now = show_card(self.desk, shown.review_id, by=click.user_id)
            is_same = _assignment_of(now) == _assignment_of(shown)
            return shown_message(review, shown if is_same else now, self.now())

        self.replace(click, shown_message(review, shown, self.now()), late)
        self._keep_one_alive(click.user_id, shown, Place(click.channel_id, click.message_ts))
        self.wake(shown.review_id)

    def replace(
        self, click: Click, message: Message, late: Callable[[], Message] | None = None
    ) -> None:
        """Replace the clicked message; should its response_url fail, change the message itself.

        `late` gives what to say then, when it may differ from what was to be said at once.
        """
        try:
            body = {"replace_original": True, **message.payload()}
            self.slack.respond(click.response_url, body)
        except SlackFaultError as fault:
            log.warning("A card was not replaced (%s); changing its message instead.", fault.error)
            message = late() if late is not None else message
            self.slack.update(click.channel_id, click.message_ts, message)

    def whisper(self, to: Click | Command, message: Message) -> None:
        """Tell one person something that only they see; without a way to, the log has it."""
        if not to.response_url:
            log.info("A sentence for one person had no way to reach them.")
            return
        body = {
            "response_type": "ephemeral",
            "replace_original": False,
            **message.payload(),
        }
        try:
            self.slack.respond(to.response_url, body)
        except SlackFaultError as fault:
            log.warning("A sentence did not reach its reader (%s).", fault.error)

    def tell(self, to: Click | Command, text: str) -> None:
        """Tell one person a sentence."""
        self.whisper(to, sentence(text))

    def post(self, channel: str, message: Message, *, thread_ts: str = "") -> str:
        """Post a message for somebody who waits for it; return its ts.

        When Slack asks for a moment, it is waited once.
        """
        try:
            return self.slack.post(channel, message, thread_ts=thread_ts)
        except SlackFaultError as fault:
            if not 0 < fault.retry_after <= PATIENCE_SECONDS:
                raise
            self.sleep(fault.retry_after)
            return self.slack.post(channel, message, thread_ts=thread_ts)

    def show_home(self, user_id: str, view: Block) -> None:
        """Publish a member's Home tab; when Slack asks for a moment, it is waited once.

        A Home that could not be shown is no fault of what was done before it: the log has it, and
        the tab shows the present state when it is next opened.
        """
        for wait in (True, False):
            try:
                self.slack.publish_home(user_id, view)
                return
            except SlackFaultError as fault:
                if not wait or not 0 < fault.retry_after <= PATIENCE_SECONDS:
                    log.warning("A Home tab was not shown (%s).", fault)
                    return
                self.sleep(fault.retry_after)

    def post_card(self, user_id: str, shown: Shown) -> str:
        """Post a card into the member's direct message; return the conversation's ID."""
        review = self.desk.review(shown.review_id)
        channel = self.slack.dm(user_id)
        ts = self.post(channel, shown_message(review, shown, self.now()))
        channel = self.slack.dm(user_id)  # another one where Slack had forgotten it
        self._keep_one_alive(user_id, shown, Place(channel, ts))
        self.wake(shown.review_id)
        return channel

    def redraw(self, user_id: str, review_id: str, assignment_id: str, place: Place) -> None:
        """Draw a member's card again where it stands, because what it shows has changed.

        Should they vote meanwhile, the card that came then is what stays.
        """
        review = self.desk.review(review_id)
        own = {"by": user_id, "assignment_id": assignment_id}
        drawn = show_card_again(self.desk, review_id, **own)
        if _assignment_of(drawn) != assignment_id:
            return
        self.slack.update(place.channel, place.ts, shown_message(review, drawn, self.now()))
        now = show_card_again(self.desk, review_id, **own)
        if _assignment_of(now) != assignment_id:
            self.slack.update(place.channel, place.ts, shown_message(review, now, self.now()))

    def _keep_one_alive(self, user_id: str, shown: Shown, place: Place) -> None:
        """Remember where a member's card stands now, and put an older message of it to rest.

        The gesture is recorded and shown by then, so a fault here is only logged: a tap on an old
        card is answered all the same.
        """
        if not place.ts:
            return
        now = place if shown.card is not None else None
        try:
            with self.desk.store.reading(shown.review_id) as tx:
                if live_card(tx, user_id) == now:
                    return
            with self.desk.store.writing(shown.review_id) as tx:
                before = live_card(tx, user_id)
                set_live_card(tx, user_id, now)
            if before is not None and before != place:
                moved = moved_message(self.message_address(place))
                self.slack.update(before.channel, before.ts, moved)
        except StoreFaultError as error:
            log.warning("Where a card stands was not remembered: %s", error)
        except SlackFaultError as fault:
            log.info("An old card stays as it is (%s).", fault.error)

    def message_address(self, place: Place) -> str:
        """Return the URL of a message."""
        base = self.slack.identity().url.rstrip("/")
        return f"{base}/archives/{place.channel}/p{place.ts.replace('.', '')}"

    def dm_link(self, user_id: str) -> str:
        """Return an mrkdwn link to our direct message with a member."""
        base = self.slack.identity().url.rstrip("/")
        return f"<{base}/archives/{self.slack.dm(user_id)}|our direct message>"

    def sheet_link(self, review: Review, tab: str = "") -> str:
        """Return the URL of the review's sheet, or of one of its tabs when its number is known."""
        gid = ""
        if tab:
            with self.desk.store.reading(review.review_id) as tx:
                gid = tx.setting(f"sheet_gid:{tab}") or ""
        return self.sheet_address(review, gid)

    def review_of_channel(self, channel_id: str) -> Review | None:
        """Return the review that lives in a channel."""
        found = (each for each in self.desk.each_review() if each.channel == channel_id)
        return next(found, None)

    def reviews_of(self, user_id: str) -> list[Review]:
        """Return the reviews whose team the person is on."""
        return [review for review in self.desk.each_review() if is_member(review, user_id)]

    def review_for(self, user_id: str, channel_id: str = "") -> Review | None:
        """Return the review that a gesture is about: the channel's, the sole one, the last used.

        None when the person has to be asked; raises `NoReviewError` when they are in none.
        """
        here = self.review_of_channel(channel_id) if channel_id else None
        if here is not None:
            return here
        mine = self.reviews_of(user_id)
        if not mine:
            raise NoReviewError(user_id)
        if len(mine) == 1:
            return mine[0]
        last = self.desk.store.last_review_of(user_id)
        return next((review for review in mine if review.review_id == last), None)


def google_sheet_address(review: Review, gid: str) -> str:
    """Return where a review's spreadsheet opens at Google; "" when none is configured."""
    if not review.spreadsheet:
        return ""
    address = f"https://docs.google.com/spreadsheets/d/{review.spreadsheet}/edit"
    return f"{address}#gid={gid}" if gid else address


def _assignment_of(shown: Shown) -> str:
    return shown.card.assignment.assignment_id if shown.card is not None else ""
