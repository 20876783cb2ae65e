"""`/winnow`: each subcommand answers in one ephemeral message."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import replace

from bot import actions
from bot.blocks.commands import (
    choose_review,
    help_message,
    import_help,
    prisma_answer,
    record_message,
    sentence,
    status_message,
    unknown_command,
)
from bot.blocks.conflict import LISTED, list_message
from bot.blocks.figures import team_message
from bot.blocks.kit import Message, message
from bot.blocks.record import short_title
from bot.blocks.text import outside
from bot.blocks.words import vote_words
from bot.face import Ack, Face
from bot.gate import enter
from bot.payloads import Click, Command
from bot.slack_faults import SlackFaultError
from screening.errors import InvalidValueError, NothingToUndoError
from screening.gestures.batches import pause, request_batch
from screening.gestures.conflicts import conflict_list
from screening.gestures.fulltext import undo_not_retrieved
from screening.gestures.overview import find_record, home, prisma, team
from screening.gestures.reported import report_of
from screening.gestures.voting import undo_vote
from screening.policies import can_lead
from screening.review import Review

log = logging.getLogger(__name__)

WRITTEN = {
    "next": "/winnow next or /winnow next 10, in the channel of the review that you mean",
    "pause": "/winnow pause, or /winnow resume to be handed cards again",
}
"""How a command is written, where more than its name can be meant."""

ONCE_ONLY = "This command came twice, and was carried out the first time."

RECORD_ID = re.compile(r"r\d{4,12}", re.IGNORECASE)

Answer = Callable[[Face, Review, Command, Callable[[Message], None]], None]


def winnow(face: Face, command: Command, ack: Ack) -> None:
    """Answer a slash command, asking for the review where it is not clear."""
    respond = answer_to(command)
    if respond is None:
        known = command.word == "help"
        ack(**(help_message() if known else unknown_command(command.word)).payload())
        return
    check_words(command)
    review = face.review_for(command.user_id, command.channel_id)
    if review is None:
        ack(**choose_review(face.reviews_of(command.user_id), command.text).payload())
        return
    enter(face.desk, review.review_id, command.user_id)
    respond(face, review, command, lambda told: _acked(ack, told))


def chosen(face: Face, click: Click, ack: Ack) -> None:
    """Go on with a command once its review was chosen."""
    review_id, text = actions.unpack(click.value, 2)
    review = enter(face.desk, review_id, click.user_id)
    face.desk.store.set_last_review_of(click.user_id, review_id)
    command = Command(click.user_id, click.channel_id, text, click.gesture_key, click.response_url)

    def answer(told: Message) -> None:
        ack()
        body = {"replace_original": True, **told.payload()}
        face.slack.respond(click.response_url, body)

    respond = answer_to(command)
    if respond is not None:
        respond(face, review, command, answer)
    else:
        answer(help_message())


def answer_to(command: Command) -> Answer | None:
    """Return what answers a command, None when there is no such one; a record's ID is one too."""
    if RECORD_ID.fullmatch(command.word):
        return _record
    return ANSWERS.get(command.word)


def check_words(command: Command) -> None:
    """Raise where more was written than the command understands: it may not be what was meant."""
    surplus = command.arguments[1 if command.word == "next" else 0 :]
    if surplus:
        raise InvalidValueError(
            "The word" if len(surplus) == 1 else "The words",
            " ".join(surplus)[:60],
            f"Nothing was done: write {WRITTEN.get(command.word, f'/winnow {command.word}')}.",
        )


def _acked(ack: Ack, told: Message) -> None:
    ack(**told.payload())


def _record(
    face: Face, review: Review, command: Command, answer: Callable[[Message], None]
) -> None:
    record_id = command.word.upper()
    found = find_record(face.desk, review.review_id, by=command.user_id, record_id=record_id)
    answer(record_message(review, found))


def _next(face: Face, review: Review, command: Command, answer: Callable[[Message], None]) -> None:
    size = _size(command.arguments)
    face.desk.store.set_last_review_of(command.user_id, review.review_id)
    shown = request_batch(
        face.desk,
        review.review_id,
        by=command.user_id,
        size=size,
        gesture_key=command.gesture_key,
    )
    if shown.card is None:
        answer(sentence(shown.message or "You have no open cards."))
        return
    where = _where(face, command)
    answer(message(f"{outside(shown.message)} Your card is {where}.".strip()))
    # What the answer says need not stand on the card once more.
    face.post_card(command.user_id, replace(shown, message=""))


def _where(face: Face, command: Command) -> str:
    """Say where a card is posted: here, or in the direct message.

    Asked after the gesture is recorded, so that Slack not knowing the conversation is no fault.
    """
    try:
        return _place(face, command)
    except SlackFaultError as fault:
        log.warning("A link to the direct message is left out (%s).", fault)
        return "in our direct message"


def _place(face: Face, command: Command) -> str:
    if command.channel_id == face.slack.dm(command.user_id):
        return "here"
    return f"in {face.dm_link(command.user_id)}"


def _size(arguments: list[str]) -> int | None:
    if not arguments:
        return None
    if not arguments[0].isascii() or not arguments[0].isdigit():
        raise InvalidValueError(
            "The batch size", arguments[0], "Write it in digits: /winnow next 10."
        )
    return int(arguments[0][:6])


def _status(
    face: Face, review: Review, command: Command, answer: Callable[[Message], None]
) -> None:
    view = home(face.desk, review.review_id, by=command.user_id)
    answer(status_message(review, view, face.sheet_link(review)))


def _prisma(
    face: Face, review: Review, command: Command, answer: Callable[[Message], None]
) -> None:
    report = prisma(face.desk, review.review_id)
    answer(prisma_answer(review, report, face.sheet_link(review, "PRISMA")))


def _conflicts(
    face: Face, review: Review, command: Command, answer: Callable[[Message], None]
) -> None:
    views = conflict_list(face.desk, review.review_id, limit=LISTED)
    with face.desk.store.reading(review.review_id) as tx:
        count = len(tx.open_conflicts(None))
    answer(list_message(review, views, count, face.now(), face.sheet_link(review, "Conflicts")))


def _team(face: Face, review: Review, command: Command, answer: Callable[[Message], None]) -> None:
    answer(team_message(review, team(face.desk, review.review_id), face.now()))


def _import(
    face: Face, review: Review, command: Command, answer: Callable[[Message], None]
) -> None:
    answer(import_help(review, can_lead(review, command.user_id)))


def _pause(face: Face, review: Review, command: Command, answer: Callable[[Message], None]) -> None:
    paused = pause(
        face.desk,
        review.review_id,
        by=command.user_id,
        paused=command.word == "pause",
        gesture_key=command.gesture_key,
    )
    told = "Cards are handed to you again. /winnow next brings the first."
    if paused:
        told = "Paused: your open cards went back, and none come until you say /winnow resume or ask for them yourself."
    answer(sentence(told))
    face.wake(review.review_id)


def _undo(face: Face, review: Review, command: Command, answer: Callable[[Message], None]) -> None:
    with face.desk.store.reading(review.review_id) as tx:
        mine = tx.unsettled_votes(reviewer_id=command.user_id)
        title = ""
        if mine:
            record = tx.record(mine[-1].record_id)
            title = record.record.title if record is not None else ""
        report = report_of(tx, command.user_id) if not mine else None
    if report is not None:
        _undo_not_retrieved(face, review, command, report.assignment_id, answer)
        return
    if not mine:
        raise NothingToUndoError("your votes have settled, or you have not voted yet.")
    shown = undo_vote(
        face.desk,
        review.review_id,
        by=command.user_id,
        vote_id=mine[-1].vote_id,
        gesture_key=command.gesture_key,
    )
    if not shown.changed:
        answer(sentence(shown.message or ONCE_ONLY))
        return
    vote = outside(vote_words(mine[-1]), 200)
    taken_back = f"Taken back: *{vote}* {short_title(title, 90)}."
    if shown.card is None or shown.card.record.record_id != mine[-1].record_id:
        answer(message(f"{taken_back} {outside(shown.message)}"))
        return
    answer(message(f"{taken_back} Its card is {_where(face, command)}."))
    face.post_card(command.user_id, shown)


def _undo_not_retrieved(
    face: Face,
    review: Review,
    command: Command,
    assignment_id: str,
    answer: Callable[[Message], None],
) -> None:
    shown = undo_not_retrieved(
        face.desk,
        review.review_id,
        by=command.user_id,
        assignment_id=assignment_id,
        gesture_key=command.gesture_key,
    )
    is_back = shown.card is not None and shown.card.assignment.assignment_id == assignment_id
    where = f" Its card is {_where(face, command)}." if is_back else ""
    answer(message(f"{outside(shown.message or ONCE_ONLY)}{where}"))
    if is_back:
        face.post_card(command.user_id, shown)


ANSWERS: dict[str, Answer] = {
    "next": _next,
    "status": _status,
    "prisma": _prisma,
    "conflicts": _conflicts,
    "team": _team,
    "import": _import,
    "pause": _pause,
    "resume": _pause,
    "undo": _undo,
}
"""What answers each subcommand; help answers for itself."""
