"""The cells of one tab, stored so that touching a few of a million costs a few.

Each row is a tuple cut after its last filled cell, and is replaced, never changed. A copy of the
grid therefore copies one list of rows; versions and the roll-back of a batch share the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from playground.google.cells import Mark, Value

Row = tuple[Value, ...]
RowMarks = Mapping[int, Mark] | None
Order = Callable[[int], int]


class Skip:
    """Marks a cell of a block that a write leaves as it is (`null` in the API)."""


SKIP: Final = Skip()
Item = Value | Skip


def trimmed(cells: list[Value]) -> Row:
    """A row without the empty cells at its end."""
    end = len(cells)
    while end and cells[end - 1] is None:
        end -= 1
    return tuple(cells[:end])


class Grid:
    """Cells by row and column from zero; `row_count` and `column_count` bound them."""

    __slots__ = ("column_count", "filled", "marks", "row_count", "rows")

    def __init__(self, row_count: int, column_count: int) -> None:
        self.row_count = row_count
        self.column_count = column_count
        self.rows: list[Row] = []
        self.marks: list[RowMarks] = []
        # Rows up to and with the last one that holds a value.
        self.filled = 0

    def fork(self) -> Grid:
        """A copy that can be changed without touching this one."""
        copy = Grid(self.row_count, self.column_count)
        copy.rows = self.rows.copy()
        copy.marks = self.marks.copy()
        copy.filled = self.filled
        return copy

    def value(self, row: int, column: int) -> Value:
        """What stands in a cell."""
        if row >= len(self.rows):
            return None
        cells = self.rows[row]
        return cells[column] if column < len(cells) else None

    def mark(self, row: int, column: int) -> Mark | None:
        """What a cell has beside its value."""
        if row >= len(self.marks):
            return None
        marks = self.marks[row]
        return marks.get(column) if marks else None

    def row(self, row: int) -> Row:
        """The cells of a row, cut after the last filled one."""
        return self.rows[row] if row < len(self.rows) else ()

    def put(self, row: int, updates: Mapping[int, Value]) -> None:
        """Write some cells of a row."""
        if not updates:
            return
        self._reserve(row + 1)
        cells = list(self.rows[row])
        missing = max(updates) + 1 - len(cells)
        if missing > 0:
            cells.extend([None] * missing)
        for column, value in updates.items():
            cells[column] = value
        self._store(row, trimmed(cells))

    def put_block(self, top: int, left: int, block: Sequence[Sequence[Item]]) -> None:
        """Write a block of cells from a corner on; SKIP leaves a cell as it is."""
        self._reserve(top + len(block))
        for offset, items in enumerate(block):
            old = self.rows[top + offset]
            right = left + len(items)
            if left == 0 and len(old) <= right and SKIP not in items:
                cells: list[Any] = list(items)
            else:
                cells = list(old)
                if len(cells) < right:
                    cells.extend([None] * (right - len(cells)))
                for index, item in enumerate(items, left):
                    if item is not SKIP:
                        cells[index] = item
            self._store(top + offset, trimmed(cells))

    def _store(self, row: int, cells: Row) -> None:
        self.rows[row] = cells
        if cells:
            self.filled = max(self.filled, row + 1)
        elif row + 1 == self.filled:
            self._find_filled()

    def _find_filled(self) -> None:
        last = min(self.filled, len(self.rows))
        while last and not self.rows[last - 1]:
            last -= 1
        self.filled = last

    def _reserve(self, count: int) -> None:
        missing = count - len(self.rows)
        if missing > 0:
            self.rows.extend([()] * missing)
            self.marks.extend([None] * missing)

    def change_marks(
        self,
        top: int,
        bottom: int,
        columns: Iterable[int],
        change: Callable[[Mark], Mark],
    ) -> None:
        """Change what cells have beside their values; rows that were alike stay shared."""
        self._reserve(bottom)
        wanted = tuple(columns)
        seen: dict[int, tuple[RowMarks, RowMarks]] = {}
        for row in range(top, bottom):
            old = self.marks[row]
            known = seen.get(id(old))
            if known is None:
                new: dict[int, Mark] = dict(old) if old else {}
                for column in wanted:
                    mark = change(new.get(column, {}))
                    if mark:
                        new[column] = mark
                    else:
                        new.pop(column, None)
                known = seen[id(old)] = (old, new or None)
            self.marks[row] = known[1]

    def set_mark(self, row: int, column: int, mark: Mark) -> None:
        """Replace what one cell has beside its value."""
        self.change_marks(row, row + 1, (column,), lambda _: mark)

    def insert_rows(self, at: int, count: int, marks: RowMarks = None) -> None:
        """Make room for rows; new ones carry `marks` (formats and rules of a neighbour)."""
        self.row_count += count
        if marks and at > len(self.rows):
            self._reserve(at)
        if at <= len(self.rows) and (marks or at < len(self.rows)):
            self.rows[at:at] = [()] * count
            self.marks[at:at] = [marks] * count
        if at < self.filled:
            self.filled += count

    def delete_rows(self, start: int, end: int) -> None:
        """Take rows away."""
        self.row_count -= end - start
        del self.rows[start:end]
        del self.marks[start:end]
        if self.filled > start:
            self.filled = max(start, self.filled - (end - start))
            self._find_filled()

    def move_rows(self, start: int, end: int, target: int) -> None:
        """Move rows to before row `target`, counted before the move."""
        self._reserve(max(end, min(target, self.row_count)))
        for stored in (self.rows, self.marks):
            block = stored[start:end]
            del stored[start:end]
            at = target if target <= start else target - (end - start)
            stored[at:at] = block  # type: ignore[assignment]
        self.filled = len(self.rows)
        self._find_filled()

    def insert_columns(self, at: int, count: int, inherit: int | None = None) -> None:
        """Make room for columns; new ones take the marks of column `inherit`, if given."""
        self.column_count += count
        room: Row = (None,) * count
        self.rows = [
            cells[:at] + room + cells[at:] if len(cells) > at else cells for cells in self.rows
        ]
        self._map_columns(
            lambda column: column + count if column >= at else column,
            added=None if inherit is None else (inherit, range(at, at + count)),
        )

    def delete_columns(self, start: int, end: int) -> None:
        """Take columns away."""
        self.column_count -= end - start
        self.rows = [
            trimmed(list(cells[:start] + cells[end:])) if len(cells) > start else cells
            for cells in self.rows
        ]
        self._map_columns(
            lambda column: -1 if start <= column < end else column - (end - start) * (column >= end)
        )
        self.filled = len(self.rows)
        self._find_filled()

    def move_columns(self, start: int, end: int, target: int) -> None:
        """Move columns to before column `target`, counted before the move."""
        order = list(range(self.column_count))
        block = order[start:end]
        del order[start:end]
        at = target if target <= start else target - (end - start)
        order[at:at] = block
        width = self.column_count
        self.rows = [
            trimmed([cells[old] if old < len(cells) else None for old in order]) if cells else cells
            for cells in self.rows
        ]
        places = {old: new for new, old in enumerate(order)}
        self._map_columns(lambda column: places[column] if column < width else column)

    def _map_columns(self, place: Order, added: tuple[int, Iterable[int]] | None = None) -> None:
        seen: dict[int, tuple[RowMarks, RowMarks]] = {}
        for row, old in enumerate(self.marks):
            if old is None:
                continue
            known = seen.get(id(old))
            if known is None:
                new = {place(column): mark for column, mark in old.items() if place(column) >= 0}
                if added and added[0] in old:
                    new.update(dict.fromkeys(added[1], old[added[0]]))
                known = seen[id(old)] = (old, new or None)
            self.marks[row] = known[1]

    def reorder(self, top: int, left: int, right: int, order: Sequence[int]) -> None:
        """Put the cells of rows `order` (numbers of rows) at `top` and below, within columns.

        Values and marks move together; what lies outside the columns stays.
        """
        self._reserve(max([top + len(order), *(row + 1 for row in order)]))
        rows, marks = self.rows, self.marks
        whole = left == 0 and right >= self.column_count
        if whole:
            moved = [rows[row] for row in order]
            moved_marks = [marks[row] for row in order]
        else:
            moved = [
                self._spliced(rows[top + index], rows[row], left, right)
                for index, row in enumerate(order)
            ]
            moved_marks = [
                _spliced_marks(marks[top + index], marks[row], left, right)
                for index, row in enumerate(order)
            ]
        rows[top : top + len(order)] = moved
        marks[top : top + len(order)] = moved_marks
        self.filled = len(rows)
        self._find_filled()

    @staticmethod
    def _spliced(target: Row, source: Row, left: int, right: int) -> Row:
        cells = list(target)
        if len(cells) < right:
            cells.extend([None] * (right - len(cells)))
        block = list(source[left:right])
        block.extend([None] * (right - left - len(block)))
        cells[left:right] = block
        return trimmed(cells)


def _spliced_marks(target: RowMarks, source: RowMarks, left: int, right: int) -> RowMarks:
    if not target and not source:
        return None
    kept = {c: mark for c, mark in (target or {}).items() if not left <= c < right}
    taken = {c: mark for c, mark in (source or {}).items() if left <= c < right}
    return {**kept, **taken} or None
