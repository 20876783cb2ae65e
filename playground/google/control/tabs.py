"""Control of tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter

from playground.google.control import bodies
from playground.google.control.refusals import refusals
from playground.google.windows import tab_views

if TYPE_CHECKING:
    from playground.google import GoogleStandIn


def tabs_routes(standin: GoogleStandIn) -> APIRouter:
    """The routes for tabs."""
    routes, hands = APIRouter(prefix="/sheets", tags=["sheets"]), standin.hands

    @routes.get("/{spreadsheet_id}/tabs", summary="Every tab")
    async def tabs(spreadsheet_id: str) -> list[bodies.TabOut]:
        with refusals():
            views = tab_views(hands.book(spreadsheet_id).content)
        return [bodies.TabOut.model_validate(view, from_attributes=True) for view in views]

    @routes.post("/{spreadsheet_id}/tabs", summary="Add a tab")
    async def add_tab(spreadsheet_id: str, body: bodies.NewTab) -> bodies.Name:
        with refusals():
            return bodies.Name(title=hands.add_tab(spreadsheet_id, body.title, body.who))

    @routes.post("/{spreadsheet_id}/tabs/change", summary="Rename, hide, move or freeze a tab")
    async def change_tab(spreadsheet_id: str, body: bodies.ChangeTab) -> bodies.Done:
        with refusals():
            tab = body.tab
            if body.frozen_rows is not None or body.frozen_columns is not None:
                old = hands.found_tab(hands.book(spreadsheet_id).content, tab)
                rows = old.frozen_rows if body.frozen_rows is None else body.frozen_rows
                columns = old.frozen_columns if body.frozen_columns is None else body.frozen_columns
                hands.freeze(spreadsheet_id, tab, rows, columns, body.who)
            if body.hidden is not None:
                hands.hide_tab(spreadsheet_id, tab, body.hidden, body.who)
            if body.index is not None:
                hands.move_tab(spreadsheet_id, tab, body.index, body.who)
            if body.title is not None:
                hands.rename_tab(spreadsheet_id, tab, body.title, body.who)
        return bodies.Done()

    @routes.post("/{spreadsheet_id}/tabs/delete", summary="Delete a tab")
    async def delete_tab(spreadsheet_id: str, body: bodies.TabGesture) -> bodies.Done:
        with refusals():
            hands.delete_tab(spreadsheet_id, body.tab, body.who)
        return bodies.Done()

    @routes.post("/{spreadsheet_id}/tabs/duplicate", summary="Duplicate a tab")
    async def duplicate_tab(spreadsheet_id: str, body: bodies.TabGesture) -> bodies.Name:
        with refusals():
            return bodies.Name(title=hands.duplicate_tab(spreadsheet_id, body.tab, body.who))

    return routes
