"""Which listener hears what: the table that the app is made from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from slack_bolt import App

from bot import actions
from bot.face import Ack, Face
from bot.listeners import (
    conflicts,
    duplicates,
    files,
    home,
    importing,
    notes,
    slash,
    talking,
    voting,
)
from bot.listeners.binding import ClickListener, SubmissionListener, clicked, commanded, submitted
from bot.payloads import Click
from screening.errors import GoneError

COMMAND = "/winnow"


def any_of(action_id: str) -> re.Pattern[str]:
    """Match an action ID with or without the name of a choice behind it; Bolt searches, so anchored."""
    return re.compile(rf"^{re.escape(action_id)}(\.\w+)?$")


def none_of(action_ids: Iterable[str]) -> re.Pattern[str]:
    """Match every action ID but these; a click that nobody acknowledges goes on to the next listener."""
    names = "|".join(re.escape(each) for each in action_ids)
    return re.compile(rf"^(?!({names})(\.\w+)?$)")


def outdated(face: Face, click: Click, ack: Ack) -> None:
    """Answer a button that this version does not know."""
    raise GoneError("This button is from an older version", "Use /winnow help.")


CLICKS: list[tuple[str, ClickListener]] = [
    (actions.EXCLUDE_BECAUSE, voting.exclude_because),
    (actions.VOTE, voting.vote),
    (actions.UNDO, voting.undo),
    (actions.UNDO_NOT_RETRIEVED, voting.undo_not_retrieved),
    (actions.SKIP, voting.skip),
    (actions.NOT_RETRIEVED, voting.not_retrieved),
    (actions.NEXT_BATCH, voting.next_batch),
    (actions.NOTE, notes.ask_note),
    (actions.CRITERIA, notes.show_criteria),
    (actions.CHANGE, home.change),
    (actions.CONFLICT_EXCLUDE, conflicts.exclude_because),
    (actions.CONFLICT_DECIDE, conflicts.decide),
    (actions.CONFLICT_OPEN, conflicts.open_one),
    (actions.DUPLICATE_JUDGE, duplicates.judge),
    (actions.DUPLICATE_SHOW, duplicates.show_first),
    (actions.HOME_CONTINUE, home.go_on),
    (actions.HOME_REVIEW, home.choose_review),
    (actions.HOME_REFRESH, home.refresh),
    (actions.RECORDS_BEHIND, home.records_behind),
    (actions.REVIEW_CHOOSE, slash.chosen),
    (actions.IMPORT_ASK, importing.ask),
]
"""Action IDs and who hears them."""

SUBMISSIONS: list[tuple[str, SubmissionListener, str]] = [
    (actions.NOTE_VIEW, notes.keep_note, "note"),
    (actions.CONFLICT_VIEW, conflicts.decide_in_view, "outcome"),
    (actions.CHANGE_VIEW, conflicts.change_in_view, "choice"),
    (actions.IMPORT_VIEW, importing.confirm, "other"),
]
"""Modals, who hears them, and the field at which their faults are shown."""


def heard(face: Face, body: dict[str, Any]) -> None:
    """Hear a message: the files that came with it, or the words in a direct message."""
    files.dropped(face, body)
    talking.said(face, body)


def register(app: App, face: Face) -> None:
    """Make the app hear everything in the tables."""
    for action_id, listener in CLICKS:
        app.action(any_of(action_id))(clicked(face, listener))
    others = none_of(action_id for action_id, _ in CLICKS)
    app.action(others)(clicked(face, outdated, of_review=False))
    for callback_id, hear, field in SUBMISSIONS:
        app.view(callback_id)(submitted(face, hear, field))
    app.command(COMMAND)(commanded(face, slash.winnow))
    app.event("app_home_opened")(lambda body: home.opened(face, body))
    app.event("message")(lambda body: heard(face, body))
    app.event("app_mention")(lambda body: talking.mentioned(face, body))
    # Slack repeats an event that nobody acknowledges; what we do not use is heard and dropped.
    app.event(re.compile(".*"))(lambda ack: ack())
