"""The requests about tabs, rows and columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from playground.google import dimensions
from playground.google.cells import formatted
from playground.google.content import MAX_ID, Draft
from playground.google.errors import PROTECTED, invalid, standin
from playground.google.grid import Grid
from playground.google.masks import Mask, merged, parse_update_mask
from playground.google.protection import closed_to, whole_tab
from playground.google.tabs import INDEXES, NEW_COLUMNS, NEW_ROWS, Dimension, Json, Tab

_LOOK = ("tabColor", "tabColorStyle", "rightToLeft")
_GRID_FLAGS = ("hideGridlines", "rowGroupControlAfter", "columnGroupControlAfter")
_MAX_TITLE = 100


def add_sheet(draft: Draft, request: Mapping[str, Any]) -> Json:
    """addSheet."""
    wanted = request.get("properties", {})
    if wanted.get("sheetType", "GRID") != "GRID":
        raise standin("sheet_type", "only GRID sheets are modelled.")
    sheet_id = wanted.get("sheetId")
    if sheet_id is None:
        sheet_id = draft.new_id(tab.sheet_id for tab in draft.tabs)
    _check_new_id(draft, sheet_id)
    title = wanted.get("title") or _free_title(draft)
    check_title(draft, title)
    size = wanted.get("gridProperties", {})
    rows = size.get("rowCount", NEW_ROWS)
    columns = size.get("columnCount", NEW_COLUMNS)
    if rows < 1 or columns < 1:
        raise invalid("gridProperties.rowCount and columnCount must be positive.")
    tab = Tab(sheet_id, title, Grid(rows, columns))
    draft.add_tab(tab, _checked_index(draft, wanted.get("index")))
    given = {name: item for name, item in wanted.items() if name not in ("sheetId", "index")}
    _take_properties(draft, tab, given, {name: {} for name in given if name != "title"})
    return {"addSheet": {"properties": tab.properties(draft.tabs.index(tab))}}


def _check_new_id(draft: Draft, sheet_id: int) -> None:
    if not 0 <= sheet_id <= MAX_ID:
        raise invalid(f"sheetId must be non-negative: {sheet_id}")
    if any(tab.sheet_id == sheet_id for tab in draft.tabs):
        raise invalid(f"Sheet ID {sheet_id} already exists. Please use another ID.")


def _free_title(draft: Draft, stem: str = "Sheet") -> str:
    number = len(draft.tabs) + 1
    while draft.titled(f"{stem}{number}") is not None:
        number += 1
    return f"{stem}{number}"


def check_title(draft: Draft, title: str, but: int | None = None) -> None:
    """Refuse a tab's title that is empty, too long or taken (letter case does not count)."""
    if not title:
        raise invalid("Sheet name cannot be empty.")
    if len(title) > _MAX_TITLE:
        raise invalid(f"Sheet name cannot be longer than {_MAX_TITLE} characters.")
    for tab in draft.tabs:
        if tab.title.lower() == title.lower() and tab.sheet_id != but:
            raise invalid(
                f'A sheet with the name "{title}" already exists. Please enter another name.'
            )


def _checked_index(draft: Draft, index: int | None) -> int | None:
    if index is not None and not 0 <= index <= len(draft.tabs):
        raise invalid(f"Invalid index: {index}. There are only {len(draft.tabs)} sheets.")
    return index


def delete_sheet(draft: Draft, request: Mapping[str, Any]) -> Json:
    """deleteSheet, with the metadata, protected ranges and named ranges that lie on it."""
    tab = draft.tab(request.get("sheetId", 0))
    if len(draft.tabs) == 1:
        raise invalid("You can't remove all the sheets in a document.")
    if all(other.hidden for other in draft.tabs if other is not tab):
        raise invalid("You can't remove all the visible sheets in a document.")
    _check_open(draft, tab)
    draft.tabs.remove(tab)
    draft.named_ranges[:] = [
        named for named in draft.named_ranges if named["range"].get("sheetId", 0) != tab.sheet_id
    ]
    for entry in tuple(draft.metadata.values()):
        if entry.sheet_id == tab.sheet_id:
            del draft.metadata[entry.metadata_id]
    return {}


def _check_open(draft: Draft, tab: Tab) -> None:
    for _ in closed_to(tab, whole_tab(tab), draft.editor):
        raise invalid(PROTECTED)


def duplicate_sheet(draft: Draft, request: Mapping[str, Any]) -> Json:
    """duplicateSheet: cells, looks, rules and developer metadata are copied.

    Whether the service copies developer metadata is not documented; the stand-in does, so that
    a program must cope with two entries of one key.
    """
    source = draft.tab(request.get("sourceSheetId", 0))
    sheet_id = request.get("newSheetId")
    if sheet_id is None:
        sheet_id = draft.new_id(tab.sheet_id for tab in draft.tabs)
    _check_new_id(draft, sheet_id)
    title = request.get("newSheetName") or _copy_title(draft, source.title)
    check_title(draft, title)
    copy = copied_tab(draft, source, sheet_id, title)
    # An index that is not given is nought, as every number of the API: the copy comes first.
    draft.add_tab(copy, _checked_index(draft, request.get("insertSheetIndex", 0)))
    for entry in tuple(draft.metadata.values()):
        if entry.sheet_id == source.sheet_id:
            number = draft.new_id(draft.metadata)
            draft.metadata[number] = replace(entry, metadata_id=number, sheet_id=sheet_id)
    return {"duplicateSheet": {"properties": copy.properties(draft.tabs.index(copy))}}


def _copy_title(draft: Draft, title: str) -> str:
    name, number = f"Copy of {title}", 1
    while draft.titled(name) is not None:
        number += 1
        name = f"Copy of {title} {number}"
    return name


def copied_tab(draft: Draft, source: Tab, sheet_id: int, title: str) -> Tab:
    """A copy of a tab under a new ID, with new IDs for what lies over it."""
    copy = source.fork()
    copy.sheet_id, copy.title, copy.hidden = sheet_id, title, False
    copy.lists = {
        kind: tuple(_readdressed(draft, item, source.sheet_id, sheet_id) for item in items)
        for kind, items in source.lists.items()
    }
    if source.basic_filter is not None:
        copy.basic_filter = _readdressed(draft, source.basic_filter, source.sheet_id, sheet_id)
    return copy


_OWN_IDS = ("protectedRangeId", "chartId", "bandedRangeId", "filterViewId")


def _readdressed(draft: Draft, value: Any, old: int, new: int) -> Any:
    if isinstance(value, Mapping):
        result = {name: _readdressed(draft, item, old, new) for name, item in value.items()}
        # A sheetId that is not given is nought, in ranges and in the cells that charts hang on.
        places = "rowIndex" in result or any(name in result for name in INDEXES)
        if result.get("sheetId", 0 if places else None) == old:
            result["sheetId"] = new
        for name in _OWN_IDS:
            if name in result:
                result[name] = draft.new_id(())
        return result
    if isinstance(value, list):
        return [_readdressed(draft, item, old, new) for item in value]
    return value


def update_sheet_properties(draft: Draft, request: Mapping[str, Any]) -> Json:
    """updateSheetProperties."""
    mask = parse_update_mask(request.get("fields"), "SheetProperties")
    wanted = request.get("properties", {})
    tab = draft.edit(wanted.get("sheetId", 0))
    if not mask:
        mask = {"title": {}, "index": {}, "hidden": {}, "gridProperties": {}}
        mask |= {name: {} for name in _LOOK}
    for name in ("sheetId", "sheetType", "dataSourceSheetProperties"):
        if name in mask:
            raise invalid(f"properties.{name} cannot be changed.")
    _take_properties(draft, tab, wanted, mask)
    return {}


def _take_properties(draft: Draft, tab: Tab, wanted: Mapping[str, Any], mask: Mask) -> None:
    if "title" in mask:
        title = wanted.get("title", "")
        check_title(draft, title, tab.sheet_id)
        tab.title = title
    if "hidden" in mask:
        tab.hidden = wanted.get("hidden", False)
        if all(other.hidden for other in draft.tabs):
            raise invalid("You can't hide all the sheets in a document.")
    if "index" in mask:
        _move_tab(draft, tab, wanted.get("index"))
    for name in _LOOK:
        if name in mask:
            tab.look = merged(tab.look, wanted, {name: mask[name]})
    if "gridProperties" in mask:
        _take_grid(draft, tab, wanted.get("gridProperties", {}), mask["gridProperties"])


def _move_tab(draft: Draft, tab: Tab, index: int | None) -> None:
    # "Movement is considered in 'before the move' indexes" (SheetProperties.index).
    old = draft.tabs.index(tab)
    new = len(draft.tabs) if index is None else index
    _checked_index(draft, new)
    if new == old:
        return
    draft.tabs.remove(tab)
    draft.tabs.insert(new - 1 if new > old else new, tab)


def _take_grid(draft: Draft, tab: Tab, wanted: Mapping[str, Any], mask: Mask) -> None:
    names = tuple(mask) or tuple(wanted)
    sides: tuple[tuple[str, Dimension], ...] = (("rowCount", "ROWS"), ("columnCount", "COLUMNS"))
    for name, dimension in sides:
        if name not in names:
            continue
        size, old = wanted.get(name, 0), tab.count(dimension)
        if size < 1:
            raise invalid(f"gridProperties.{name} must be positive.")
        if size > old:
            dimensions.append(draft, tab.sheet_id, dimension, size - old)
        elif size < old:
            dimensions.delete(draft, tab.sheet_id, dimension, size, old)
    if "frozenRowCount" in names:
        tab.frozen_rows = _frozen(wanted.get("frozenRowCount", 0), tab.grid.row_count, "rows")
    if "frozenColumnCount" in names:
        frozen = wanted.get("frozenColumnCount", 0)
        tab.frozen_columns = _frozen(frozen, tab.grid.column_count, "columns")
    flags: Mask = {name: {} for name in names if name in _GRID_FLAGS}
    if flags:
        look = merged(tab.look.get("gridProperties", {}), wanted, flags)
        tab.look = {**tab.look, "gridProperties": look}


def _frozen(count: int, size: int, noun: str) -> int:
    if count < 0:
        raise invalid(f"The number of frozen {noun} must not be negative.")
    if count >= size:
        raise invalid(f"You can't freeze all visible {noun} on the sheet.")
    return count


def update_spreadsheet_properties(draft: Draft, request: Mapping[str, Any]) -> Json:
    """updateSpreadsheetProperties."""
    mask = parse_update_mask(request.get("fields"), "SpreadsheetProperties")
    wanted = request.get("properties", {})
    if not mask:
        mask = {name: {} for name in wanted}
    for name in mask:
        if name not in ("title", "locale", "timeZone", "autoRecalc"):
            raise standin("property", f"SpreadsheetProperties.{name} is not modelled.")
        if not wanted.get(name):
            raise invalid(f"properties.{name} must not be empty.")
    draft.properties = merged(draft.properties, wanted, mask)
    return {}


def bounds(
    draft: Draft, span: Mapping[str, Any], open_ends: bool
) -> tuple[int, Dimension, int, int]:
    """A `DimensionRange` as tab, dimension, start and end. Raises GoogleError (400)."""
    dimension = span.get("dimension", "DIMENSION_UNSPECIFIED")
    if dimension not in ("ROWS", "COLUMNS"):
        raise invalid("DimensionRange.dimension must be ROWS or COLUMNS.")
    tab = draft.tab(span.get("sheetId", 0))
    if not open_ends and ("startIndex" not in span or "endIndex" not in span):
        raise invalid("range.startIndex and range.endIndex must both be set.")
    start, end = span.get("startIndex", 0), span.get("endIndex", tab.count(dimension))
    if start < 0 or end < 0:
        raise invalid("A DimensionRange has no negative indexes.")
    return tab.sheet_id, dimension, start, end


def insert_dimension(draft: Draft, request: Mapping[str, Any]) -> Json:
    """insertDimension."""
    sheet_id, dimension, start, end = bounds(draft, request.get("range", {}), open_ends=False)
    inherit = request.get("inheritFromBefore", False)
    dimensions.insert(draft, sheet_id, dimension, start, end - start, inherit)
    return {}


def delete_dimension(draft: Draft, request: Mapping[str, Any]) -> Json:
    """deleteDimension."""
    sheet_id, dimension, start, end = bounds(draft, request.get("range", {}), open_ends=True)
    dimensions.delete(draft, sheet_id, dimension, start, end)
    return {}


def move_dimension(draft: Draft, request: Mapping[str, Any]) -> Json:
    """moveDimension."""
    sheet_id, dimension, start, end = bounds(draft, request.get("source", {}), open_ends=True)
    target = request.get("destinationIndex", 0)
    dimensions.move(draft, sheet_id, dimension, start, end, target)
    return {}


def append_dimension(draft: Draft, request: Mapping[str, Any]) -> Json:
    """appendDimension."""
    dimension = request.get("dimension")
    if dimension not in ("ROWS", "COLUMNS"):
        raise invalid("appendDimension.dimension must be ROWS or COLUMNS.")
    dimensions.append(draft, request.get("sheetId", 0), dimension, request.get("length", 0))
    return {}


def update_dimension_properties(draft: Draft, request: Mapping[str, Any]) -> Json:
    """updateDimensionProperties: sizes and hidden rows or columns."""
    mask = parse_update_mask(request.get("fields"), "DimensionProperties")
    wanted = request.get("properties", {})
    for name in mask:
        if name not in ("pixelSize", "hiddenByUser"):
            raise invalid(f"DimensionProperties.{name} cannot be written here.")
    names = tuple(mask) or ("pixelSize", "hiddenByUser")
    if "pixelSize" in names and not 0 < wanted.get("pixelSize", 1) <= 2_000:
        raise invalid(f"pixelSize must be between 1 and 2000: {wanted.get('pixelSize')}")
    sheet_id, dimension, start, end = bounds(draft, request.get("range", {}), open_ends=True)
    tab = draft.edit(sheet_id)
    if not 0 <= start < end <= tab.count(dimension):
        raise invalid(f"range [{start}, {end}) is outside the grid.")
    stored = tab.dimension_properties(dimension)
    for index in range(start, end):
        new = merged(stored.get(index, {}), wanted, {name: {} for name in names})
        if new:
            stored[index] = new
        else:
            stored.pop(index, None)
    return {}


def auto_resize(draft: Draft, request: Mapping[str, Any]) -> Json:
    """autoResizeDimensions: columns as wide as their longest text needs, rows as high as plain."""
    sheet_id, dimension, start, end = bounds(draft, request.get("dimensions", {}), open_ends=True)
    tab = draft.edit(sheet_id)
    stored = tab.dimension_properties(dimension)
    for index in range(start, end):
        old = {name: item for name, item in stored.get(index, {}).items() if name != "pixelSize"}
        if dimension == "COLUMNS":
            texts = (formatted(tab.grid.value(row, index)) for row in range(tab.grid.filled))
            longest = max(map(len, texts), default=0)
            old["pixelSize"] = min(2_000, max(21, 8 * longest + 6))
        if old:
            stored[index] = old
        else:
            stored.pop(index, None)
    return {}


HANDLERS = {
    "addSheet": add_sheet,
    "deleteSheet": delete_sheet,
    "duplicateSheet": duplicate_sheet,
    "updateSheetProperties": update_sheet_properties,
    "updateSpreadsheetProperties": update_spreadsheet_properties,
    "insertDimension": insert_dimension,
    "deleteDimension": delete_dimension,
    "moveDimension": move_dimension,
    "appendDimension": append_dimension,
    "updateDimensionProperties": update_dimension_properties,
    "autoResizeDimensions": auto_resize,
}
