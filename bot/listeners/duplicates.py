"""Possible duplicates answered by the lead, one card at a time, each answer bringing the next."""

from __future__ import annotations

from typing import Literal, cast

from bot import actions
from bot.blocks.duplicate import all_judged_message, duplicate_message, judged_line
from bot.blocks.kit import Message
from bot.face import Ack, Face
from bot.listeners.home import publish
from bot.payloads import Click
from screening.policies import check_is_lead


def judge(face: Face, click: Click, ack: Ack) -> None:
    """Record a verdict and show the next pair in its place."""
    # The de-duplicator loads with the first verdict, not when the bot starts.
    from screening.gestures.duplicates import judge_pair

    review_id, pair_id, verdict = actions.unpack(click.value, 3)
    view = judge_pair(
        face.desk,
        review_id,
        by=click.user_id,
        pair_id=pair_id,
        verdict=cast(Literal["same", "different"], verdict),
        gesture_key=click.gesture_key,
    )
    ack()
    face.replace(click, next_pair_message(face, review_id, judged_line(view)))
    face.wake(review_id)


def show_first(face: Face, click: Click, ack: Ack) -> None:
    """Put the first open pair into the lead's direct message, from the Home tab."""
    review_id = click.value
    check_is_lead(face.desk.review(review_id), click.user_id, "judge duplicates")
    ack()
    face.post(face.slack.dm(click.user_id), next_pair_message(face, review_id))
    publish(face, click.user_id, told="The first pair is in the Messages tab.")


def next_pair_message(face: Face, review_id: str, told: str = "") -> Message:
    """Return the card of the next possible pair, or the end of the list."""
    with face.desk.store.reading(review_id) as tx:
        pairs = tx.pairs(states=("possible",))
        views = tx.duplicate_views([pairs[0].pair_id]) if pairs else []
    if not views:
        return all_judged_message(told)
    return duplicate_message(face.desk.review(review_id), views[0], len(pairs), told)
