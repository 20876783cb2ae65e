"""Who may do what: `check_…` raises a sentence, `can_…` asks it so that buttons are drawn alike."""

from __future__ import annotations

from collections.abc import Callable

from screening.errors import InvalidValueError, NotAllowedError, ReasonMissingError, WinnowError
from screening.members import Member, Role
from screening.review import Review
from screening.stages import Outcome, Stage
from screening.votes import NOTE_LENGTH, Choice

ROLE_WORDS = {Role.LEAD: "a lead", Role.REVIEWER: "a reviewer", Role.OBSERVER: "an observer"}


def check_is_member(review: Review, member_id: str) -> Member:
    """Return the active member, or raise."""
    member = review.member(member_id)
    if not member.active:
        who = "active members"
        raise NotAllowedError(
            member.name, "no longer active", "act here", who, ask=review.named_leads
        )
    return member


def check_takes_part(review: Review, member_id: str, gesture: str) -> Member:
    """Return the member unless they only observe, or raise; `gesture` completes "cannot …"."""
    member = check_is_member(review, member_id)
    if member.role is Role.OBSERVER:
        role, who = ROLE_WORDS[member.role], "reviewers and leads"
        raise NotAllowedError(member.name, role, gesture, who, ask=review.named_leads)
    return member


def check_can_vote(review: Review, member_id: str, stage: Stage) -> Member:
    """Return the member if they screen at this stage, or raise."""
    member = check_takes_part(review, member_id, "vote")
    if stage not in member.stages:
        raise NotAllowedError(
            member.name,
            "not assigned to this stage",
            f"vote at {stage.label}",
            "its reviewers",
            ask=review.named_leads,
        )
    return member


def check_is_lead(review: Review, member_id: str, gesture: str) -> Member:
    """Return the member if they lead the review, or raise; `gesture` completes "cannot …"."""
    member = check_is_member(review, member_id)
    if member.role is not Role.LEAD:
        raise NotAllowedError(member.name, ROLE_WORDS[member.role], gesture, review.named_leads)
    return member


def check_choice(review: Review, stage: Stage, choice: Choice, reason: str) -> None:
    """Raise unless the choice, with its reason, is one that the stage offers.

    Full text offers no maybe (the report is at hand), and an exclusion there needs one of the
    configured reasons, because PRISMA reports exclusions by reason.
    """
    reasons = review.rules(stage).exclusion_reasons
    if choice is Choice.WITHDRAWN:
        raise InvalidValueError("The vote", choice.value, "Vote include, maybe or exclude.")
    if stage is Stage.FULL_TEXT and choice is Choice.MAYBE:
        raise InvalidValueError("The vote", "maybe", "Full text is include or exclude.")
    if stage is Stage.FULL_TEXT and choice is Choice.EXCLUDE:
        check_reason(reasons, reason)


def check_reason(reasons: tuple[str, ...], reason: str) -> None:
    """Raise unless the reason is one of those configured (any non-empty text when none are)."""
    if not reason:
        raise ReasonMissingError(reasons)
    if reasons and reason not in reasons:
        raise InvalidValueError("The reason", reason, "Choose one of: " + "; ".join(reasons) + ".")
    if "," in reason or ";" in reason:
        raise InvalidValueError("The reason", reason, "Leave out commas and semicolons.")


def check_source_name(name: str) -> None:
    """Raise for no name, and for one that PRISMA's template could not list."""
    if not name.strip():
        raise InvalidValueError("The source's name", name, "Choose a source or write its name.")
    if "," in name or ";" in name:
        raise InvalidValueError(
            "The source's name",
            name,
            "Name it without commas and semicolons: PRISMA's template separates with them.",
        )


def check_note(note: str) -> str:
    """Return the note stripped, or raise when it is longer than a sealed cell can hold."""
    note = note.strip()
    if len(note) > NOTE_LENGTH:
        raise InvalidValueError(
            f"The note of {len(note)} characters beginning", note[:40], f"Keep it to {NOTE_LENGTH}."
        )
    return note


def check_resolution(review: Review, stage: Stage, outcome: Outcome, reason: str) -> None:
    """Raise unless the outcome is one a lead can give at the stage."""
    if outcome is Outcome.NOT_RETRIEVED and stage is Stage.TITLE_ABSTRACT:
        raise InvalidValueError("The decision", outcome.value, "Decide include or exclude.")
    if stage is Stage.FULL_TEXT and outcome is Outcome.EXCLUDE:
        check_reason(review.rules(stage).exclusion_reasons, reason)


def _allowed(check: Callable[[], object]) -> bool:
    try:
        check()
    except WinnowError:
        return False
    return True


def can_vote(review: Review, member_id: str, stage: Stage) -> bool:
    """Tell whether the member screens at the stage."""
    return _allowed(lambda: check_can_vote(review, member_id, stage))


def can_lead(review: Review, member_id: str) -> bool:
    """Tell whether the member decides conflicts, duplicates and imports."""
    return _allowed(lambda: check_is_lead(review, member_id, "lead"))


def is_member(review: Review, member_id: str) -> bool:
    """Tell whether the person is on the team and active."""
    return _allowed(lambda: check_is_member(review, member_id))
