"""The values methods that write: update, batchUpdate, append, clear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playground.google import dimensions
from playground.google.a1 import Span, column_letters, range_name
from playground.google.cells import Value, number_format, raw_value
from playground.google.content import Area, Draft
from playground.google.errors import bad_field, invalid
from playground.google.grid import SKIP, Item
from playground.google.protection import check_area
from playground.google.reading import value_range
from playground.google.selection import areas_of_filter
from playground.google.tables import table_at
from playground.google.tabs import Json, Tab
from playground.google.typing_in import typed

Block = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Written:
    """What one write did."""

    sheet_id: int
    area: Area | None
    requested: Area
    rows: frozenset[int]
    columns: frozenset[int]
    cells: int


def input_option(options: Mapping[str, Any]) -> str:
    """RAW or USER_ENTERED. Raises GoogleError (400) when the caller does not say."""
    option = options.get("valueInputOption")
    if option not in ("RAW", "USER_ENTERED"):
        # The service's text for a missing option.
        raise bad_field(
            "valueInputOption",
            "'valueInputOption' is required but not specified"
            if option is None
            else f"Invalid valueInputOption: {option}",
        )
    return str(option)


def by_rows(values: Block, dimension: str | None) -> Block:
    """A block given by columns, by rows; a hole stays as it is in the sheet (None)."""
    for index, line in enumerate(values):
        if not isinstance(line, list):
            raise bad_field(
                f"data.values[{index}]",
                f"Invalid value at 'data.values[{index}]' "
                f"(type.googleapis.com/google.protobuf.ListValue), {line!r:.80}",
            )
    if dimension != "COLUMNS":
        return values
    height = max((len(column) for column in values), default=0)
    return [
        [column[row] if row < len(column) else None for column in values] for row in range(height)
    ]


def write(draft: Draft, tab: Tab, span: Span, values: Block, option: str) -> Written:
    """Write a block where a range says. Raises GoogleError (400)."""
    height = len(values)
    width = max((len(line) for line in values), default=0)
    top, left = span.top or 0, span.left or 0
    if top >= tab.grid.row_count or left >= tab.grid.column_count:
        raise draft.outside(tab, span)
    _check_fits(draft, tab, span, height, width)
    tab = draft.edit(tab.sheet_id)
    requested = Area(
        tab,
        top,
        min(span.bottom or tab.grid.row_count, tab.grid.row_count),
        left,
        min(span.right or tab.grid.column_count, tab.grid.column_count),
    )
    if not height or not width:
        empty: frozenset[int] = frozenset()
        return Written(tab.sheet_id, None, requested, empty, empty, 0)
    area = Area(tab, top, top + height, left, left + width)
    check_area(draft, area)
    return _put(draft, area, requested, values, option)


def _check_fits(draft: Draft, tab: Tab, span: Span, height: int, width: int) -> None:
    top, left = span.top or 0, span.left or 0
    # A single cell is where the block starts; a wider range must hold all of it.
    one_cell = span.bottom == top + 1 and span.right == left + 1
    if not one_cell:
        bottom, right = span.bottom, span.right
        name = _requested_name(tab, span)
        if bottom is not None and top + height > bottom:
            raise invalid(
                f"Requested writing within range [{name}], but tried writing to row [{bottom + 1}]"
            )
        if right is not None and left + width > right:
            raise invalid(
                f"Requested writing within range [{name}], but tried writing to column "
                f"[{column_letters(right)}]"
            )
    if top + height > tab.grid.row_count or left + width > tab.grid.column_count:
        raise draft.outside(tab, Span(top, top + height, left, left + width))


def _requested_name(tab: Tab, span: Span) -> str:
    bottom = tab.grid.row_count if span.bottom is None else span.bottom
    right = tab.grid.column_count if span.right is None else span.right
    return range_name(tab.title, span.top or 0, bottom, span.left or 0, right)


def _put(draft: Draft, area: Area, requested: Area, values: Block, option: str) -> Written:
    tab, top, left = area.tab, area.top, area.left
    rows: set[int] = set()
    columns: set[int] = set()
    count = 0
    block: list[list[Item]] = []
    for offset, line in enumerate(values):
        items: list[Item] = []
        for place, item in enumerate(line):
            if item is None:
                items.append(SKIP)
                continue
            value = raw_value(item, offset, place)
            if option == "USER_ENTERED" and isinstance(item, str):
                value = enter(draft, tab, top + offset, left + place, item)
            items.append(value)
            columns.add(left + place)
            count += 1
        if any(item is not SKIP for item in items):
            rows.add(top + offset)
        block.append(items)
    tab.grid.put_block(top, left, block)
    return Written(tab.sheet_id, area, requested, frozenset(rows), frozenset(columns), count)


def enter(draft: Draft, tab: Tab, row: int, column: int, text: str) -> Value:
    """What a typed text becomes in a cell; sets the number format that the text brings.

    The value itself is not written.
    """
    mark = tab.grid.mark(row, column)
    kept = number_format(mark)
    value, brought = typed(text, draft.year, kept)
    if brought and not kept:
        look = dict((mark or {}).get("userEnteredFormat", {})) | {"numberFormat": brought}
        tab.grid.set_mark(row, column, {**(mark or {}), "userEnteredFormat": look})
    return value


def update(
    draft: Draft, text: str, value_range_: Mapping[str, Any], options: Mapping[str, Any]
) -> Written:
    """values.update, and one range of values.batchUpdate."""
    tab, span = draft.located(text)
    values = by_rows(value_range_.get("values", ()), value_range_.get("majorDimension"))
    return write(draft, tab, span, values, input_option(options))


def batch_update(draft: Draft, body: Mapping[str, Any]) -> list[Written]:
    """values.batchUpdate."""
    input_option(body)
    written = []
    for index, item in enumerate(body.get("data", ())):
        if "range" not in item:
            raise bad_field(f"data[{index}].range", f"Unable to parse range: (data[{index}])")
        written.append(update(draft, item["range"], item, body))
    return written


def batch_update_by_filter(draft: Draft, body: Mapping[str, Any]) -> list[tuple[Json, Written]]:
    """values.batchUpdateByDataFilter: each matched range with its filter."""
    option = input_option(body)
    written = []
    for item in body.get("data", ()):
        data_filter = item.get("dataFilter", {})
        values = by_rows(item.get("values", ()), item.get("majorDimension"))
        for area in areas_of_filter(draft, data_filter):
            span = Span(area.top, area.bottom, area.left, area.right)
            written.append((data_filter, write(draft, area.tab, span, values, option)))
    return written


def append(
    draft: Draft, text: str, value_range_: Mapping[str, Any], options: Mapping[str, Any]
) -> tuple[Area | None, Written]:
    """values.append: the table that was found, and what was written below it."""
    option = input_option(options)
    values = by_rows(value_range_.get("values", ()), value_range_.get("majorDimension"))
    searched = draft.area(text)
    table = table_at(searched)
    top = table.bottom if table else searched.top
    left = table.left if table else searched.left
    tab = draft.edit(searched.tab.sheet_id)
    height = len(values)
    width = max((len(line) for line in values), default=0)
    if options.get("insertDataOption") == "INSERT_ROWS" and height and top < tab.grid.row_count:
        dimensions.insert(draft, tab.sheet_id, "ROWS", top, height, inherit=top > 0)
    # "Adding data to the end of the sheet will still insert new rows or columns so the data can
    # be written" (InsertDataOption.OVERWRITE).
    tab.grid.row_count = max(tab.grid.row_count, top + height)
    tab.grid.column_count = max(tab.grid.column_count, left + width)
    draft.check_cells()
    written = write(
        draft, tab, Span(top, top + max(height, 1), left, left + max(width, 1)), values, option
    )
    return table, written


def clear(draft: Draft, texts: Iterable[str]) -> list[Area]:
    """values.clear and batchClear: values only; looks, notes and rules stay."""
    return clear_areas(draft, [draft.area(text) for text in texts])


def clear_areas(draft: Draft, areas: Iterable[Area]) -> list[Area]:
    """Empty some areas."""
    cleared = []
    for area in areas:
        check_area(draft, area)
        tab = draft.edit(area.tab.sheet_id)
        for row in range(area.top, min(area.bottom, tab.grid.filled)):
            width = len(tab.grid.row(row))
            tab.grid.put(row, dict.fromkeys(range(area.left, min(area.right, width))))
        cleared.append(Area(tab, area.top, area.bottom, area.left, area.right))
    return cleared


def response(
    spreadsheet_id: str, written: Written, options: Mapping[str, Any], prefix: str = "response"
) -> Json:
    """`UpdateValuesResponse`; counts of nought are left out, as everywhere in the API."""
    area = written.area or written.requested
    shown: Json = {"spreadsheetId": spreadsheet_id, "updatedRange": area.name()}
    if written.cells:
        shown |= {
            "updatedRows": len(written.rows),
            "updatedColumns": len(written.columns),
            "updatedCells": written.cells,
        }
    if options.get("includeValuesInResponse"):
        shown["updatedData"] = value_range(area, {**options, "majorDimension": "ROWS"}, prefix)
    return shown


def totals(all_written: Sequence[Written]) -> Json:
    """The sums of values.batchUpdate."""
    cells = sum(written.cells for written in all_written)
    if not cells:
        return {}
    return {
        "totalUpdatedRows": len({(w.sheet_id, row) for w in all_written for row in w.rows}),
        "totalUpdatedColumns": len({(w.sheet_id, c) for w in all_written for c in w.columns}),
        "totalUpdatedCells": cells,
        "totalUpdatedSheets": len({w.sheet_id for w in all_written if w.cells}),
    }
