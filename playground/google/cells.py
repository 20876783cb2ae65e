"""What stands in a cell, and the three ways the API shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from playground.google.errors import invalid
from playground.google.numberformat import format_number, general

Render = Literal["FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA"]
Mark = Mapping[str, Any]
"""What a cell has beside its value: note, dataValidation, userEnteredFormat, textFormatRuns."""

# developers.google.com: "Google Docs, Sheets … size limits": 50,000 characters in one cell.
MAX_CHARACTERS = 50_000
DATE_TYPES = frozenset({"DATE", "TIME", "DATE_TIME"})


@dataclass(frozen=True, slots=True)
class Fault:
    """An error value, such as the result of a formula that the stand-in does not compute."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula and what it gives."""

    text: str
    value: str | int | float | bool | Fault | None


Value = str | int | float | bool | Formula | None


def check_length(text: str) -> None:
    """Refuse a text that no cell can hold."""
    if len(text) > MAX_CHARACTERS:
        # The text of the real refusal.
        raise invalid(
            f"Your input contains more than the maximum of {MAX_CHARACTERS} characters in a "
            "single cell."
        )


def raw_value(item: Any, row: int, column: int) -> Value:
    """A value of `values` written RAW: text, number or boolean by its JSON type; "" clears.

    Raises GoogleError (400) for a list or an object.
    """
    if isinstance(item, str):
        if len(item) > MAX_CHARACTERS:
            check_length(item)
        return item or None
    if item is None or isinstance(item, bool | int | float):
        return item
    kind = "list_value" if isinstance(item, list) else "struct_value"
    raise invalid(f"Invalid values[{row}][{column}]: {kind} {{ }}")


def from_extended(value: Mapping[str, Any] | None) -> Value:
    """An `ExtendedValue` as a cell's value.

    Raises GoogleError (400).
    """
    if not value:
        return None
    if "stringValue" in value:
        check_length(value["stringValue"])
        return str(value["stringValue"]) or None
    if "numberValue" in value:
        number: float = value["numberValue"]
        return number
    if "boolValue" in value:
        return bool(value["boolValue"])
    if "formulaValue" in value:
        text = str(value["formulaValue"])
        if not text.startswith("="):
            raise invalid("ExtendedValue.formulaValue must start with '='.")
        check_length(text)
        return Formula(text, compute(text))
    raise invalid("ExtendedValue.errorValue is read-only.")


def effective(value: Value) -> str | int | float | bool | Fault | None:
    """What the cell comes to: a formula's result, or the value itself."""
    return value.value if isinstance(value, Formula) else value


def extended(value: Value | Fault) -> dict[str, Any] | None:
    """A value as `ExtendedValue`; None for an empty cell."""
    match value:
        case None:
            return None
        case bool():
            return {"boolValue": value}
        case str():
            return {"stringValue": value}
        case Formula():
            return {"formulaValue": value.text}
        case Fault():
            return {"errorValue": {"type": value.kind, "message": value.text}}
        case _:
            return {"numberValue": value}


def number_format(mark: Mark | None) -> Mapping[str, Any] | None:
    """The number format of a cell, if it has one."""
    if not mark:
        return None
    found: Mapping[str, Any] | None = mark.get("userEnteredFormat", {}).get("numberFormat")
    return found


def formatted(value: Value, mark: Mark | None = None) -> str:
    """The value as a person sees it."""
    if type(value) is str:
        return value
    shown = effective(value)
    match shown:
        case None:
            return ""
        case bool():
            return "TRUE" if shown else "FALSE"
        case str():
            return shown
        case Fault():
            return shown.text
    pattern = number_format(mark)
    return format_number(shown, pattern) if pattern else general(shown)


def render(
    value: Value, mark: Mark | None, option: Render, dates_as_text: bool = False
) -> str | int | float | bool:
    """The value as the values methods give it; an empty cell is an empty text."""
    if value is None:
        return ""
    if option == "FORMATTED_VALUE":
        return formatted(value, mark)
    if isinstance(value, Formula) and option == "FORMULA":
        return value.text
    shown = effective(value)
    if shown is None:
        return ""
    if isinstance(shown, Fault):
        return shown.text
    if dates_as_text and isinstance(shown, int | float) and not isinstance(shown, bool):
        pattern = number_format(mark)
        if pattern and pattern.get("type") in DATE_TYPES:
            return format_number(shown, pattern)
    if isinstance(shown, float) and shown.is_integer() and abs(shown) < 1e15:
        return int(shown)
    return shown


def compute(text: str) -> str | int | float | bool | Fault | None:
    """What a formula gives, for the few that the stand-in computes.

    Literals and HYPERLINK of literals are computed; anything else shows #NAME?, so that no test
    can rely on arithmetic that only the real service does.
    """
    body = text[1:].strip()
    if body.upper() in ("TRUE", "FALSE"):
        return body.upper() == "TRUE"
    if (literal := _literal(body)) is not None:
        return literal
    link = hyperlink_parts(text)
    if link is not None:
        return link[1]
    return Fault("NAME", "#NAME?")


def hyperlink_parts(text: str) -> tuple[str, str] | None:
    """Address and label of `=HYPERLINK("address", "label")`; None for any other formula."""
    body = text[1:].strip()
    if not body.upper().startswith("HYPERLINK(") or not body.endswith(")"):
        return None
    parts = _arguments(body[len("HYPERLINK(") : -1])
    literals = [_literal(part) for part in parts]
    if not 1 <= len(literals) <= 2 or not all(isinstance(item, str) for item in literals):
        return None
    return str(literals[0]), str(literals[-1])


def _arguments(text: str) -> list[str]:
    parts = [""]
    inside = False
    for letter in text:
        if letter == '"':
            inside = not inside
        if letter in ",;" and not inside:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def _literal(body: str) -> str | int | float | None:
    if len(body) >= 2 and body[0] == body[-1] == '"':
        inner = body[1:-1].replace('""', "\0")
        return None if '"' in inner else inner.replace("\0", '"')
    try:
        return int(body)
    except ValueError:
        pass
    try:
        return float(body) if body[:1].isdigit() or body[:1] in "+-." else None
    except ValueError:
        return None
