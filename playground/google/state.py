"""The stand-in's state as JSON, and back; a tab that did not change is not written out again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

import orjson

from playground.google.cells import Fault, Formula, Value
from playground.google.content import Content, Metadata
from playground.google.grid import Grid, RowMarks
from playground.google.library import Library, Permission, Version, Workbook
from playground.google.tabs import Json, Tab

# Unnamed versions beyond these are not kept across a restart, nor are any of large spreadsheets.
SAVED_VERSIONS = 5
SAVED_ROWS = 20_000
_TAB_FIELDS = (
    "sheet_id",
    "title",
    "hidden",
    "frozen_rows",
    "frozen_columns",
    "look",
    "row_properties",
    "column_properties",
    "lists",
    "basic_filter",
)


class Saved:
    """Writes a library as JSON, remembering what unchanged tabs look like."""

    def __init__(self) -> None:
        self._written: dict[int, tuple[Tab, orjson.Fragment]] = {}

    def write(self, library: Library) -> Json:
        """The library for `orjson.dumps`; tabs are already encoded."""
        seen: dict[int, tuple[Tab, orjson.Fragment]] = {}
        books = [self._workbook(book, seen) for book in library.workbooks.values()]
        self._written = seen
        return {"workbooks": books}

    def _workbook(self, book: Workbook, seen: dict[int, tuple[Tab, orjson.Fragment]]) -> Json:
        rows = sum(len(tab.grid.rows) for tab in book.content.tabs)
        unnamed = [version for version in book.versions if version.name is None]
        dropped = {v.number for v in unnamed[: None if rows > SAVED_ROWS else -SAVED_VERSIONS]}
        kept = [version for version in book.versions if version.number not in dropped]
        contents = [book.content, *(version.content for version in kept)]
        tabs = {id(tab): tab for content in contents for tab in content.tabs}
        places = {key: place for place, key in enumerate(tabs)}
        return {
            "id": book.spreadsheet_id,
            "created": book.created.isoformat(),
            "modified": book.modified.isoformat(),
            "last_editor": book.last_editor,
            "version": book.version,
            "permissions": [
                [p.permission_id, p.kind, p.role, p.email, p.domain]
                for p in book.permissions.values()
            ],
            "comments": book.comments,
            "next_version": book.next_version,
            "tabs": [self._tab(tab, seen) for tab in tabs.values()],
            "content": _content(book.content, places),
            "versions": [
                {
                    "number": version.number,
                    "at": version.at.isoformat(),
                    "by": version.by,
                    "name": version.name,
                    "content": _content(version.content, places),
                }
                for version in kept
            ],
        }

    def _tab(self, tab: Tab, seen: dict[int, tuple[Tab, orjson.Fragment]]) -> orjson.Fragment:
        known = self._written.get(id(tab))
        if known is None or known[0] is not tab:
            encoded = orjson.dumps(_tab_json(tab), option=orjson.OPT_NON_STR_KEYS)
            known = (tab, orjson.Fragment(encoded))
        seen[id(tab)] = known
        return known[1]


def _content(content: Content, places: Mapping[int, int]) -> Json:
    return {
        "properties": content.properties,
        "tabs": [places[id(tab)] for tab in content.tabs],
        "named_ranges": content.named_ranges,
        "metadata": [
            [e.metadata_id, e.key, e.value, e.visibility, e.location_type, e.sheet_id, e.place]
            for e in content.metadata.values()
        ],
    }


def _tab_json(tab: Tab) -> Json:
    grid = tab.grid
    looks: dict[int, tuple[int, RowMarks]] = {}
    runs = []
    start = 0
    for key, group in groupby(grid.marks, key=id):
        alike = list(group)
        length, marks = len(alike), alike[0]
        if marks:
            place, _ = looks.setdefault(key, (len(looks), marks))
            runs.append([start, length, place])
        start += length
    return {name: getattr(tab, name) for name in _TAB_FIELDS} | {
        "row_count": grid.row_count,
        "column_count": grid.column_count,
        # Formulas are dataclasses, which orjson writes as objects.
        "rows": grid.rows,
        "looks": [marks for _, marks in looks.values()],
        "runs": runs,
    }


def read(library: Library, data: Mapping[str, Any]) -> None:
    """Put a saved state into a library, in place of what it holds."""
    library.workbooks.clear()
    for saved in data.get("workbooks", ()):
        tabs = [_read_tab(item) for item in saved["tabs"]]
        book = Workbook(
            saved["id"],
            _read_content(saved["content"], tabs),
            datetime.fromisoformat(saved["created"]),
            datetime.fromisoformat(saved["modified"]),
            saved["last_editor"],
            version=saved["version"],
            permissions={item[0]: Permission(*item) for item in saved["permissions"]},
            comments=saved["comments"],
            next_version=saved["next_version"],
        )
        book.versions = [
            Version(
                item["number"],
                datetime.fromisoformat(item["at"]),
                item["by"],
                _read_content(item["content"], tabs),
                item["name"],
            )
            for item in saved["versions"]
        ]
        library.workbooks[book.spreadsheet_id] = book


def _read_content(saved: Mapping[str, Any], tabs: list[Tab]) -> Content:
    entries = [Metadata(*item) for item in saved["metadata"]]
    return Content(
        saved["properties"],
        [tabs[place] for place in saved["tabs"]],
        saved["named_ranges"],
        {entry.metadata_id: entry for entry in entries},
    )


def _read_tab(saved: Mapping[str, Any]) -> Tab:
    grid = Grid(saved["row_count"], saved["column_count"])
    grid.rows = [
        tuple(map(_read_value, cells)) if any(type(c) is dict for c in cells) else tuple(cells)
        for cells in saved["rows"]
    ]
    grid.marks = [None] * len(grid.rows)
    looks = [{int(column): mark for column, mark in item.items()} for item in saved["looks"]]
    for start, length, place in saved["runs"]:
        grid.marks[start : start + length] = [looks[place]] * length
    grid.filled = next((row + 1 for row in range(len(grid.rows) - 1, -1, -1) if grid.rows[row]), 0)
    fields = {name: saved[name] for name in _TAB_FIELDS}
    for name in ("row_properties", "column_properties"):
        fields[name] = {int(index): item for index, item in saved[name].items()}
    fields["lists"] = {kind: tuple(items) for kind, items in saved["lists"].items()}
    return Tab(grid=grid, **fields)


def _read_value(value: Any) -> Value:
    if not isinstance(value, dict):
        plain: Value = value
        return plain
    result = value["value"]
    shown = Fault(result["kind"], result["text"]) if isinstance(result, dict) else result
    return Formula(value["text"], shown)
