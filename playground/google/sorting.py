"""Sorting rows as Sheets does, for the API and for a person alike."""

from __future__ import annotations

from collections.abc import Sequence

from playground.google.cells import Fault, Value, effective
from playground.google.content import Area, Draft
from playground.google.protection import check_area

# Numbers before text before booleans before errors; empty cells come last in both directions.
Key = tuple[int, float | str]


def sort_area(draft: Draft, area: Area, keys: Sequence[tuple[int, bool]]) -> None:
    """Sort the rows of an area by (column, descending), the first key first; equal rows stay put.

    What moves: the values, formats, notes and validation rules of the cells. What stays: row
    heights, hidden rows, developer metadata of rows, protected and named ranges.
    """
    check_area(draft, area)
    tab = draft.edit(area.tab.sheet_id)
    grid = tab.grid
    # Rows below the last stored one are empty and stay at the end.
    order = list(range(area.top, min(area.bottom, len(grid.rows))))
    for column, descending in reversed(keys):
        filled = [row for row in order if effective(grid.value(row, column)) is not None]
        empty = [row for row in order if effective(grid.value(row, column)) is None]
        keyed = {row: _key(grid.value(row, column)) for row in filled}
        filled.sort(key=keyed.__getitem__, reverse=descending)
        order = filled + empty
    if order:
        grid.reorder(area.top, area.left, area.right, order)


def _key(value: Value) -> Key:
    plain = effective(value)
    match plain:
        case bool():
            return 2, float(plain)
        case str():
            return 1, plain.casefold()
        case Fault():
            return 3, plain.text
        case None:
            return 4, 0.0
        case _:
            return 0, float(plain)
