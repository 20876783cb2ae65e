"""Draws the cells of one tab in an AG Grid, and tells what a person does to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nicegui import ui

from playground.google.colours import with_styles
from playground.google.windows import CellView, RowView, WindowView

LONGEST = 140
"""Characters of a cell sent to the grid; the line above it shows the whole cell."""

# Flags: b bold, i italic, l locked, n has a note.
CELL_STYLE = """params => {
  const id = params.column.getColId(), f = params.data['f' + id] || '';
  return {
    fontWeight: f.includes('b') ? 700 : 400, fontStyle: f.includes('i') ? 'italic' : 'normal',
    color: params.data['k' + id] || '#202124',
    background: (f.includes('n') ? 'linear-gradient(225deg, #ffab00 5px, transparent 5px), ' : '')
      + (params.data['b' + id] || '#ffffff'),
  };
}"""
EDITOR = """params => {
  const choices = params.data['o' + params.column.getColId()];
  return choices ? {component: 'agSelectCellEditor', params: {values: ['', ...choices]}}
                 : {component: 'agTextCellEditor'};
}"""
# What is not shown whole is edited in a dialog, or a part would take the place of the whole.
EDITABLE = "params => !params.data['w' + params.column.getColId()]"
OPEN_CHOICES = """params => setTimeout(() => {
  const field = document.querySelector('.ag-cell-inline-editing .ag-picker-field-wrapper');
  if (field) field.dispatchEvent(new MouseEvent('mousedown', {bubbles: true}));
}, 30)"""
"""A drop-down opens as soon as its cell is edited, as in Sheets."""

HEADER = """(e) => {
  const cell = e.target.closest('.ag-header-cell');
  if (cell && !e.target.closest('.ag-header-cell-resize')) emit(cell.getAttribute('col-id'));
}"""

Place = tuple[int | None, int | None]
"""A row and a column, counted from zero; None for the header and for the row's number."""


class CellGrid:
    """The grid of one tab. `chosen(place)`, `opened(place)` and `typed(row, column, text)` are
    called when a person clicks a cell, double-clicks one, or ends typing into one."""

    def __init__(
        self,
        area: ui.element,
        chosen: Callable[[Place], Any],
        opened: Callable[[Place], Any],
        typed: Callable[[int, int, str], Any],
    ) -> None:
        self._area = area
        self._chosen = chosen
        self._opened = opened
        self._typed = typed
        self._grid: ui.aggrid | None = None
        self._order: list[int] = []
        # AG Grid's own event for a header comes from a mouse only, not from a finger.
        area.on("pointerup", self._on_header, js_handler=HEADER)

    def build(self, view: WindowView, header: Sequence[CellView]) -> None:
        """Draw another tab."""
        self._area.clear()
        with self._area:
            self._grid = ui.aggrid(
                {
                    "columnDefs": _columns(view, header),
                    "rowData": self._row_data(view),
                    ":getRowId": "params => String(params.data.r)",
                    "defaultColDef": {
                        "sortable": False,
                        "resizable": True,
                        "suppressMovable": True,
                    },
                    "rowHeight": 28,
                    "headerHeight": 32,
                    "stopEditingWhenCellsLoseFocus": True,
                    "singleClickEdit": False,
                    "animateRows": False,
                    "suppressColumnVirtualisation": True,
                    ":onCellEditingStarted": OPEN_CHOICES,
                },
                auto_size_columns=False,
                theme="balham",
            ).classes("gs-cells")
        # The events' own fields, as NiceGUI's aggrid.js sends them: `rowId` is the row in the tab.
        self._grid.on("cellClicked", self._on_click, ["rowId", "colId"])
        self._grid.on("cellDoubleClicked", self._on_double_click, ["rowId", "colId"])
        self._grid.on("cellFocused", self._on_focus, ["rowIndex", "colId"])
        self._grid.on("cellValueChanged", self._on_value, ["rowId", "colId", "newValue"])

    def show_columns(self, view: WindowView, header: Sequence[CellView]) -> None:
        """Bring headers, widths and looks of the columns up to date."""
        self._run("setGridOption", "columnDefs", _columns(view, header))

    def show_rows(self, view: WindowView) -> None:
        """Bring every row up to date; where a person has scrolled to stays."""
        self._run("setGridOption", "rowData", self._row_data(view))

    def show_changes(self, rows: Sequence[RowView], added: Sequence[RowView]) -> None:
        """Bring some rows that are shown up to date, and add some below them."""
        if rows or added:
            self._order += [row.index for row in added]
            change = {"update": [row_data(row) for row in rows]}
            self._run("applyTransaction", change | {"add": [row_data(row) for row in added]})

    def height(self) -> int:
        """The row after the last one shown."""
        return self._order[-1] + 1 if self._order else 0

    def _run(self, name: str, *arguments: Any) -> None:
        if self._grid is not None:
            self._grid.run_grid_method(name, *arguments)

    def _row_data(self, view: WindowView) -> list[dict[str, Any]]:
        shown = [row for row in view.row_views[max(view.frozen_rows, 1) :] if not row.hidden]
        self._order = [row.index for row in shown]
        return [row_data(row) for row in shown]

    def _on_click(self, event: Any) -> None:
        self._chosen((int(event.args["rowId"]), _column(event)))

    def _on_header(self, event: Any) -> None:
        self._chosen((None, None if event.args == "n" else int(event.args)))

    def _on_focus(self, event: Any) -> None:
        index = event.args.get("rowIndex")
        if index is not None and event.args.get("colId") and index < len(self._order):
            self._chosen((self._order[index], _column(event)))

    async def _on_double_click(self, event: Any) -> None:
        await self._opened((int(event.args["rowId"]), _column(event)))

    async def _on_value(self, event: Any) -> None:
        column = _column(event)
        if column is not None:
            text = str(event.args.get("newValue") or "")
            await self._typed(int(event.args["rowId"]), column, text)


def _column(event: Any) -> int | None:
    ident = str(event.args.get("colId") or "n")
    return None if ident == "n" else int(ident)


def _columns(view: WindowView, header: Sequence[CellView]) -> list[dict[str, Any]]:
    plain = {"color": "#5f6368", "background": "#f8f9fa"}
    columns: list[dict[str, Any]] = [
        {
            "headerName": "",
            "field": "n",
            "colId": "n",
            "width": 48,
            "pinned": "left",
            "editable": False,
            "cellStyle": plain,
        }
    ]
    for column, cell in zip(view.column_views, header, strict=False):
        text, back = colours(cell.format)
        columns.append(
            {
                "headerName": cell.text or column.letters,
                "headerTooltip": f"Column {column.letters}",
                "headerStyle": {"backgroundColor": back or "#f8f9fa", "color": text or "#202124"},
                "field": f"c{column.index}",
                "colId": str(column.index),
                "width": max(70, min(column.width, 360)),
                "hide": column.hidden,
                "pinned": "left" if column.index < view.frozen_columns else None,
                ":editable": EDITABLE,
                ":cellStyle": CELL_STYLE,
                ":cellEditorSelector": EDITOR,
            }
        )
    return columns


def colours(look: Mapping[str, Any] | None) -> tuple[str | None, str | None]:
    """The colours of a cell's text and background for CSS, None where none is set."""
    both = with_styles(look or {})
    return css_colour(both.get("textFormat", {}).get("foregroundColor")), css_colour(
        both.get("backgroundColor")
    )


def css_colour(colour: Mapping[str, float] | None) -> str | None:
    """A Color of the API for CSS; what it leaves out is 0."""
    if colour is None:
        return None
    parts = (colour.get(name, 0.0) for name in ("red", "green", "blue"))
    return "#" + "".join(f"{round(255 * min(max(part, 0.0), 1.0)):02x}" for part in parts)


def editable_in_place(cell: CellView) -> bool:
    """Whether the grid shows all that stands in a cell."""
    return cell.entered == cell.text and len(cell.text) <= LONGEST and "\n" not in cell.text


def row_data(row: RowView) -> dict[str, Any]:
    """A row as AG Grid takes it: texts, flags and colours, and the choices of drop-downs."""
    data: dict[str, Any] = {"r": row.index, "n": row.index + 1}
    for index, cell in enumerate(row.cells):
        if cell.text:
            short = cell.text[:LONGEST].replace("\n", " ")
            data[f"c{index}"] = short + "…" if len(cell.text) > LONGEST else short
        if not editable_in_place(cell):
            data[f"w{index}"] = 1
        flags = ("l" if cell.locked else "") + ("n" if cell.note else "")
        if cell.format:
            text = cell.format.get("textFormat", {})
            flags += "b" if text.get("bold") else ""
            flags += "i" if text.get("italic") else ""
            ink, back = colours(cell.format)
            data |= {f"k{index}": ink} if ink else {}
            data |= {f"b{index}": back} if back else {}
        if flags:
            data[f"f{index}"] = flags
        if cell.choices is not None:
            data[f"o{index}"] = cell.choices
    return data
