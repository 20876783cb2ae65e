"""One cycle's plan: which rows are known, which are new, what to read first and what to send."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from screening.review import Review
from sheets.compose import (
    Note,
    Placed,
    ReadBack,
    append,
    grow,
    key_spans,
    notes,
    single,
    updates,
)
from sheets.due import DERIVED, RowWrite
from sheets.edits import CARRIED, SHARED, Answer
from sheets.locate import RowIndex
from sheets.rows import lead_texts
from sheets.setup import drop_downs
from sheets.shape import TabShape

Json = dict[str, Any]
Columns = list[list[str]]

SPARE_ROWS = 50
GROWTH = 1_000
"""Empty rows are added when fewer than `SPARE_ROWS` are left, so that drop-downs reach them."""


ADDED_AT_ONCE = 50
"""Rows in one request of a batch: each is turned into text and let go before the next is made."""


@dataclass(slots=True)
class TabPlan:
    """What one cycle does to one tab."""

    tab: TabShape
    index: RowIndex
    grid_rows: int
    rows: dict[str, RowWrite] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)
    new: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    fills: dict[str, str] = field(default_factory=dict)

    def locate(self) -> None:
        """Tell known rows from new ones by the index."""
        self.known, self.new = {}, []
        for key in self.rows:
            row = self.index.get(key)
            if row is None:
                self.new.append(key)
            else:
                self.known[key] = row
        if self.tab.layout.name not in DERIVED:
            self.new.sort()  # IDs sort by time: a backlog arrives in the order in which it arose

    def checked_rows(self) -> dict[int, str]:
        """Return row → ID of every row that is written by its number."""
        return {row: key for key, row in self.known.items()} | {n.row: n.key for n in self.notes}

    def key_areas(self) -> list[tuple[int, Json]]:
        """Return (first row, area) of the IDs to read before writing."""
        column = self.tab.key_column
        return [
            (first, self.tab.area(first, end, column, column + 1))
            for first, end in key_spans(self.checked_rows())
        ]

    def wrong(self, found: Mapping[int, str]) -> list[int]:
        """Return the rows whose ID is not the one we are about to write to."""
        return [row for row, key in self.checked_rows().items() if found.get(row, "") != key]

    @property
    def shared(self) -> str:
        """The lead's column that Slack fills too, "" where there is none."""
        return SHARED.get(self.tab.layout.name, "")

    def shared_rows(self) -> dict[str, int]:
        """Return the rows where something that came from Slack may be missing in the sheet."""
        if self.shared not in self.tab.columns:
            return {}
        return {
            key: row
            for key, row in self.known.items()
            if is_new_from_slack(self.rows[key].lead, self.shared)
        }

    def shared_area(self, row: int) -> Json:
        """Return the area of a row's cell that Slack fills too."""
        column = self.tab.columns[self.shared]
        return self.tab.area(row, row + 1, column, column + 1)

    def fill_shared(self, key: str, shown: str) -> None:
        """Plan to show what came from Slack, unless the lead wrote something else meanwhile."""
        lead = self.rows[key].lead
        if shown in ("", lead.get(CARRIED + self.shared, "")):
            self.fills[key] = lead.get(self.shared, "")

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to send."""
        return not (self.rows or self.notes)

    def requests(self, review: Review) -> Iterator[Json]:
        """Yield the requests, those that add rows last."""
        tab = self.tab
        yield from updates(tab, (Placed(r, k, self.rows[k].cells) for k, r in self.known.items()))
        column = tab.columns.get(self.shared, 0)
        for key, text in self.fills.items():
            yield single(tab, self.known[key], column, text)
        yield from notes(tab, self.notes)
        for start in range(0, len(self.new), ADDED_AT_ONCE):
            keys = self.new[start : start + ADDED_AT_ONCE]
            yield append(tab, ((self.rows[k].cells, lead_texts(self.rows[k].lead)) for k in keys))
        if self.new and self.grows:
            yield grow(tab, GROWTH)
            yield from drop_downs(tab, review)

    @property
    def grows(self) -> bool:
        """Whether the tab is about to run out of empty rows."""
        return self.index.last + len(self.new) + SPARE_ROWS > self.grid_rows

    def read_back(self) -> list[str]:
        """Return the ranges (A1) by which the write's answer shows what was hit."""
        tab, column = self.tab, self.tab.key_column
        ranges = [tab.header_a1()]
        ranges += [
            tab.a1(first, end, column, column + 1) for first, end in key_spans(self.checked_rows())
        ]
        if self.new:
            ranges.append(tab.a1(max(self.index.last, 1), None, column, column + 1))
        return ranges

    def notes_put(self, verdict: Verdict) -> list[Answer]:
        """Return the answers to the lead that a write put on their cells."""
        name, own = self.tab.layout.name, self.tab.layout.lead_columns
        return [
            Answer(name, note.key, note.column, note.text)
            for note in self.notes
            if note.column in own and not verdict.shifted and note.row not in verdict.wrong
        ]

    def shared_shown(self, written: Collection[str]) -> dict[str, str]:
        """Return what the sheet shows after the write in the cells that Slack fills too, by row."""
        new = {key: self.rows[key].lead.get(self.shared, "") for key in self.new}
        shown = self.fills | {key: text for key, text in new.items() if text}
        return {key: text for key, text in shown.items() if key in written}

    def filled_at(self, key: str) -> dict[int, str]:
        """Return what was written to a row's cell that Slack fills too, by index of column."""
        return {self.tab.columns[self.shared]: self.fills[key]} if key in self.fills else {}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a write's answer shows for one tab.

    `wrong` maps rows that were hit by mistake to the ID that stands there ("" for none); `placed`
    are new rows where they stand now; `shifted` tells that columns moved.
    """

    written: frozenset[str]
    wrong: Mapping[int, str]
    placed: Mapping[str, int]
    shifted: bool
    unplaced: bool


def judge(plan: TabPlan, back: ReadBack) -> Verdict:
    """Compare what was hit with what was meant."""
    sheet_id = plan.tab.sheet_id
    shifted = back.shows_moved(plan.tab)
    found = {row: key for (sid, row), key in back.keys.items() if sid == sheet_id}
    wrong = {row: found.get(row, "") for row in plan.wrong(found)}
    new = set(plan.new)
    placed = {key: row for row, key in sorted(found.items(), reverse=True) if key in new}
    missed = {key for key, row in plan.known.items() if row in wrong}
    written = frozenset() if shifted else frozenset(plan.rows) - missed
    return Verdict(written, wrong, placed, shifted, len(placed) < len(new))


def by_tab(
    rows: Iterable[RowWrite],
    tabs: Mapping[str, TabShape],
    indexes: Mapping[str, RowIndex],
    grids: Mapping[str, int],
) -> dict[str, TabPlan]:
    """Sort rows into plans; a row named twice is written once and settles both."""
    plans: dict[str, TabPlan] = {}
    for row in rows:
        plan = plans.get(row.tab)
        if plan is None:
            tab = tabs[row.tab]
            plan = plans[row.tab] = TabPlan(tab, indexes[row.tab], grids.get(row.tab, 0))
        before = plan.rows.get(row.key)
        if before is not None:
            firsts = [s for s in (before.since, row.since) if s is not None]
            row = replace(row, seqs=before.seqs + row.seqs, since=min(firsts, default=None))
        plan.rows[row.key] = row
    for plan in plans.values():
        plan.locate()
    return plans


def place_answers(answers: Iterable[Answer], index: RowIndex, tab: TabShape) -> list[Note]:
    """Return notes with their rows; those whose row is not there are left out."""
    placed: list[Note] = []
    for answer in answers:
        row = index.get(answer.key)
        if row is not None and answer.column in tab.columns:
            placed.append(Note(row, answer.key, answer.column, answer.text))
    return placed


def keys_read(blocks: Sequence[tuple[int, Columns]]) -> dict[int, str]:
    """Return row → ID from stretches of an ID column, each with its first row."""
    return {
        row: key
        for first, columns in blocks
        for row, key in enumerate(columns[0] if columns else [], first)
    }


def is_new_from_slack(lead: Mapping[str, str], column: str) -> bool:
    """Whether a cell that Slack fills too is to show something else than the sheet last did."""
    return lead.get(column, "") != lead.get(CARRIED + column, "")
