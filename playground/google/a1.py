"""A1 notation: reading `'Full text'!A2:C`, and writing it back."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PLAIN_TITLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_CELL_LIKE = re.compile(r"[A-Za-z]{1,3}[0-9]+\Z|[Rr][0-9]*[Cc][0-9]*\Z")
_CELL = re.compile(r"\$?([A-Za-z]{1,3})?\$?([0-9]{1,9})?\Z")


class NotA1(ValueError):
    """A text that is no range in A1 notation."""


@dataclass(frozen=True, slots=True)
class Span:
    """Rows and columns from zero, half open; None where a side is unbounded."""

    top: int | None = None
    bottom: int | None = None
    left: int | None = None
    right: int | None = None


@dataclass(frozen=True, slots=True)
class A1:
    """A range as written: the tab's title if it has one, and the cells if it names any.

    `text` is what stands where either a tab's or a named range's name could stand.
    """

    title: str | None
    span: Span | None
    text: str


def column_letters(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """A → 0, AA → 26."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def quoted_title(title: str) -> str:
    """A tab's title as it stands before the `!`: quoted unless it is a plain word."""
    if _PLAIN_TITLE.match(title) and not _CELL_LIKE.match(title):
        return title
    return "'" + title.replace("'", "''") + "'"


def cell_name(row: int, column: int) -> str:
    """(0, 0) → A1."""
    return f"{column_letters(column)}{row + 1}"


def range_name(title: str, top: int, bottom: int, left: int, right: int) -> str:
    """A bounded range; a single cell is written as one cell."""
    first = cell_name(top, left)
    if bottom - top <= 1 and right - left <= 1:
        return f"{quoted_title(title)}!{first}"
    return f"{quoted_title(title)}!{first}:{cell_name(bottom - 1, right - 1)}"


def parse_a1(text: str) -> A1:
    """Read a range. A bare name may be a tab, a named range or a cell: the caller decides.

    Raises NotA1.
    """
    if text.startswith("'"):
        title, rest = _quoted(text)
        if not rest:
            return A1(title, None, title)
        if not rest.startswith("!"):
            raise NotA1(text)
        return A1(title, _span(rest[1:], text), text)
    title, mark, cells = text.rpartition("!")
    if mark:
        if not title:
            raise NotA1(text)
        return A1(title, _span(cells, text), text)
    try:
        return A1(None, _span(text, text), text)
    except NotA1:
        if not text:
            raise
        return A1(None, None, text)


def _quoted(text: str) -> tuple[str, str]:
    end = 1
    while True:
        end = text.find("'", end)
        if end < 0:
            raise NotA1(text)
        if text[end : end + 2] == "''":
            end += 2
            continue
        return text[1:end].replace("''", "'"), text[end + 1 :]


def _span(cells: str, whole: str) -> Span:
    first, colon, last = cells.partition(":")
    start = _corner(first, whole)
    if not colon:
        if start[0] is None or start[1] is None:
            raise NotA1(whole)
        return Span(start[0], start[0] + 1, start[1], start[1] + 1)
    end = _corner(last, whole)
    if (start[0] is None and start[1] is None) or (end[0] is None and end[1] is None):
        raise NotA1(whole)
    # The corners may come in any order: B3:A1 is A1:B3.
    top, bottom = _ordered(start[0], end[0])
    left, right = _ordered(start[1], end[1])
    return Span(top, bottom, left, right)


def _ordered(first: int | None, last: int | None) -> tuple[int | None, int | None]:
    if first is None and last is None:
        return None, None
    if first is None:
        # A:B5 covers the columns from the first row on.
        return 0, None if last is None else last + 1
    if last is None:
        return first, None
    return min(first, last), max(first, last) + 1


def _corner(text: str, whole: str) -> tuple[int | None, int | None]:
    found = _CELL.match(text)
    if not found or not text:
        raise NotA1(whole)
    letters, digits = found.groups()
    if digits is not None and int(digits) == 0:
        raise NotA1(whole)
    row = int(digits) - 1 if digits else None
    return row, column_index(letters) if letters else None
