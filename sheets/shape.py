"""Where everything stands in the sheet right now: tabs by number, columns by what they are, not where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sheets.client import first_row
from sheets.layout import TABS, TabLayout

METADATA_KEY = "winnow"
"""Developer metadata key; the value is "Records" on a tab, "Records.Title" on a column."""

UNPROVEN = " (unproven)"
"""Ends the value of a column's entry until one answer showed mark and header at the same place.

A column that was moved while it was marked is known by that. One of the lead's stays so until what the
store knows was put back into it: until then what is missing in it is no edit.
"""

STORE_MARK = "store:"
"""Begins the value of an entry on the whole spreadsheet: the identity of the store it shows."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TabShape:
    """One of our tabs as it is: its number, title, grid and where each column stands.

    `columns` maps a layout's column name to its index; `marks` are the entries of developer metadata
    by column name, of which those of `unproven` columns may be wrong; `headers` are the texts of the
    first row as they stand; a tab that `is_headless` has a row of data there.
    """

    layout: TabLayout
    sheet_id: int
    title: str
    rows: int
    width: int
    headers: tuple[str, ...] = ()
    columns: Mapping[str, int] = field(default_factory=dict)
    marks: Mapping[str, int] = field(default_factory=dict)
    unproven: frozenset[str] = frozenset()
    is_marked: bool = False
    is_headless: bool = False
    protections: frozenset[str] = frozenset()

    @property
    def key_column(self) -> int:
        """The index of the column that holds the row's ID."""
        return self.columns[self.layout.key]

    @property
    def missing(self) -> tuple[str, ...]:
        """The layout's columns that the tab does not have."""
        return tuple(c.name for c in self.layout.columns if c.name not in self.columns)

    def area(self, top: int, bottom: int | None, left: int, right: int | None) -> Json:
        """Return a grid range; rows and columns from nought, ends excluded, `None` left open."""
        area = {"sheetId": self.sheet_id, "startRowIndex": top, "startColumnIndex": left}
        if bottom is not None:
            area["endRowIndex"] = bottom
        if right is not None:
            area["endColumnIndex"] = right
        return area

    def header_area(self) -> Json:
        """Return the grid range of the first row, as wide as it may be by now."""
        return self.area(0, 1, 0, None)

    def header_a1(self) -> str:
        """Return the same in A1 notation, which a write's read-back takes."""
        return first_row(self.title)

    def same_headers(self, headers: Sequence[str]) -> bool:
        """Whether our columns still stand where they stood when the shape was read.

        Other columns may be headed by whatever changes, a formula for instance.
        """
        return all(_at(headers, i) == _at(self.headers, i) for i in self.columns.values())

    def same_marks(self, marks: Mapping[str, int] | None) -> bool:
        """Whether our marks (column name → index) stand where our columns stood; None is no answer."""
        if marks is None:
            return True
        return all(marks.get(name) == self.columns[name] for name in self.marks)

    def same_place(self, other: TabShape | None) -> bool:
        """Whether another look at the sheet found our columns where this one did."""
        return (
            other is not None
            and (other.sheet_id, other.columns, other.marks)
            == (self.sheet_id, self.columns, self.marks)
            and not other.is_headless
            and self.same_headers(other.headers)
        )

    def a1(self, top: int, bottom: int | None, left: int, right: int) -> str:
        """Return an area in A1 notation."""
        title = self.title.replace("'", "''")
        end = f"{letters(right - 1)}{'' if bottom is None else bottom}"
        return f"'{title}'!{letters(left)}{top + 1}:{end}"

    @property
    def is_sound(self) -> bool:
        """Whether nothing is missing, but for what is still to be put back into the lead's columns."""
        names = [c.name for c in self.layout.columns]
        return (
            self.is_marked
            and not self.is_headless
            and all(name in self.marks and _at(self.headers, self.columns[name]) for name in names)
            and self.unproven.issubset(self.layout.lead_columns)
            and all(self.bears_own_name(name) for name in self.unproven)
        )

    def bears_own_name(self, column: str) -> bool:
        """Whether a column's header says what the layout calls it."""
        header = _at(self.headers, self.columns[column])
        return header.strip().casefold() == column.casefold()

    def header(self, column: str) -> str:
        """Return the header of one of our columns as it stands."""
        return _at(self.headers, self.columns[column])


@dataclass(frozen=True, slots=True)
class SheetShape:
    """One spreadsheet as it is; `tabs` holds those of ours that were found.

    `marks` are the identities of the stores that wrote to it; more than one in a sheet used again.
    """

    spreadsheet: str
    title: str
    tabs: Mapping[str, TabShape]
    other_titles: tuple[str, ...] = ()
    sheet_ids: frozenset[int] = frozenset()
    marks: frozenset[str] = frozenset()

    @property
    def is_sound(self) -> bool:
        """Whether every tab is there and sound."""
        return all(t.name in self.tabs and self.tabs[t.name].is_sound for t in TABS)

    @property
    def is_complete(self) -> bool:
        """Whether nothing of the layout is missing, marks included."""
        return self.is_sound and not any(tab.unproven for tab in self.tabs.values())

    def same_headers(self, headers: Sequence[list[list[str]]]) -> bool:
        """Whether every tab's first row, read as columns in the tabs' order, says what it said."""
        return all(
            tab.same_headers([c[0] if c else "" for c in columns])
            for tab, columns in zip(self.tabs.values(), headers, strict=True)
        )

    def same_place(self, other: SheetShape) -> bool:
        """Whether another look at the sheet found our columns where this one did."""
        return all(tab.same_place(other.tabs.get(name)) for name, tab in self.tabs.items())


def letters(column: int) -> str:
    """Return a column's letters: 0 → A, 26 → AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def match_columns(
    layout: TabLayout, headers: Sequence[str], marks: Mapping[str, int]
) -> dict[str, int]:
    """Return where each of the layout's columns is: by its mark, else by its header's text."""
    columns = {name: marks[name] for name in (c.name for c in layout.columns) if name in marks}
    taken = set(columns.values())
    for column in layout.columns:
        if column.name in columns:
            continue
        for index, header in enumerate(headers):
            if index not in taken and header.strip().casefold() == column.name.casefold():
                columns[column.name] = index
                taken.add(index)
                break
    return columns


def column_marks(
    layout: TabLayout, entries: Iterable[Mapping[str, Any]]
) -> dict[str, tuple[int, int, bool]]:
    """Return a tab's columns as their developer metadata tells: index, entry, whether it is unproven."""
    names = {c.name for c in layout.columns}
    found: dict[str, tuple[int, int, bool]] = {}
    for entry in entries:
        value = str(entry.get("metadataValue", "")).removeprefix(layout.name + ".")
        name = value.removesuffix(UNPROVEN)
        band = entry.get("location", {}).get("dimensionRange")
        if entry.get("metadataKey") == METADATA_KEY and band is not None and name in names:
            mark = int(band.get("startIndex", 0)), int(entry.get("metadataId", 0)), value != name
            if name not in found or (found[name][2] and not mark[2]):
                found[name] = mark
    return found


def _at(headers: Sequence[str], index: int) -> str:
    return headers[index] if index < len(headers) else ""
