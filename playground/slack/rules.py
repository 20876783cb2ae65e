"""The small language in which the rules of Block Kit are written down as data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal[
    "text", "string", "flag", "number", "choice", "list", "shape", "element", "rich", "pattern"
]

SDK = "slack_sdk.models"
DOCS = "docs.slack.dev/reference/block-kit"
NOTES = "platform-limits.md"
RECALLED = "from memory, not checked"


@dataclass(frozen=True, slots=True)
class Field:
    """What one field may hold. `low` and `high` bound characters, items or the number itself."""

    kind: Kind
    required: bool = False
    low: int | None = None
    high: int | None = None
    names: tuple[str, ...] = ()
    of: Field | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields an object may have, and where that is known from.

    `one_of`: groups of fields of which exactly one must be present.
    `any_of`: groups of fields of which at least one must be present.
    """

    fields: dict[str, Field]
    known_from: str
    one_of: tuple[tuple[str, ...], ...] = ()
    any_of: tuple[tuple[str, ...], ...] = ()


def need(field: Field) -> Field:
    """The same field, required."""
    return replace(field, required=True)


def plain(high: int) -> Field:
    """A plain_text object of 1 to `high` characters."""
    return Field("text", names=("plain_text",), low=1, high=high)


def marked(high: int) -> Field:
    """A plain_text or mrkdwn object of 1 to `high` characters."""
    return Field("text", names=("plain_text", "mrkdwn"), low=1, high=high)


def string(high: int, low: int = 0) -> Field:
    """A string of `low` to `high` characters."""
    return Field("string", low=low, high=high)


def matching(pattern: str) -> Field:
    """A string that matches a regular expression as a whole."""
    return Field("pattern", names=(pattern,))


def flag() -> Field:
    """True or false."""
    return Field("flag")


def number(low: int, high: int) -> Field:
    """A whole number within bounds."""
    return Field("number", low=low, high=high)


def choice(*names: str) -> Field:
    """One of these strings."""
    return Field("choice", names=names)


def many(of: Field, low: int, high: int) -> Field:
    """A list of `low` to `high` items."""
    return Field("list", low=low, high=high, of=of)


def shape(name: str) -> Field:
    """A composition object, by its name in the table OBJECTS."""
    return Field("shape", names=(name,))


def element(*names: str) -> Field:
    """A block element of one of these types."""
    return Field("element", names=names)


def rich(*names: str) -> Field:
    """A rich text part of one of these types."""
    return Field("rich", names=names)
