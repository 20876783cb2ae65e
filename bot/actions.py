"""Every name that comes back in a click: action IDs, callback IDs and the values that ride along."""

from __future__ import annotations

import hashlib
import re

from screening.errors import GarbledError, GoneError
from screening.review import Review
from screening.stages import Stage

VOTE = "screen.vote"
VOTE_ANY = re.compile(r"screen\.vote(\.\w+)?")
"""Slack wants an action ID once a block, so each choice adds its own name to this one."""
UNDO = "screen.undo"
UNDO_NOT_RETRIEVED = "screen.undo_not_retrieved"
NOTE = "screen.note"
SKIP = "screen.skip"
CRITERIA = "screen.criteria"
CHANGE = "screen.change"
EXCLUDE_BECAUSE = "screen.exclude_because"
NOT_RETRIEVED = "screen.not_retrieved"
NEXT_BATCH = "screen.next_batch"

ON_CARD = frozenset(
    {UNDO, UNDO_NOT_RETRIEVED, NOTE, SKIP, EXCLUDE_BECAUSE, NOT_RETRIEVED, NEXT_BATCH}
)

CONFLICT_DECIDE = "conflict.decide"
CONFLICT_EXCLUDE = "conflict.exclude_because"
CONFLICT_OPEN = "conflict.open"

DUPLICATE_JUDGE = "duplicate.judge"
DUPLICATE_SHOW = "duplicate.show"

HOME_CONTINUE = "home.continue"
HOME_REVIEW = "home.review"
HOME_REFRESH = "home.refresh"

REVIEW_CHOOSE = "review.choose"
RECORDS_BEHIND = "records.behind"

IMPORT_ASK = "import.ask"

NOTE_VIEW = "screen.note_view"
IMPORT_VIEW = "import.confirm"
CONFLICT_VIEW = "conflict.decide_view"
CHANGE_VIEW = "conflict.change_view"

SEPARATOR = "|"


def told(action_id: str) -> str:
    """Return an action as the log may name it: that somebody voted, never how."""
    if VOTE_ANY.fullmatch(action_id) or action_id == EXCLUDE_BECAUSE:
        return VOTE
    return action_id


def on_card(action_id: str) -> bool:
    """Tell whether an action is a button or a menu of a card to vote on."""
    return bool(VOTE_ANY.fullmatch(action_id)) or action_id in ON_CARD


def pack(*parts: str) -> str:
    """Join the parts of a button's value; none but the last may hold the separator."""
    return SEPARATOR.join(parts)


def unpack(value: str, count: int) -> tuple[str, ...]:
    """Split a button's value into `count` parts, or raise `GarbledError`."""
    parts = value.split(SEPARATOR, count - 1)
    if len(parts) != count:
        raise GarbledError
    return tuple(parts)


def reason_key(reason: str) -> str:
    """Return the short name under which an exclusion reason travels in an option's value."""
    return hashlib.blake2b(reason.encode(), digest_size=5).hexdigest()


def named_reason(review: Review, stage: Stage, key: str) -> str:
    """Return the exclusion reason that a key stands for, or raise when it is no longer offered."""
    reasons = offered_reasons(review, stage)
    for reason in reasons:
        if reason_key(reason) == key:
            return reason
    raise GoneError(
        "That reason is no longer among the review's reasons",
        "Choose one of the present ones.",
    )


def offered_reasons(review: Review, stage: Stage) -> tuple[str, ...]:
    """Return the reasons a menu offers; where none are configured, one that says so."""
    return review.rules(stage).exclusion_reasons[:95] or ("Reason not given",)
