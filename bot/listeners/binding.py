"""Binds listeners to Bolt: parses the payload, and turns an expected fault into one sentence."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot import gate
from bot.actions import SEPARATOR, on_card, told
from bot.blocks.commands import sentence
from bot.face import Ack, Face
from bot.listeners.home import publish
from bot.payloads import (
    Click,
    Command,
    PayloadError,
    Submission,
    parse_click,
    parse_command,
    parse_submission,
)
from bot.slack_faults import SlackFaultError
from screening.errors import GarbledError, StoreFaultError, UnknownCardError, WinnowError
from screening.gestures.voting import show_card
from screening.policies import is_member

log = logging.getLogger(__name__)

SLACK_SILENT = (
    "Slack did not take my answer. What you asked for may be done all the same: "
    "/winnow next and /winnow status show it."
)

TAKEN = (
    "Your click was taken, but the database did not answer when I wanted to show what comes next. "
    "Use /winnow next to see where you are."
)

OTHER_BOT = (
    "Another bot answers here, too: please tell whoever runs Winnow that two are connected to "
    "Slack, perhaps with two databases."
)

ClickListener = Callable[[Face, Click, Ack], None]
CommandListener = Callable[[Face, Command, Ack], None]
SubmissionListener = Callable[[Face, Submission, Ack], None]


class OneAck:
    """An acknowledgement that speaks once; `given` says that what came before it is recorded."""

    def __init__(self, ack: Ack) -> None:
        self._ack = ack
        self.given = False

    def __call__(self, **said: Any) -> None:
        """Acknowledge; a second time changes nothing."""
        if not self.given:
            self.given = True
            self._ack(**said)


def clicked(face: Face, listener: ClickListener, *, of_review: bool = True) -> Callable[..., None]:
    """Return a Bolt listener for block_actions, behind the gate if its values name a review.

    A fault for people is acknowledged and told; a database that did not answer is told and not
    acknowledged, so that Slack warns too.
    """

    def handle(ack: Ack, body: dict[str, Any]) -> None:
        click, ack = parse_click(body), OneAck(ack)
        try:
            if of_review:
                gate.check_click(face.desk, click)
            listener(face, click, ack)
        except StoreFaultError as error:
            log.warning("%s: %s", told(click.action_id), error)
            _tell(face, click, TAKEN if ack.given else str(error))
        except UnknownCardError as error:
            ack()
            others = OTHER_BOT if face.connections.count > 1 else ""
            _refuse(face, click, f"{error} {others}".rstrip())
        except WinnowError as error:
            ack()
            _refuse(face, click, str(error))
        except SlackFaultError as fault:
            ack()
            log.warning("%s: %s. %s", told(click.action_id), fault, fault.remedy)
            _tell(face, click, SLACK_SILENT)

    return handle


def commanded(face: Face, listener: CommandListener) -> Callable[..., None]:
    """Return a Bolt listener for slash commands; every fault is the command's one answer."""

    def handle(ack: Ack, body: dict[str, Any]) -> None:
        command, ack = parse_command(body), OneAck(ack)
        try:
            gate.check_command(command)
            listener(face, command, ack)
        except WinnowError as error:
            ack(**sentence(str(error)).payload())
        except SlackFaultError as fault:
            log.warning("/winnow %s: %s. %s", command.word, fault, fault.remedy)
            # The command may have been answered already, and an ack speaks only once.
            ack()
            face.tell(command, SLACK_SILENT)

    return handle


def submitted(face: Face, listener: SubmissionListener, field: str) -> Callable[..., None]:
    """Return a Bolt listener for a modal; a fault for people is shown at its field `field`."""

    def handle(ack: Ack, body: dict[str, Any]) -> None:
        ack = OneAck(ack)
        try:
            submission = parse_submission(body)
            gate.check_submission(face.desk, submission)
            listener(face, submission, ack)
        except PayloadError as error:
            log.warning("A modal came with %s", error)
            ack(response_action="errors", errors={field: str(GarbledError())})
        except WinnowError as error:
            if ack.given:
                log.warning("After a modal was taken: %s", error)
            ack(response_action="errors", errors={field: str(error)[:2_000]})
        except SlackFaultError as fault:
            ack()
            log.warning("a modal: %s. %s", fault, fault.remedy)

    return handle


def _refuse(face: Face, click: Click, text: str) -> None:
    """Say why a click did nothing: on a card beside its buttons, and the card as it is now."""
    review_id = click.value.partition(SEPARATOR)[0]
    is_theirs = on_card(click.action_id) and click.channel_id.startswith("D")
    review = face.desk.reviews.get(review_id)
    if is_theirs and review is not None and is_member(review, click.user_id):
        try:
            shown = show_card(face.desk, review_id, by=click.user_id)
            if shown.card is not None:
                face.show(click, replace(shown, message=text))
                return
        except (StoreFaultError, SlackFaultError) as error:
            log.warning("A card was not shown beside a refusal: %s", error)
    _tell(face, click, text)


def _tell(face: Face, click: Click, text: str) -> None:
    if click.on_home:
        publish(face, click.user_id, told=text, beside=click.action_id)
    else:
        face.tell(click, text)
