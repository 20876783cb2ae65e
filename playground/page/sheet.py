"""The pane of the shared sheet: its tabs, tools and cells, used as a person uses a sheet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import ui

from playground.google.a1 import cell_name
from playground.google.charts import chart_views
from playground.google.content import Editor
from playground.google.hands import SheetHands
from playground.google.library import Workbook
from playground.google.people import HandsRefused, address
from playground.google.tabs import Dimension, Tab
from playground.google.windows import CellView, WindowView, window
from playground.page.asking import confirmed, text_for
from playground.page.blocks import html
from playground.page.charts import Charts
from playground.page.grid import CellGrid, Place, editable_in_place
from playground.page.seat import Seat
from playground.page.text import plain_html

SPARE_ROWS = 12
"""Empty rows shown below the last filled one, to write in."""

MOST_ROWS = 5_000
"""Rows drawn of a tab; more would make a browser slow, and stay reachable through /control."""

MANY_CHANGES = 200
"""Changed rows from which all of a tab are sent again."""

Gesture = Callable[[str, str, bool], Any]
"""What a person does: called with the spreadsheet, the tab, and whether a warning was confirmed."""


class Sheet:
    """The sheet's pane; nothing is drawn before there is a spreadsheet."""

    def __init__(self, seat: Seat, hands: SheetHands) -> None:
        self._seat = seat
        self._hands = hands
        self._title: str | None = None
        self._frame: tuple[Any, ...] = ()
        self._header: Any = None
        self._whole: Any = None
        self._rows: list[tuple[Any, Any]] = []
        self._selected: tuple[int, int] | None = None
        with ui.element("section").classes("gs").props('aria-label="Shared sheet"'):
            with ui.element("div").classes("gs-head"):
                html("▦", "gs-logo", "span").props('aria-hidden="true"')
                self._name = html("", "gs-name", "strong")
            with ui.element("div").classes("gs-tools").props('aria-label="Tools" role="toolbar"'):
                self._tools()
            with ui.element("div").classes("gs-cell").props('aria-live="off"'):
                self._address = html("", "gs-address", "span")
                self._content = html("", "gs-content", "span")
            self._charts = Charts()
            area = ui.element("div").classes("gs-grid")
            self._grid = CellGrid(area, self._choose, self._open_cell, self._typed)
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
        """Bring the pane up to date; of the same tab only what changed is sent."""
        book = self._book
        if book is None:
            self._name.content = "No spreadsheet yet"
            return
        tab = self._tab(book)
        self._title = tab.title
        self._name.content = plain_html(book.content.title)
        titles = tuple(t.title for t in book.content.tabs if not t.hidden)
        frame = (book.spreadsheet_id, tab.sheet_id, titles, self._seat.who)
        top = max(tab.frozen_rows, 1)
        looks = (tab.grid.marks[top - 1 : top], tab.column_properties, tab.frozen_columns)
        header = (tab.grid.row(top - 1), looks, self._width(tab))
        whole = (dict(tab.lists), tab.basic_filter, tab.row_properties)
        before, self._rows = self._rows, list(zip(tab.grid.rows, tab.grid.marks, strict=True))
        if frame != self._frame or header != self._header:
            view = self._view(book, tab, 0, self._height(tab))
            cells = view.row_views[top - 1].cells if view.row_views else []
            if frame != self._frame:
                self._draw_tabs(titles)
                self._grid.build(view, cells)
            else:
                self._grid.show_columns(view, cells)
                self._grid.show_rows(view)
        elif whole != self._whole:
            self._grid.show_rows(self._view(book, tab, 0, self._height(tab)))
        else:
            self._send_changes(book, tab, before)
        self._frame, self._header, self._whole = frame, header, whole
        self._charts.draw(chart_views(book.content, tab))
        self._filter_tool.set_visibility(tab.basic_filter is not None)
        self._show_cell()

    def _send_changes(self, book: Workbook, tab: Tab, before: list[tuple[Any, Any]]) -> None:
        """Send the rows that are no longer the same; rows are replaced, never changed."""
        changed = [
            index
            for index, (row, marks) in enumerate(self._rows[: self._grid.height()])
            if index >= len(before) or row is not before[index][0] or marks is not before[index][1]
        ]
        changed = [index for index in changed if index >= max(tab.frozen_rows, 1)]
        height, shown = self._height(tab), self._grid.height()
        if len(changed) > MANY_CHANGES or (changed and tab.basic_filter) or height < shown:
            self._grid.show_rows(self._view(book, tab, 0, height))
            return
        views = [self._view(book, tab, index, 1) for index in changed]
        added = self._view(book, tab, shown, height - shown).row_views
        self._grid.show_changes([row for view in views for row in view.row_views], added)

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
        return window(book, tab, editor, year, top, height, 0, self._width(tab))

    def _width(self, tab: Tab) -> int:
        width = max((len(row) for row in tab.grid.rows[:2]), default=0)
        return min(tab.grid.column_count, max(width + 1, 8))

    def _height(self, tab: Tab) -> int:
        return min(tab.grid.filled + SPARE_ROWS, tab.grid.row_count, MOST_ROWS)

    # -- the selected cell ---------------------------------------------------------------

    def _choose(self, place: Place) -> None:
        tab = self._tab(self._book) if self._book else None
        if tab is not None:
            row, column = place
            header = max(tab.frozen_rows, 1) - 1
            self._selected = (header if row is None else row, column or 0)
            self._show_cell()

    def _cell(self) -> tuple[str, CellView] | None:
        """The address and the view of the selected cell."""
        book = self._book
        if book is None or self._selected is None:
            return None
        row, column = self._selected
        view = self._view(book, self._tab(book), row, 1)
        if not view.row_views or column >= len(view.row_views[0].cells):
            return None
        return cell_name(row, column), view.row_views[0].cells[column]

    def _show_cell(self) -> None:
        found = self._cell()
        if found is None:
            self._address.content = "Click a cell"
            self._content.content = "to read it whole; double-click it to edit."
            return
        self._address.content, cell = found
        note = f'<span class="gs-note">Note: {plain_html(cell.note)}</span>' if cell.note else ""
        self._content.content = plain_html(cell.entered) + ("<br>" if cell.entered else "") + note

    # -- what a person does --------------------------------------------------------------

    def _tools(self) -> None:
        for label, action in (
            ("Edit", self._edit),
            ("Sort A→Z", lambda: self._sort(False)),
            ("Sort Z→A", lambda: self._sort(True)),
            ("Insert row", lambda: self._insert("ROWS")),
            ("Delete row", lambda: self._delete("ROWS")),
            ("Insert column", lambda: self._insert("COLUMNS")),
            ("Delete column", lambda: self._delete("COLUMNS")),
            ("Note", self._note),
            ("Filter by this", self._filter),
        ):
            _tool(label, action)
        self._filter_tool = _tool("Clear filter", self._clear_filter)

    async def _attempt(self, gesture: Gesture) -> None:
        """Do something to the sheet; a warning is asked about, a refusal is told."""
        book = self._book
        if book is None or self._title is None:
            return
        try:
            gesture(book.spreadsheet_id, self._title, False)
        except HandsRefused as error:
            if error.reason == "warning":
                title, _, question = error.message.partition("! ")
                if await confirmed(f"{title}!", question):
                    self._again(gesture, book.spreadsheet_id, self._title)
            else:
                ui.notify(error.message, type="warning", position="top")
        self.draw()

    def _again(self, gesture: Gesture, ident: str, tab: str) -> None:
        try:
            gesture(ident, tab, True)
        except HandsRefused as error:
            ui.notify(error.message, type="warning", position="top")

    def _place(self) -> tuple[int, int] | None:
        if self._selected is None:
            ui.notify("Click a cell first.", position="top")
        return self._selected

    async def _sort(self, descending: bool) -> None:
        at = self._place()
        if at is not None:
            await self._attempt(
                lambda ident, tab, sure: self._hands.sort(
                    ident, tab, at[1], self._seat.who, descending=descending, confirm=sure
                )
            )

    async def _insert(self, dimension: Dimension) -> None:
        at = self._place()
        if at is not None:
            place = at[dimension == "COLUMNS"]
            await self._attempt(
                lambda ident, tab, _: self._hands.insert(
                    ident, tab, dimension, place, 1, self._seat.who
                )
            )

    async def _delete(self, dimension: Dimension) -> None:
        at = self._place()
        if at is not None:
            place = at[dimension == "COLUMNS"]
            await self._attempt(
                lambda ident, tab, sure: self._hands.remove(
                    ident, tab, dimension, place, 1, self._seat.who, confirm=sure
                )
            )

    async def _typed(self, row: int, column: int, text: str) -> None:
        # The row is sent again whatever comes of it: a cell that was refused shows what stands there.
        if row < len(self._rows):
            self._rows[row] = (None, None)
        else:
            self._whole = None
        await self._attempt(
            lambda ident, tab, sure: self._hands.edit(
                ident, tab, row, column, text, self._seat.who, confirm=sure
            )
        )

    async def _edit(self) -> None:
        """Edit the selected cell in a dialog, as the app on a phone does."""
        at, found = self._place(), self._cell()
        if at is None or found is None:
            return
        name, cell = found
        text = await text_for(f"Edit {name}", cell.entered, cell.choices)
        if text is not None and text != cell.entered:
            await self._typed(*at, text)

    async def _open_cell(self, place: Place) -> None:
        self._choose(place)
        found = self._cell()
        if place[1] is not None and found is not None and not editable_in_place(found[1]):
            await self._edit()

    async def _note(self) -> None:
        at, found = self._place(), self._cell()
        if at is None or found is None:
            return
        text = await text_for(f"Note on {found[0]}", found[1].note or "")
        if text is not None:
            await self._attempt(
                lambda ident, tab, sure: self._hands.note(
                    ident, tab, *at, text, self._seat.who, confirm=sure
                )
            )

    async def _filter(self) -> None:
        at, found, book = self._place(), self._cell(), self._book
        if at is None or found is None or book is None:
            return
        tab = self._tab(book)
        rows = self._view(book, tab, max(tab.frozen_rows, 1), tab.grid.filled).row_views
        others = {row.cells[at[1]].text for row in rows} - {found[1].text}
        await self._attempt(
            lambda ident, title, _: self._hands.filter(
                ident, title, at[1], self._seat.who, hidden_values=sorted(others)
            )
        )

    async def _clear_filter(self) -> None:
        await self._attempt(
            lambda ident, tab, _: self._hands.clear_filter(ident, tab, self._seat.who)
        )


def _tool(label: str, action: Any) -> ui.element:
    button = ui.element("button").classes("gs-tool")
    with button:
        html(label, tag="span")
    button.on("click", action)
    return button
