"""Checks a body against the Sheets API's own messages: unknown fields, wrong types, two kinds at once."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from playground.google.errors import GoogleError, bad_field

Check = Callable[[Any], None]

# The discovery document does not mark `oneof` groups; these are stated in the descriptions of
# the fields ("only one of …") or in the reference of the REST API ("Union field").
ONE_OF: dict[str, tuple[str, tuple[str, ...]]] = {
    "ExtendedValue": (
        "value",
        ("numberValue", "stringValue", "boolValue", "formulaValue", "errorValue"),
    ),
    "UpdateCellsRequest": ("area", ("start", "range")),
    "DataFilter": ("filter", ("developerMetadataLookup", "a1Range", "gridRange")),
    "DeveloperMetadataLocation": ("location", ("spreadsheet", "sheetId", "dimensionRange")),
    "ConditionalFormatRule": ("rule", ("booleanRule", "gradientRule")),
    "EmbeddedObjectPosition": ("location", ("sheetId", "overlayPosition", "newSheet")),
    "ConditionValue": ("value", ("relativeDate", "userEnteredValue")),
    "ColorStyle": ("kind", ("rgbColor", "themeColor")),
    "FindReplaceRequest": ("scope", ("range", "sheetId", "allSheets")),
    "ProtectedRange": ("area", ("range", "namedRangeId", "tableId")),
}


class Misfit(Exception):
    """A value that does not fit its message; `path` grows while the check unwinds."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind
        self.text = text
        self.path: list[str] = []

    def error(self) -> GoogleError:
        """The refusal, worded as Google words it (fields in snake case)."""
        where = "".join(reversed(self.path)).lstrip(".")
        if self.kind == "unknown":
            at = f" at '{where}'" if where else ""
            return bad_field(
                where,
                f'Invalid JSON payload received. Unknown name "{self.text}"{at}: '
                "Cannot find field.",
            )
        return bad_field(where, f"Invalid value at '{where}' {self.text}")


@cache
def table() -> Mapping[str, Any]:
    """The field table made by `make_schema`."""
    raw = files(__package__).joinpath("sheets.v4.fields.json.gz").read_bytes()
    loaded: dict[str, Any] = json.loads(gzip.decompress(raw))
    return loaded


def fields_of(message: str) -> Mapping[str, Any]:
    """Each field of a message with its type code (see `make_schema.type_code`)."""
    found: Mapping[str, Any] = table()["messages"][message]
    return found


def message_of(code: Any) -> str | None:
    """The message that a type code leads to, through lists and maps; None for plain values."""
    while isinstance(code, list) and code[0] in ("A", "M"):
        code = code[1]
    return str(code[1]) if isinstance(code, list) and code[0] == "R" else None


def check_body(message: str, body: Any) -> None:
    """Refuse a body that is not the message; drops fields that are null, as Google does.

    Raises GoogleError (400).
    """
    if not isinstance(body, dict):
        raise bad_field("", "Invalid JSON payload received. Root element must be a message.")
    try:
        _checker(message)(body)
    except Misfit as misfit:
        raise misfit.error() from None


def snake(name: str) -> str:
    """`requestBody` as `request_body`."""
    return re.sub(r"(?<!^)([A-Z])", lambda found: "_" + found[1].lower(), name)


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:80]


@cache
def _checker(message: str) -> Check:
    codes: Mapping[str, Any] = fields_of(message)
    checks: dict[str, Check] = {}
    group, members = ONE_OF.get(message, ("", ()))
    if message == "Request":
        group, members = "kind", tuple(codes)
    exclusive = frozenset(members)

    def check(value: Any) -> None:
        if not isinstance(value, dict):
            raise Misfit(
                "type", f"(type.googleapis.com/google.apps.sheets.v4.{message}), {_shown(value)}"
            )
        empty: list[str] = []
        chosen = 0
        for name, item in value.items():
            if item is None:
                if name not in codes:
                    raise Misfit("unknown", name)
                empty.append(name)
                continue
            inner = checks.get(name)
            if inner is None:
                if name not in codes:
                    raise Misfit("unknown", name)
                inner = checks[name] = _check_of(codes[name])
            try:
                inner(item)
            except Misfit as misfit:
                misfit.path.append("." + snake(name))
                raise
            if name in exclusive:
                chosen += 1
                if chosen > 1:
                    raise Misfit(
                        "oneof",
                        f"(oneof), oneof field '{group}' is already set. Cannot set "
                        f"'{snake(name)}'",
                    )
        for name in empty:
            del value[name]

    return check


def _check_of(code: Any) -> Check:
    if isinstance(code, str):
        return _PLAIN[code]
    kind = code[0]
    if kind == "R":
        return _checker(code[1])
    if kind == "E":
        return _enum(frozenset(code[1:]))
    if kind == "M":
        return _map(_check_of(code[1]))
    # A list of lists of anything is a block of values: the writer of values looks at each.
    return _list_only if code[1] == ["A", "*"] else _list(_check_of(code[1]))


def _enum(names: frozenset[str]) -> Check:
    def check(value: Any) -> None:
        if value not in names:
            raise Misfit("type", f"(TYPE_ENUM), {_shown(value)}")

    return check


def _list_only(value: Any) -> None:
    if not isinstance(value, list):
        raise Misfit("type", f"(type.googleapis.com/google.protobuf.ListValue), {_shown(value)}")


def _list(inner: Check) -> Check:
    def check(value: Any) -> None:
        # Google also takes a lone element where a list is due; a careful program sends the list.
        _list_only(value)
        for index, item in enumerate(value):
            try:
                inner(item)
            except Misfit as misfit:
                misfit.path.append(f"[{index}]")
                raise

    return check


def _map(inner: Check) -> Check:
    def check(value: Any) -> None:
        if not isinstance(value, dict):
            raise Misfit("type", f"(MAP), {_shown(value)}")
        for key, item in value.items():
            try:
                inner(item)
            except Misfit as misfit:
                misfit.path.append(f"['{key}']")
                raise

    return check


def _string(value: Any) -> None:
    if not isinstance(value, str):
        raise Misfit("type", f"(TYPE_STRING), {_shown(value)}")


def _integer(value: Any) -> None:
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if not whole or isinstance(value, bool) or not -(2**31) <= value < 2**31:
        raise Misfit("type", f"(TYPE_INT32), {_shown(value)}")


def _number(value: Any) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise Misfit("type", f"(TYPE_DOUBLE), {_shown(value)}")


def _boolean(value: Any) -> None:
    if not isinstance(value, bool):
        raise Misfit("type", f"(TYPE_BOOL), {_shown(value)}")


def _anything(_: Any) -> None:
    return


_PLAIN: dict[str, Check] = {
    "s": _string,
    "m": _string,
    "i": _integer,
    "n": _number,
    "b": _boolean,
    "*": _anything,
}


def check_query(method: str, items: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The query parameters of a method, typed; lists for repeated ones.

    Raises GoogleError (400) for an unknown parameter or a wrong value.
    """
    known = table()["methods"][method]["query"]
    common = table()["parameters"]
    found: dict[str, Any] = {}
    for name, text in items:
        if name in common:
            found[name] = text
            continue
        if name not in known:
            raise bad_field(
                name,
                f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query '
                f"parameter. Field '{name}' could not be found in request message.",
            )
        code, repeated = known[name]
        value = _query_value(name, code, text)
        if repeated:
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    return found


def _query_value(name: str, code: Any, text: str) -> Any:
    if code == "b":
        if text.lower() not in ("true", "false"):
            raise bad_field(name, f"Invalid value at '{snake(name)}' (TYPE_BOOL), \"{text}\"")
        return text.lower() == "true"
    if isinstance(code, list) and code[0] == "E" and text not in code[1:]:
        raise bad_field(name, f"Invalid value at '{snake(name)}' (TYPE_ENUM), \"{text}\"")
    return text
