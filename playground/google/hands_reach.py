"""What every gesture by hand needs: the spreadsheet within reach, and the ways to be refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playground.google.content import Area, Draft, Pages
from playground.google.errors import PROTECTED, GoogleError
from playground.google.library import Library, Workbook
from playground.google.people import HandsRefused, Reason, address
from playground.google.protection import closed_to, warned_of
from playground.google.tabs import Dimension, Tab

# The heading and text of the dialogue that Sheets shows for a warning-only range.
WARNING: Final = (
    "Heads up! You're trying to edit part of this sheet that shouldn't be changed accidentally. "
    "Edit anyway?"
)


class Reach:
    """A library, as far as people reach into it."""

    def __init__(self, library: Library, service_account: str) -> None:
        self.library = library
        self._service_account = service_account

    def book(self, spreadsheet_id: str) -> Workbook:
        """The spreadsheet of an ID."""
        book = self.library.workbooks.get(spreadsheet_id)
        if book is None:
            raise HandsRefused("not_found", f"There is no spreadsheet {spreadsheet_id}.")
        return book

    def found_tab(self, pages: Pages, title: str) -> Tab:
        """The tab of a title."""
        found = pages.titled(title)
        if found is None:
            names = ", ".join(tab.title for tab in pages.tabs)
            raise HandsRefused("not_found", f'There is no tab "{title}". There are: {names}.')
        return found

    def readable(self, spreadsheet_id: str, who: str) -> Workbook:
        """The spreadsheet, if the person may open it."""
        book = self.book(spreadsheet_id)
        if book.role_of(address(who)) is None:
            raise HandsRefused("no_access", f"{who} needs access to this spreadsheet.")
        return book

    def writable(self, spreadsheet_id: str, who: str) -> Workbook:
        """The spreadsheet, if the person may edit it."""
        book = self.readable(spreadsheet_id, who)
        if book.role_of(address(who)) not in ("writer", "owner"):
            raise HandsRefused("no_access", f"{who} may only view this spreadsheet.")
        return book

    @contextmanager
    def changing(self, spreadsheet_id: str, who: str) -> Iterator[Draft]:
        """A change by a person, kept when the block ends well."""
        book = self.writable(spreadsheet_id, who)
        email = address(who)
        draft = self.library.draft(book, email)
        try:
            yield draft
        except GoogleError as error:
            reason: Reason = "protected" if error.message == PROTECTED else "invalid"
            raise HandsRefused(reason, error.message) from error
        self.library.keep(book, draft.freeze(), email)

    @staticmethod
    def check_inside(tab: Tab, row: int, column: int) -> None:
        """Refuse a cell outside the grid."""
        if not (0 <= row < tab.grid.row_count and 0 <= column < tab.grid.column_count):
            place = f"row {row + 1}, column {column + 1}"
            raise HandsRefused("invalid", f"{tab.title} has no cell at {place}.")

    @staticmethod
    def check_open(draft: Draft, area: Area, confirm: bool) -> None:
        """Refuse an edit of protected cells; without `confirm`, also of those that warn."""
        for _ in closed_to(area.tab, area, draft.editor):
            raise HandsRefused("protected", PROTECTED)
        if not confirm:
            for _ in warned_of(area.tab, area):
                raise HandsRefused("warning", WARNING)


def band(tab: Tab, dimension: Dimension, first: int, last: int) -> Area:
    """The cells of some rows or columns."""
    if dimension == "ROWS":
        return Area(tab, first, last, 0, tab.grid.column_count)
    return Area(tab, 0, tab.grid.row_count, first, last)
