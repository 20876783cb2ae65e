"""How values are kept in columns, the same on both databases.

Instants are microseconds since 1970 in UTC (exact, sortable, one index serves every time zone), words
of a fixed vocabulary are their text, and prose from outside is cleaned of what Postgres refuses.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import BigInteger, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

WordT = TypeVar("WordT", bound=StrEnum)


def to_micros(instant: datetime) -> int:
    """Return microseconds since 1970; a naive instant is a mistake and raises `TypeError`."""
    return (instant - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """Return the aware instant, in UTC."""
    return EPOCH + timedelta(microseconds=micros)


class Instant(TypeDecorator[datetime]):
    """An aware instant."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Turn an instant into microseconds."""
        return None if value is None else to_micros(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Turn microseconds into an instant."""
        return None if value is None else from_micros(value)


class Word(TypeDecorator[WordT], Generic[WordT]):
    """A word of a fixed vocabulary (a `StrEnum`)."""

    impl = Text
    cache_ok = True

    def __init__(self, vocabulary: type[WordT]) -> None:
        super().__init__()
        self.vocabulary = vocabulary

    def process_bind_param(self, value: WordT | None, dialect: Dialect) -> str | None:
        """Write the word's text."""
        return None if value is None else value.value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> WordT | None:
        """Read the word."""
        return None if value is None else self.vocabulary(value)


class Prose(TypeDecorator[str]):
    """Text that people typed or files brought: NUL and halves of characters are replaced."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the text as both databases can keep it."""
        return None if value is None else clean(value)


class Json(TypeDecorator[Any]):
    """A JSON value, in ASCII, so that any character that JSON can escape survives."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> str | None:
        """Write the value as JSON."""
        return json.dumps(value, separators=(",", ":"), default=_plain)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Any:
        """Read the JSON value."""
        return None if value is None else json.loads(value)


def clean(text: str) -> str:
    """Return text without NUL characters and unpaired surrogates."""
    if "\0" in text:
        text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
