"""Looking at a sheet: which tabs are ours, and where their columns stand, from one answer of Google's.

Marks and headers that were asked for one after the other would tell of two sheets as soon as somebody
moves a column in between. What tabs there are is asked before, because the question must name them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sheets.client import SheetClient
from sheets.errors import RefusedError, UnsettledError
from sheets.layout import TABS, TabLayout
from sheets.shape import (
    METADATA_KEY,
    STORE_MARK,
    SheetShape,
    TabShape,
    column_marks,
    match_columns,
)

Json = dict[str, Any]

TRIES = 3
"""Looks in a row, should tabs be renamed or deleted between the two questions."""


def read_shape(
    client: SheetClient,
    spreadsheet: str,
    known: Mapping[str, int],
    *,
    urgent: bool = False,
) -> SheetShape:
    """Look at the sheet: two reads. `known` maps tab names to the numbers they last had.

    Raises `UnsettledError` when it changes all the time.
    """
    for _ in range(TRIES):
        described = client.describe(spreadsheet, urgent=urgent)
        candidates = _candidates(described.get("sheets", ()), known)
        titles = [str(sheet["properties"]["title"]) for sheet in candidates.values()]
        if not titles:
            return _shape(spreadsheet, described, {})
        try:
            answer = client.first_rows(spreadsheet, titles, urgent=urgent)
        except RefusedError:
            continue  # a tab was renamed or deleted meanwhile
        seen = {_number(sheet): sheet for sheet in answer.get("sheets", ())}
        if all(_number(sheet) in seen for sheet in candidates.values()):
            found = {name: seen[_number(sheet)] for name, sheet in candidates.items()}
            return _shape(spreadsheet, described, found)
    raise UnsettledError


def _shape(spreadsheet: str, described: Json, found: Mapping[str, Json]) -> SheetShape:
    tabs = {
        layout.name: tab
        for layout in TABS
        if layout.name in found and (tab := _tab(layout, found[layout.name])) is not None
    }
    ours = {tab.sheet_id for tab in tabs.values()}
    sheets = described.get("sheets", ())
    return SheetShape(
        spreadsheet,
        str(described.get("properties", {}).get("title", "")),
        tabs,
        tuple(str(s["properties"]["title"]) for s in sheets if _number(s) not in ours),
        frozenset(_number(s) for s in sheets),
        frozenset(_store_marks(described.get("developerMetadata", ()))),
    )


def _candidates(sheets: Iterable[Json], known: Mapping[str, int]) -> dict[str, Json]:
    """Return tab name → sheet: by its mark, else the number it last had, else its title."""
    grids = [sheet for sheet in sheets if sheet["properties"].get("gridProperties")]
    by_id = {_number(sheet): sheet for sheet in grids}
    found: dict[str, Json] = {}
    for layout in TABS:
        # A tab that the lead duplicated carries the mark twice: ours is the one we knew before.
        ids = [number for number, sheet in by_id.items() if _is_marked(layout, sheet)]
        titled = [i for i, s in by_id.items() if s["properties"]["title"] == layout.name]
        last = known.get(layout.name)
        preferred = [i for i in ids if i == last] or [i for i in ids if i in titled] or sorted(ids)
        choice = (preferred or ([last] if last in by_id else []) or titled)[:1]
        if choice and choice[0] is not None:
            found[layout.name] = by_id[choice[0]]
    return found


def _tab(layout: TabLayout, sheet: Mapping[str, Any]) -> TabShape | None:
    properties = sheet["properties"]
    data: Json = next(iter(sheet.get("data", ())), {})
    headers = _texts(data)
    entries = [e for c in data.get("columnMetadata", ()) for e in c.get("developerMetadata", ())]
    marks = column_marks(layout, entries)
    columns = match_columns(layout, headers, {name: mark[0] for name, mark in marks.items()})
    is_marked = _is_marked(layout, sheet)
    if layout.key not in columns and not is_marked and any(headers):
        return None  # the team's own tab that happens to bear the name
    grid = properties["gridProperties"]
    return TabShape(
        layout,
        _number(sheet),
        str(properties["title"]),
        int(grid.get("rowCount", 0)),
        int(grid.get("columnCount", 0)),
        headers,
        columns,
        {name: entry for name, (_, entry, _) in marks.items()},
        frozenset(name for name, (_, _, unproven) in marks.items() if unproven),
        is_marked,
        is_marked and _is_headless(layout, headers, columns),
        frozenset(str(p.get("description", "")) for p in sheet.get("protectedRanges", ())),
    )


def _is_headless(layout: TabLayout, headers: Sequence[str], columns: Mapping[str, int]) -> bool:
    """Whether the first row is one of data, because the row of the headers was deleted or moved."""
    said = {n: headers[i].strip() for n, i in columns.items() if i < len(headers)}
    if any(text.casefold() == name.casefold() for name, text in said.items()):
        return False
    key = said.get(layout.key, "")
    return bool(key) and re.fullmatch(layout.id_pattern, key) is not None


def _texts(data: Mapping[str, Any]) -> tuple[str, ...]:
    row: Json = next(iter(data.get("rowData", ())), {})
    return tuple(str(cell.get("formattedValue", "")) for cell in row.get("values", ()))


def _is_marked(layout: TabLayout, sheet: Mapping[str, Any]) -> bool:
    return any(
        entry.get("metadataKey") == METADATA_KEY and entry.get("metadataValue") == layout.name
        for entry in sheet.get("developerMetadata", ())
    )


def _store_marks(entries: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for entry in entries:
        value = str(entry.get("metadataValue"))
        if entry.get("metadataKey") == METADATA_KEY and value.startswith(STORE_MARK):
            yield value.removeprefix(STORE_MARK)


def _number(sheet: Mapping[str, Any]) -> int:
    return int(sheet["properties"].get("sheetId", 0))
