"""Control of cells: reading, typing, pasting, notes, comments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Query

from playground.google.a1 import NotA1, parse_a1
from playground.google.cells import formatted
from playground.google.charts import chart_views
from playground.google.control import bodies
from playground.google.control.refusals import refusals
from playground.google.people import HandsRefused, address
from playground.google.reading import value_range
from playground.google.windows import window

if TYPE_CHECKING:
    from playground.google import GoogleStandIn


def _corner(cell: str) -> tuple[int, int]:
    try:
        span = parse_a1(cell).span
    except NotA1:
        span = None
    if span is None or span.top is None or span.left is None:
        raise HandsRefused("invalid", f'"{cell}" is not a cell such as B3.')
    return span.top, span.left


def cells_routes(standin: GoogleStandIn) -> APIRouter:
    """The routes for reading and writing cells."""
    routes, hands = APIRouter(prefix="/sheets", tags=["sheets"]), standin.hands

    def row_of(spreadsheet_id: str, tab: str, where: bodies.Where | None, row: int | None) -> int:
        if where is not None:
            return hands.find_row(spreadsheet_id, tab, where.column, where.equals)
        return (row or 1) - 1

    @routes.get("/{spreadsheet_id}/cells", summary="Cells of a range as they show")
    async def cells(
        spreadsheet_id: str,
        range_: Annotated[str, Query(alias="range", examples=["Records!A1:C10"])],
        render: str = "FORMATTED_VALUE",
    ) -> bodies.Values:
        with refusals():
            area = hands.book(spreadsheet_id).content.area(range_)
            shown = value_range(area, {"valueRenderOption": render})
        return bodies.Values(range=shown["range"], values=shown.get("values", []))

    @routes.get("/{spreadsheet_id}/records", summary="Rows below the header, by header")
    async def records(spreadsheet_id: str, tab: str) -> bodies.Records:
        with refusals():
            found = hands.found_tab(hands.book(spreadsheet_id).content, tab)
            top = hands.header_row(spreadsheet_id, tab)
        grid = found.grid
        header = [formatted(value) for value in grid.row(top)]
        numbers, rows = [], []
        for row in range(top + 1, grid.filled):
            shown = [formatted(v, grid.mark(row, c)) for c, v in enumerate(grid.row(row))]
            if any(shown):
                shown += [""] * (len(header) - len(shown))
                rows.append({name: text for name, text in zip(header, shown, strict=False) if name})
                numbers.append(row + 1)
        return bodies.Records(header=header, rows=rows, row_numbers=numbers)

    @routes.get("/{spreadsheet_id}/window", summary="Cells with looks, notes and choices")
    async def window_view(
        spreadsheet_id: str,
        tab: str,
        who: Annotated[str, Query(alias="as")],
        top: int = 0,
        rows: Annotated[int, Query(ge=1, le=500)] = 50,
        left: int = 0,
        columns: Annotated[int, Query(ge=1, le=200)] = 26,
    ) -> dict[str, Any]:
        with refusals():
            book = hands.readable(spreadsheet_id, who)
            found = hands.found_tab(book.content, tab)
            editor = standin.library.editor(book, address(who))
            year = standin.library.clock.now().year
            return window(book, found, editor, year, top, rows, left, columns).to_json()

    @routes.get("/{spreadsheet_id}/charts", summary="The charts of a tab, with their values")
    async def charts(spreadsheet_id: str, tab: str) -> list[dict[str, Any]]:
        with refusals():
            content = hands.book(spreadsheet_id).content
            views = chart_views(content, hands.found_tab(content, tab))
        return [view.to_json() for view in views]

    @routes.post("/{spreadsheet_id}/edit", summary="Type into a cell")
    async def edit(spreadsheet_id: str, body: Annotated[bodies.Edit, Body()]) -> bodies.Shown:
        with refusals():
            if body.cell is not None:
                row, column = _corner(body.cell)
            else:
                row = row_of(spreadsheet_id, body.tab, body.where, body.row)
                column = hands.column(spreadsheet_id, body.tab, body.column or "")
            text = hands.edit(
                spreadsheet_id, body.tab, row, column, body.value, body.who, confirm=body.confirm
            )
        return bodies.Shown(text=text)

    @routes.post("/{spreadsheet_id}/cells", summary="Paste a block")
    async def paste(spreadsheet_id: str, body: bodies.Paste) -> bodies.Written:
        with refusals():
            row, column = _corner(body.cell)
            name = hands.paste(
                spreadsheet_id, body.tab, row, column, body.values, body.who, confirm=body.confirm
            )
        return bodies.Written(range=name)

    @routes.post("/{spreadsheet_id}/clear", summary="Empty a range")
    async def clear(spreadsheet_id: str, body: bodies.ClearRange) -> bodies.Done:
        with refusals():
            hands.clear(spreadsheet_id, body.range, body.who, confirm=body.confirm)
        return bodies.Done()

    @routes.post("/{spreadsheet_id}/note", summary="Put a note on a cell")
    async def note(spreadsheet_id: str, body: bodies.Note) -> bodies.Done:
        with refusals():
            hands.note(spreadsheet_id, body.tab, *_corner(body.cell), body.text, body.who)
        return bodies.Done()

    @routes.post("/{spreadsheet_id}/comment", summary="Comment on a cell")
    async def comment(spreadsheet_id: str, body: bodies.Note) -> bodies.Done:
        with refusals():
            hands.comment(spreadsheet_id, body.tab, *_corner(body.cell), body.text, body.who)
        return bodies.Done()

    @routes.get("/{spreadsheet_id}/comments", summary="Every comment")
    async def comments(spreadsheet_id: str) -> list[dict[str, Any]]:
        with refusals():
            return hands.book(spreadsheet_id).comments

    return routes
