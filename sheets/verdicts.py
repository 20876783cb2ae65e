"""What the lead typed, understood or answered with a sentence; nothing is ever guessed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from screening.errors import InvalidValueError
from screening.stages import Outcome

_OUTCOMES = {
    "include": Outcome.INCLUDE,
    "exclude": Outcome.EXCLUDE,
    "not retrieved": Outcome.NOT_RETRIEVED,
    "not_retrieved": Outcome.NOT_RETRIEVED,
}

VOTES_DECIDE = "votes"
"""What the lead writes to take an override back where the cell is empty already."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """An outcome with its reason; `outcome` is None when the votes shall decide."""

    outcome: Outcome | None
    reason: str = ""


def read_decision(text: str) -> Outcome | None:
    """Read the Decision column; upper and lower case are alike. Raises `InvalidValueError`."""
    plain = " ".join(text.split()).casefold()
    if not plain:
        return None
    try:
        return _OUTCOMES[plain]
    except KeyError:
        raise InvalidValueError(
            "The decision", text, "Write include or exclude; nothing was recorded."
        ) from None


def read_override(text: str, reasons: Iterable[str]) -> Ruling:
    """Read the Override column: include, exclude, "exclude: reason", or "votes" to take one back.

    Raises `InvalidValueError`.
    """
    if is_votes(text):
        return Ruling(None)
    word, _, reason = text.partition(":")
    plain = " ".join(word.split()).casefold()
    outcome = _OUTCOMES.get(plain)
    if outcome is None:
        raise InvalidValueError(
            "The override",
            text,
            "Write include, exclude or “exclude: reason”; an empty cell or “votes” takes the last "
            "override back. "
            "Nothing was recorded.",
        )
    return Ruling(outcome, known_reason(reason, reasons))


def is_votes(text: str) -> bool:
    """Whether what stands in the Override column leaves the decision to the votes."""
    return " ".join(text.split()).casefold() in ("", VOTES_DECIDE)


def known_reason(text: str, reasons: Iterable[str]) -> str:
    """Return a reason as the configuration writes it; one that it does not have as it was typed."""
    plain = " ".join(text.split())
    for reason in reasons:
        if reason.casefold() == plain.casefold():
            return reason
    return plain


def read_verdict(text: str) -> Literal["same", "different"] | None:
    """Read the Verdict column. Raises `InvalidValueError`."""
    match " ".join(text.split()).casefold():
        case "":
            return None
        case "same":
            return "same"
        case "different":
            return "different"
    raise InvalidValueError("The verdict", text, "Write same or different; nothing was recorded.")
