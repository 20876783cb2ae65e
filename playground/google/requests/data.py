"""The requests that move data about: sorting, finding and replacing, pasting, shifting, merging."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from typing import Any

from playground.google.cells import Formula, Mark, Value, check_length, compute
from playground.google.content import Area, Draft
from playground.google.errors import invalid, standin
from playground.google.grid import SKIP, Item
from playground.google.protection import check_area, whole_tab
from playground.google.sorting import sort_area
from playground.google.tabs import Json
from playground.google.writing import enter

_KINDS = {
    "PASTE_NORMAL": (True, ("userEnteredFormat", "note", "dataValidation", "textFormatRuns")),
    "PASTE_VALUES": (True, ()),
    "PASTE_FORMULA": (True, ()),
    "PASTE_FORMAT": (False, ("userEnteredFormat", "textFormatRuns")),
    "PASTE_DATA_VALIDATION": (False, ("dataValidation",)),
}


def sort_range(draft: Draft, request: Mapping[str, Any]) -> Json:
    """sortRange."""
    area = draft.area_of(request.get("range", {}))
    specs = request.get("sortSpecs", ())
    if not specs:
        raise invalid("Must specify at least one sortSpec.")
    keys = []
    for spec in specs:
        column = spec.get("dimensionIndex", 0)
        if not area.left <= column < area.right:
            raise invalid(f"sortSpecs.dimensionIndex[{column}] is outside the range.")
        if any(name.endswith(("Color", "ColorStyle")) for name in spec):
            raise standin("sort_by_colour", "sorting by colour is not modelled.")
        keys.append((column, spec.get("sortOrder") == "DESCENDING"))
    sort_area(draft, area, keys)
    return {}


def find_replace(draft: Draft, request: Mapping[str, Any]) -> Json:
    """findReplace."""
    find = request.get("find", "")
    if not find:
        raise invalid("find must not be empty.")
    areas = _scope(draft, request)
    pattern = find if request.get("searchByRegex") else re.escape(find)
    if request.get("matchEntireCell"):
        pattern = rf"\A(?:{pattern})\Z"
    try:
        wanted = re.compile(pattern, 0 if request.get("matchCase") else re.IGNORECASE)
    except re.error as error:
        raise invalid(f"Invalid regular expression: {error}") from error
    replacement = request.get("replacement", "")
    if request.get("searchByRegex"):
        # Java's $1 is Python's \1.
        template = re.sub(r"\$(\d)", r"\\\1", replacement)
    else:
        template = replacement.replace("\\", r"\\")
    counts = {"values": 0, "formulas": 0, "occurrences": 0}
    rows: set[tuple[int, int]] = set()
    for area in areas:
        for row in range(area.top, min(area.bottom, area.tab.grid.filled)):
            if _replace_in_row(
                draft, area, row, wanted, template, bool(request.get("includeFormulas")), counts
            ):
                rows.add((area.tab.sheet_id, row))
    shown = {
        "valuesChanged": counts["values"],
        "formulasChanged": counts["formulas"],
        "rowsChanged": len(rows),
        "sheetsChanged": len({sheet for sheet, _ in rows}),
        "occurrencesChanged": counts["occurrences"],
    }
    return {"findReplace": {name: count for name, count in shown.items() if count}}


def _scope(draft: Draft, request: Mapping[str, Any]) -> list[Area]:
    if request.get("allSheets"):
        return [whole_tab(tab) for tab in draft.tabs]
    if "range" in request:
        return [draft.area_of(request["range"])]
    if "sheetId" in request:
        return [whole_tab(draft.tab(request["sheetId"]))]
    raise invalid("Must specify a range, a sheetId or allSheets.")


def _replace_in_row(
    draft: Draft,
    area: Area,
    row: int,
    wanted: re.Pattern[str],
    template: str,
    formulas: bool,
    counts: dict[str, int],
) -> bool:
    updates: dict[int, Value] = {}
    for column, cell in enumerate(area.tab.grid.row(row)[area.left : area.right], area.left):
        text = cell.text if isinstance(cell, Formula) else cell
        if not isinstance(text, str) or (isinstance(cell, Formula) and not formulas):
            continue
        new, count = wanted.subn(template, text)
        if not count:
            continue
        check_length(new)
        counts["occurrences"] += count
        counts["formulas" if isinstance(cell, Formula) else "values"] += 1
        updates[column] = Formula(new, compute(new)) if isinstance(cell, Formula) else new or None
    if updates:
        check_area(draft, Area(area.tab, row, row + 1, min(updates), max(updates) + 1))
        draft.edit(area.tab.sheet_id).grid.put(row, updates)
    return bool(updates)


def copy_paste(draft: Draft, request: Mapping[str, Any]) -> Json:
    """copyPaste; a destination that is a multiple of the source is filled with repeats."""
    if request.get("pasteOrientation") == "TRANSPOSE":
        raise standin("transpose", "pasting transposed is not modelled.")
    source = draft.area_of(request.get("source", {}), "source")
    target = draft.area_of(request.get("destination", {}), "destination")
    height, width = source.bottom - source.top, source.right - source.left
    tall, wide = target.bottom - target.top, target.right - target.left
    times_down = tall // height if tall % height == 0 else 1
    times_across = wide // width if wide % width == 0 else 1
    kind = request.get("pasteType", "PASTE_NORMAL")
    for down in range(max(times_down, 1)):
        for across in range(max(times_across, 1)):
            top, left = target.top + down * height, target.left + across * width
            _paste(draft, source, target.tab.sheet_id, top, left, kind)
    return {}


def cut_paste(draft: Draft, request: Mapping[str, Any]) -> Json:
    """cutPaste."""
    source = draft.area_of(request.get("source", {}), "source")
    place = request.get("destination", {})
    check_area(draft, source)
    kept = draft.edit(source.tab.sheet_id).fork()
    values_too = _emptied(draft, source)
    frozen = Area(kept, source.top, source.bottom, source.left, source.right)
    kind = request.get("pasteType", "PASTE_NORMAL")
    _paste(
        draft,
        frozen,
        place.get("sheetId", 0),
        place.get("rowIndex", 0),
        place.get("columnIndex", 0),
        kind,
    )
    return values_too


def _emptied(draft: Draft, area: Area) -> Json:
    grid = draft.edit(area.tab.sheet_id).grid
    for row in range(area.top, min(area.bottom, grid.filled)):
        grid.put(row, dict.fromkeys(range(area.left, area.right)))
    nothing: Callable[[Mark], Mark] = lambda _: {}  # noqa: E731
    last = min(area.bottom, len(grid.rows))
    if last > area.top:
        grid.change_marks(area.top, last, range(area.left, area.right), nothing)
    return {}


def _paste(draft: Draft, source: Area, sheet_id: int, top: int, left: int, kind: str) -> None:
    if kind not in _KINDS:
        raise standin("paste_type", f"{kind} is not modelled; use one of {', '.join(_KINDS)}.")
    values_too, marks = _KINDS[kind]
    height, width = source.bottom - source.top, source.right - source.left
    tab = draft.edit(sheet_id)
    if top < 0 or left < 0:
        raise invalid("The place to paste to has a negative index.")
    if top + height > tab.grid.row_count or left + width > tab.grid.column_count:
        raise invalid("The pasted data does not fit into the grid.")
    check_area(draft, Area(tab, top, top + height, left, left + width))
    origin = source.tab.grid
    values = [
        [origin.value(row, column) for column in range(source.left, source.right)]
        for row in range(source.top, source.bottom)
    ]
    looks = [
        [origin.mark(row, column) or {} for column in range(source.left, source.right)]
        for row in range(source.top, source.bottom)
    ]
    if values_too:
        block: list[list[Item]] = [list(line) for line in values]
        if kind == "PASTE_VALUES":
            block = [[_result(item) for item in line] for line in values]
        tab.grid.put_block(top, left, block)
    if marks:
        for down, line in enumerate(looks):
            for across, look in enumerate(line):
                old = tab.grid.mark(top + down, left + across) or {}
                kept = {name: item for name, item in old.items() if name not in marks}
                new = kept | {name: look[name] for name in marks if name in look}
                if new != old:
                    tab.grid.set_mark(top + down, left + across, new)


def _result(value: Value) -> Item:
    if not isinstance(value, Formula):
        return value
    return value.value if isinstance(value.value, str | int | float | bool) else None


def paste_data(draft: Draft, request: Mapping[str, Any]) -> Json:
    """pasteData: delimited text, read as if typed."""
    if request.get("html"):
        raise standin("html", "pasting HTML is not modelled.")
    place = request.get("coordinate", {})
    delimiter = request.get("delimiter", "\t")
    if len(delimiter) != 1:
        raise invalid("pasteData.delimiter must be a single character.")
    lines = list(csv.reader(request.get("data", "").splitlines(), delimiter=delimiter))
    paste_lines(
        draft, place.get("sheetId", 0), place.get("rowIndex", 0), place.get("columnIndex", 0), lines
    )
    return {}


def paste_lines(draft: Draft, sheet_id: int, top: int, left: int, lines: list[list[str]]) -> Area:
    """Write a block as if typed; the grid grows to hold it, as it does when a person pastes."""
    if top < 0 or left < 0:
        raise invalid("The place to paste to has a negative index.")
    tab = draft.edit(sheet_id)
    width = max(map(len, lines), default=0)
    area = Area(tab, top, top + len(lines), left, left + width)
    if not lines or not width:
        return area
    check_area(draft, area)
    tab.grid.row_count = max(tab.grid.row_count, area.bottom)
    tab.grid.column_count = max(tab.grid.column_count, area.right)
    draft.check_cells()
    block: list[list[Item]] = [
        [enter(draft, tab, top + down, left + across, text) for across, text in enumerate(line)]
        + [SKIP] * (width - len(line))
        for down, line in enumerate(lines)
    ]
    tab.grid.put_block(top, left, block)
    return area


def insert_range(draft: Draft, request: Mapping[str, Any]) -> Json:
    """insertRange: cells shift down or right; what would leave the grid is refused."""
    area, rows = _shift(draft, request)
    tab = draft.edit(area.tab.sheet_id)
    height, width = area.bottom - area.top, area.right - area.left
    if rows:
        rest = Area(tab, area.top, tab.grid.row_count - height, area.left, area.right)
        lost = Area(tab, rest.bottom, tab.grid.row_count, area.left, area.right)
    else:
        rest = Area(tab, area.top, area.bottom, area.left, tab.grid.column_count - width)
        lost = Area(tab, area.top, area.bottom, rest.right, tab.grid.column_count)
    _check_empty(lost)
    _carry(draft, rest, area.top + (height if rows else 0), area.left + (0 if rows else width))
    _emptied(draft, area)
    return {}


def delete_range(draft: Draft, request: Mapping[str, Any]) -> Json:
    """deleteRange: cells shift up or left."""
    area, rows = _shift(draft, request)
    tab = draft.edit(area.tab.sheet_id)
    if rows:
        rest = Area(tab, area.bottom, tab.grid.row_count, area.left, area.right)
    else:
        rest = Area(tab, area.top, area.bottom, area.right, tab.grid.column_count)
    _emptied(draft, area)
    _carry(draft, rest, area.top, area.left)
    return {}


def _shift(draft: Draft, request: Mapping[str, Any]) -> tuple[Area, bool]:
    dimension = request.get("shiftDimension")
    if dimension not in ("ROWS", "COLUMNS"):
        raise invalid("shiftDimension must be ROWS or COLUMNS.")
    area = draft.area_of(request.get("range", {}))
    check_area(draft, area)
    return area, dimension == "ROWS"


def _check_empty(area: Area) -> None:
    for row in range(area.top, min(area.bottom, area.tab.grid.filled)):
        if any(cell is not None for cell in area.tab.grid.row(row)[area.left : area.right]):
            raise standin("shifted_out", "the shift would push filled cells out of the grid.")


def _carry(draft: Draft, area: Area, top: int, left: int) -> None:
    grid = area.tab.grid
    bottom = min(area.bottom, len(grid.rows))
    if bottom <= area.top or area.right <= area.left:
        return
    kept = area.tab.fork()
    source = Area(kept, area.top, bottom, area.left, area.right)
    _emptied(draft, Area(area.tab, area.top, bottom, area.left, area.right))
    _paste(draft, source, area.tab.sheet_id, top, left, "PASTE_NORMAL")


def merge_cells(draft: Draft, request: Mapping[str, Any]) -> Json:
    """mergeCells: only the first cell of each merge keeps its value; merges below it go."""
    area = draft.area_of(request.get("range", {}))
    check_area(draft, area)
    kept = _merges_outside(draft, area)
    kind = request.get("mergeType", "MERGE_ALL")
    tab = draft.edit(area.tab.sheet_id)
    if kind == "MERGE_ROWS":
        parts = [
            Area(tab, row, row + 1, area.left, area.right) for row in range(area.top, area.bottom)
        ]
    elif kind == "MERGE_COLUMNS":
        parts = [Area(tab, area.top, area.bottom, c, c + 1) for c in range(area.left, area.right)]
    else:
        parts = [Area(tab, area.top, area.bottom, area.left, area.right)]
    for part in parts:
        for row in range(part.top, min(part.bottom, tab.grid.filled)):
            first = part.left + (row == part.top)
            tab.grid.put(row, dict.fromkeys(range(first, part.right)))
    merges = (part.grid_range() for part in parts)
    tab.lists["merges"] = (*kept, *merges)
    return {}


def _merges_outside(draft: Draft, area: Area) -> list[Json]:
    """The merges that an area does not touch. Raises GoogleError where it cuts through one."""
    kept = []
    for item in area.tab.listed("merges"):
        merge = draft.area_of(item)
        across = min(area.right, merge.right) - max(area.left, merge.left)
        down = min(area.bottom, merge.bottom) - max(area.top, merge.top)
        if across <= 0 or down <= 0:
            kept.append(item)
        elif (down, across) != (merge.bottom - merge.top, merge.right - merge.left):
            # The service's text, as many programs that met it quote it.
            raise invalid("You must select all cells in a merged range to merge or unmerge them.")
    return kept


def unmerge_cells(draft: Draft, request: Mapping[str, Any]) -> Json:
    """unmergeCells: every merge that lies in the range."""
    area = draft.area_of(request.get("range", {}))
    kept = _merges_outside(draft, area)
    draft.edit(area.tab.sheet_id).lists["merges"] = tuple(kept)
    return {}


HANDLERS = {
    "sortRange": sort_range,
    "findReplace": find_replace,
    "copyPaste": copy_paste,
    "cutPaste": cut_paste,
    "pasteData": paste_data,
    "insertRange": insert_range,
    "deleteRange": delete_range,
    "mergeCells": merge_cells,
    "unmergeCells": unmerge_cells,
}
