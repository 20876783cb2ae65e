"""A file dropped: a search export in the review's channel, a report in the thread of its card."""

from __future__ import annotations

import logging
from typing import Any

from bot import actions
from bot.blocks.commands import sentence
from bot.blocks.importing import refused_message, understood_message
from bot.blocks.kit import Block, message
from bot.blocks.record import short_title
from bot.face import Face
from bot.fetching import fetched
from bot.livecards import Place
from bot.logs import log_unexpected
from bot.payloads import Drop, DroppedFile, parse_drop
from bot.slack import SlackFaultError
from screening.errors import WinnowError
from screening.gestures.fulltext import attach_full_text
from screening.review import Review

log = logging.getLogger(__name__)

EXPORTS = frozenset(
    [
        "ris",
        "nbib",
        "medline",
        "txt",
        "csv",
        "tsv",
        "tab",
        "xlsx",
        "xml",
        "bib",
        "bibtex",
        "enw",
        "ciw",
        "isi",
        "enl",
        "zip",
    ]
)


def dropped(face: Face, body: dict[str, Any]) -> None:
    """Answer a message that brought files; other messages are none of our business."""
    drop = parse_drop(body)
    if drop is None:
        return
    if drop.in_dm:
        face.background.submit(logged, attach, face, drop)
        return
    review = face.review_of_channel(drop.channel_id)
    exports = [file for file in drop.files if file.extension in EXPORTS]
    if review is None or drop.thread_ts or not exports:
        return
    with face.desk.store.writing(review.review_id) as tx:
        fresh = [
            f for f in exports if tx.remember_gesture(f"drop:{f.file_id}:{drop.ts}", face.now())
        ]
    for file in fresh:
        face.background.submit(logged, understand, face, review, drop, file)


def understand(face: Face, review: Review, drop: Drop, file: DroppedFile) -> None:
    """Read a search export and say in its thread what it is; nothing is stored."""
    # The readers load with the first file: the bot starts sooner, and most days need none.
    from screening.gestures.importing import preview

    try:
        with fetched(face.slack, file) as got:
            reading = preview(got.path, file.name)
    except (WinnowError, SlackFaultError) as error:
        told = str(error) if isinstance(error, WinnowError) else f"Slack did not give it: {error}."
        face.post(drop.channel_id, refused_message(file.name, told), thread_ts=drop.ts)
        return
    value = actions.pack(review.review_id, file.file_id, got.sha256, file.name[:200])
    leads = [lead.name for lead in review.leads]
    told_in = understood_message(file.name, reading, leads, value)
    face.post(drop.channel_id, told_in, thread_ts=drop.ts)


def attach(face: Face, drop: Drop) -> None:
    """Attach a report dropped in the thread of its full-text card."""
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
