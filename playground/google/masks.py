"""Field masks: `fields=sheets(properties.title,data)` as a tree, applied to reads and to updates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from playground.google.colours import without_stale
from playground.google.errors import GoogleError, bad_mask
from playground.google.schema import fields_of, message_of

# A tree of names; an empty one means everything below. `None` stands for "no mask at all".
Mask = dict[str, Any]

_TOKEN = re.compile(r"[A-Za-z_*][A-Za-z0-9_]*|[(),./]|\s+")


class _Bad(Exception):
    """A mask that cannot be read; holds the path."""


def parse_mask(text: str, message: str) -> Mask:
    """The tree of a mask over a message. `*` alone gives an empty tree: everything.

    Raises GoogleError (400) for a mask that names an unknown field.
    """
    tokens = [found for found in _TOKEN.findall(text) if not found.isspace()]
    if "".join(tokens) != re.sub(r"\s+", "", text) or not tokens:
        raise bad_mask(text)
    try:
        tree, rest = _read_list(tokens, 0)
    except _Bad:
        raise bad_mask(text) from None
    if rest != len(tokens):
        raise bad_mask(text)
    if "*" in tree:
        return {}
    _check(tree, message, "")
    return tree


def parse_free(text: str) -> Mask | None:
    """The tree of a mask over messages that are not in the field table; None when unreadable."""
    tokens = [found for found in _TOKEN.findall(text) if not found.isspace()]
    if "".join(tokens) != re.sub(r"\s+", "", text) or not tokens:
        return None
    try:
        tree, rest = _read_list(tokens, 0)
    except _Bad:
        return None
    if rest != len(tokens):
        return None
    return {} if "*" in tree else tree


def _read_list(tokens: list[str], at: int) -> tuple[Mask, int]:
    tree: Mask = {}
    while True:
        at = _read_path(tokens, at, tree)
        if at < len(tokens) and tokens[at] == ",":
            at += 1
            continue
        return tree, at


def _read_path(tokens: list[str], at: int, tree: Mask) -> int:
    if at >= len(tokens) or not (tokens[at][0].isalpha() or tokens[at] == "*"):
        raise _Bad(at)
    known = tokens[at] in tree and not tree[tokens[at]]
    inner: Mask = tree.setdefault(tokens[at], {})
    at += 1
    if at < len(tokens) and tokens[at] in "./":
        fresh: Mask = {}
        at = _read_path(tokens, at + 1, fresh)
    elif at < len(tokens) and tokens[at] == "(":
        fresh, at = _read_list(tokens, at + 1)
        if at >= len(tokens) or tokens[at] != ")":
            raise _Bad(at)
        at += 1
    else:
        inner.clear()  # the whole field, whatever parts of it were named before
        return at
    if not known and "*" not in fresh:
        _merge(inner, fresh)
    return at


def _merge(tree: Mask, more: Mask) -> None:
    for name, inner in more.items():
        if name not in tree:
            tree[name] = inner
        elif not inner or not tree[name]:
            tree[name] = {}
        else:
            _merge(tree[name], inner)


def _check(tree: Mask, message: str | None, path: str) -> None:
    for name, inner in tree.items():
        here = f"{path}.{name}" if path else name
        if message is None or name not in fields_of(message):
            raise bad_mask(here)
        if inner:
            _check(inner, message_of(fields_of(message)[name]), here)


def parse_update_mask(text: str | None, message: str) -> Mask:
    """The tree of a request's `fields`, where at least one field must be named.

    Raises GoogleError (400), without the "Invalid requests[…]" in front.
    """
    if not text:
        # Known from the API's answers; the description of each `fields` says the same.
        raise GoogleError(
            400, "At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)"
        )
    return parse_mask(text, message)


def pick(value: Any, tree: Mask | None) -> Any:
    """The part of a JSON value that a mask lets through."""
    if not tree:
        return value
    if isinstance(value, list):
        return [pick(item, tree) for item in value]
    if not isinstance(value, Mapping):
        return value
    return {name: pick(value[name], inner) for name, inner in tree.items() if name in value}


def merged(old: Mapping[str, Any], new: Mapping[str, Any], tree: Mask) -> dict[str, Any]:
    """`old` with the masked fields taken from `new`; a masked field that `new` lacks goes.

    An empty tree replaces everything.
    """
    if not tree:
        return dict(new)
    result = dict(old)
    for name, inner in tree.items():
        if inner and isinstance(old.get(name), Mapping | None):
            below = merged(old.get(name) or {}, new.get(name) or {}, inner)
            if below:
                result[name] = below
            else:
                result.pop(name, None)
        elif name in new:
            result[name] = new[name]
        else:
            result.pop(name, None)
    return without_stale(result, tree)
