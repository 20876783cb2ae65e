"""The lead says where a search export came from, and it is imported in the background."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from bot import actions
from bot.blocks.importing import (
    import_view,
    interrupted_message,
    progress_message,
    summary_message,
)
from bot.blocks.kit import Message
from bot.face import Ack, Face
from bot.fetching import fetched
from bot.gate import day_of, one_of
from bot.listeners.files import logged, why_not
from bot.payloads import Click, Submission, keep, parse_file
from bot.slack_faults import SlackFaultError
from screening.errors import WinnowError
from screening.gestures.imported import known_import
from screening.pairing import check_sheet_seen
from screening.policies import check_is_lead, check_source_name
from screening.review import Review
from screening.sources import Source, SourceKind
from screening.views import ImportSummary

log = logging.getLogger(__name__)

UPDATE_SECONDS = 4.0
"""Between two changes of the progress message: chat.update is a rate-limited method."""

REST_SECONDS = 0.04
"""Between transactions, so that votes get their turn at the database."""

Field = Literal["source", "other", "kind", "searched"]


class FileChangedError(WinnowError):
    """The file that Slack gives now is not the one that was shown."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is no longer the file that I read. Drop it in the channel again.")


def ask(face: Face, click: Click, ack: Ack) -> None:
    """Open the modal that asks for source, kind, platform and date."""
    review_id, file_id, sha256, name = actions.unpack(click.value, 4)
    review = face.desk.review(review_id)
    check_is_lead(review, click.user_id, "import search exports")
    with face.desk.store.reading(review_id) as tx:
        check_sheet_seen(tx, review)
    ack()
    known = known_import(face.desk, review_id, sha256)
    if known is not None:
        face.replace(click, summary_message(review, replace(known, file_name=name)))
        return
    kept = keep(
        review=review_id,
        file=file_id,
        sha=sha256,
        name=name,
        channel=click.channel_id,
        ts=click.message_ts,
        value=click.value,
    )
    face.slack.open_view(click.trigger_id, import_view(review, name, _guess(review, name), kept))


def confirm(face: Face, submission: Submission, ack: Ack) -> None:
    """Check what the lead said and start the import."""
    review = face.desk.review(submission.kept["review"])
    check_is_lead(review, submission.user_id, "import search exports")
    values = submission.values
    name = values.get("other") or values.get("source", "")
    check_source_name(name)
    with face.desk.store.reading(review.review_id) as tx:
        check_sheet_seen(tx, review)
    source = Source(
        name,
        one_of(SourceKind, values.get("kind") or SourceKind.DATABASE),
        values.get("platform", ""),
        day_of(values.get("searched", "")),
    )
    ack()
    face.background.submit(logged, run, face, review, submission, source, time.monotonic)


def run(
    face: Face,
    review: Review,
    submission: Submission,
    source: Source,
    monotonic: Callable[[], float],
) -> None:
    """Fetch the file again, import it, and keep its message in the thread up to date."""
    kept = submission.kept
    channel, ts, name, value = kept["channel"], kept["ts"], kept["name"], kept["value"]
    told_at = [monotonic()]

    def tell(message: Message) -> None:
        told_at[0] = monotonic()
        try:
            face.slack.update(channel, ts, message)
        except SlackFaultError as fault:
            # The import goes on all the same, and its sum comes through the outbox once more.
            log.warning("The message of an import was not changed: %s", fault)

    def progress(step: str, done: int, total: int) -> None:
        if monotonic() - told_at[0] >= UPDATE_SECONDS:
            tell(progress_message(name, step, done, total, value))

    tell(progress_message(name, "read", 0, 1, value))
    try:
        summary = _imported(face, review, submission, source, progress)
    except Exception as error:  # noqa: BLE001 - whoever imports it waits for a word
        tell(interrupted_message(name, why_not("an import", error), value))
        return
    with face.desk.store.reading(review.review_id) as tx:
        pairs = len(tx.pairs(states=("possible",)))
    tell(summary_message(review, summary, pairs))
    face.wake(review.review_id)


def _imported(
    face: Face,
    review: Review,
    submission: Submission,
    source: Source,
    progress: Callable[[str, int, int], None],
) -> ImportSummary:
    """Fetch the file of a form again and import it; return the sum."""
    # The readers and the de-duplicator load with the first import, not when the bot starts.
    from screening.gestures.importing import import_export

    kept = submission.kept
    file = parse_file(face.slack.file(kept["file"]))
    with fetched(face.slack, file) as got:
        if got.sha256 != kept["sha"]:
            raise FileChangedError(kept["name"])
        if kept["channel"] == review.channel:
            with face.desk.store.writing(review.review_id) as tx:
                # So that the notifier sums up in this thread instead of posting beside it.
                tx.set_setting(f"import_thread:{got.sha256}", f"{kept['channel']}|{kept['ts']}")
        return import_export(
            face.desk,
            review.review_id,
            by=submission.user_id,
            file_name=kept["name"],
            data=got.path,
            source=source,
            progress=progress,
            rest=lambda: time.sleep(REST_SECONDS),
            read=face.reader.read,
        )


def _guess(review: Review, file_name: str) -> str:
    """Return the configured source that a file's name names, "" when none does."""
    lowered = file_name.lower()
    found = (s.name for s in review.sources if s.name.lower() in lowered)
    return next(found, "")
