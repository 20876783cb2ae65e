"""One tab of a spreadsheet: its cells, its rows' and columns' properties, and what lies over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from playground.google.grid import Grid

Dimension = Literal["ROWS", "COLUMNS"]
Json = dict[str, Any]

# What a new tab measures (the web page's own: 1,000 rows, 26 columns).
NEW_ROWS, NEW_COLUMNS = 1_000, 26
ROW_PIXELS, COLUMN_PIXELS = 21, 100
LISTS = (
    "protectedRanges",
    "conditionalFormats",
    "bandedRanges",
    "filterViews",
    "charts",
    "merges",
)


@dataclass(slots=True, eq=False)
class Tab:
    """A tab. It is changed only inside a draft, on a fork; stored JSON values never change."""

    sheet_id: int
    title: str
    grid: Grid
    hidden: bool = False
    frozen_rows: int = 0
    frozen_columns: int = 0
    look: Json = field(default_factory=dict)
    """Properties that only show: tabColor, tabColorStyle, rightToLeft, gridProperties' flags."""
    row_properties: dict[int, Json] = field(default_factory=dict)
    column_properties: dict[int, Json] = field(default_factory=dict)
    lists: dict[str, tuple[Json, ...]] = field(default_factory=dict)
    """Protected ranges, charts and the like, by their name in the API's `Sheet`."""
    basic_filter: Json | None = None

    def fork(self) -> Tab:
        """A copy that can be changed without touching this one."""
        return replace(
            self,
            grid=self.grid.fork(),
            look=dict(self.look),
            row_properties=dict(self.row_properties),
            column_properties=dict(self.column_properties),
            lists=dict(self.lists),
        )

    def listed(self, name: str) -> tuple[Json, ...]:
        """The objects of one kind, in their order."""
        return self.lists.get(name, ())

    def dimension_properties(self, dimension: Dimension) -> dict[int, Json]:
        """Sizes and hidden marks of rows or columns, by position; those that differ only."""
        return self.row_properties if dimension == "ROWS" else self.column_properties

    def count(self, dimension: Dimension) -> int:
        """How many rows or columns the grid has."""
        return self.grid.row_count if dimension == "ROWS" else self.grid.column_count

    def properties(self, index: int) -> Json:
        """`SheetProperties` of the tab at a position."""
        grid: Json = {"rowCount": self.grid.row_count, "columnCount": self.grid.column_count}
        if self.frozen_rows:
            grid["frozenRowCount"] = self.frozen_rows
        if self.frozen_columns:
            grid["frozenColumnCount"] = self.frozen_columns
        look = dict(self.look)
        grid |= look.pop("gridProperties", {})
        shown: Json = {
            "sheetId": self.sheet_id,
            "title": self.title,
            "index": index,
            "sheetType": "GRID",
            "gridProperties": grid,
        }
        if self.hidden:
            shown["hidden"] = True
        return shown | look


def map_grid_ranges(value: Any, sheet_id: int, change: Any) -> Any:
    """A stored object with `change` applied to each grid range on a tab; None when one vanished.

    A grid range is recognised by its indexes, wherever it stands (protected ranges, filters,
    formats, charts). `change(range)` gives the new range, or None when nothing is left of it.
    """
    if isinstance(value, Mapping):
        if any(name in value for name in INDEXES):
            return change(value) if value.get("sheetId", 0) == sheet_id else value
        result = {}
        for name, item in value.items():
            mapped = map_grid_ranges(item, sheet_id, change)
            if mapped is None and item is not None:
                return None
            result[name] = mapped
        return result
    if isinstance(value, list):
        mapped_items = [map_grid_ranges(item, sheet_id, change) for item in value]
        kept = [item for item in mapped_items if item is not None]
        return kept if kept or not value else None
    return value


INDEXES = ("startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex")
