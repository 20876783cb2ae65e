"""Keeps text that looks like a formula text in the CSV files Winnow writes, and undoes it on reading.

A spreadsheet program runs a CSV cell that begins with = + - @ or a tab as a formula. Such a cell is
written with an apostrophe before it, one more where it has some already, so that the way back is
exact. Only files with Winnow's own headings are read that way: others keep their apostrophes.
"""

from __future__ import annotations

import re
from dataclasses import fields

from screening.records import Record

HEADINGS = tuple(field.name for field in fields(Record))
_LOOKS_LIKE_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n]")


def guarded(cell: str) -> str:
    """Give the cell as it may stand in a CSV file that is opened in a spreadsheet program."""
    return f"'{cell}" if _LOOKS_LIKE_FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """Give the cell that `guarded` was given."""
    return cell[1:] if _GUARDED.match(cell) else cell
