"""Reads lists that a program printed into one cell: Python's and JSON's, which several tools write."""

from __future__ import annotations

import re

_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", re.DOTALL)
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_SPACES = {"n": " ", "r": " ", "t": " "}
# Semantic Scholar and OpenAlex: [{'authorId': '1', 'name': 'Ann Doe'}].
_NAME = re.compile(
    r"['\"](?:name|display_name|full_?name)['\"]\s*:\s*"
    r"(?:'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\")",
    re.IGNORECASE,
)
_BARE = re.compile(r"[^\s'\"\[\]]")


def printed_list(cell: str) -> list[str] | None:
    """Give the strings of `['a', "b"]`, also in round or curly brackets; None for anything else."""
    cell = cell.strip()
    if len(cell) < 2 or (cell[0], cell[-1]) not in (("[", "]"), ("(", ")"), ("{", "}")):
        return None
    inside = cell[1:-1].strip()
    if not inside:
        return [] if cell == "[]" else None
    if inside[0] == "{" or cell[0] == "{":
        return [_plain(single or double) for single, double in _NAME.findall(inside)] or None
    # Between the quoted strings there may be nothing but commas.
    if inside[0] not in "'\"" or _QUOTED.sub("", inside).strip(" ,\n\t"):
        return _bare_items(cell)
    return [_plain(single or double) for single, double in _QUOTED.findall(inside)]


def _bare_items(cell: str) -> list[str] | None:
    """Read `[a; b]` and `[a, b]`, with which some tools print lists; a title in brackets is none."""
    if cell[0] != "[" or "[" in cell[1:] or not ("," in cell or ";" in cell):
        return None
    inside = cell[1:-1]
    parts = inside.split(";") if ";" in inside else inside.split(",")
    return [part.strip(" '\"") for part in parts if _BARE.search(part)]


def _plain(text: str) -> str:
    return _ESCAPED.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _SPACES.get(match[3], match[3])
