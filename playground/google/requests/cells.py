"""The requests that write cells: updateCells, appendCells, repeatCell, setDataValidation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from playground.google.cells import Mark, Value, from_extended
from playground.google.content import Area, Draft
from playground.google.errors import invalid, standin
from playground.google.masks import Mask, merged, parse_update_mask
from playground.google.protection import check_area
from playground.google.tabs import Json
from playground.google.validation import check_rule

# What the stand-in keeps beside a cell's value. Chips, pivots and data sources are not modelled.
MARKS = ("userEnteredFormat", "note", "dataValidation", "textFormatRuns")
_MAX_NOTE = 50_000


def cell_mask(text: str | None) -> Mask:
    """The mask of a request that writes `CellData`. Raises GoogleError (400)."""
    mask = parse_update_mask(text, "CellData")
    for name in mask:
        if name not in MARKS and name != "userEnteredValue":
            raise standin(
                "cell_field",
                f"CellData.{name} is read-only or not modelled; name only userEnteredValue, "
                f"{', '.join(MARKS)} in 'fields'.",
            )
    return mask or {name: {} for name in ("userEnteredValue", *MARKS)}


def new_mark(old: Mark, cell: Mapping[str, Any], mask: Mask) -> Mark:
    """What stands beside a value after a masked write."""
    wanted = {name: inner for name, inner in mask.items() if name in MARKS}
    if not wanted:
        if "textFormatRuns" in old and "userEnteredValue" in mask:
            return {name: item for name, item in old.items() if name != "textFormatRuns"}
        return old
    result = merged(old, cell, wanted)
    return {name: item for name, item in result.items() if item}


def check_cell(cell: Mapping[str, Any], mask: Mask) -> None:
    """Refuse a cell whose note or rule cannot stand. Raises GoogleError (400)."""
    if "dataValidation" in mask and cell.get("dataValidation"):
        check_rule(cell["dataValidation"])
    if len(cell.get("note", "")) > _MAX_NOTE:
        raise invalid(f"Your note contains more than the maximum of {_MAX_NOTE} characters.")


def _write_row(draft: Draft, area: Area, row: int, cells: list[Json], mask: Mask) -> None:
    grid = area.tab.grid
    if "userEnteredValue" in mask:
        entered = (from_extended(cell.get("userEnteredValue")) for cell in cells)
        values: dict[int, Value] = dict(enumerate(entered, area.left))
        grid.put(row, values)
    marked = row < len(grid.marks) and grid.marks[row]
    if len(mask) == 1 and "userEnteredValue" in mask and not marked:
        return  # nothing beside the values is named, and none of it is there to be erased
    for column, cell in enumerate(cells, area.left):
        check_cell(cell, mask)
        old = grid.mark(row, column) or {}
        mark = new_mark(old, cell, mask)
        if mark != old:
            grid.set_mark(row, column, mark)


def update_cells(draft: Draft, request: Mapping[str, Any]) -> Json:
    """updateCells: from a corner on, or in a range, where what is not covered is cleared."""
    mask = cell_mask(request.get("fields"))
    rows = [row.get("values", []) for row in request.get("rows", ())]
    width = max(map(len, rows), default=0)
    if "range" in request:
        area = draft.area_of(request["range"])
        rows = _filled_up(area, rows)
    elif "start" in request:
        start = request["start"]
        top, left = start.get("rowIndex", 0), start.get("columnIndex", 0)
        corner = {
            "sheetId": start.get("sheetId", 0),
            "startRowIndex": top,
            "startColumnIndex": left,
            "endRowIndex": top + 1,
            "endColumnIndex": left + 1,
        }
        found = draft.area_of(corner, "start").tab
        area = Area(found, top, top + len(rows), left, left + width)
        _check_inside(area)
    else:
        raise invalid("Must specify either a start or a range.")
    check_area(draft, area)
    tab = draft.edit(area.tab.sheet_id)
    area = Area(tab, area.top, area.bottom, area.left, area.right)
    for offset, cells in enumerate(rows):
        _write_row(draft, area, area.top + offset, cells, mask)
    return {}


def _filled_up(area: Area, rows: list[list[Json]]) -> list[list[Json]]:
    height, width = area.bottom - area.top, area.right - area.left
    for cells in rows:
        if len(cells) > width:
            raise _beyond("column", area.left + width)
    if len(rows) > height:
        raise _beyond("row", area.top + height)
    missing: list[list[Json]] = [[] for _ in range(height - len(rows))]
    return [[*cells, *({} for _ in range(width - len(cells)))] for cells in [*rows, *missing]]


def _check_inside(area: Area) -> None:
    if area.bottom > area.tab.grid.row_count:
        raise _beyond("row", area.tab.grid.row_count)
    if area.right > area.tab.grid.column_count:
        raise _beyond("column", area.tab.grid.column_count)


def _beyond(noun: str, end: int) -> Exception:
    # The service's text (OpenRefine issue 2760).
    return invalid(
        f"Attempting to write {noun}: {end}, beyond the last requested {noun} of: {end - 1}"
    )


def append_cells(draft: Draft, request: Mapping[str, Any]) -> Json:
    """appendCells: after the last row with data; rows are added, columns are not."""
    if "tableId" in request:
        raise standin("tables", "appendCells.tableId: tables are not modelled; name a sheetId.")
    mask = cell_mask(request.get("fields"))
    tab = draft.edit(request.get("sheetId", 0))
    rows = [row.get("values", []) for row in request.get("rows", ())]
    width = max(map(len, rows), default=0)
    if width > tab.grid.column_count:
        raise _beyond("column", tab.grid.column_count)
    top = tab.grid.filled
    area = Area(tab, top, top + len(rows), 0, max(width, 1))
    if rows:
        check_area(draft, area)
    tab.grid.row_count = max(tab.grid.row_count, top + len(rows))
    draft.check_cells()
    for offset, cells in enumerate(rows):
        _write_row(draft, area, top + offset, cells, mask)
    return {}


def repeat_cell(draft: Draft, request: Mapping[str, Any]) -> Json:
    """repeatCell: one cell's fields in every cell of a range.

    A formula is repeated as it is; the service would count its references up.
    """
    mask = cell_mask(request.get("fields"))
    cell = request.get("cell", {})
    check_cell(cell, mask)
    found = draft.area_of(request.get("range", {}))
    check_area(draft, found)
    tab = draft.edit(found.tab.sheet_id)
    columns = range(found.left, found.right)
    if "userEnteredValue" in mask:
        value = from_extended(cell.get("userEnteredValue"))
        line = [value] * (found.right - found.left)
        tab.grid.put_block(found.top, found.left, [line] * (found.bottom - found.top))
    change: Callable[[Mark], Mark] = lambda old: new_mark(old, cell, mask)  # noqa: E731
    tab.grid.change_marks(found.top, found.bottom, columns, change)
    return {}


def set_data_validation(draft: Draft, request: Mapping[str, Any]) -> Json:
    """setDataValidation: one rule for every cell of a range, or none."""
    rule = request.get("rule")
    if rule is not None:
        check_rule(rule)
    found = draft.area_of(request.get("range", {}))
    check_area(draft, found)
    tab = draft.edit(found.tab.sheet_id)
    cell = {} if rule is None else {"dataValidation": rule}
    tab.grid.change_marks(
        found.top,
        found.bottom,
        range(found.left, found.right),
        lambda old: new_mark(old, cell, {"dataValidation": {}}),
    )
    return {}


HANDLERS = {
    "updateCells": update_cells,
    "appendCells": append_cells,
    "repeatCell": repeat_cell,
    "setDataValidation": set_data_validation,
}
