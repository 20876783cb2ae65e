"""The slow beat: sheet against store, a page at a time; what differs is put back into the outbox.

A pass reads every row's bot cells and keeps a checksum by ID, then walks the store in order of ID and
compares. Long texts are left out of most passes of a large tab. Nothing is written here: a row put into
the outbox goes the same way as every other, and writing a right row again does no harm. Rows that wait
to be carried, or were while the sheet was read, are neither missing nor different.
"""

from __future__ import annotations

import logging
import re
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from screening.ports import Desk, Transaction
from screening.review import Review
from screening.sealing import Seal
from sheets.book import DECISION
from sheets.due import DERIVED
from sheets.layout import (
    BOOK,
    CONFLICTS,
    DUPLICATES,
    PRISMA,
    PROGRESS,
    RECORDS,
    SOURCES,
    TEAM,
    VOTES,
    Column,
)
from sheets.leftout import LeftOut
from sheets.listing import ListAfter, Listing, StoreRow
from sheets.locate import HashMap, RowIndex
from sheets.rows import same_number, shown_text
from sheets.shape import TabShape

log = logging.getLogger(__name__)

Json = dict[str, Any]

TABS = (CONFLICTS, VOTES, RECORDS, DUPLICATES, SOURCES, BOOK, TEAM, PROGRESS, PRISMA)
"""Tabs that are looked at; the last ones for repeated rows only: what is computed is written again."""


SHORT_PAGE = 3_000
LONG_PAGE = 300
"""Rows read at once, without and with long texts."""

SMALL = 2_000
"""Rows up to which a tab is compared with its long texts in every pass."""

WAITING_PAGE = 1_000
LONG_EVERY = 12


@dataclass(slots=True)
class Findings:
    """What one pass over all tabs found, by tab."""

    rows: dict[str, int] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)
    different: dict[str, int] = field(default_factory=dict)
    foreign: dict[str, int] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)

    @property
    def repaired(self) -> int:
        """Rows that were put into the outbox."""
        return sum(self.missing.values()) + sum(self.different.values())

    def sentence(self) -> str:
        """Say it in one line."""
        parts = [f"{sum(self.rows.values())} rows compared"]
        for name, counts in (
            ("missing", self.missing),
            ("different", self.different),
            ("not ours", self.foreign),
        ):
            if sum(counts.values()):
                by_tab = ", ".join(f"{tab} {n}" for tab, n in counts.items() if n)
                parts.append(f"{name}: {by_tab}")
        text = "; ".join(parts)
        return text + (f" ({'; '.join(self.examples[:5])})" if self.examples else "")


class Pass:
    """One pass over one tab: pages are asked for and taken until the sheet is read, then the store."""

    def __init__(self, tab: TabShape, index: RowIndex, long: bool) -> None:
        self.tab = tab
        self._index = index
        self._columns = [
            c
            for c in tab.layout.columns
            if c.owner == "B" and c.name != tab.layout.key and (long or not c.long)
        ]
        if tab.layout.name in DERIVED:
            self._columns = []  # what is computed is written again
        is_heavy = index.last > SMALL or tab.layout.name == BOOK
        self._page = LONG_PAGE if long and is_heavy else SHORT_PAGE
        self._next = 1
        self._after = ""
        self.sums = HashMap()
        self.repeated: list[tuple[str, int]] = []
        self.examples: list[str] = []
        self._pattern = re.compile(tab.layout.id_pattern)
        self.foreign = 0
        self.found = 0
        self._under_way: set[str] = set()
        self._seq = 0

    @property
    def with_texts(self) -> bool:
        """Whether anything but the IDs is compared."""
        return bool(self._columns)

    @property
    def is_read(self) -> bool:
        """Whether all of the sheet's rows were read."""
        return self._next > self._index.last

    def areas(self) -> list[Json]:
        """Return the areas of the next page: the IDs and the columns compared."""
        # The last page's end is left open: the grid may end right there.
        end = self._next + self._page
        bottom = None if end > self._index.last else end
        columns = [self.tab.key_column, *(self.tab.columns[c.name] for c in self._columns)]
        return [self.tab.area(self._next, bottom, c, c + 1) for c in columns]

    def take(self, answer: Sequence[list[list[str]]]) -> None:
        """Take in a page."""
        ids, *cells = [columns[0] if columns else [] for columns in answer]
        for offset, key in enumerate(ids):
            if not key:
                continue
            row = self._next + offset
            if not self._pattern.fullmatch(key):
                self.foreign += 1
                self.examples.append(f"{self.tab.title} row {row + 1}: {key[:40]!r}")
                continue
            texts = [str(c[offset]) if offset < len(c) else "" for c in cells]
            if self.sums.get(key) is None:
                self.sums.put(key, self._sum(texts))
            else:
                self.repeated.append((key, row))
        self._next += max(self._page, len(ids))

    def compare(self, row: StoreRow) -> str:
        """Return what is wrong with a row of the store in the sheet: missing, different or ""."""
        known = self.sums.get(row.key)
        if known is None:
            return "" if row.cells is None or row.optional else "missing"
        self.found += 1
        if row.cells is None:
            return ""
        expected = self._sum([shown_text(row.cells.get(c.name)) for c in self._columns])
        return "" if expected == known else "different"

    def carried(self, keys: Iterable[str]) -> None:
        """Note rows that were written since the pass began: what was read of them may be older."""
        self._under_way.update(keys)

    def under_way(self, tx: Transaction) -> set[str]:
        """Return the rows that were carried since the pass began, or wait to be."""
        # A row of the book is carried together with what it belongs to, which waits by its own tab.
        kinds = () if self.tab.layout.name == BOOK else (self.tab.layout.name,)
        while items := tx.outbox("sheet", WAITING_PAGE, kinds, after=self._seq):
            self._seq = items[-1].seq
            self._under_way.update(item.key for item in items)
        return self._under_way

    def _sum(self, texts: Sequence[str]) -> int:
        plain = [_plain(c, t) for c, t in zip(self._columns, texts, strict=True)]
        return zlib.crc32("\x1f".join(plain).encode())

    def next_rows(self, tx: Transaction, list_after: ListAfter) -> list[StoreRow]:
        """Return the next rows that the store has, [] at the end."""
        rows = list_after(tx, self._after)
        if rows:
            self._after = rows[-1].key
        return rows


class Reconciler:
    """Compares one review's sheet with its store, one small step at a time."""

    def __init__(self, desk: Desk, review: Review, seal: Seal | None, left_out: LeftOut) -> None:
        self._desk = desk
        self._review = review
        self._listing = Listing(review, seal, left_out)
        self._pass: Pass | None = None
        self._waiting: list[str] = []
        self._beats = 0
        self._with_long: set[str] = set()
        self.findings = Findings()
        self.last: Findings | None = None

    @property
    def is_running(self) -> bool:
        """Whether a beat is under way."""
        return self._pass is not None or bool(self._waiting)

    @property
    def wants_pages(self) -> bool:
        """Whether the next thing to do is to read a page of the sheet."""
        return bool(self._waiting) if self._pass is None else not self._pass.is_read

    def start(self, long: Sequence[str] = ()) -> None:
        """Begin a beat over all tabs, with long texts for those named (and every so often for all)."""
        every = self._beats % LONG_EVERY == 0
        self._beats += 1
        self._with_long = set(TABS) if every else set(long)
        self._waiting = list(TABS)
        self._pass = None
        self.findings = Findings()

    def areas(
        self, tabs: Callable[[str], TabShape], index: Callable[[str], RowIndex]
    ) -> list[Json]:
        """Return what to read next, [] when there is nothing to read now."""
        if self._pass is None and self._waiting:
            name = self._waiting.pop(0)
            rows = index(name)
            long = name in self._with_long or rows.last <= SMALL
            self._pass = Pass(tabs(name), rows, long)
        if self._pass is None or self._pass.is_read:
            return []
        return self._pass.areas()

    def take(self, answer: Sequence[list[list[str]]]) -> None:
        """Take in what was read."""
        if self._pass is not None:
            self._pass.take(answer)

    def carried(self, written: Iterable[tuple[str, str]]) -> None:
        """Note rows (tab, ID) that were just written: they are compared in the next beat."""
        if self._pass is not None:
            name = self._pass.tab.layout.name
            self._pass.carried(key for tab, key in written if tab == name)

    def stop(self) -> None:
        """Give up the pass under way, because rows or columns moved; the tab is begun again."""
        if self._pass is not None:
            self._waiting.insert(0, self._pass.tab.layout.name)
            self._pass = None

    def give_up(self) -> None:
        """End the beat under way; the next one begins at its time."""
        self._pass = None
        self._waiting.clear()

    def step(self) -> list[tuple[str, str, int]]:
        """Compare the next few rows of the store; return rows that repeat another's ID.

        Each is (tab, ID, row). Does nothing while the sheet is still being read.
        """
        current = self._pass
        if current is None or not current.is_read:
            return []
        name = current.tab.layout.name
        with self._desk.store.reading(self._review.review_id) as tx:
            rows = current.next_rows(tx, self._listing.of(name, current.with_texts))
            wrong: dict[str, list[str]] = {"missing": [], "different": []}
            for row in rows:
                fault = current.compare(row)
                if fault:
                    wrong[fault].append(row.key)
            if any(wrong.values()):
                under_way = current.under_way(tx)
                wrong = {
                    fault: [k for k in keys if under_way.isdisjoint((k, k.removeprefix(DECISION)))]
                    for fault, keys in wrong.items()
                }
        if wrong["missing"] or wrong["different"]:
            with self._desk.store.writing(self._review.review_id) as tx:
                keys = [*wrong["missing"], *wrong["different"]]
                tx.enqueue_rows(name, keys, self._desk.clock.now())
        counts = self.findings
        counts.rows[name] = counts.rows.get(name, 0) + sum(not row.optional for row in rows)
        counts.missing[name] = counts.missing.get(name, 0) + len(wrong["missing"])
        counts.different[name] = counts.different.get(name, 0) + len(wrong["different"])
        if rows:
            return []
        counts.foreign[name] = current.foreign
        if name not in (BOOK, *DERIVED):
            counts.foreign[name] += len(current.sums) - current.found
        counts.examples += current.examples[:5]
        self._pass = None
        if not self._waiting:
            self._finish()
        return [(name, key, row) for key, row in current.repeated]

    def _finish(self) -> None:
        self.last = self.findings
        speak = log.warning if self.last.repaired else log.info
        speak("%s: sheet against store: %s", self._review.review_id, self.last.sentence())


def _plain(column: Column, text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return same_number(text) if column.format in ("number", "score") else text
