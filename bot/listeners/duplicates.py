"""Possible duplicates answered by the lead, one card at a time, each answer bringing the next."""

from __future__ import annotations

from typing import Literal, cast

from bot import actions
from bot.blocks.duplicate import decided_line, judged_line
from bot.blocks.kit import Message
from bot.face import Ack, Face
from bot.listeners.home import publish
from bot.paircards import PairCard, next_card, remember_card
from bot.payloads import Click
from screening.errors import GarbledError
from screening.policies import check_is_lead


def judge(face: Face, click: Click, ack: Ack) -> None:
    """Record a verdict and show the next pair in its place; on a pair that has one, only say so."""
    # The de-duplicator loads with the first verdict, not when the bot starts.
    from screening.gestures.duplicates import judge_pair

    review_id, pair_id, verdict = actions.unpack(click.value, 3)
    if verdict not in ("same", "different"):
        raise GarbledError
    view = judge_pair(
        face.desk,
        review_id,
        by=click.user_id,
        pair_id=pair_id,
        verdict=cast(Literal["same", "different"], verdict),
        gesture_key=click.gesture_key,
        only_open=True,
    )
    ack()
    is_own = view.pair.decided_by == click.user_id
    if is_own and (view.pair.state == "merged") == (verdict == "same"):
        told = judged_line(view)
    else:
        told = f"Your click changed nothing. {decided_line(face.desk.review(review_id), view)}"
    message = _card_at(face, review_id, click.user_id, click.channel_id, click.message_ts, told)
    face.replace(click, message)
    face.wake(review_id)


def show_first(face: Face, click: Click, ack: Ack) -> None:
    """Put the first open pair into the lead's direct message, from the Home tab."""
    review_id = click.value
    review = face.desk.review(review_id)
    check_is_lead(review, click.user_id, "judge duplicates")
    ack()
    with face.desk.store.reading(review_id) as tx:
        message, pair_id = next_card(tx, review)
    ts = face.post(face.slack.dm(click.user_id), message)
    # Asked once more: where Slack had forgotten the conversation, it is another one now.
    card = PairCard(face.slack.dm(click.user_id), ts, pair_id)
    with face.desk.store.writing(review_id) as tx:
        remember_card(tx, click.user_id, card)
    told = "The first pair is in the Messages tab."
    publish(face, click.user_id, told=told, beside=click.action_id)


def _card_at(face: Face, review_id: str, user_id: str, channel: str, ts: str, told: str) -> Message:
    """Return what a message says next, and remember which pair that is about."""
    with face.desk.store.writing(review_id) as tx:
        message, pair_id = next_card(tx, face.desk.review(review_id), told)
        remember_card(tx, user_id, PairCard(channel, ts, pair_id))
    return message
