"""Plain words said to the bot: in its direct message, or with a mention in a channel."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from bot import gate
from bot.blocks.commands import choose_review, greeting, not_understood, sentence
from bot.blocks.kit import Message
from bot.face import Face
from bot.listeners.slash import answer_to, check_words
from bot.payloads import Command, Saying, parse_saying
from bot.slack_faults import SlackFaultError
from screening.errors import WinnowError

log = logging.getLogger(__name__)


def said(face: Face, body: dict[str, Any]) -> None:
    """Answer a message written in the direct message."""
    saying = parse_saying(body)
    if saying is not None and saying.in_dm:
        _answer(face, saying)


def mentioned(face: Face, body: dict[str, Any]) -> None:
    """Answer a message in a channel that names the app; only who wrote it sees the answer."""
    saying = parse_saying(body)
    if saying is not None and not saying.in_dm:
        _answer(face, saying)


def _answer(face: Face, saying: Saying) -> None:
    """Answer once; a fault for people is the answer, one of Slack's is logged."""

    def answer(told: Message) -> None:
        if saying.in_dm:
            face.post(saying.channel_id, told, thread_ts=saying.thread_ts)
        else:
            face.slack.post_ephemeral(
                saying.channel_id, saying.user_id, told, thread_ts=saying.thread_ts
            )

    try:
        try:
            _understand(face, saying, answer)
        except WinnowError as error:
            answer(sentence(str(error)))
    except SlackFaultError as fault:
        log.warning("Words said to us were not answered: %s. %s", fault, fault.remedy)


def _understand(face: Face, saying: Saying, answer: Callable[[Message], None]) -> None:
    place = "" if saying.in_dm else saying.channel_id
    key = f"said:{saying.channel_id}:{saying.ts}"
    command = Command(saying.user_id, saying.channel_id, saying.text, key)
    gate.check_command(command)
    review = face.review_for(saying.user_id, place)
    if review is not None:
        gate.enter(face.desk, review.review_id, saying.user_id)
        with face.desk.store.writing(review.review_id) as tx:
            if not tx.remember_gesture(f"heard:{saying.channel_id}:{saying.ts}", face.now()):
                return
    respond = answer_to(command)
    if respond is None:
        understood = command.word in GREETINGS
        answer(greeting() if understood else not_understood(saying.text))
        return
    check_words(command)
    if review is None:
        answer(choose_review(face.reviews_of(saying.user_id), saying.text))
        return
    respond(face, review, command, answer)


GREETINGS = frozenset(
    [
        "help",
        "hi",
        "hello",
        "hey",
        "hallo",
        "hiya",
        "morning",
        "good",
        "thanks",
        "thank",
        "ok",
        "okay",
        "?",
        "start",
    ]
)
"""First words that ask for nothing in particular."""
