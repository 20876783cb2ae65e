"""Clicks on a card: vote, undo, skip, not retrieved, the next batch."""

from __future__ import annotations

from bot import actions
from bot.face import Ack, Face
from bot.gate import one_of
from bot.payloads import Click
from screening.gestures import fulltext
from screening.gestures.batches import request_batch
from screening.gestures.voting import cast_vote, skip_card, undo_vote
from screening.stages import Stage
from screening.votes import Choice


def vote(face: Face, click: Click, ack: Ack) -> None:
    """Record a vote and show the next card."""
    review_id, assignment_id, choice = actions.unpack(click.value, 3)
    shown = cast_vote(
        face.desk,
        review_id,
        by=click.user_id,
        assignment_id=assignment_id,
        choice=one_of(Choice, choice),
        gesture_key=click.gesture_key,
    )
    ack()
    face.show(click, shown)


def exclude_because(face: Face, click: Click, ack: Ack) -> None:
    """Record an exclusion at full text with its reason: one gesture."""
    review_id, assignment_id, key = actions.unpack(click.value, 3)
    reason = actions.named_reason(face.desk.review(review_id), Stage.FULL_TEXT, key)
    shown = cast_vote(
        face.desk,
        review_id,
        by=click.user_id,
        assignment_id=assignment_id,
        choice=Choice.EXCLUDE,
        reason=reason,
        gesture_key=click.gesture_key,
    )
    ack()
    face.show(click, shown)


def not_retrieved(face: Face, click: Click, ack: Ack) -> None:
    """Record that a report could not be had."""
    review_id, assignment_id = actions.unpack(click.value, 2)
    shown = fulltext.report_not_retrieved(
        face.desk,
        review_id,
        by=click.user_id,
        assignment_id=assignment_id,
        gesture_key=click.gesture_key,
    )
    ack()
    face.show(click, shown)


def undo(face: Face, click: Click, ack: Ack) -> None:
    """Take back the vote just recorded and show its card again."""
    review_id, vote_id = actions.unpack(click.value, 2)
    shown = undo_vote(
        face.desk, review_id, by=click.user_id, vote_id=vote_id, gesture_key=click.gesture_key
    )
    ack()
    face.show(click, shown)


def undo_not_retrieved(face: Face, click: Click, ack: Ack) -> None:
    """Take back that a report could not be had, and show its card again."""
    review_id, assignment_id = actions.unpack(click.value, 2)
    shown = fulltext.undo_not_retrieved(
        face.desk,
        review_id,
        by=click.user_id,
        assignment_id=assignment_id,
        gesture_key=click.gesture_key,
    )
    ack()
    face.show(click, shown)


def skip(face: Face, click: Click, ack: Ack) -> None:
    """Put a card behind the others."""
    review_id, assignment_id = actions.unpack(click.value, 2)
    shown = skip_card(
        face.desk,
        review_id,
        by=click.user_id,
        assignment_id=assignment_id,
        gesture_key=click.gesture_key,
    )
    ack()
    face.show(click, shown)


def next_batch(face: Face, click: Click, ack: Ack) -> None:
    """Hand out the next batch in place of what was clicked."""
    review_id = click.value
    shown = request_batch(face.desk, review_id, by=click.user_id, gesture_key=click.gesture_key)
    ack()
    face.show(click, shown)
