"""Draws the shared sheet: its tabs and cells in an AG Grid, edited as a person edits a sheet."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from playground.google.charts import chart_views
from playground.google.content import Editor
from playground.google.hands import SheetHands
from playground.google.library import Workbook
from playground.google.people import HandsRefused, address
from playground.google.tabs import Tab
from playground.google.windows import RowView, WindowView, window
from playground.page.blocks import html
from playground.page.seat import Seat
from playground.page.text import plain_html

SPARE_ROWS = 12
"""Empty rows shown below the last filled one, to write in."""

LONGEST = 140
"""Characters of a cell sent to the grid; the line above it shows the whole cell."""

MOST_ROWS = 5_000
"""Rows drawn of a tab; more would make a browser slow, and stay reachable through /control."""

CELL_STYLE = """params => {
  const f = params.data['f' + params.colDef.colId] || '';
  return {
    fontWeight: f.includes('b') ? 700 : 400, fontStyle: f.includes('i') ? 'italic' : 'normal',
    color: f.includes('g') ? '#70757a' : '#202124',
    background: f.includes('n') ? '#fff3d6' : (f.includes('l') ? '#fafafa' : '#ffffff'),
  };
}"""
EDITOR = """params => {
  const choices = params.data['o' + params.colDef.colId];
  return choices ? {component: 'agSelectCellEditor', params: {values: ['', ...choices]}}
                 : {component: 'agTextCellEditor'};
}"""


OPEN_CHOICES = """params => setTimeout(() => {
  const field = document.querySelector('.ag-cell-inline-editing .ag-picker-field-wrapper');
  if (field) field.dispatchEvent(new MouseEvent('mousedown', {bubbles: true}));
}, 30)"""
"""A drop-down opens as soon as its cell is edited, as in Sheets."""


class Sheet:
    """The sheet's pane; nothing is drawn before there is a spreadsheet."""

    def __init__(self, seat: Seat, hands: SheetHands) -> None:
        self._seat = seat
        self._hands = hands
        self._title: str | None = None
        self._shown: tuple[Any, ...] = ()
        self._rows: list[Any] = []
        self._bottom = 0
        self._selected: tuple[int, int] | None = None
        self._grid: ui.aggrid | None = None
        self._chart_print = ""
        with ui.element("section").classes("gs").props('aria-label="Shared sheet"'):
            with ui.element("div").classes("gs-head"):
                html("▦", "gs-logo", "span").props('aria-hidden="true"')
                self._name = html("", "gs-name", "strong")
            with ui.element("div").classes("gs-tools"):
                self._tools()
            with ui.element("div").classes("gs-cell").props('aria-live="off"'):
                self._address = html("", "gs-address", "span")
                self._content = html("", "gs-content", "span")
            self._area = ui.element("div").classes("gs-grid")
            self._tabs = ui.element("nav").classes("gs-tabs").props('aria-label="Tabs"')

    # -- what is shown -------------------------------------------------------------------

    @property
    def _book(self) -> Workbook | None:
        books = self._hands.books(self._seat.who)
        return books[0] if books else None

    def _tab(self, book: Workbook) -> Tab:
        visible = [tab for tab in book.content.tabs if not tab.hidden]
        found = next((tab for tab in visible if tab.title == self._title), None)
        return found or visible[0]

    def draw(self) -> None:
        """Bring the pane up to date; of the same tab only rows that changed are sent."""
        book = self._book
        if book is None:
            self._name.content = "No spreadsheet yet"
            return
        tab = self._tab(book)
        self._title = tab.title
        self._name.content = plain_html(book.content.title)
        titles = tuple(t.title for t in book.content.tabs if not t.hidden)
        header = tab.grid.row(max(tab.frozen_rows - 1, 0))
        looks = tuple(
            (index, tuple(sorted((k, str(v)) for k, v in properties.items())))
            for index, properties in sorted(tab.column_properties.items())
        )
        frame = (book.spreadsheet_id, tab.title, titles, header, looks, self._seat.who)
        if frame != self._shown:
            self._shown = frame
            self._draw_tabs(titles)
            self._draw_grid(book, tab)
        else:
            self._send_changes(book, tab)
        self._show_cell()

    def _draw_tabs(self, titles: tuple[str, ...]) -> None:
        self._tabs.clear()
        with self._tabs:
            for title in titles:
                on = " on" if title == self._title else ""
                button = ui.element("button").classes("gs-tab" + on)
                if on:
                    button.props["aria-current"] = "page"
                with button:
                    html(plain_html(title), tag="span")
                button.on("click", lambda _, t=title: self._open(t))

    def _open(self, title: str) -> None:
        self._title = title
        self._selected = None
        self.draw()

    def _view(self, book: Workbook, tab: Tab, top: int, height: int) -> WindowView:
        editor = Editor(address(self._seat.who), book.owner() == address(self._seat.who))
        year = self._seat.world.clock.now().year
        width = max((len(row) for row in tab.grid.rows[:2]), default=0)
        columns = min(tab.grid.column_count, max(width + 1, 8))
        return window(book, tab, editor, year, top, height, 0, columns)

    def _height(self, tab: Tab) -> int:
        return min(tab.grid.filled + SPARE_ROWS, tab.grid.row_count, MOST_ROWS)

    def _draw_grid(self, book: Workbook, tab: Tab) -> None:
        self._area.clear()
        view = self._view(book, tab, 0, self._height(tab))
        frozen = max(tab.frozen_rows, 1)
        header = view.row_views[frozen - 1].cells if view.row_views else []
        self._rows = list(tab.grid.rows)
        self._bottom = len(view.row_views)
        with self._area:
            self._draw_charts(book, tab)
            self._grid = ui.aggrid(
                {
                    "columnDefs": self._columns(view, header, tab),
                    "rowData": [row_data(row) for row in view.row_views[frozen:]],
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
            ).style("height: 100%; min-height: 240px")
        self._grid.on("cellValueChanged", self._edited)
        self._grid.on("cellFocused", self._focused, ["rowIndex", "column.colId"])
        self._grid.on("cellClicked", self._clicked, ["data.r", "colId"])

    def _columns(self, view: WindowView, header: list[Any], tab: Tab) -> list[dict[str, Any]]:
        numbers = {
            "headerName": "",
            "field": "n",
            "colId": "n",
            "width": 54,
            "pinned": "left",
            "editable": False,
            "cellStyle": {"color": "#5f6368", "background": "#f8f9fa"},
        }
        columns = [numbers]
        for column, cell in zip(view.column_views, header, strict=False):
            columns.append(
                {
                    "headerName": cell.text or column.letters,
                    "headerTooltip": f"Column {column.letters}",
                    "field": f"c{column.index}",
                    "colId": str(column.index),
                    "width": max(70, min(column.width, 360)),
                    "hide": column.hidden,
                    "pinned": "left" if column.index < tab.frozen_columns else None,
                    "editable": True,
                    ":cellStyle": CELL_STYLE,
                    ":cellEditorSelector": EDITOR,
                }
            )
        return columns

    def _send_changes(self, book: Workbook, tab: Tab) -> None:
        """Send the rows that are no longer the same; rows of the grid are replaced, never changed."""
        if self._grid is None:
            return
        rows, before = tab.grid.rows, self._rows
        frozen = max(tab.frozen_rows, 1)
        if rows is before:
            return
        last = min(max(len(rows), len(before)), MOST_ROWS)
        changed = [
            index
            for index in range(frozen, last)
            if (rows[index] if index < len(rows) else None)
            is not (before[index] if index < len(before) else None)
        ]
        self._rows = list(rows)
        if not changed:
            return
        if len(changed) > 200:
            self._draw_grid(book, tab)
            return
        update: list[dict[str, Any]] = []
        add: list[dict[str, Any]] = []
        for index in changed:
            view = self._view(book, tab, index, 1)
            if view.row_views:
                (update if index < self._bottom else add).append(row_data(view.row_views[0]))
        if add:
            self._bottom = changed[-1] + 1
        self._grid.run_grid_method("applyTransaction", {"update": update, "add": add})
        self._redraw_charts(book, tab)

    # -- charts --------------------------------------------------------------------------

    def _draw_charts(self, book: Workbook, tab: Tab) -> None:
        for chart in chart_views(book.content, tab):
            kind = "bar" if chart.kind in ("COLUMN", "BAR", "STEPPED_AREA") else "line"
            ui.echart(
                {
                    "title": {"text": chart.title, "textStyle": {"fontSize": 13}},
                    "legend": {"bottom": 0},
                    "tooltip": {"trigger": "axis"},
                    "xAxis": {"type": "category", "data": chart.labels},
                    "yAxis": {"type": "value"},
                    "series": [
                        {"name": s.name, "type": kind, "data": s.values} for s in chart.series
                    ],
                }
            ).style("height: 230px; width: 100%")

    def _redraw_charts(self, book: Workbook, tab: Tab) -> None:
        if chart_views(book.content, tab):
            self._draw_grid(book, tab)

    # -- what a person does --------------------------------------------------------------

    def _tools(self) -> None:
        for label, action in (
            ("Sort A→Z", lambda: self._sort(False)),
            ("Sort Z→A", lambda: self._sort(True)),
            ("Insert row", self._insert),
            ("Delete row", self._delete),
        ):
            button = ui.element("button").classes("gs-tool")
            with button:
                html(label, tag="span")
            button.on("click", action)

    def _attempt(self, action: Any) -> None:
        try:
            action()
        except HandsRefused as error:
            ui.notify(error.message, type="warning", position="top")
        self._rows = []
        self._shown = ()
        self.draw()

    def _selection(self) -> tuple[str, str, int, int] | None:
        book = self._book
        if book is None or self._title is None or self._selected is None:
            ui.notify("Click a cell first.", position="top")
            return None
        return (book.spreadsheet_id, self._title, *self._selected)

    def _sort(self, descending: bool) -> None:
        at = self._selection()
        if at is not None:
            ident, tab, _, column = at
            who = self._seat.who
            self._attempt(lambda: self._hands.sort(ident, tab, column, who, descending=descending))

    def _insert(self) -> None:
        at = self._selection()
        if at is not None:
            ident, tab, row, _ = at
            self._attempt(lambda: self._hands.insert(ident, tab, "ROWS", row, 1, self._seat.who))

    def _delete(self) -> None:
        at = self._selection()
        if at is not None:
            ident, tab, row, _ = at
            self._attempt(lambda: self._hands.remove(ident, tab, "ROWS", row, 1, self._seat.who))

    def _edited(self, event: Any) -> None:
        book = self._book
        if book is None or self._title is None:
            return
        row, column = int(event.args["data"]["r"]), int(event.args["colId"])
        text = str(event.args.get("newValue") or "")
        ident, tab, who = book.spreadsheet_id, self._title, self._seat.who
        self._attempt(lambda: self._hands.edit(ident, tab, row, column, text, who))

    def _clicked(self, event: Any) -> None:
        if event.args.get("colId", "n") != "n":
            self._selected = int(event.args["data.r"]), int(event.args["colId"])
            self._show_cell()

    def _focused(self, event: Any) -> None:
        place = event.args.get("column.colId")
        tab = self._tab(self._book) if self._book else None
        if place and place != "n" and tab is not None and event.args.get("rowIndex") is not None:
            frozen = max(tab.frozen_rows, 1)
            self._selected = int(event.args["rowIndex"]) + frozen, int(place)
            self._show_cell()

    def _show_cell(self) -> None:
        book = self._book
        if book is None or self._selected is None:
            self._address.content = "Click a cell"
            self._content.content = "to read it whole; double-click to edit."
            return
        row, column = self._selected
        tab = self._tab(book)
        view = self._view(book, tab, row, 1)
        if not view.row_views or column >= len(view.row_views[0].cells):
            return
        cell = view.row_views[0].cells[column]
        self._address.content = f"{view.column_views[column].letters}{row + 1}"
        note = f'<br><span class="gs-note">📝 {plain_html(cell.note)}</span>' if cell.note else ""
        self._content.content = plain_html(cell.entered) + note


def row_data(row: RowView) -> dict[str, Any]:
    """A row as AG Grid takes it: texts, flags for its looks, and the choices of drop-downs."""
    data: dict[str, Any] = {"r": row.index, "n": row.index + 1}
    for index, cell in enumerate(row.cells):
        if cell.text:
            short = cell.text[:LONGEST].replace("\n", " ")
            data[f"c{index}"] = short + "…" if len(cell.text) > LONGEST else short
        flags = ("l" if cell.locked else "") + ("n" if cell.note else "")
        if cell.format:
            text = cell.format.get("textFormat", {})
            flags += "b" if text.get("bold") else ""
            flags += "i" if text.get("italic") else ""
        if flags:
            data[f"f{index}"] = flags
        if cell.choices is not None:
            data[f"o{index}"] = cell.choices
    return data
