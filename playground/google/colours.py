"""Colours have two fields: the older one, and one named `…Style` that may hold a theme's colour.

Whichever a program sets, the service answers with both (the example answers in the guides, such as
developers.google.com "Basic formatting", show `backgroundColor` beside `backgroundColorStyle`);
where both are sent, the style counts (the descriptions of the fields in the discovery document).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from playground.google.schema import fields_of, message_of, table


@cache
def twins() -> Mapping[str, str]:
    """The older name of each pair of colour fields, with the name of its style."""
    return {
        name: f"{name}Style"
        for message in table()["messages"]
        for name in fields_of(message)
        if message_of(fields_of(message).get(f"{name}Style")) == "ColorStyle"
    }


def with_styles(value: Any) -> Any:
    """A JSON value with both fields wherever one of a pair stands."""
    if isinstance(value, list | tuple):
        return [with_styles(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    shown = {name: with_styles(item) for name, item in value.items()}
    for older, style in twins().items():
        if style in value:
            shown.pop(older, None)
            if "rgbColor" in value[style]:
                shown[older] = value[style]["rgbColor"]
        elif isinstance(value.get(older), Mapping):
            shown[style] = {"rgbColor": value[older]}
    return shown


def without_stale(merged: dict[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    """A message after a masked write: of a pair, the field that was not written gives way."""
    for older, style in twins().items():
        if older in written and style not in written:
            merged.pop(style, None)
        elif style in written and older not in written:
            merged.pop(older, None)
    return merged
