"""A note on a card, and the criteria one tap away: both open a modal."""

from __future__ import annotations

from bot import actions
from bot.blocks.card import criteria_view, note_view
from bot.face import Ack, Face
from bot.gate import one_of
from bot.payloads import Click, Submission, keep
from screening.errors import UnknownCardError
from screening.gestures.cards import card_of
from screening.gestures.standing import check_takes_note, own_card
from screening.gestures.voting import write_note
from screening.stages import Stage
from screening.views import CardView


def show_criteria(face: Face, click: Click, ack: Ack) -> None:
    """Open the review's eligibility criteria."""
    review_id, stage = actions.unpack(click.value, 2)
    ack()
    face.slack.open_view(
        click.trigger_id, criteria_view(face.desk.review(review_id), one_of(Stage, stage))
    )


def ask_note(face: Face, click: Click, ack: Ack) -> None:
    """Open the modal in which a note is written."""
    review_id, assignment_id = actions.unpack(click.value, 2)
    card = _own_card(face, review_id, assignment_id, click.user_id)
    ack()
    kept = keep(
        review=review_id,
        assignment=assignment_id,
        url=click.response_url,
        channel=click.channel_id,
        ts=click.message_ts,
    )
    face.slack.open_view(click.trigger_id, note_view(card, kept))


def keep_note(face: Face, submission: Submission, ack: Ack) -> None:
    """Keep the note with its card and show it there."""
    kept = submission.kept
    shown = write_note(
        face.desk,
        kept["review"],
        by=submission.user_id,
        assignment_id=kept["assignment"],
        note=submission.values.get("note", ""),
        gesture_key=submission.gesture_key,
    )
    ack()
    click = Click(
        submission.user_id,
        actions.NOTE_VIEW,
        "",
        submission.gesture_key,
        channel_id=kept["channel"],
        message_ts=kept["ts"],
        response_url=kept["url"],
    )
    face.show(click, shown)


def _own_card(face: Face, review_id: str, assignment_id: str, user_id: str) -> CardView:
    with face.desk.store.reading(review_id) as tx:
        assignment = own_card(tx, assignment_id, user_id)
        check_takes_note(tx, assignment)
        card = card_of(tx, assignment)
    if card is None:
        raise UnknownCardError
    return card
