"""Control of order: sorting, filtering, inserting, deleting and moving rows and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter

from playground.google.control import bodies
from playground.google.control.refusals import refusals

if TYPE_CHECKING:
    from playground.google import GoogleStandIn


def order_routes(standin: GoogleStandIn) -> APIRouter:
    """The routes for sorting, filtering, and moving rows and columns."""
    routes, hands = APIRouter(prefix="/sheets", tags=["sheets"]), standin.hands

    def first_row(spreadsheet_id: str, body: bodies.Rows) -> int:
        if body.where is not None:
            found = body.where
            return hands.find_row(spreadsheet_id, body.tab, found.column, found.equals)
        return (body.row or 1) - 1

    @routes.post("/{spreadsheet_id}/sort", summary="Sort the sheet by a column")
    async def sort(spreadsheet_id: str, body: bodies.Sort) -> bodies.Done:
        with refusals():
            column = hands.column(spreadsheet_id, body.tab, body.column)
            hands.sort(
                spreadsheet_id,
                body.tab,
                column,
                body.who,
                descending=body.descending,
                confirm=body.confirm,
            )
        return bodies.Done()

    @routes.post("/{spreadsheet_id}/filter", summary="Hide rows by what a column shows")
    async def filter_rows(spreadsheet_id: str, body: bodies.Filter) -> bodies.Done:
        with refusals():
            hands.filter(
                spreadsheet_id,
                body.tab,
                hands.column(spreadsheet_id, body.tab, body.column),
                body.who,
                hidden_values=body.hidden_values,
                condition=body.condition,
            )
        return bodies.Done()

    @routes.post("/{spreadsheet_id}/filter/clear", summary="Show every row")
    async def clear_filter(spreadsheet_id: str, body: bodies.TabGesture) -> bodies.Done:
        with refusals():
            hands.clear_filter(spreadsheet_id, body.tab, body.who)
        return bodies.Done()

    @routes.post("/{spreadsheet_id}/rows/insert", summary="Insert rows before one")
    async def insert_rows(spreadsheet_id: str, body: bodies.Rows) -> bodies.Done:
        with refusals():
            at = first_row(spreadsheet_id, body)
            hands.insert(spreadsheet_id, body.tab, "ROWS", at, body.count, body.who)
        return bodies.Done()

    @routes.post("/{spreadsheet_id}/rows/delete", summary="Delete rows")
    async def delete_rows(spreadsheet_id: str, body: bodies.Rows) -> bodies.Done:
        with refusals():
            at = first_row(spreadsheet_id, body)
            hands.remove(
                spreadsheet_id, body.tab, "ROWS", at, body.count, body.who, confirm=body.confirm
            )
        return bodies.Done()

    @routes.post("/{spreadsheet_id}/rows/move", summary="Drag rows")
    async def move_rows(spreadsheet_id: str, body: bodies.MoveRows) -> bodies.Done:
        with refusals():
            at, before = first_row(spreadsheet_id, body), body.before - 1
            hands.move(
                spreadsheet_id,
                body.tab,
                "ROWS",
                at,
                body.count,
                before,
                body.who,
                confirm=body.confirm,
            )
        return bodies.Done()

    @routes.post("/{spreadsheet_id}/columns/insert", summary="Insert columns before one")
    async def insert_columns(spreadsheet_id: str, body: bodies.InsertColumns) -> bodies.Done:
        with refusals():
            at = hands.column(spreadsheet_id, body.tab, body.column)
            count = max(body.count, len(body.headers))
            hands.insert(spreadsheet_id, body.tab, "COLUMNS", at, count, body.who)
            top = hands.header_row(spreadsheet_id, body.tab)
            if body.headers:
                hands.paste(spreadsheet_id, body.tab, top, at, [body.headers], body.who)
        return bodies.Done()

    @routes.post("/{spreadsheet_id}/columns/delete", summary="Delete columns")
    async def delete_columns(spreadsheet_id: str, body: bodies.Columns) -> bodies.Done:
        with refusals():
            at = hands.column(spreadsheet_id, body.tab, body.column)
            hands.remove(
                spreadsheet_id, body.tab, "COLUMNS", at, body.count, body.who, confirm=body.confirm
            )
        return bodies.Done()

    @routes.post("/{spreadsheet_id}/columns/move", summary="Drag columns")
    async def move_columns(spreadsheet_id: str, body: bodies.MoveColumns) -> bodies.Done:
        with refusals():
            at = hands.column(spreadsheet_id, body.tab, body.column)
            found = hands.found_tab(hands.book(spreadsheet_id).content, body.tab)
            before = (
                found.grid.column_count
                if body.before is None
                else hands.column(spreadsheet_id, body.tab, body.before)
            )
            hands.move(
                spreadsheet_id,
                body.tab,
                "COLUMNS",
                at,
                body.count,
                before,
                body.who,
                confirm=body.confirm,
            )
        return bodies.Done()

    @routes.post("/{spreadsheet_id}/columns/rename", summary="Type another header")
    async def rename_column(spreadsheet_id: str, body: bodies.RenameColumn) -> bodies.Done:
        with refusals():
            hands.rename_header(spreadsheet_id, body.tab, body.column, body.name, body.who)
        return bodies.Done()

    return routes
