"""The `Spreadsheet` resource, drawn only as far as a field mask asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playground.google.cells import (
    Formula,
    Mark,
    Value,
    effective,
    extended,
    formatted,
    hyperlink_parts,
)
from playground.google.colours import with_styles
from playground.google.content import Area, Content, Editor
from playground.google.filters import hidden_rows
from playground.google.masks import Mask, pick
from playground.google.protection import may_edit_range, whole_tab
from playground.google.requests.looks import shown_filter
from playground.google.requests.ranges import shown_range
from playground.google.tabs import COLUMN_PIXELS, LISTS, ROW_PIXELS, Dimension, Json, Tab


def wanted(mask: Mask | None, name: str) -> Mask | None:
    """What a mask asks of one field: None for nothing, an empty tree for all of it."""
    if not mask:
        return {}
    found: Mask | None = mask.get(name)
    return found


class Drawing:
    """Draws one content for one reader."""

    def __init__(self, content: Content, editor: Editor, year: int) -> None:
        self._content = content
        self._editor = editor
        self._year = year

    def spreadsheet(
        self,
        spreadsheet_id: str,
        mask: Mask | None,
        include_grid: bool,
        areas: Sequence[Area] | None,
    ) -> Json:
        """`Spreadsheet`. A mask decides alone whether cells are drawn (spreadsheets.get).

        `areas` limits the tabs and cells; None draws all of them.
        """
        content = self._content
        shown: Json = {
            "spreadsheetId": spreadsheet_id,
            "properties": with_styles(content.properties),
            "spreadsheetUrl": f"https://docs.google.com/spreadsheets/d/{spreadsheet_id}/edit",
        }
        if content.named_ranges:
            shown["namedRanges"] = list(content.named_ranges)
        own = [e.to_api() for e in content.metadata.values() if e.location_type == "SPREADSHEET"]
        if own:
            shown["developerMetadata"] = own
        sheet_mask = wanted(mask, "sheets")
        if sheet_mask is not None:
            grid = bool(mask) or include_grid
            shown["sheets"] = self._sheets(sheet_mask, grid, areas)
        return _without_empty(pick(shown, mask))

    def _sheets(self, mask: Mask, grid: bool, areas: Sequence[Area] | None) -> list[Json]:
        drawn = []
        for index, tab in enumerate(self._content.tabs):
            if areas is None:
                parts = [whole_tab(tab)]
            else:
                parts = [area for area in areas if area.tab.sheet_id == tab.sheet_id]
                if not parts:
                    continue
            drawn.append(self._sheet(tab, index, mask, parts if grid else []))
        return drawn

    def _sheet(self, tab: Tab, index: int, mask: Mask, parts: Sequence[Area]) -> Json:
        shown: Json = {"properties": with_styles(tab.properties(index))}
        for kind in LISTS:
            if wanted(mask, kind) is not None and tab.listed(kind):
                listed = [self._listed(kind, item) for item in tab.listed(kind)]
                shown[kind] = with_styles(listed)
        if tab.basic_filter is not None:
            shown["basicFilter"] = shown_filter(tab.basic_filter)
        own = [
            entry.to_api()
            for entry in self._content.metadata.values()
            if entry.location_type == "SHEET" and entry.sheet_id == tab.sheet_id
        ]
        if own:
            shown["developerMetadata"] = own
        data_mask = wanted(mask, "data")
        # `fields=sheets` alone stands for everything below, cells included.
        if parts and data_mask is not None:
            shown["data"] = [self._grid_data(area, data_mask) for area in parts]
        return shown

    def _listed(self, kind: str, item: Json) -> Json:
        if kind == "protectedRanges":
            return shown_range(item, self._editor.owner, may_edit_range(item, self._editor))
        return shown_filter(item) if kind == "filterViews" else item

    def _grid_data(self, area: Area, mask: Mask) -> Json:
        shown: Json = {}
        if area.top:
            shown["startRow"] = area.top
        if area.left:
            shown["startColumn"] = area.left
        row_mask = wanted(mask, "rowData")
        if row_mask is not None:
            cell_mask = wanted(row_mask, "values")
            rows = self._rows(area, {} if cell_mask is None else cell_mask)
            if rows:
                shown["rowData"] = rows
        for name, dimension, start, end in (
            ("rowMetadata", "ROWS", area.top, area.bottom),
            ("columnMetadata", "COLUMNS", area.left, area.right),
        ):
            if wanted(mask, name) is not None:
                shown[name] = self._dimension(area.tab, dimension, start, end)  # type: ignore[arg-type]
        return shown

    def _rows(self, area: Area, mask: Mask) -> list[Json]:
        grid = area.tab.grid
        drawn: list[Json] = []
        for row in range(area.top, min(area.bottom, len(grid.rows))):
            cells = grid.rows[row]
            marks = grid.marks[row] or {}
            last = max(len(cells), max(marks, default=-1) + 1)
            values = [
                draw_cell(cells[column] if column < len(cells) else None, marks.get(column), mask)
                for column in range(area.left, min(area.right, last))
            ]
            while values and not values[-1]:
                values.pop()
            drawn.append({"values": values} if values else {})
        while drawn and not drawn[-1]:
            drawn.pop()
        return drawn

    def _dimension(self, tab: Tab, dimension: Dimension, start: int, end: int) -> list[Json]:
        plain = ROW_PIXELS if dimension == "ROWS" else COLUMN_PIXELS
        stored = tab.dimension_properties(dimension)
        drawn: list[Json] = [{"pixelSize": plain} | stored.get(i, {}) for i in range(start, end)]
        if dimension == "ROWS":
            for row in hidden_rows(self._content, tab, self._year):
                if start <= row < end:
                    drawn[row - start]["hiddenByFilter"] = True
        location = "ROW" if dimension == "ROWS" else "COLUMN"
        for entry in self._content.metadata.values():
            place = entry.place or 0
            if (
                entry.sheet_id == tab.sheet_id
                and entry.location_type == location
                and start <= place < end
            ):
                drawn[place - start].setdefault("developerMetadata", []).append(entry.to_api())
        return drawn


def draw_cell(value: Value, mark: Mark | None, mask: Mask) -> Json:
    """`CellData`; an empty, unmarked cell gives an empty one."""
    drawn: Json = {}
    if value is not None:
        shown = effective(value)
        drawn["userEnteredValue"] = extended(value)
        if shown is not None:
            drawn["effectiveValue"] = extended(shown)
        drawn["formattedValue"] = formatted(value, mark)
        link = hyperlink_parts(value.text) if isinstance(value, Formula) else None
        if link:
            drawn["hyperlink"] = link[0]
    if mark:
        drawn |= with_styles(mark)
        look: dict[str, Any] = drawn.get("userEnteredFormat", {})
        if look:
            # Conditional formats are not computed: what was entered is what has effect.
            drawn["effectiveFormat"] = look
            uri = look.get("textFormat", {}).get("link", {}).get("uri")
            if uri:
                drawn["hyperlink"] = uri
    result: Json = pick(drawn, mask) if mask else drawn
    return result


def _without_empty(shown: Any) -> Json:
    # A message without fields is left out of the answer, except where it marks a place in a list.
    result: Json = {name: item for name, item in shown.items() if item not in ({}, [])}
    return result
