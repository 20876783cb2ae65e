"""Finding the "table" that values.append writes below.

From developers.google.com, "Read and write cell values", Append values: with tables at A1:C2 and
B4:D6, appending to `Sheet1`, `C5:D5`, `B2:D4` or `A3:G10` starts at B7, appending to `A1` starts
at A3, and to `E4` at E4, which lies in no table.

The guide calls it the last table. Of two tables that begin in one row that is the right one (known
from use, not from the guide).
"""

from __future__ import annotations

from playground.google.content import Area
from playground.google.grid import Grid


def table_at(searched: Area) -> Area | None:
    """The last table that the searched range touches, or None when it touches none."""
    grid = searched.tab.grid
    seed = _last_filled(grid, searched)
    if seed is None:
        # An empty cell may still lie inside a table's rectangle.
        beside = _neighbour(grid, searched.top, searched.left)
        if beside is None:
            return None
        top, bottom, left, right = _region(grid, *beside, grid.column_count)
        inside = top <= searched.top < bottom and left <= searched.left < right
        return Area(searched.tab, top, bottom, left, right) if inside else None
    found = _region(grid, *seed, grid.column_count)
    row = max(found[0], searched.top)
    in_row = _last_filled(grid, Area(searched.tab, row, row + 1, found[3], searched.right))
    if in_row is not None:
        other = _region(grid, *in_row, grid.column_count)
        found = other if other[0] == found[0] else found
    return Area(searched.tab, *found)


def _neighbour(grid: Grid, row: int, column: int) -> tuple[int, int] | None:
    for near_row in range(max(row - 1, 0), row + 2):
        for near_column in range(max(column - 1, 0), column + 2):
            if grid.value(near_row, near_column) is not None:
                return near_row, near_column
    return None


def _last_filled(grid: Grid, area: Area) -> tuple[int, int] | None:
    for row in range(min(area.bottom, grid.filled) - 1, area.top - 1, -1):
        cells = grid.row(row)
        for column in range(min(area.right, len(cells)) - 1, area.left - 1, -1):
            if cells[column] is not None:
                return row, column
    return None


def _region(grid: Grid, row: int, column: int, width: int) -> tuple[int, int, int, int]:
    """The smallest rectangle around a cell that no filled cell touches, corners included."""
    top, bottom, left, right = row, row + 1, column, column + 1
    grown = True
    while grown:
        grown = False
        while bottom < grid.filled and _any(grid, bottom, left - 1, right + 1):
            bottom, grown = bottom + 1, True
        while top > 0 and _any(grid, top - 1, left - 1, right + 1):
            top, grown = top - 1, True
        while right < width and _column_any(grid, right, top - 1, bottom + 1):
            right, grown = right + 1, True
        while left > 0 and _column_any(grid, left - 1, top - 1, bottom + 1):
            left, grown = left - 1, True
    return top, bottom, left, right


def _any(grid: Grid, row: int, left: int, right: int) -> bool:
    return any(cell is not None for cell in grid.row(row)[max(left, 0) : right])


def _column_any(grid: Grid, column: int, top: int, bottom: int) -> bool:
    return any(
        len(cells) > column and cells[column] is not None
        for cells in grid.rows[max(top, 0) : bottom]
    )
