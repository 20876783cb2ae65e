"""Numbers and dates as a spreadsheet shows them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

# Serial numbers count days from here (discovery document, dateTimeRenderOption SERIAL_NUMBER).
EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
DEFAULTS = {
    "DATE": "yyyy-mm-dd",
    "DATE_TIME": "yyyy-mm-dd hh:mm:ss",
    "TIME": "hh:mm:ss",
    "PERCENT": "0.00%",
    "NUMBER": "#,##0.00",
    "CURRENCY": "$#,##0.00",
    "SCIENTIFIC": "0.00E+00",
}
_DATE_TOKEN = re.compile(r"y+|m+|d+|h+|s+|am/pm|\"[^\"]*\"|.", re.IGNORECASE)
_NUMBER_PART = re.compile(r"[#0,]*[#0](?:\.[0#]*)?")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def serial_of(moment: datetime) -> int | float:
    """A moment (taken as it stands, without its zone) as days since 1899-12-30."""
    days = (moment.replace(tzinfo=UTC) - EPOCH) / timedelta(days=1)
    return int(days) if days.is_integer() else days


def moment_of(serial: float) -> datetime:
    """The moment of a serial number, to the second."""
    return EPOCH + timedelta(seconds=round(serial * 86_400))


def general(number: float) -> str:
    """A number in the automatic format: no grouping, at most ten decimals."""
    if isinstance(number, int):
        return str(number)
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    if abs(number) >= 1e15 or abs(number) < 1e-10:
        return f"{number:.5E}".replace("E+0", "E+").replace("E-0", "E-")
    return f"{number:.10f}".rstrip("0").rstrip(".")


def format_number(number: float, pattern: Mapping[str, Any]) -> str:
    """A number in a cell's own format; patterns beyond the common ones fall back to general."""
    kind = pattern.get("type", "NUMBER")
    text = pattern.get("pattern") or DEFAULTS.get(kind, "")
    if kind in ("DATE", "TIME", "DATE_TIME"):
        return _format_moment(number, text)
    if kind == "TEXT" or not text or "@" in text:
        return general(number)
    if "E+" in text.upper():
        decimals = text.upper().partition("E+")[0].partition(".")[2].count("0")
        return f"{number:.{decimals}E}"
    found = _NUMBER_PART.search(text)
    if not found:
        return general(number)
    scaled = number * 100 if "%" in text else number
    decimals = found[0].partition(".")[2].count("0")
    grouped = "," if "," in found[0] else ""
    sign = "-" if scaled < 0 else ""
    body = f"{abs(scaled):{grouped}.{decimals}f}"
    before, after = text[: found.start()], text[found.end() :]
    return f"{sign}{before}{body}{after}".replace('"', "").replace("\\", "")


def _format_moment(serial: float, pattern: str) -> str:
    try:
        moment = moment_of(serial)
    except OverflowError:
        return general(serial)
    tokens = _DATE_TOKEN.findall(pattern)
    twelve = any(token.lower() == "am/pm" for token in tokens)
    text = ""
    clock = False
    for token in tokens:
        low = token.lower()
        # "m" is minutes after hours and months elsewhere.
        text += _moment_part(moment, low, twelve, clock) if low[0] in "ymdhsa" else token.strip('"')
        if low[0] in "hs":
            clock = True
        elif low[0] in "yd":
            clock = False
    return text


def _moment_part(moment: datetime, token: str, twelve: bool, clock: bool) -> str:
    size = len(token)
    hour = (moment.hour % 12 or 12) if twelve else moment.hour
    match token[0]:
        case "y":
            return f"{moment:%Y}" if size > 2 else f"{moment:%y}"
        case "m" if clock:
            return f"{moment.minute:0{size}d}"
        case "m" if size > 2:
            return _MONTHS[moment.month - 1] if size > 3 else _MONTHS[moment.month - 1][:3]
        case "m":
            return f"{moment.month:0{size}d}"
        case "d" if size > 2:
            return _DAYS[moment.weekday()] if size > 3 else _DAYS[moment.weekday()][:3]
        case "d":
            return f"{moment.day:0{size}d}"
        case "h":
            return f"{hour:0{size}d}"
        case "s":
            return f"{moment.second:0{size}d}"
        case _:
            return "PM" if moment.hour >= 12 else "AM"
