"""Turning rows into one batch of requests, and reading from its answer which IDs stood where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sheets.layout import TabLayout
from sheets.locate import spans
from sheets.rows import Cell, Cells
from sheets.shape import TabShape, column_marks

Json = dict[str, Any]

READ_GAP = 12
"""Rows in between that are read along rather than asking for one more range."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One row to rewrite where its ID was just read."""

    row: int
    key: str
    cells: Cells


@dataclass(frozen=True, slots=True)
class Note:
    """A note to put on a cell of a row, "" to take it off."""

    row: int
    key: str
    column: str
    text: str


def cell(value: Cell) -> Json:
    """Return a cell that holds a value as it is: text never becomes a formula, a date or a number."""
    if value is None or value == "":
        return {}
    if isinstance(value, str):
        return {"userEnteredValue": {"stringValue": value}}
    return {"userEnteredValue": {"numberValue": value}}


def bands(tab: TabShape, names: Iterable[str]) -> list[list[str]]:
    """Group columns that stand side by side, in the order in which they stand."""
    grouped: list[list[str]] = []
    for name in sorted(names, key=lambda n: tab.columns[n]):
        if grouped and tab.columns[grouped[-1][-1]] + 1 == tab.columns[name]:
            grouped[-1].append(name)
        else:
            grouped.append([name])
    return grouped


def updates(tab: TabShape, rows: Iterable[Placed]) -> Iterator[Json]:
    """Yield the requests that rewrite rows: the bot's columns only, and never the ID."""
    ordered = sorted(rows, key=lambda placed: placed.row)
    writable = [n for n in tab.layout.bot_columns if n != tab.layout.key]
    for names in bands(tab, writable):
        for run in _runs(ordered):
            yield _update(tab, run, names)


def _update(tab: TabShape, rows: Sequence[Placed], names: Sequence[str]) -> Json:
    return {
        "updateCells": {
            "start": {
                "sheetId": tab.sheet_id,
                "rowIndex": rows[0].row,
                "columnIndex": tab.columns[names[0]],
            },
            "rows": [{"values": [cell(p.cells.get(n)) for n in names]} for p in rows],
            "fields": "userEnteredValue",
        }
    }


def single(tab: TabShape, row: int, column: int, value: Cell) -> Json:
    """Return the request that writes one cell."""
    return {
        "updateCells": {
            "start": {"sheetId": tab.sheet_id, "rowIndex": row, "columnIndex": column},
            "rows": [{"values": [cell(value)]}],
            "fields": "userEnteredValue",
        }
    }


def notes(tab: TabShape, wanted: Iterable[Note]) -> Iterator[Json]:
    """Yield the requests that put notes on cells; what stands in the cells is not touched."""
    for note in wanted:
        yield {
            "updateCells": {
                "start": {
                    "sheetId": tab.sheet_id,
                    "rowIndex": note.row,
                    "columnIndex": tab.columns[note.column],
                },
                "rows": [{"values": [{"note": note.text} if note.text else {}]}],
                "fields": "note",
            }
        }


def append(tab: TabShape, rows: Iterable[tuple[Cells, Mapping[str, str]]]) -> Json:
    """Return the request that adds rows below the last one, wherever that is by then."""
    width = max(tab.columns.values()) + 1
    lines = []
    for cells, lead in rows:
        values: list[Json] = [{} for _ in range(width)]
        for name, value in {**lead, **cells}.items():
            if name in tab.columns:
                values[tab.columns[name]] = cell(value)
        while values and not values[-1]:
            values.pop()
        lines.append({"values": values})
    return {"appendCells": {"sheetId": tab.sheet_id, "rows": lines, "fields": "userEnteredValue"}}


def emptying(tab: TabShape, first: int, end: int) -> Iterator[Json]:
    """Yield the requests that take the bot's texts and notes out of some rows, the IDs too."""
    for names in bands(tab, tab.layout.bot_columns):
        yield {
            "updateCells": {
                "start": {
                    "sheetId": tab.sheet_id,
                    "rowIndex": first,
                    "columnIndex": tab.columns[names[0]],
                },
                "rows": [{"values": [{} for _ in names]} for _ in range(first, end)],
                "fields": "userEnteredValue,note",
            }
        }


def grow(tab: TabShape, rows: int) -> Json:
    """Return the request that adds empty rows at the end of a tab."""
    return {"appendDimension": {"sheetId": tab.sheet_id, "dimension": "ROWS", "length": rows}}


def key_spans(rows: Iterable[int]) -> list[tuple[int, int]]:
    """Return the ranges of rows whose IDs are read before (or after) writing them."""
    return spans(rows, READ_GAP)


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What a write's answer shows: the first row of each tab, and IDs by (tab number, row).

    `entries` are the marks of each tab's columns, of the tabs whose first row was asked for.
    """

    headers: Mapping[int, tuple[str, ...]]
    keys: Mapping[tuple[int, int], str]
    entries: Mapping[int, Sequence[Json]]

    def marks(self, layout: TabLayout, sheet_id: int) -> dict[str, int] | None:
        """Return where the marks of a tab's columns stand, None when that was not answered."""
        if sheet_id not in self.entries:
            return None
        found = column_marks(layout, self.entries[sheet_id])
        return {name: place for name, (place, _, _) in found.items()}

    def shows_moved(self, tab: TabShape) -> bool:
        """Whether our columns of a tab were not where we wrote."""
        headers = self.headers.get(tab.sheet_id, ())
        marks = self.marks(tab.layout, tab.sheet_id)
        return not (tab.same_headers(headers) and tab.same_marks(marks))


def read_back(answer: Mapping[str, Any], key_columns: Mapping[int, int]) -> ReadBack:
    """Read the answer of a write; `key_columns` says where each tab keeps its IDs."""
    headers: dict[int, tuple[str, ...]] = {}
    keys: dict[tuple[int, int], str] = {}
    entries: dict[int, list[Json]] = {}
    for sheet in answer.get("updatedSpreadsheet", {}).get("sheets", ()):
        sheet_id = int(sheet.get("properties", {}).get("sheetId", 0))
        for data in sheet.get("data", ()):
            first = int(data.get("startRow", 0))
            left = int(data.get("startColumn", 0))
            lines = [_texts(line) for line in data.get("rowData", ())]
            if first == 0 and left == 0 and len(lines) <= 1:
                headers[sheet_id] = tuple(lines[0]) if lines else ()
                columns = data.get("columnMetadata")
                if columns is not None:
                    marks = [mark for c in columns for mark in c.get("developerMetadata", ())]
                    entries[sheet_id] = marks
            elif left == key_columns.get(sheet_id):
                for row, line in enumerate(lines, first):
                    keys[sheet_id, row] = line[0] if line else ""
    return ReadBack(headers, keys, entries)


def _texts(line: Mapping[str, Any]) -> list[str]:
    return [str(value.get("formattedValue", "")) for value in line.get("values", ())]


def _runs(ordered: Sequence[Placed]) -> Iterator[list[Placed]]:
    run: list[Placed] = []
    for placed in ordered:
        if run and placed.row != run[-1].row + 1:
            yield run
            run = []
        run.append(placed)
    if run:
        yield run
