"""Takes lists of keywords apart: tags that come again, semicolons, lines, commas, printed lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from screening.reading.cleaning import clean, unescaped
from screening.reading.listed import printed_list

_BREAK = re.compile(r"\s*[\n;|]\s*")
# Commas inside brackets belong to a keyword: "protein (human, recombinant)".
_COMMA = re.compile(r",\s*(?![^()\[\]]*[)\]])")
_LONG = 200


def keywords_of(values: Sequence[str], *, one_cell: bool) -> tuple[str, ...]:
    """Give the keywords of all values once each; `one_cell` says that a value is a table's cell."""
    alone = one_cell or len(values) == 1
    found = (keyword for value in values for keyword in _in_value(unescaped(value), alone))
    return tuple(filter(None, dict.fromkeys(clean(keyword).strip(" ,") for keyword in found)))


def _in_value(value: str, alone: bool) -> Iterable[str]:
    listed = printed_list(value)
    if listed is not None:
        return listed
    # Semicolons divide a wrapped list; without any, each line is a keyword.
    if ";" in value:
        return _BREAK.split(value.replace("\n", " "))
    if "\n" in value or "|" in value:
        return _BREAK.split(value)
    return _by_commas(value) if alone and "," in value else [value]


def _by_commas(value: str) -> list[str]:
    """Cut Embase's "adult, article, human"; "Adaptation, Psychological" is one heading turned round."""
    parts = [part.strip() for part in _COMMA.split(value)]
    if any(len(part) > _LONG for part in parts):
        return [value]
    if len(parts) == 2 and " " not in parts[1] and parts[1][:1].isupper():
        return [value]
    return parts
