"""The one gate: who acts in a review is on its team, and what they send is what we could have sent."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TypeVar

from bot import actions
from bot.payloads import Click, Command, Submission
from screening.errors import GarbledError, GoneError, UnknownReviewError
from screening.policies import check_is_member
from screening.ports import Desk
from screening.review import Review

Named = TypeVar("Named", bound=StrEnum)

LONGEST = 3_000
"""Characters. Slack allows 2,000 in a button's value and 3,000 in a field or in what a modal keeps."""

OF_NO_REVIEW = frozenset({actions.HOME_REFRESH})
"""Actions that name no review: they show their own reviews to whoever clicks."""


def enter(desk: Desk, review_id: str, user_id: str) -> Review:
    """Return the review if the person is on its team, or raise."""
    try:
        review = desk.review(review_id)
    except UnknownReviewError as error:
        # Which reviews there are is nothing for whoever made the value up.
        raise GoneError("That review is no longer here", "Use /winnow help.") from error
    check_is_member(review, user_id)
    return review


def check_click(desk: Desk, click: Click) -> None:
    """Raise unless the click's value can be one of ours, by a member of the review that it names."""
    check_readable(click.value)
    if click.action_id not in OF_NO_REVIEW:
        enter(desk, click.value.partition(actions.SEPARATOR)[0], click.user_id)


def check_submission(desk: Desk, submission: Submission) -> None:
    """Raise unless the modal can be one of ours, sent by a member of the review that it names."""
    for text in (*submission.kept.values(), *submission.values.values()):
        check_readable(text)
    enter(desk, submission.kept["review"], submission.user_id)


def check_command(command: Command) -> None:
    """Raise for words that no database can look up; whose review it is comes from the words."""
    check_readable(command.text)


def check_readable(text: str) -> None:
    """Raise for text that Slack would not have sent, and that databases stumble over."""
    if len(text) > LONGEST or "\0" in text or any("\ud800" <= each <= "\udfff" for each in text):
        raise GarbledError


def one_of(kind: type[Named], text: str) -> Named:
    """Return the member of an enumeration that a value names, or raise."""
    try:
        return kind(text)
    except ValueError as error:
        raise GarbledError from error


def day_of(text: str) -> date | None:
    """Return the day that a date field says, None for an empty one, or raise."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise GarbledError from error
