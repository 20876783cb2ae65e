"""Control of spreadsheets as files: making, sharing, copying, versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query

from playground.google.control import bodies
from playground.google.control.refusals import refusals
from playground.google.library import Workbook, stamp
from playground.google.people import known_as

if TYPE_CHECKING:
    from playground.google import GoogleStandIn


def _view(book: Workbook) -> bodies.SpreadsheetView:
    return bodies.SpreadsheetView(
        id=book.spreadsheet_id,
        title=book.content.title,
        owner=known_as(book.owner()),
        version=book.version,
        modified=stamp(book.modified),
        modified_by=known_as(book.last_editor),
        url=f"https://docs.google.com/spreadsheets/d/{book.spreadsheet_id}/edit",
        tabs=[tab.title for tab in book.content.tabs],
    )


def files_routes(standin: GoogleStandIn) -> APIRouter:
    """The routes for spreadsheets as files."""
    routes, hands = APIRouter(prefix="/sheets", tags=["sheets"]), standin.hands

    @routes.get("", summary="Every spreadsheet")
    async def spreadsheets() -> list[bodies.SpreadsheetView]:
        return [_view(book) for book in hands.books()]

    @routes.post("", summary="A new spreadsheet")
    async def create(new: bodies.NewSpreadsheet) -> bodies.SpreadsheetView:
        with refusals():
            book = hands.create(
                new.title,
                new.who,
                share_with=new.share_with,
                team=new.team,
                service_account=new.service_account,
            )
            return _view(book)

    @routes.get("/{spreadsheet_id}", summary="One spreadsheet")
    async def spreadsheet(spreadsheet_id: str) -> bodies.SpreadsheetView:
        with refusals():
            return _view(hands.book(spreadsheet_id))

    @routes.delete("/{spreadsheet_id}", summary="Delete it, as its owner")
    async def delete(spreadsheet_id: str, who: Annotated[str, Query(alias="as")]) -> bodies.Done:
        with refusals():
            hands.delete(spreadsheet_id, who)
        return bodies.Done()

    @routes.post("/{spreadsheet_id}/rename", summary="Give it another title")
    async def rename(spreadsheet_id: str, body: bodies.Titled) -> bodies.Done:
        with refusals():
            hands.rename(spreadsheet_id, body.title or "Untitled spreadsheet", body.who)
        return bodies.Done()

    @routes.post("/{spreadsheet_id}/copy", summary="Make a copy")
    async def copy(spreadsheet_id: str, body: bodies.Titled) -> bodies.SpreadsheetView:
        with refusals():
            return _view(hands.copy(spreadsheet_id, body.title, body.who))

    @routes.get("/{spreadsheet_id}/permissions", summary="Who may do what")
    async def permissions(spreadsheet_id: str) -> list[bodies.PermissionView]:
        with refusals():
            held = hands.book(spreadsheet_id).permissions.values()
        return [
            bodies.PermissionView(
                who=known_as(item.email) if item.email else item.domain or item.kind,
                role=item.role,
            )
            for item in held
        ]

    @routes.post("/{spreadsheet_id}/share", summary="Let someone in")
    async def share(spreadsheet_id: str, body: bodies.Share) -> bodies.Done:
        with refusals():
            hands.share(spreadsheet_id, body.with_, body.role, body.who)
        return bodies.Done()

    @routes.post("/{spreadsheet_id}/unshare", summary="Shut someone out")
    async def unshare(spreadsheet_id: str, body: bodies.Unshare) -> bodies.Done:
        with refusals():
            hands.unshare(spreadsheet_id, body.with_, body.who)
        return bodies.Done()

    @routes.get("/{spreadsheet_id}/versions", summary="Earlier versions, oldest first")
    async def versions(spreadsheet_id: str) -> list[bodies.VersionView]:
        with refusals():
            found = hands.versions(spreadsheet_id)
        return [
            bodies.VersionView(
                number=item.number, name=item.name, at=stamp(item.at), by=known_as(item.by)
            )
            for item in found
        ]

    @routes.post("/{spreadsheet_id}/versions", summary="Keep the present version, by a name")
    async def remember(spreadsheet_id: str, body: bodies.Named) -> bodies.VersionView:
        with refusals():
            item = hands.remember(spreadsheet_id, body.name)
        return bodies.VersionView(
            number=item.number, name=item.name, at=stamp(item.at), by=known_as(item.by)
        )

    @routes.post("/{spreadsheet_id}/restore", summary="Restore an earlier version")
    async def restore(spreadsheet_id: str, body: bodies.Restore) -> bodies.Done:
        with refusals():
            hands.restore(spreadsheet_id, body.version, body.who)
        return bodies.Done()

    return routes
