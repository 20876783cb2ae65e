"""Cron expressions of five fields, read strictly and as cron reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from screening.config.problems import shown

WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_PART = re.compile(r"(?P<range>\*|[a-z0-9]+(?:-[a-z0-9]+)?)(?:/(?P<step>\d+))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cron:
    """The values at which each field fires; weekdays by name, so that 0 cannot mean two days."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[str, ...]

    @property
    def once_a_day(self) -> bool:
        """Whether it fires at one time of the day only."""
        return len(self.minutes) == 1 and len(self.hours) == 1


def parse_cron(expression: str) -> Cron:
    """Read `minute hour day month weekday`; raise `ValueError` with a sentence when it is none.

    Cron fires when the day *or* the weekday matches once both are given; schedulers differ there,
    so an expression that gives both is refused.
    """
    fields = expression.split()
    if len(fields) != 5:
        raise ValueError(
            f"{shown(expression)} has {len(fields)} fields, a cron expression has five: "
            "minute hour day month weekday, such as “0 9 * * mon-fri”."
        )
    minute, hour, day, month, weekday = fields
    if day != "*" and weekday != "*":
        raise ValueError(
            f"{shown(expression)} names both days of the month and weekdays; name one, “*” for the other."
        )
    days = _field(day, "day", 1, 31)
    months = _field(month, "month", 1, 12, MONTHS, 1)
    longest = max(29 if m == 2 else 30 if m in (4, 6, 9, 11) else 31 for m in months)
    if min(days) > longest:
        raise ValueError(f"{shown(expression)} never fires: no such day in that month.")
    numbers = _field(weekday, "weekday", 0, 7, WEEKDAYS, 0)
    return Cron(
        minutes=_field(minute, "minute", 0, 59),
        hours=_field(hour, "hour", 0, 23),
        days=days,
        months=months,
        weekdays=tuple(WEEKDAYS[n] for n in sorted({n % 7 for n in numbers})),
    )


def _field(
    text: str, what: str, low: int, high: int, names: tuple[str, ...] = (), offset: int = 0
) -> tuple[int, ...]:
    values: set[int] = set()
    for part in text.split(","):
        found = _PART.fullmatch(part)
        if found is None:
            raise ValueError(
                f"{shown(text)} is not a valid {what}; write numbers {low}-{high}, “*” or “*/n”."
            )
        step = int(found["step"] or 1)
        if step == 0:
            raise ValueError(f"{shown(text)}: a step of 0 never moves on; write “*/1” or more.")
        if found["range"] == "*":
            first, last = low, high
        else:
            ends = [
                _number(end, what, low, high, names, offset) for end in found["range"].split("-")
            ]
            first = ends[0]
            last = ends[1] if len(ends) == 2 else (high if found["step"] else first)
        if last < first:
            if what != "weekday":
                raise ValueError(f"{shown(part)} ends before it begins; swap the two {what}s.")
            last += 7
        values.update(range(first, last + 1, step))
    if what == "weekday":
        values = {value % 7 for value in values}
    return tuple(sorted(values))


def _number(text: str, what: str, low: int, high: int, names: tuple[str, ...], offset: int) -> int:
    if text.lower() in names:
        return names.index(text.lower()) + offset
    if not text.isdecimal() or not low <= int(text) <= high:
        also = f" or {names[0]}-{names[-1]}" if names else ""
        raise ValueError(f"{shown(text)} is not a valid {what}; write {low}-{high}{also}.")
    return int(text)
