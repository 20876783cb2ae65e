"""The Home tab: shown when opened, and again after each gesture made on it."""

from __future__ import annotations

import logging
from typing import Any

from bot import actions, gate
from bot.blocks.figures import behind_name, behind_view
from bot.blocks.home import member_home, no_review_home, unread_home
from bot.blocks.kit import Block
from bot.face import Ack, Face
from bot.gate import one_of
from bot.payloads import Click
from screening.errors import StoreFaultError
from screening.gestures.batches import request_batch
from screening.gestures.overview import home, prisma
from screening.gestures.voting import change_vote
from screening.stages import Stage
from screening.votes import Choice

log = logging.getLogger(__name__)

SHOWN_BEHIND = 30
"""Records listed behind a number; the sheet has them all."""


def opened(face: Face, body: dict[str, Any]) -> None:
    """Show the Home tab to a member who opens it."""
    event = body.get("event") or {}
    if event.get("tab", "home") == "home" and event.get("user"):
        publish(face, str(event["user"]))


def publish(face: Face, user_id: str, told: str = "", beside: str = "") -> None:
    """Publish a member's Home tab; `told` is a sentence beside the button `beside` (an action ID).

    While the database cannot be read, the tab says so, and `told` all the same.
    """
    try:
        page = _page(face, user_id, told, beside)
    except StoreFaultError as error:
        log.warning("A Home tab was not read: %s", error)
        page = unread_home(told or str(error))
    face.show_home(user_id, page)


def _page(face: Face, user_id: str, told: str, beside: str) -> Block:
    mine = face.reviews_of(user_id)
    if not mine:
        return no_review_home(user_id)
    review = face.review_for(user_id) or mine[0]
    view = home(face.desk, review.review_id, by=user_id)
    report = prisma(face.desk, review.review_id)
    sheet = face.sheet_link(review)
    return member_home(
        review, view, report, face.now(), reviews=mine, told=told, beside=beside, sheet=sheet
    )


def go_on(face: Face, click: Click, ack: Ack) -> None:
    """Post the next card into the direct message."""
    review_id = click.value
    shown = request_batch(face.desk, review_id, by=click.user_id, gesture_key=click.gesture_key)
    ack()
    if shown.card is None:
        publish(face, click.user_id, told=shown.message)
        return
    face.post_card(click.user_id, shown)
    publish(face, click.user_id, told="Your card is in the Messages tab.")


def choose_review(face: Face, click: Click, ack: Ack) -> None:
    """Switch the Home tab to another review."""
    gate.enter(face.desk, click.value, click.user_id)
    face.desk.store.set_last_review_of(click.user_id, click.value)
    ack()
    publish(face, click.user_id)


def refresh(face: Face, click: Click, ack: Ack) -> None:
    """Show the Home tab as it is now."""
    ack()
    publish(face, click.user_id)


def change(face: Face, click: Click, ack: Ack) -> None:
    """Change one of one's last votes."""
    review_id, vote_id, choice, key = actions.unpack(click.value, 4)
    review = face.desk.review(review_id)
    change_vote(
        face.desk,
        review_id,
        by=click.user_id,
        vote_id=vote_id,
        choice=one_of(Choice, choice),
        reason=actions.named_reason(review, Stage.FULL_TEXT, key) if key else "",
        gesture_key=click.gesture_key,
    )
    ack()
    face.wake(review_id)
    publish(face, click.user_id, told="Your vote was changed.", beside=click.action_id)


def records_behind(face: Face, click: Click, ack: Ack) -> None:
    """Show which records a number counts, but never who voted how."""
    review_id, node = actions.unpack(click.value, 2)
    review = gate.enter(face.desk, review_id, click.user_id)
    ack()
    with face.desk.store.reading(review_id) as tx:
        record_ids = tx.records_behind(node) if behind_name(node) else []
        views = tx.records(record_ids[:SHOWN_BEHIND])
    sheet = face.sheet_link(review, "Records")
    face.slack.open_view(click.trigger_id, behind_view(node, views, len(record_ids), sheet))
