"""What a person sees of a tab: a window of cells with looks, choices and notes, and its charts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from playground.google.a1 import column_letters
from playground.google.cells import Fault, Formula, effective, formatted
from playground.google.content import Content, Editor
from playground.google.errors import GoogleError
from playground.google.filters import hidden_rows
from playground.google.library import Workbook
from playground.google.protection import may_edit_range
from playground.google.tabs import COLUMN_PIXELS, ROW_PIXELS, Json, Tab
from playground.google.validation import Judge


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell as it shows. `entered` is what the formula bar shows; `choices` fill a drop-down."""

    text: str
    entered: str
    kind: str
    note: str | None = None
    choices: list[str] | None = None
    tick: bool = False
    format: Json | None = None
    locked: bool = False


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column's letters, width and whether it is hidden."""

    index: int
    letters: str
    width: int
    hidden: bool


@dataclass(frozen=True, slots=True)
class RowView:
    """A row: its index from zero, height, whether it is hidden, and its cells."""

    index: int
    height: int
    hidden: bool
    cells: list[CellView]


@dataclass(frozen=True, slots=True)
class WindowView:
    """A window onto a tab, and what frames it."""

    tab: str
    rows: int
    columns: int
    filled_rows: int
    frozen_rows: int
    frozen_columns: int
    filtered: bool
    column_views: list[ColumnView]
    row_views: list[RowView]

    def to_json(self) -> Json:
        """As plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class TabView:
    """A tab in the bar below the sheet."""

    title: str
    sheet_id: int
    index: int
    hidden: bool
    rows: int
    columns: int
    filled_rows: int
    frozen_rows: int
    colour: Json | None


def tab_views(content: Content) -> list[TabView]:
    """Every tab, hidden ones included."""
    return [
        TabView(
            tab.title,
            tab.sheet_id,
            index,
            tab.hidden,
            tab.grid.row_count,
            tab.grid.column_count,
            tab.grid.filled,
            tab.frozen_rows,
            tab.look.get("tabColorStyle", {}).get("rgbColor") or tab.look.get("tabColor"),
        )
        for index, tab in enumerate(content.tabs)
    ]


def window(
    book: Workbook,
    tab: Tab,
    editor: Editor,
    year: int,
    top: int,
    height: int,
    left: int,
    width: int,
) -> WindowView:
    """The cells from a corner on, cut at the grid's end; rows hidden by a filter are marked."""
    content, grid = book.content, tab.grid
    painter = _Painter(content, tab, editor, year)
    bottom = min(top + height, grid.row_count)
    right = min(left + width, grid.column_count)
    hidden = hidden_rows(content, tab, year)
    return WindowView(
        tab.title,
        grid.row_count,
        grid.column_count,
        grid.filled,
        tab.frozen_rows,
        tab.frozen_columns,
        tab.basic_filter is not None,
        [
            ColumnView(
                index,
                column_letters(index),
                tab.column_properties.get(index, {}).get("pixelSize", COLUMN_PIXELS),
                tab.column_properties.get(index, {}).get("hiddenByUser", False),
            )
            for index in range(left, right)
        ],
        [
            RowView(
                row,
                tab.row_properties.get(row, {}).get("pixelSize", ROW_PIXELS),
                row in hidden or tab.row_properties.get(row, {}).get("hiddenByUser", False),
                [painter.cell(row, column) for column in range(left, right)],
            )
            for row in range(top, bottom)
        ],
    )


class _Painter:
    """Paints cells: choices of drop-downs and conditional formats are worked out once."""

    def __init__(self, content: Content, tab: Tab, editor: Editor, year: int) -> None:
        self._tab = tab
        self._judge = Judge(content, year)
        self._choices: dict[int, tuple[Json, list[str]]] = {}
        self._closed = [
            item for item in tab.listed("protectedRanges") if not may_edit_range(item, editor)
        ]

    def cell(self, row: int, column: int) -> CellView:
        value = self._tab.grid.value(row, column)
        mark = self._tab.grid.mark(row, column) or {}
        shown = formatted(value, mark)
        plain = effective(value)
        kind = {bool: "boolean", int: "number", float: "number", Fault: "error"}.get(
            type(plain), "text"
        )
        rule = mark.get("dataValidation")
        condition = rule.get("condition", {}) if rule else {}
        look = dict(mark.get("userEnteredFormat", {}))
        for overlay in self._conditional(row, column, value, shown):
            look |= overlay
        return CellView(
            shown,
            value.text if isinstance(value, Formula) else shown,
            kind,
            mark.get("note"),
            self._offered(condition) if rule and condition.get("type") != "BOOLEAN" else None,
            condition.get("type") == "BOOLEAN",
            look or None,
            any(_holds(item.get("range", {}), row, column) for item in self._closed),
        )

    def _offered(self, condition: Json) -> list[str] | None:
        if condition.get("type") not in ("ONE_OF_LIST", "ONE_OF_RANGE"):
            return None
        known = self._choices.get(id(condition))
        if known is None:
            known = self._choices[id(condition)] = (condition, self._judge.choices(condition))
        return known[1]

    def _conditional(self, row: int, column: int, value: Any, shown: str) -> list[Json]:
        # The first rule that holds wins each property: later ones are laid under it.
        found = []
        for rule in self._tab.listed("conditionalFormats"):
            boolean = rule.get("booleanRule")
            if not boolean or not any(_holds(item, row, column) for item in rule["ranges"]):
                continue
            try:
                if self._judge.accepts(boolean["condition"], value, shown):
                    found.append(boolean["format"])
            except GoogleError:
                # A condition that is not played, such as a formula, colours nothing.
                continue
        return list(reversed(found))


def _holds(grid_range: Mapping[str, Any], row: int, column: int) -> bool:
    bottom, right = grid_range.get("endRowIndex"), grid_range.get("endColumnIndex")
    return (
        grid_range.get("startRowIndex", 0) <= row
        and (bottom is None or row < bottom)
        and grid_range.get("startColumnIndex", 0) <= column
        and (right is None or column < right)
    )
