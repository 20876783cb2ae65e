"""What a person does with whole spreadsheets: making, sharing, copying, going back in time."""

from __future__ import annotations

from collections.abc import Iterable

from playground.google.hands_reach import Reach
from playground.google.library import Permission, Version, Workbook
from playground.google.people import HandsRefused, address


class FileHands(Reach):
    """Gestures on files and their version history."""

    # Files

    def create(
        self,
        title: str,
        who: str,
        *,
        share_with: Iterable[str] = (),
        team: bool = True,
        service_account: bool = False,
    ) -> Workbook:
        """A new spreadsheet. `team` lets everybody of the workspace edit it by name."""
        book = self.library.create(title, address(who))
        if team:
            domain = address(who).partition("@")[2]
            self.library.share(book, "domain", "writer", domain)
        for other in share_with:
            self.library.share(book, "user", "writer", address(other))
        if service_account:
            self.library.share(book, "user", "writer", self._service_account)
        return book

    def books(self, who: str | None = None) -> list[Workbook]:
        """All spreadsheets, or those that someone may open."""
        if who is None:
            return list(self.library.workbooks.values())
        return self.library.visible_to(address(who))

    def rename(self, spreadsheet_id: str, title: str, who: str) -> None:
        """Change the spreadsheet's title."""
        with self.changing(spreadsheet_id, who) as draft:
            draft.properties["title"] = title

    def copy(self, spreadsheet_id: str, title: str | None, who: str) -> Workbook:
        """Make a copy, which belongs to the person and is shared with nobody."""
        book = self.readable(spreadsheet_id, who)
        name = title or f"Copy of {book.content.title}"
        return self.library.copy(book, name, address(who))

    def delete(self, spreadsheet_id: str, who: str) -> None:
        """Delete the spreadsheet for good; its owner only."""
        book = self.readable(spreadsheet_id, who)
        if book.owner() != address(who):
            raise HandsRefused("no_access", "Only the owner can delete this spreadsheet.")
        self.library.delete(book)

    def share(self, spreadsheet_id: str, other: str, role: str, who: str) -> Permission:
        """Let someone in: a member, an address, "service_account", "team" or "anyone"."""
        book = self.writable(spreadsheet_id, who)
        if other == "anyone":
            return self.library.share(book, "anyone", role)
        if other == "team":
            return self.library.share(book, "domain", role, address(who).partition("@")[2])
        email = self._service_account if other == "service_account" else address(other)
        return self.library.share(book, "user", role, email)

    def unshare(self, spreadsheet_id: str, other: str, who: str) -> None:
        """Shut someone out again; the same names as for `share`."""
        book = self.writable(spreadsheet_id, who)
        email = self._service_account if other == "service_account" else address(other)
        for held in tuple(book.permissions.values()):
            named = held.email == email or held.kind == {"team": "domain"}.get(other, other)
            if named and self.library.unshare(book, held.permission_id):
                return
        raise HandsRefused("not_found", f"The spreadsheet is not shared with {other}.")

    # Version history

    def versions(self, spreadsheet_id: str) -> list[Version]:
        """Earlier versions, oldest first."""
        return list(self.book(spreadsheet_id).versions)

    def remember(self, spreadsheet_id: str, name: str | None = None) -> Version:
        """Name the version that stands there now."""
        return self.library.remember(self.book(spreadsheet_id), name)

    def restore(self, spreadsheet_id: str, version: int | str, who: str) -> Version:
        """Restore an earlier version, by its number or its name."""
        book = self.writable(spreadsheet_id, who)
        for found in reversed(book.versions):
            if version in (found.number, found.name):
                return self.library.restore(book, found.number, address(who))
        raise HandsRefused("not_found", f"There is no version {version}.")
