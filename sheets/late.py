"""Rows that a write without an answer may still add, after we have added them again.

Google works on a request for up to three minutes, whether or not we still listen. When the connection
broke, the IDs are read and rows that are missing are added again; if the first request takes effect
after all, they stand twice. So they are looked for once it is too late for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sheets.client import WRITE_TIMEOUT, SheetClient
from sheets.compose import emptying, read_back
from sheets.errors import UnsettledError
from sheets.locate import spans
from sheets.opening import read_in_place
from sheets.shape import SheetShape, TabShape
from sheets.state import SheetState

Json = dict[str, Any]
Columns = list[list[str]]


class LateRows:
    """Remembers the rows of writes without an answer, and takes out copies that came late.

    `wait` is the seconds after which a request can no longer take effect.
    """

    def __init__(
        self, client: SheetClient, state: SheetState, wait: float = WRITE_TIMEOUT[1]
    ) -> None:
        self._client = client
        self._state = state
        self.wait = wait
        self._keys: dict[str, set[str]] = {}
        self._look_at = float("inf")

    def expect(self, added: Mapping[str, Iterable[str]], now: float) -> None:
        """Remember which rows, by tab, a write was to add whose answer did not come."""
        for tab, keys in added.items():
            self._keys.setdefault(tab, set()).update(keys)
        if any(self._keys.values()):
            self._look_at = now + self.wait

    def is_due(self, now: float) -> bool:
        """Whether it is time to look."""
        return self._look_at <= now

    def take_out(self) -> int:
        """Empty the copies and return how many; those on which the lead wrote something are left.

        Two reads and one write when there are any, one read when not. Raises `SheetError`.
        """
        state = self._state
        state.reload(self._keys)
        found = {
            name: {row: key for key, row in state.indexes[name].repeated if key in keys}
            for name, keys in self._keys.items()
        }
        copies = {name: rows for name, rows in found.items() if rows}
        emptied = 0
        if copies:
            emptied = self._empty(state.shape, copies)
            state.reload(copies)
        self._keys.clear()
        self._look_at = float("inf")
        return emptied

    def _empty(self, shape: SheetShape, copies: Mapping[str, Mapping[int, str]]) -> int:
        blocks = [
            (shape.tabs[name], rows, span)
            for name, rows in copies.items()
            for span in spans(rows, 0)
        ]
        areas = [tab.area(first, end, 0, None) for tab, _, (first, end) in blocks]
        answer = read_in_place(self._client, shape, areas, urgent=True)
        requests: list[Json] = []
        emptied = 0
        for (tab, rows, (first, end)), columns in zip(blocks, answer, strict=True):
            ours = [r for r in range(first, end) if _is_ours(tab, rows[r], columns, r - first)]
            for run in spans(ours, 0):
                requests += emptying(tab, *run)
            emptied += len(ours)
        if requests:
            hit = [shape.tabs[name] for name in copies]
            ranges = [tab.header_a1() for tab in hit]
            said = self._client.write(shape.spreadsheet, requests, ranges, urgent=True)
            if any(read_back(said, {}).shows_moved(tab) for tab in hit):
                raise UnsettledError
        return emptied


def _is_ours(tab: TabShape, key: str, columns: Columns, place: int) -> bool:
    """Whether a row still bears the ID, and nothing of the lead's."""
    said = [column[place] if place < len(column) else "" for column in columns]
    lead = [tab.columns[name] for name in tab.layout.lead_columns]
    return _at(said, tab.key_column) == key and not any(_at(said, index) for index in lead)


def _at(texts: list[str], index: int) -> str:
    return texts[index] if index < len(texts) else ""
