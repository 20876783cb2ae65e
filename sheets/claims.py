"""Rows that lost their ID: those whose content is ours get it back, instead of being added again.

An ID is first written with a question mark before it, which makes it none; once another look shows that it
stands beside the right content, all question marks are taken off by what the cells say, not by where they
are. So neither a sort in between nor an end of the process can give a row the ID of another.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from screening.ports import Desk
from screening.review import Review
from screening.sealing import Seal
from sheets.client import SheetClient
from sheets.compose import emptying, read_back, single
from sheets.errors import UnsettledError
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
    TabLayout,
    layout_of,
)
from sheets.locate import CLAIM, RowIndex, spans
from sheets.opening import read_in_place
from sheets.rows import Cell, Cells, lead_texts, same_number, shown_text
from sheets.shape import SheetShape, TabShape
from sheets.stored import cells_of, ids_after

log = logging.getLogger(__name__)

Json = dict[str, Any]
Texts = tuple[str, ...]
Stretch = tuple[int, int | None]

TOLD_BY: Mapping[str, Texts] = {
    RECORDS: ("Title", "Authors", "Year", "Journal", "DOI", "PMID"),
    VOTES: ("When", "Record", "Stage", "Reviewer"),
    CONFLICTS: ("Record", "Stage", "Opened"),
    DUPLICATES: ("First", "Second"),
    SOURCES: ("Source", "Kind", "Platform", "Searched on", "File"),
}
"""The columns that tell whose row it is and do not change; their rows are searched for in the store."""

EMPTIED: Mapping[str, Texts] = {
    BOOK: ("JSON",),
    TEAM: ("Assigned", "Done", "Left"),
    PROGRESS: ("Screened", "Decided", "Conflicts", "Resolved"),
    PRISMA: ("data", "node", "box", "boxtext"),
}
"""Tabs in which only the bot writes: rows that are all ours are emptied, and written again."""

PAGE = 3_000
STORED_AT_ONCE = 500
MOST_SPANS = 40


@dataclass(frozen=True, slots=True)
class Orphan:
    """A row without an ID: what tells whose it is, what else it says, and the lead's texts."""

    tab: str
    row: int
    told: Texts
    rest: Mapping[str, str]


class Claims:
    """Finds rows of one sheet that are ours though they bear no ID."""

    def __init__(self, client: SheetClient, desk: Desk, review: Review, seal: Seal | None) -> None:
        self._client = client
        self._desk = desk
        self._review = review
        self._seal = seal
        self._strangers: set[tuple[str, Texts]] = set()

    def settle(
        self, shape: SheetShape, indexes: Mapping[str, RowIndex], names: Iterable[str]
    ) -> set[str]:
        """Give rows their IDs back, and return the tabs whose IDs are to be read again.

        One read when there is no such row. Raises `SheetError`, `StoreFaultError`.
        """
        tabs = [shape.tabs[n] for n in sorted(names) if n in TOLD_BY or n in EMPTIED]
        pages = {t.layout.name: _pages(t, indexes[t.layout.name]) for t in tabs}
        found = self._read(shape, [(t, pages[t.layout.name][0]) for t in tabs])
        changed: set[str] = set()
        for tab in tabs:
            name = tab.layout.name
            first = [o for o in found if o.tab == name and self._may_be_ours(tab, o)]
            if first and self._settle_tab(shape, tab, indexes[name], first, pages[name][1:]):
                changed.add(name)
        return changed

    def _settle_tab(
        self,
        shape: SheetShape,
        tab: TabShape,
        index: RowIndex,
        first: list[Orphan],
        pages: Sequence[Sequence[Stretch]],
    ) -> bool:
        name = tab.layout.name
        wanted = (
            _Wanted(self._desk, self._review, self._seal, name, index) if name in TOLD_BY else None
        )
        changed = False
        orphans = first
        for page in (*pages, None):
            ours = wanted.claimed_by(orphans) if wanted else {o.row: "" for o in orphans}
            if wanted:
                self._strangers.update((name, o.told) for o in orphans if o.row not in ours)
                if ours:
                    self._give(shape, tab, ours, {o.row: o.told for o in orphans})
                    log.warning(
                        "%s: %d rows of %s got their IDs back",
                        self._review.review_id,
                        len(ours),
                        name,
                    )
            elif ours:
                self._empty(shape, tab, ours.keys())
            changed |= bool(ours)
            if page is None:
                break
            orphans = [o for o in self._read(shape, [(tab, page)]) if self._may_be_ours(tab, o)]
        return changed

    def _read(
        self, shape: SheetShape, wanted: Sequence[tuple[TabShape, Sequence[Stretch]]]
    ) -> list[Orphan]:
        """Read rows without an ID, of some stretches of some tabs, in one request."""
        blocks = [(tab, first, end) for tab, stretches in wanted for first, end in stretches]
        if not blocks:
            return []
        areas = [
            tab.area(first, end, tab.columns[n], tab.columns[n] + 1)
            for tab, first, end in blocks
            for n in _columns(tab)
        ]
        answer = iter(read_in_place(self._client, shape, areas, urgent=True))
        found: list[Orphan] = []
        for tab, first, _ in blocks:
            cells = {n: (block[0] if (block := next(answer)) else []) for n in _columns(tab)}
            for place in range(max(map(len, cells.values()))):
                texts = {n: _at(column, place) for n, column in cells.items()}
                key = texts.pop(tab.layout.key)
                if key and not key.startswith(CLAIM):
                    continue
                told = tuple(_normal(tab.layout, n, texts.pop(n)) for n in _told_by(tab))
                found.append(Orphan(tab.layout.name, first + place, told, texts))
        return found

    def _may_be_ours(self, tab: TabShape, orphan: Orphan) -> bool:
        """Whether it is worth asking the store whose row it is."""
        told, name = orphan.told, tab.layout.name
        if name == BOOK:
            return told[0].startswith('{"kind":')
        if name in EMPTIED:
            numbers = [_is_number(t) or tab.layout.name == PRISMA for t in told]
            return all(told) and all(numbers)
        return bool(told[0]) and (name, told) not in self._strangers

    def _give(
        self, shape: SheetShape, tab: TabShape, ours: Mapping[int, str], told: Mapping[int, Texts]
    ) -> None:
        """Write IDs with a question mark, look whether they stand where they belong, take it off."""
        column, sheet = tab.key_column, shape.spreadsheet
        requests = [single(tab, row, column, CLAIM + key) for row, key in ours.items()]
        answer = self._client.write(sheet, requests, [tab.header_a1()], urgent=True)
        if read_back(answer, {}).shows_moved(tab):
            self._client.write(sheet, [_replaced(tab, "")], urgent=True)
            raise UnsettledError
        expected = {key: told[row] for row, key in ours.items()}
        stretch = (min(ours), max(ours) + 1)
        right: set[str] = set()
        areas = [
            tab.area(*stretch, tab.columns[n], tab.columns[n] + 1)
            for n in (tab.layout.key, *_told_by(tab))
        ]
        ids, *columns = [
            b[0] if b else [] for b in read_in_place(self._client, shape, areas, urgent=True)
        ]
        for place, shown in enumerate(ids):
            key = shown.removeprefix(CLAIM)
            says = tuple(
                _normal(tab.layout, n, _at(c, place))
                for n, c in zip(_told_by(tab), columns, strict=True)
            )
            if shown == CLAIM + key and expected.get(key) == says:
                right.add(key)
        if right != set(expected):
            self._client.write(sheet, [_replaced(tab, "")], urgent=True)
            raise UnsettledError
        self._client.write(sheet, [_replaced(tab, "$1")], urgent=True)

    def _empty(self, shape: SheetShape, tab: TabShape, rows: Iterable[int]) -> None:
        requests = [r for run in spans(rows, 0) for r in emptying(tab, *run)]
        answer = self._client.write(shape.spreadsheet, requests, [tab.header_a1()], urgent=True)
        if read_back(answer, {}).shows_moved(tab):
            raise UnsettledError


class _Wanted:
    """What the store has of one tab and the sheet lacks, by what tells whose row it is."""

    def __init__(
        self, desk: Desk, review: Review, seal: Seal | None, name: str, index: RowIndex
    ) -> None:
        self._name = name
        self._desk = desk
        self._review = review
        self._seal = seal
        self._keys: dict[int, list[str]] = {}
        after = ""
        while keys := self._next(after):
            after = keys[-1]
            lacking = [key for key in keys if index.get(key) is None]
            for key, cells in self._cells(lacking).items() if lacking else ():
                self._keys.setdefault(hash(_told(name, cells)[0]), []).append(key)

    def claimed_by(self, orphans: Sequence[Orphan]) -> dict[int, str]:
        """Return row → ID for the orphans that are ours; each ID is given once."""
        groups: dict[int, list[Orphan]] = {}
        for orphan in orphans:
            if hash(orphan.told[0]) in self._keys:
                groups.setdefault(hash(orphan.told[0]), []).append(orphan)
        claimed: dict[int, str] = {}
        for place, rows in groups.items():
            keys = self._keys[place]
            pairs = self._told_apart(rows, keys)
            claimed |= pairs
            self._keys[place] = [key for key in keys if key not in pairs.values()]
        return claimed

    def _told_apart(self, rows: Sequence[Orphan], keys: Sequence[str]) -> dict[int, str]:
        """Pair rows and IDs that agree in the first of the texts: those first that agree in most else.

        What tells whose row it is may be missing, when it was taken back from a wrong column.
        """
        says = self._all_texts(keys)
        scored: list[tuple[int, int, int, str]] = []
        for row in rows:
            for key in keys:
                told, texts = says[key]
                same = [a == b for a, b in zip(row.told, told, strict=True)]
                if all(is_same or not t for is_same, t in zip(same, row.told, strict=True)):
                    rest = sum(texts.get(n, "") == t for n, t in row.rest.items())
                    scored.append((-sum(same), -rest, row.row, key))
        pairs: dict[int, str] = {}
        for *_, place, key in sorted(scored):
            if place not in pairs and key not in pairs.values():
                pairs[place] = key
        return pairs

    def _all_texts(self, keys: Sequence[str]) -> dict[str, tuple[Texts, dict[str, str]]]:
        cells = self._cells(keys)
        with self._desk.store.reading(self._review.review_id) as tx:
            lead = tx.lead_cells(self._name, keys)
        return {
            key: (
                _told(self._name, cells[key]),
                {n: shown_text(v) for n, v in cells[key].items()} | lead_texts(lead.get(key, {})),
            )
            for key in keys
        }

    def _next(self, after: str) -> Sequence[str]:
        with self._desk.store.reading(self._review.review_id) as tx:
            return ids_after(tx, self._name, after, STORED_AT_ONCE)

    def _cells(self, keys: Collection[str]) -> dict[str, Cells]:
        with self._desk.store.reading(self._review.review_id) as tx:
            return cells_of(tx, self._name, keys, self._review, self._seal)


def _pages(tab: TabShape, index: RowIndex) -> list[list[Stretch]]:
    """Return the stretches in which rows without an ID may stand, a page at a time.

    The first page has the gaps between rows with one, and the first rows below the last of them.
    """
    gaps: list[Stretch] = [*spans((row for row in index.gaps if row < index.last), 0)]
    if len(gaps) > MOST_SPANS:
        gaps = [(gaps[0][0], gaps[-1][1])]
    firsts = range(index.last + 1, tab.rows, PAGE)
    below = [[(f, f + PAGE if f + PAGE < tab.rows else None)] for f in firsts]
    first, *rest = below or [[]]
    return [[*gaps, *first], *rest]


def _columns(tab: TabShape) -> list[str]:
    """Return the columns to read: the ID, what tells whose row it is, what else helps to tell."""
    told = _told_by(tab)
    rest = (
        []
        if tab.layout.name in EMPTIED
        else [
            c.name
            for c in tab.layout.columns
            if not c.long and c.name not in (tab.layout.key, *told)
        ]
    )
    return [tab.layout.key, *told, *rest]


def _told_by(tab: TabShape) -> Texts:
    name = tab.layout.name
    return TOLD_BY[name] if name in TOLD_BY else EMPTIED[name]


def _told(name: str, cells: Cells) -> Texts:
    layout = layout_of(name)
    return tuple(_normal(layout, n, cells.get(n)) for n in TOLD_BY[name])


def _normal(layout: TabLayout, column: str, value: Cell) -> str:
    """Return a text as it is compared, however the sheet formats it."""
    text = shown_text(value).replace("\r\n", "\n").replace("\r", "\n")
    return same_number(text) if layout.column(column).format == "number" else text


def _replaced(tab: TabShape, by: str) -> Json:
    """Return the request that replaces every ID with a question mark, wherever in the tab it stands."""
    return {
        "findReplace": {
            "find": rf"\{CLAIM}({tab.layout.id_pattern})",
            "replacement": by,
            "searchByRegex": True,
            "matchEntireCell": True,
            "matchCase": True,
            "sheetId": tab.sheet_id,
        }
    }


def _is_number(text: str) -> bool:
    return text.replace(",", "").isdecimal()


def _at(column: Sequence[str], place: int) -> str:
    return str(column[place]) if place < len(column) else ""
