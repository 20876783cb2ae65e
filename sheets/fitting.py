"""Shortening a row of the hidden tab until it fits: one record's long fields must not stop a sheet.

Raw tags give way first, for most of what they say stands in the record's fields too; then fields; then
the ends of long lists. What was shortened is marked in the text and named under "shortened".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]

FLOOR = 500
"""Characters that are left of every text, however many there are."""

LISTS = ("raw", "problems", "marks")
"""Lists of a row that may grow without bounds; those of a record's own fields may too."""

MOST_NAMED = 20
"""Shortened texts that are named one by one."""

_MARK = re.compile(r" … \[cut by Winnow: [\d,]+ characters in all\]\Z")


def as_json(content: Json) -> str:
    """Return a row's JSON, as it is written."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def fitted(content: Json, room: int) -> Json:
    """Return a content whose JSON has at most `room` characters, shortened as little as need be."""
    if len(as_json(content)) <= room:
        return content

    def raw_cut(limit: int) -> Json:
        return _Cut(content, raw=limit).content()

    def all_cut(limit: int) -> Json:
        return _Cut(content, raw=FLOOR, text=limit).content()

    def listed(limit: int) -> Json:
        return _Cut(content, raw=FLOOR, text=FLOOR, entries=limit).content()

    def fits(made: Json) -> bool:
        return len(as_json(made)) <= room

    if fits(raw_cut(FLOOR)):
        return raw_cut(_most(lambda n: fits(raw_cut(n)), FLOOR, room))
    if fits(all_cut(FLOOR)):
        return all_cut(_most(lambda n: fits(all_cut(n)), FLOOR, room))
    return listed(_most(lambda n: fits(listed(n)), 0, _longest_list(content)))


def shortened_text(text: str, limit: int) -> str:
    """Return a text cut to about `limit` characters, with a mark that tells how long it was."""
    return text if len(text) <= limit else text[:limit] + cut_mark(text)


def cut_mark(text: str) -> str:
    """Return the mark behind a text that is cut, with its first length if it was cut before."""
    before = _MARK.search(text[-100:])
    return before.group() if before else f" … [cut by Winnow: {len(text):,} characters in all]"


class _Cut:
    """Shortens one content and notes what it shortened. None leaves texts or lists as they are."""

    def __init__(
        self, content: Json, *, raw: int, text: int | None = None, entries: int | None = None
    ) -> None:
        self._content = content
        self._raw, self._text, self._entries = raw, text, entries
        self._said: list[str] = []

    def content(self) -> Json:
        """Return the shortened content."""
        made = {name: self._value(name, value) for name, value in self._content.items()}
        named = self._said[:MOST_NAMED]
        if len(self._said) > MOST_NAMED:
            named.append(f"{len(self._said) - MOST_NAMED:,} further texts")
        return {**made, "shortened": named}

    def _value(self, name: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {inner: self._value(inner, each) for inner, each in value.items()}
        if isinstance(value, list):
            return [self._entry(name, each) for each in self._kept(name, value)]
        return self._shorter(name, value, self._text)

    def _kept(self, name: str, entries: list[Any]) -> list[Any]:
        is_open = name in LISTS or name in self._content.get("record", {})
        if self._entries is None or not is_open or len(entries) <= self._entries:
            return entries
        self._said.append(f"{name}: {self._entries:,} of {len(entries):,} entries")
        return entries[: self._entries]

    def _entry(self, name: str, entry: Any) -> Any:
        if name != "raw":
            return self._shorter(name, entry, self._text)
        tag, value = entry
        return [self._shorter("a raw tag", tag, self._raw), self._said_raw(str(tag), value)]

    def _said_raw(self, tag: str, value: Any) -> Any:
        return self._shorter(f"raw {tag[:20]}", value, self._raw)

    def _shorter(self, name: str, value: Any, limit: int | None) -> Any:
        if limit is None or not isinstance(value, str) or len(value) <= limit:
            return value
        self._said.append(f"{name}: {limit:,} of {len(value):,} characters")
        return shortened_text(value, limit)


def _longest_list(content: Json) -> int:
    lists = [*content.values(), *content.get("record", {}).values()]
    return max((len(each) for each in lists if isinstance(each, list)), default=0)


def _most(fits: Callable[[int], bool], low: int, high: int) -> int:
    """Return the largest number between two that fits; `low` is taken to."""
    while low < high:
        middle = (low + high + 1) // 2
        if fits(middle):
            low = middle
        else:
            high = middle - 1
    return low
