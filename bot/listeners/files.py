"""A file dropped: a search export in the review's channel, a report in the thread of its card."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from bot import actions
from bot.blocks.commands import sentence
from bot.blocks.importing import (
    refused_message,
    summary_message,
    understood_message,
    where_exports_go,
)
from bot.blocks.kit import Block, Message, message
from bot.blocks.record import short_title
from bot.blocks.text import outside
from bot.face import Face
from bot.fetching import Fetched, fetched
from bot.livecards import Place
from bot.logs import log_unexpected
from bot.payloads import Drop, DroppedFile, parse_drop
from bot.slack_faults import SlackFaultError
from screening.errors import WinnowError
from screening.gestures.fulltext import attach_full_text
from screening.gestures.imported import known_import
from screening.policies import can_lead, check_is_member
from screening.review import Review

log = logging.getLogger(__name__)


def dropped(face: Face, body: dict[str, Any]) -> None:
    """Answer a message that brought files; other messages are none of our business."""
    drop = parse_drop(body)
    if drop is None:
        return
    if drop.in_dm:
        face.background.submit(logged, receive_in_dm, face, drop)
        return
    review = face.review_of_channel(drop.channel_id)
    if review is not None and not drop.thread_ts:
        for file in drop.exports:
            face.background.submit(logged, understand, face, review, drop, file)


def receive_in_dm(face: Face, drop: Drop) -> None:
    """Answer files dropped in a direct message: reports are attached, search exports told about."""
    if drop.exports and not any(file.extension == "pdf" for file in drop.files):
        receive_export_in_dm(face, drop)
    else:
        attach(face, drop)


def receive_export_in_dm(face: Face, drop: Drop) -> None:
    """Offer a lead to import a search export from here; tell others where it is imported."""
    told = ""
    try:
        review = face.review_for(drop.user_id)
        if review is None:
            several = face.reviews_of(drop.user_id)
            told = where_exports_go(drop.exports[0].name, several)
        elif not can_lead(review, drop.user_id):
            told = where_exports_go(drop.exports[0].name, [review])
    except WinnowError as error:
        told = outside(str(error))
    if told or review is None:
        face.post(drop.channel_id, message(told), thread_ts=drop.ts)
        return
    for file in drop.exports:
        understand(face, review, drop, file)


def understand(face: Face, review: Review, drop: Drop, file: DroppedFile) -> None:
    """Read a search export and say in its thread what it is; nothing is stored."""
    try:
        if not _is_fresh(face, review, drop, file):
            return
        check_is_member(review, drop.user_id)
        with fetched(face.slack, file) as got:
            answer = _answer_to(face, review, file, got)
    except Exception as error:  # noqa: BLE001 - whoever dropped it waits for a word
        answer = refused_message(file.name, why_not("reading a search export", error))
    face.post(drop.channel_id, answer, thread_ts=drop.ts)


def why_not(what: str, error: Exception) -> str:
    """Return what to say of a fault with a file; one that nobody foresaw goes to the log."""
    if isinstance(error, WinnowError):
        return str(error)
    if isinstance(error, SlackFaultError):
        return f"Slack did not give it: {error}."
    log_unexpected(what, error)
    return "Something went wrong on our side. Whoever runs Winnow finds the details in its log."


def _answer_to(face: Face, review: Review, file: DroppedFile, got: Fetched) -> Message:
    """Return what to say of a file: what became of it before, or what it is."""
    known = known_import(face.desk, review.review_id, got.sha256)
    if known is not None:
        return summary_message(review, replace(known, file_name=file.name))
    found = face.reader.understand(got.path, file.name)
    value = actions.pack(review.review_id, file.file_id, got.sha256, file.name[:200])
    return understood_message(file.name, found, [lead.name for lead in review.leads], value)


def _is_fresh(face: Face, review: Review, drop: Drop, file: DroppedFile) -> bool:
    """Tell whether a file that was dropped was not seen before: Slack may say so twice."""
    with face.desk.store.writing(review.review_id) as tx:
        return tx.remember_gesture(f"drop:{file.file_id}:{drop.ts}", face.now())


def attach(face: Face, drop: Drop) -> None:
    """Attach a report dropped in the thread of its full-text card; say so if Slack shows no card."""
    try:
        _attach(face, drop)
    except SlackFaultError as fault:
        log.warning("A report was not attached, or not shown: %s. %s", fault, fault.remedy)
        told = (
            "Slack failed while I attached the report. If the card does not show it, drop it again."
        )
        face.post(drop.channel_id, sentence(told), thread_ts=drop.thread_ts or drop.ts)


def _attach(face: Face, drop: Drop) -> None:
    file = next((each for each in drop.files if each.extension == "pdf"), None)
    card = face.slack.message_at(drop.channel_id, drop.thread_ts) if drop.thread_ts else None
    found = card_in(card.blocks) if card is not None else None
    if file is None or found is None:
        told = "Drop a report's PDF in the thread of its full-text card, and I attach it there."
        face.post(drop.channel_id, sentence(told), thread_ts=drop.thread_ts or drop.ts)
        return
    review_id, assignment_id, record_id = found
    try:
        view = attach_full_text(
            face.desk,
            review_id,
            by=drop.user_id,
            record_id=record_id,
            link=file.permalink,
            gesture_key=f"drop:{file.file_id}:{drop.ts}",
        )
        told = f"Attached to {view.record_id} {short_title(view.record.title, 100)}."
    except WinnowError as error:
        told = sentence(str(error)).text
    face.post(drop.channel_id, message(told), thread_ts=drop.thread_ts)
    face.wake(review_id)
    place = Place(drop.channel_id, drop.thread_ts)
    face.redraw(drop.user_id, review_id, assignment_id, place)


def card_in(blocks: tuple[Block, ...]) -> tuple[str, str, str] | None:
    """Return (review_id, assignment_id, record_id) of the card in a message, None for no card."""
    for block in blocks:
        kind, _, rest = str(block.get("block_id", "")).partition(actions.SEPARATOR)
        if kind == "card" and rest.count(actions.SEPARATOR) == 2:
            review_id, assignment_id, record_id = rest.split(actions.SEPARATOR)
            return review_id, assignment_id, record_id
    return None


def logged(work: Any, *arguments: Any) -> None:
    """Run what nobody waits for; a fault becomes a log line instead of vanishing with its thread."""
    try:
        work(*arguments)
    except SlackFaultError as fault:
        log.warning("%s: %s. %s", work.__name__, fault, fault.remedy)
    except WinnowError as error:
        log.warning("%s: %s", work.__name__, error)
    except Exception as error:  # noqa: BLE001 - the thread's last frame: whatever it is, it is told
        log_unexpected(work.__name__, error)
