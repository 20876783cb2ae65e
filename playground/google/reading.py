"""The values methods that read: values.get, batchGet, batchGetByDataFilter."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from playground.google.cells import Render, render
from playground.google.content import Area, Pages
from playground.google.selection import areas_of_filter
from playground.google.tabs import Json

Block = list[list[str | int | float | bool]]


def read_block(area: Area, option: Render, dates_as_text: bool = False) -> Block:
    """The cells of an area by rows, without the empty ones at the end of each row and the block."""
    if area.right - area.left == 1:
        block = [[cell] if cell != "" else [] for cell in _one_column(area, option, dates_as_text)]
        while block and not block[-1]:
            block.pop()
        return block
    return _many_columns(area, option, dates_as_text)


def _one_column(area: Area, option: Render, dates_as_text: bool) -> list[str | int | float | bool]:
    """One column, to its last row with data; whole columns of IDs are read often."""
    grid, column = area.tab.grid, area.left
    bottom = min(area.bottom, grid.filled)
    cells = [row[column] if len(row) > column else None for row in grid.rows[area.top : bottom]]
    if all(type(cell) is str for cell in cells):
        return cells  # type: ignore[return-value]
    return [
        cell
        if type(cell) is str
        else render(cell, marks.get(column) if marks else None, option, dates_as_text)
        for cell, marks in zip(cells, grid.marks[area.top : bottom], strict=True)
    ]


def _many_columns(area: Area, option: Render, dates_as_text: bool) -> Block:
    grid = area.tab.grid
    left, right = area.left, area.right
    marks = grid.marks
    block: Block = []
    for row in range(area.top, min(area.bottom, grid.filled)):
        cells = grid.rows[row][left:right]
        if not cells:
            block.append([])
            continue
        row_marks = marks[row]
        if row_marks is None:
            shown = [
                cell if type(cell) is str else render(cell, None, option, dates_as_text)
                for cell in cells
            ]
        else:
            shown = [
                cell
                if type(cell) is str
                else render(cell, row_marks.get(column), option, dates_as_text)
                for column, cell in enumerate(cells, left)
            ]
        end = len(shown)
        while end and shown[end - 1] == "":
            end -= 1
        block.append(shown[:end])
    while block and not block[-1]:
        block.pop()
    return block


def read_column_block(area: Area, option: Render, dates_as_text: bool = False) -> Block:
    """The same by columns."""
    if area.right - area.left == 1:
        only = _one_column(area, option, dates_as_text)
        while only and only[-1] == "":
            only.pop()
        return [only] if only else []
    rows = read_block(area, option, dates_as_text)
    columns: Block = []
    for column in zip_longest(*rows, fillvalue=""):
        shown = list(column)
        while shown and shown[-1] == "":
            shown.pop()
        columns.append(shown)
    while columns and not columns[-1]:
        columns.pop()
    return columns


def value_range(area: Area, options: Mapping[str, Any], prefix: str = "") -> Json:
    """`ValueRange` of an area; without `values` when all of it is empty.

    `prefix` is "response" where the options are called responseValueRenderOption and so on.
    """
    dimension = options.get("majorDimension") or "ROWS"
    if dimension == "DIMENSION_UNSPECIFIED":
        dimension = "ROWS"
    render_option, date_option = "valueRenderOption", "dateTimeRenderOption"
    if prefix:
        render_option = prefix + "ValueRenderOption"
        date_option = prefix + "DateTimeRenderOption"
    option: Render = options.get(render_option) or "FORMATTED_VALUE"
    as_text = options.get(date_option) == "FORMATTED_STRING"
    read = read_block if dimension == "ROWS" else read_column_block
    block = read(area, option, as_text)
    shown: Json = {"range": area.name(), "majorDimension": dimension}
    if block:
        shown["values"] = block
    return shown


def get_values(pages: Pages, text: str, options: Mapping[str, Any]) -> Json:
    """values.get."""
    return value_range(pages.area(text), options)


def batch_get(pages: Pages, options: Mapping[str, Any]) -> list[Json]:
    """values.batchGet: one `ValueRange` for each of `ranges`, in their order."""
    return [value_range(pages.area(text), options) for text in options.get("ranges", ())]


def batch_get_by_filter(pages: Pages, body: Mapping[str, Any]) -> list[Json]:
    """values.batchGetByDataFilter: each matched range with the filters that matched it."""
    found: dict[str, Json] = {}
    for data_filter in body.get("dataFilters", ()):
        for area in areas_of_filter(pages, data_filter):
            name = area.name()
            if name not in found:
                found[name] = {"valueRange": value_range(area, body), "dataFilters": []}
            found[name]["dataFilters"].append(data_filter)
    return list(found.values())
