"""What a spreadsheet says at one moment, and the draft in which a change is prepared."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from playground.google.a1 import A1, NotA1, Span, parse_a1, range_name
from playground.google.errors import GoogleError, invalid
from playground.google.grid import Grid
from playground.google.tabs import NEW_COLUMNS, NEW_ROWS, Json, Tab

# support.google.com, "Files you can store in Google Drive": up to 10 million cells.
MAX_CELLS: Final = 10_000_000
MAX_ID: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Metadata:
    """One developer metadata entry. `place` is a row or column, counted from zero."""

    metadata_id: int
    key: str
    value: str | None
    visibility: str
    location_type: str
    sheet_id: int | None = None
    place: int | None = None

    def location(self) -> Json:
        """`DeveloperMetadataLocation`."""
        shown: Json = {"locationType": self.location_type}
        if self.location_type == "SPREADSHEET":
            return shown | {"spreadsheet": True}
        if self.location_type == "SHEET":
            return shown | {"sheetId": self.sheet_id}
        place = self.place or 0
        dimension = "ROWS" if self.location_type == "ROW" else "COLUMNS"
        return shown | {
            "dimensionRange": {
                "sheetId": self.sheet_id,
                "dimension": dimension,
                "startIndex": place,
                "endIndex": place + 1,
            }
        }

    def to_api(self) -> Json:
        """`DeveloperMetadata`."""
        shown: Json = {"metadataId": self.metadata_id, "metadataKey": self.key}
        if self.value is not None:
            shown["metadataValue"] = self.value
        return shown | {"location": self.location(), "visibility": self.visibility}


@dataclass(frozen=True, slots=True)
class Area:
    """A bounded block of cells of one tab, from zero, half open."""

    tab: Tab
    top: int
    bottom: int
    left: int
    right: int

    def name(self) -> str:
        """In A1 notation."""
        return range_name(self.tab.title, self.top, self.bottom, self.left, self.right)

    def grid_range(self) -> Json:
        """As `GridRange`."""
        return {
            "sheetId": self.tab.sheet_id,
            "startRowIndex": self.top,
            "endRowIndex": self.bottom,
            "startColumnIndex": self.left,
            "endColumnIndex": self.right,
        }


class Pages:
    """Finding tabs and ranges; what a content and a draft have in common."""

    __slots__ = ()

    tabs: Sequence[Tab]
    named_ranges: Sequence[Json]
    metadata: Mapping[int, Metadata]

    def tab(self, sheet_id: int) -> Tab:
        """The tab of an ID. Raises GoogleError (400)."""
        for tab in self.tabs:
            if tab.sheet_id == sheet_id:
                return tab
        raise invalid(f"No grid with id: {sheet_id}")

    def titled(self, title: str) -> Tab | None:
        """The tab of a title."""
        return next((tab for tab in self.tabs if tab.title == title), None)

    def first_visible(self) -> Tab:
        """The tab that a range without a title means."""
        return next((tab for tab in self.tabs if not tab.hidden), self.tabs[0])

    def area(self, text: str) -> Area:
        """The block of cells that a range in A1 notation names, cut at the grid's end.

        Raises GoogleError (400) when it cannot be read or begins outside the grid.
        """
        tab, span = self.located(text)
        grid = tab.grid
        top, left = span.top or 0, span.left or 0
        # "Range (Solar!Y1) exceeds grid limits. Max rows: 981, max columns: 24" is the service's
        # text (home-assistant/core issue 104198). A range that begins inside is cut.
        if top >= grid.row_count or left >= grid.column_count:
            raise self.outside(tab, span)
        bottom = grid.row_count if span.bottom is None else min(span.bottom, grid.row_count)
        right = grid.column_count if span.right is None else min(span.right, grid.column_count)
        return Area(tab, top, bottom, left, right)

    def located(self, text: str) -> tuple[Tab, Span]:
        """The tab and the cells that a range names. Raises GoogleError (400)."""
        try:
            read = parse_a1(text)
        except NotA1:
            # `'Sheet1'!totals` names a range of the spreadsheet; gspread writes it so.
            name = text.rpartition("!")[2]
            if any(named["name"].lower() == name.lower() for named in self.named_ranges):
                return self._by_name(A1(None, None, name))
            raise invalid(f"Unable to parse range: {text}") from None
        if read.title is not None:
            tab = self.titled(read.title)
            if tab is None:
                raise invalid(f"Unable to parse range: {text}")
            return tab, read.span or Span()
        if read.span is not None:
            return self.first_visible(), read.span
        return self._by_name(read)

    def _by_name(self, read: A1) -> tuple[Tab, Span]:
        tab = self.titled(read.text)
        if tab is not None:
            return tab, Span()
        for named in self.named_ranges:
            if named["name"].lower() == read.text.lower():
                found = named["range"]
                return self.tab(found.get("sheetId", 0)), span_of(found)
        raise invalid(f"Unable to parse range: {read.text}")

    @staticmethod
    def outside(tab: Tab, span: Span) -> GoogleError:
        """The refusal of a range that the grid does not hold."""
        top, left = span.top or 0, span.left or 0
        bottom = span.bottom or max(tab.grid.row_count, top + 1)
        right = span.right or max(tab.grid.column_count, left + 1)
        return invalid(
            f"Range ({range_name(tab.title, top, bottom, left, right)}) exceeds grid limits. "
            f"Max rows: {tab.grid.row_count}, max columns: {tab.grid.column_count}"
        )

    def area_of(self, grid_range: Mapping[str, Any], what: str = "range") -> Area:
        """The block of cells of a `GridRange`; open sides end at the grid's.

        Raises GoogleError (400) when it begins outside the grid.
        """
        tab = self.tab(grid_range.get("sheetId", 0))
        span = span_of(grid_range)
        top, left = span.top or 0, span.left or 0
        bottom = tab.grid.row_count if span.bottom is None else span.bottom
        right = tab.grid.column_count if span.right is None else span.right
        if top < 0 or left < 0 or bottom <= top or right <= left:
            raise invalid(f"{what} is empty, ends before its start, or has a negative index.")
        if top >= tab.grid.row_count:
            raise invalid(
                f"{what}.startRowIndex[{top}] is after last row in grid[{tab.grid.row_count}]"
            )
        if left >= tab.grid.column_count:
            raise invalid(
                f"{what}.startColumnIndex[{left}] is after last column in "
                f"grid[{tab.grid.column_count}]"
            )
        # An end beyond the grid is cut: gspread's sort() sends one after each append, because it
        # counts appended rows as new ones.
        bottom, right = min(bottom, tab.grid.row_count), min(right, tab.grid.column_count)
        return Area(tab, top, bottom, left, right)

    def cell_count(self) -> int:
        """Cells of all tabs, filled or not."""
        return sum(tab.grid.row_count * tab.grid.column_count for tab in self.tabs)


def span_of(grid_range: Mapping[str, Any]) -> Span:
    """A `GridRange` without its tab."""
    return Span(
        grid_range.get("startRowIndex"),
        grid_range.get("endRowIndex"),
        grid_range.get("startColumnIndex"),
        grid_range.get("endColumnIndex"),
    )


class Content(Pages):
    """A spreadsheet at one moment. Nothing in it ever changes; versions keep it as it is."""

    __slots__ = ("metadata", "named_ranges", "properties", "tabs")

    def __init__(
        self,
        properties: Json,
        tabs: Sequence[Tab],
        named_ranges: Sequence[Json] = (),
        metadata: Mapping[int, Metadata] | None = None,
    ) -> None:
        self.properties = properties
        self.tabs = tuple(tabs)
        self.named_ranges = tuple(named_ranges)
        self.metadata = dict(metadata or {})

    @property
    def title(self) -> str:
        """The spreadsheet's title."""
        return str(self.properties["title"])


@dataclass(frozen=True, slots=True)
class Editor:
    """Who makes a change: an address, and whether the whole spreadsheet is theirs."""

    email: str
    owner: bool = False


class Draft(Pages):
    """A change in preparation: tabs are copied when first edited; nothing shows until it is kept.

    `editors` are the addresses that may edit the spreadsheet, for rules that name everybody.
    """

    def __init__(
        self,
        content: Content,
        editor: Editor,
        dice: random.Random,
        year: int,
        editors: Iterable[str] = (),
    ) -> None:
        self.properties = dict(content.properties)
        self.tabs: list[Tab] = list(content.tabs)
        self.named_ranges: list[Json] = list(content.named_ranges)
        self.metadata: dict[int, Metadata] = dict(content.metadata)
        self.editor = editor
        self.editors = tuple(editors)
        self.year = year
        self._dice = dice
        self._forked: set[int] = set()

    def freeze(self) -> Content:
        """The content after the change."""
        return Content(self.properties, self.tabs, self.named_ranges, self.metadata)

    def edit(self, sheet_id: int) -> Tab:
        """The tab of an ID, to be changed. Raises GoogleError (400)."""
        tab = self.tab(sheet_id)
        if sheet_id in self._forked:
            return tab
        copy = tab.fork()
        self.tabs[self.tabs.index(tab)] = copy
        self._forked.add(sheet_id)
        return copy

    def add_tab(self, tab: Tab, index: int | None = None) -> None:
        """Put in a new tab, at the end or before the tab at `index`."""
        self.tabs.insert(len(self.tabs) if index is None else index, tab)
        self._forked.add(tab.sheet_id)
        self.check_cells()

    def check_cells(self) -> None:
        """Refuse a spreadsheet that grew beyond ten million cells."""
        if self.cell_count() > MAX_CELLS:
            raise invalid(
                "This action would increase the number of cells in the workbook above the limit "
                f"of {MAX_CELLS} cells."
            )

    def new_id(self, taken: Iterable[int]) -> int:
        """A number that is not taken."""
        used = set(taken)
        while (number := self._dice.randrange(1, MAX_ID)) in used:
            continue
        return number

    def new_name(self) -> str:
        """A random ID of a named range."""
        return f"{self._dice.randrange(10**11):011d}"


def new_content(title: str, tab_title: str = "Sheet1") -> Content:
    """An empty spreadsheet, as the web page makes it."""
    properties: Json = {
        "title": title,
        "locale": "en_US",
        "autoRecalc": "ON_CHANGE",
        "timeZone": "Etc/GMT",
    }
    return Content(properties, [Tab(0, tab_title, Grid(NEW_ROWS, NEW_COLUMNS))])
