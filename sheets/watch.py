"""Noticing what the lead edited without reading the sheet over and over.

A poll reads only the lead's columns. Their checksums by row are compared with the last poll's; rows
that differ are then read with their IDs. A small tab is read with its IDs at once. IDs are read on
both sides of the cells in one request and must agree, so that a sort in between tells on itself.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sheets.edits import LeadRow
from sheets.layout import CONFLICTS, DUPLICATES, RECORDS, SOURCES
from sheets.locate import spans
from sheets.shape import TabShape

Json = dict[str, Any]
Columns = list[list[str]]

SMALL = 600
"""Rows up to which a tab is read with its IDs at each poll."""

PAGE = 10_000
"""Rows read with their IDs in one poll, of a tab that was sorted or is seen for the first time."""

EVERY: Mapping[str, float] = {CONFLICTS: 1.0, DUPLICATES: 1.0, RECORDS: 4.0, SOURCES: 6.0}
"""How often a large tab is polled, in units of the poll interval; small ones are polled each time."""


@dataclass(frozen=True, slots=True)
class Question:
    """Areas of one tab to read, and what to do with the answer."""

    areas: tuple[Json, ...]
    take: Callable[[Sequence[Columns]], list[LeadRow]]


class TabWatch:
    """Watches the lead's columns of one tab."""

    def __init__(self, tab: TabShape, rows: int) -> None:
        self.tab = tab
        self.rows = rows
        self._sums = array("I")
        self._unseen: list[tuple[int, int]] = [(1, rows + 1)]
        # Rows of the first look are compared with the store even when they look untouched.
        self._all = True
        self.next_poll = 0.0

    def reset(self, tab: TabShape) -> None:
        """Begin afresh, because columns or rows moved in a way that we did not follow."""
        self.tab = tab
        self._sums = array("I")
        self.look_again()

    @property
    def impatient(self) -> bool:
        """Whether rows wait to be read with their IDs."""
        return bool(self._unseen)

    def question(self) -> Question:
        """Return what to read next."""
        if self.rows <= SMALL:
            self._unseen = []
            return self._with_ids(((1, None),))
        if self._unseen:
            return self._with_ids(self._page())
        self._all = False
        return self._without_ids()

    def look_again(self) -> None:
        """Read every row with its ID at the next polls, and compare all with the store."""
        self._unseen = [(1, self.rows + 1)]
        self._all = True

    def _page(self) -> tuple[tuple[int, int | None], ...]:
        page: list[tuple[int, int | None]] = []
        left = PAGE
        while self._unseen and left > 0 and len(page) < 60:
            first, end = self._unseen.pop(0)
            if end - first > left:
                self._unseen.insert(0, (first + left, end))
                end = first + left
            left -= end - first
            # Beyond the grid is no place to read; the end of the last page is left open.
            page.append((first, None if end > self.rows else end))
        return tuple(page)

    def _lead_areas(self, first: int, end: int | None) -> list[Json]:
        return [
            self.tab.area(first, end, self.tab.columns[n], self.tab.columns[n] + 1)
            for n in self.tab.layout.lead_columns
        ]

    def _with_ids(self, pages: Sequence[tuple[int, int | None]]) -> Question:
        areas: list[Json] = []
        column = self.tab.key_column
        for first, end in pages:
            ids = self.tab.area(first, end, column, column + 1)
            areas += [ids, *self._lead_areas(first, end)]
        # The IDs once more, from the row above: another range, so that it is really read again.
        for first, end in pages:
            areas.append(self.tab.area(first - 1, end, column, column + 1))
        return Question(tuple(areas), lambda answer: self._take_with_ids(pages, answer))

    def _without_ids(self) -> Question:
        return Question(tuple(self._lead_areas(1, None)), self._take_without_ids)

    def _take_with_ids(
        self, pages: Sequence[tuple[int, int | None]], answer: Sequence[Columns]
    ) -> list[LeadRow]:
        names = self.tab.layout.lead_columns
        step = 1 + len(names)
        found: list[LeadRow] = []
        every, self._all = self._all, self._all and bool(self._unseen)
        for place, (first, end) in enumerate(pages):
            block = [_only(columns) for columns in answer[place * step : (place + 1) * step]]
            again = _only(answer[len(pages) * step + place])[1:]
            if block[0] != again:
                self._all = True
                self._unseen.append((first, self.rows + 1 if end is None else end))
                continue
            ids, cells = block[0], block[1:]
            seen: set[str] = set()
            for offset, key in enumerate(ids):
                values = {n: _at(c, offset).strip() for n, c in zip(names, cells, strict=True)}
                # In a large tab a row is read with its ID because it changed.
                changed = self._note(first + offset, values.values()) or self.rows > SMALL
                if key and key not in seen:
                    seen.add(key)
                    if changed or every:
                        found.append(LeadRow(self.tab.layout.name, key, values))
        return found

    def _take_without_ids(self, answer: Sequence[Columns]) -> list[LeadRow]:
        columns = [_only(c) for c in answer]
        longest = max((len(c) for c in columns), default=0)
        moved: list[int] = []
        for row in range(1, max(longest + 1, len(self._sums))):
            values = [_at(c, row - 1).strip() for c in columns]
            if self._note(row, values):
                moved.append(row)
        if moved:
            wanted = spans([r for r in moved if r <= self.rows], 20)
            self._unseen += wanted if len(wanted) <= 60 else [(1, self.rows + 1)]
        return []

    def _note(self, row: int, values: Any) -> bool:
        """Remember a row's checksum; True when it changed."""
        text = "\x1f".join(values)
        checksum = zlib.crc32(text.encode()) if text.strip("\x1f") else 0
        if row >= len(self._sums):
            if not checksum:
                return False
            self._sums.extend([0] * (row + 1 - len(self._sums)))
        changed = self._sums[row] != checksum
        self._sums[row] = checksum
        return changed


class Watch:
    """Watches all tabs in which the lead writes; `interval` is the seconds between polls."""

    def __init__(self, interval: float = 5.0) -> None:
        self.interval = interval
        self._tabs: dict[str, TabWatch] = {}

    def follow(self, tab: TabShape, rows: int) -> None:
        """Watch a tab as it is now; `rows` counts the rows below the header that hold IDs."""
        known = self._tabs.get(tab.layout.name)
        if known is None:
            self._tabs[tab.layout.name] = TabWatch(tab, rows)
        else:
            known.rows = rows
            if known.tab.columns != tab.columns or known.tab.sheet_id != tab.sheet_id:
                known.reset(tab)
            known.tab = tab

    def look_again(self) -> None:
        """Compare every row with the store at the next polls."""
        for tab in self._tabs.values():
            tab.look_again()

    def due_at(self) -> float:
        """Return when the next poll is due."""
        return min((t.next_poll for t in self._tabs.values()), default=0.0)

    def questions(self, now: float) -> list[Question]:
        """Return what to read now, and set when to ask again."""
        asked = []
        for name, tab in self._tabs.items():
            if tab.next_poll > now:
                continue
            asked.append(tab.question())
            patient = tab.rows > SMALL and not tab.impatient
            tab.next_poll = now + (self.interval * EVERY[name] if patient else self.interval)
            if tab.impatient:
                tab.next_poll = now + self.interval / 2
        return asked


def _only(columns: Columns) -> list[str]:
    return columns[0] if columns else []


def _at(column: Sequence[str], place: int) -> str:
    return str(column[place]) if place < len(column) else ""
