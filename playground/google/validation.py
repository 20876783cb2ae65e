"""Data validation rules and filter conditions: is a rule well made, and does a value meet it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from playground.google.cells import Fault, Value, effective, formatted
from playground.google.content import Pages
from playground.google.errors import GoogleError, invalid, standin
from playground.google.typing_in import typed

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")
_URL = re.compile(r"(https?|ftp)://\S+\Z", re.IGNORECASE)

# How many values each condition takes (descriptions of the enum in the discovery document).
_COUNTS: dict[str, tuple[int, int]] = {
    "ONE_OF_LIST": (1, 10_000),
    "ONE_OF_RANGE": (1, 1),
    "BOOLEAN": (0, 2),
    "BLANK": (0, 0),
    "NOT_BLANK": (0, 0),
    "DATE_IS_VALID": (0, 0),
    "TEXT_IS_EMAIL": (0, 0),
    "TEXT_IS_URL": (0, 0),
    "NUMBER_BETWEEN": (2, 2),
    "NUMBER_NOT_BETWEEN": (2, 2),
    "DATE_BETWEEN": (2, 2),
    "DATE_NOT_BETWEEN": (2, 2),
}
_NOT_FOR_CELLS = frozenset({"BLANK", "NOT_BLANK", "TEXT_STARTS_WITH", "TEXT_ENDS_WITH"})


def condition_values(condition: Mapping[str, Any]) -> list[str]:
    """The values that a condition compares with, as typed."""
    return [item.get("userEnteredValue", "") for item in condition.get("values", ())]


def check_condition(condition: Mapping[str, Any]) -> None:
    """Refuse a condition that lacks its type or has the wrong number of values."""
    kind = condition.get("type", "CONDITION_TYPE_UNSPECIFIED")
    if kind == "CONDITION_TYPE_UNSPECIFIED":
        raise invalid("BooleanCondition.type is required.")
    least, most = _COUNTS.get(kind, (1, 1))
    given = len(condition.get("values", ()))
    if not least <= given <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise invalid(f"BooleanCondition.type {kind} requires {wanted} values, but has {given}.")


def check_rule(rule: Mapping[str, Any]) -> None:
    """Refuse a data validation rule that a cell cannot have."""
    condition: Mapping[str, Any] = rule.get("condition", {})
    check_condition(condition)
    if condition["type"] in _NOT_FOR_CELLS:
        raise invalid(f"Condition type {condition['type']} is not for data validation.")
    if any("relativeDate" in item for item in condition.get("values", ())):
        raise invalid("Relative dates are not supported in data validation.")
    if condition["type"] == "ONE_OF_LIST" and not all(condition_values(condition)):
        raise invalid("ONE_OF_LIST values must not be empty.")


class Judge:
    """Says whether values meet conditions, with the spreadsheet at hand for ONE_OF_RANGE."""

    def __init__(self, pages: Pages, year: int) -> None:
        self._pages = pages
        self._year = year

    def choices(self, condition: Mapping[str, Any]) -> list[str]:
        """The texts that a list or range condition offers."""
        values = condition_values(condition)
        if condition["type"] == "ONE_OF_LIST":
            return values
        if condition["type"] == "BOOLEAN":
            return values or ["TRUE", "FALSE"]
        if condition["type"] != "ONE_OF_RANGE":
            return []
        area = self._pages.area(values[0].removeprefix("=").replace("$", ""))
        shown = [
            formatted(area.tab.grid.value(row, column), area.tab.grid.mark(row, column))
            for row in range(area.top, min(area.bottom, area.tab.grid.filled))
            for column in range(area.left, area.right)
        ]
        return list(dict.fromkeys(text for text in shown if text))

    def accepts(self, condition: Mapping[str, Any], value: Value, shown: str) -> bool:
        """Whether a value, shown as a text, meets a condition.

        Raises GoogleError for a condition that the stand-in does not know.
        """
        kind = str(condition["type"])
        plain = effective(value)
        if kind in ("ONE_OF_LIST", "ONE_OF_RANGE", "BOOLEAN"):
            return shown in self.choices(condition)
        if kind in ("BLANK", "NOT_BLANK"):
            return (plain is None) == (kind == "BLANK")
        if kind == "DATE_IS_VALID":
            return _is_number(plain)
        texts = condition_values(condition)
        if kind.startswith("TEXT_"):
            return _text_meets(kind, shown, texts)
        if kind.startswith(("NUMBER_", "DATE_")):
            bounds = [typed(text, self._year)[0] for text in texts]
            return _number_meets(kind.partition("_")[2], plain, bounds)
        raise standin(
            "condition", f"conditions of type {kind} are not modelled; use a list or a comparison."
        )


def violation(
    judge: Judge, rule: Mapping[str, Any], value: Value, shown: str, cell: str
) -> str | None:
    """What Sheets tells a person whose entry breaks a strict rule; None when it may stand."""
    if value is None or not rule.get("strict"):
        return None
    try:
        if judge.accepts(rule["condition"], value, shown):
            return None
    except GoogleError as error:
        return error.message
    if rule.get("inputMessage"):
        return str(rule["inputMessage"])
    text = (
        f"The data you entered in cell {cell} violates the data validation rules set on this cell."
    )
    choices = judge.choices(rule["condition"])
    if choices:
        text += f" Please enter one of the following values: {', '.join(choices)}."
    return text


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text_meets(kind: str, shown: str, texts: list[str]) -> bool:
    low = shown.lower()
    wanted = texts[0].lower() if texts else ""
    tests: dict[str, Callable[[], bool]] = {
        "TEXT_CONTAINS": lambda: wanted in low,
        "TEXT_NOT_CONTAINS": lambda: wanted not in low,
        "TEXT_STARTS_WITH": lambda: low.startswith(wanted),
        "TEXT_ENDS_WITH": lambda: low.endswith(wanted),
        "TEXT_EQ": lambda: low == wanted,
        "TEXT_NOT_EQ": lambda: low != wanted,
        "TEXT_IS_EMAIL": lambda: bool(_EMAIL.match(shown)),
        "TEXT_IS_URL": lambda: bool(_URL.match(shown)),
    }
    return tests[kind]()


def _number_meets(kind: str, value: str | float | Fault | None, bounds: list[Value]) -> bool:
    limits = [bound for bound in bounds if isinstance(bound, int | float)]
    if not isinstance(value, int | float) or isinstance(value, bool) or len(limits) != len(bounds):
        return False
    first, last = limits[0], limits[-1]
    tests: dict[str, bool] = {
        "GREATER": value > first,
        "GREATER_THAN_EQ": value >= first,
        "LESS": value < first,
        "LESS_THAN_EQ": value <= first,
        "EQ": value == first,
        "NOT_EQ": value != first,
        "BETWEEN": first <= value <= last,
        "NOT_BETWEEN": not first <= value <= last,
        "BEFORE": value < first,
        "AFTER": value > first,
        "ON_OR_BEFORE": value <= first,
        "ON_OR_AFTER": value >= first,
    }
    return tests[kind]
