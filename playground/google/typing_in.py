"""Reads what a person types into a cell, as USER_ENTERED does: numbers, dates, formulas, text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from playground.google.cells import Formula, Value, check_length, compute
from playground.google.numberformat import serial_of

NumberFormat = Mapping[str, Any]

_NUMBER = re.compile(
    r"([+-])?(\$)?((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)([eE][+-]?\d+)?(%)?\Z"
)
_MONTH_NAMES = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = r"(?P<name>[A-Za-z]{3,9})\.?"
_DATES = (
    re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})\Z"),
    re.compile(r"(?P<m>\d{1,2})[-/](?P<d>\d{1,2})[-/](?P<y>\d{4}|\d{2})\Z"),
    re.compile(r"(?P<m>\d{1,2})[-/](?P<d>\d{1,2})\Z"),
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})\Z"),
    re.compile(_MONTH + r" (?P<d>\d{1,2}),? (?P<y>\d{4})\Z"),
    re.compile(r"(?P<d>\d{1,2}) " + _MONTH + r" (?P<y>\d{4})\Z"),
    re.compile(_MONTH + r" (?P<y>\d{4})\Z"),
)
_TIME = re.compile(r"(?P<h>\d{1,2}):(?P<min>\d{2})(?::(?P<s>\d{2}))?(?: ?(?P<half>[AaPp][Mm]))?\Z")
_PLAIN_TEXT = "TEXT"


def typed(
    text: str, year: int, kept_format: NumberFormat | None = None
) -> tuple[Value, NumberFormat | None]:
    """The value that a typed text becomes, and the number format that it brings, if any.

    `year` completes a date without one. In a cell formatted as plain text everything stays text.
    The locale is en_US, as in a new spreadsheet: 3/4 is the fourth of March, and so is 3-4.

    Raises GoogleError (400) for a text that no cell can hold.
    """
    check_length(text)
    if not text:
        return None, None
    if kept_format and kept_format.get("type") == _PLAIN_TEXT:
        return text, None
    if text.startswith("'"):
        return text[1:] or None, None
    if text.startswith("=") and len(text) > 1:
        return Formula(text, compute(text)), None
    stripped = text.strip()
    if stripped.upper() in ("TRUE", "FALSE"):
        return stripped.upper() == "TRUE", None
    found = _as_number(stripped) or _as_moment(stripped, year)
    if found:
        return found
    if text[0] == "+" and len(text) > 1:
        formula = "=" + text
        return Formula(formula, compute(formula)), None
    return text, None


def _as_number(text: str) -> tuple[Value, NumberFormat | None] | None:
    found = _NUMBER.match(text)
    if not found:
        return None
    sign, currency, digits, exponent, percent = found.groups()
    plain = digits.replace(",", "")
    number = float(plain + (exponent or "")) * (-1 if sign == "-" else 1)
    if percent:
        pattern = "0.00%" if "." in plain else "0%"
        return number / 100, {"type": "PERCENT", "pattern": pattern}
    whole = "." not in plain and not exponent
    value: Value = int(number) if whole and abs(number) < 1e15 else number
    if currency:
        pattern = '"$"#,##0' if whole else '"$"#,##0.00'
        return value, {"type": "CURRENCY", "pattern": pattern}
    if "," in digits:
        return value, {"type": "NUMBER", "pattern": "#,##0" if whole else "#,##0.00"}
    if exponent:
        return value, {"type": "SCIENTIFIC", "pattern": "0.00E+00"}
    return value, None


def _as_moment(text: str, year: int) -> tuple[Value, NumberFormat | None] | None:
    date_text, gap, time_text = text.replace("T", " ", 1).partition(" ")
    time_only = _TIME.match(text)
    if time_only:
        seconds = _seconds(time_only)
        return (
            None if seconds is None else (seconds / 86_400, {"type": "TIME", "pattern": "h:mm:ss"})
        )
    day = _as_date(text, year)
    if day:
        return serial_of(day), {"type": "DATE", "pattern": _date_pattern(text)}
    clock = _TIME.match(time_text) if gap else None
    day = _as_date(date_text, year) if clock else None
    if day is None or clock is None:
        return None
    seconds = _seconds(clock)
    if seconds is None:
        return None
    pattern = _date_pattern(date_text) + (" h:mm:ss" if clock["s"] else " h:mm")
    return serial_of(day) + seconds / 86_400, {"type": "DATE_TIME", "pattern": pattern}


def _as_date(text: str, year: int) -> datetime | None:
    for pattern in _DATES:
        found = pattern.match(text)
        if not found:
            continue
        parts = found.groupdict()
        if "name" in parts:
            name = parts["name"].lower()
            month = _MONTH_NAMES.index(name[:3]) + 1 if name[:3] in _MONTH_NAMES else 0
        else:
            month = int(parts["m"])
        written = parts.get("y")
        years = year if written is None else int(written)
        if written is not None and len(written) == 2:
            years += 2000 if years < 30 else 1900
        try:
            return datetime(years, month, int(parts.get("d") or 1), tzinfo=UTC)
        except ValueError:  # no such day: it stays text, as in Sheets
            return None
    return None


def _date_pattern(text: str) -> str:
    if re.match(r"\d{4}-\d{1,2}-\d", text):
        return "yyyy-mm-dd"
    if re.match(r"\d{4}-\d{1,2}\Z", text):
        return "yyyy-mm"
    if text[0].isalpha():
        return "mmm d, yyyy" if re.search(r" \d{1,2},? ", text) else "mmmm yyyy"
    if " " in text:
        return "d mmm yyyy"
    pattern = "m/d/yyyy" if re.search(r"[-/]\d{1,2}[-/]", text) else "m/d"
    return pattern.replace("/", "-") if "-" in text else pattern


def _seconds(found: re.Match[str]) -> int | None:
    hours, minutes, seconds = int(found["h"]), int(found["min"]), int(found["s"] or 0)
    if found["half"]:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if found["half"].lower() == "pm" else 0)
    if hours > 23 or minutes > 59 or seconds > 59:
        return None
    return hours * 3600 + minutes * 60 + seconds
