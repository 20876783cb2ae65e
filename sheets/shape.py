"""Where everything stands in the sheet right now: tabs by number, columns by what they are, not where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sheets.client import SheetClient
from sheets.layout import TABS, TabLayout

METADATA_KEY = "winnow"
"""Developer metadata key; the value is "Records" on a tab, "Records.Title" on a column."""

STORE_MARK = "store:"
"""Begins the value of an entry on the whole spreadsheet: the identity of the store it shows."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TabShape:
    """One of our tabs as it is: its number, title, grid and where each column stands.

    `columns` maps a layout's column name to its index; `marked` are those with developer metadata;
    `headers` are the texts of the first row as they stand.
    """

    layout: TabLayout
    sheet_id: int
    title: str
    rows: int
    width: int
    headers: tuple[str, ...] = ()
    columns: Mapping[str, int] = field(default_factory=dict)
    marked: frozenset[str] = frozenset()
    is_marked: bool = False
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
        title = self.title.replace("'", "''")
        return f"'{title}'!1:1"

    def same_headers(self, headers: Sequence[str]) -> bool:
        """Whether our columns still stand where they stood when the shape was read.

        Other columns may be headed by whatever changes, a formula for instance.
        """
        return all(_at(headers, i) == _at(self.headers, i) for i in self.columns.values())

    def a1(self, top: int, bottom: int | None, left: int, right: int) -> str:
        """Return an area in A1 notation."""
        title = self.title.replace("'", "''")
        end = f"{letters(right - 1)}{'' if bottom is None else bottom}"
        return f"'{title}'!{letters(left)}{top + 1}:{end}"

    @property
    def unheaded(self) -> bool:
        """Whether a column of ours lost its header."""
        return not all(_at(self.headers, i) for i in self.columns.values())


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
    def complete(self) -> bool:
        """Whether nothing of the layout is missing, marks included."""
        return all(
            name in self.tabs
            and not self.tabs[name].missing
            and not self.tabs[name].unheaded
            and self.tabs[name].is_marked
            and self.tabs[name].marked.issuperset(c.name for c in layout.columns)
            for name, layout in ((t.name, t) for t in TABS)
        )


def letters(column: int) -> str:
    """Return a column's letters: 0 → A, 26 → AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def read_shape(
    client: SheetClient,
    spreadsheet: str,
    known: Mapping[str, int],
    *,
    urgent: bool = False,
) -> SheetShape:
    """Look at the sheet: three reads. `known` maps tab names to the numbers they last had."""
    described = client.describe(spreadsheet, urgent=urgent)
    entries = client.metadata(spreadsheet, METADATA_KEY, urgent=urgent)
    sheets = [_with_rows(sheet) for sheet in described.get("sheets", ())]
    sheets = [sheet for sheet in sheets if sheet["properties"]["gridProperties"]]
    candidates = _candidates(sheets, entries, known)
    areas = [_first_row(sheet) for sheet in candidates.values()]
    rows = client.read(spreadsheet, areas, urgent=urgent) if areas else []
    tabs: dict[str, TabShape] = {}
    for (name, sheet), columns in zip(candidates.items(), rows, strict=True):
        headers = tuple(column[0] if column else "" for column in columns)
        tab = _tab_shape(next(t for t in TABS if t.name == name), sheet, headers, entries)
        if tab is not None:
            tabs[name] = tab
    ours = {tab.sheet_id for tab in tabs.values()}
    properties = [sheet["properties"] for sheet in described.get("sheets", ())]
    return SheetShape(
        spreadsheet,
        str(described.get("properties", {}).get("title", "")),
        tabs,
        tuple(str(p["title"]) for p in properties if p.get("sheetId", 0) not in ours),
        frozenset(int(p.get("sheetId", 0)) for p in properties),
        frozenset(_store_marks(entries)),
    )


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


def _store_marks(entries: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for entry in entries:
        value = str(entry.get("metadataValue"))
        whole = entry.get("location", {}).get("locationType") == "SPREADSHEET"
        if whole and value.startswith(STORE_MARK):
            yield value.removeprefix(STORE_MARK)


def _at(headers: Sequence[str], index: int) -> str:
    return headers[index] if index < len(headers) else ""


def _with_rows(sheet: Mapping[str, Any]) -> Json:
    return {**sheet, "properties": {"gridProperties": {}, **sheet["properties"]}}


def _first_row(sheet: Mapping[str, Any]) -> Json:
    properties = sheet["properties"]
    return {
        "sheetId": properties.get("sheetId", 0),
        "startRowIndex": 0,
        "endRowIndex": 1,
        "startColumnIndex": 0,
        "endColumnIndex": properties["gridProperties"].get("columnCount", 1),
    }


def _candidates(
    sheets: Sequence[Json], entries: Iterable[Mapping[str, Any]], known: Mapping[str, int]
) -> dict[str, Json]:
    """Return tab name → sheet: by its mark, else the number it last had, else its title."""
    by_id = {int(sheet["properties"].get("sheetId", 0)): sheet for sheet in sheets}
    marked: dict[str, list[int]] = {}
    for entry in entries:
        location = entry.get("location", {})
        if location.get("locationType") == "SHEET":
            sheet_id = int(location.get("sheetId", 0))
            if sheet_id in by_id:
                marked.setdefault(str(entry.get("metadataValue")), []).append(sheet_id)
    found: dict[str, Json] = {}
    for layout in TABS:
        # A tab that the lead duplicated carries the mark twice: ours is the one we knew before.
        ids = marked.get(layout.name, [])
        titled = [i for i, s in by_id.items() if s["properties"]["title"] == layout.name]
        last = known.get(layout.name)
        preferred = [i for i in ids if i == last] or [i for i in ids if i in titled] or sorted(ids)
        choice = (preferred or ([last] if last in by_id else []) or titled)[:1]
        if choice and choice[0] is not None:
            found[layout.name] = by_id[choice[0]]
    return found


def _tab_shape(
    layout: TabLayout,
    sheet: Mapping[str, Any],
    headers: tuple[str, ...],
    entries: Iterable[Mapping[str, Any]],
) -> TabShape | None:
    properties = sheet["properties"]
    sheet_id = int(properties.get("sheetId", 0))
    marks: dict[str, int] = {}
    is_marked = False
    for entry in entries:
        location = entry.get("location", {})
        value = str(entry.get("metadataValue"))
        if location.get("locationType") == "SHEET":
            is_marked |= value == layout.name and int(location.get("sheetId", 0)) == sheet_id
        band = location.get("dimensionRange", {})
        if band.get("sheetId", 0) == sheet_id and value.startswith(layout.name + "."):
            marks.setdefault(value.removeprefix(layout.name + "."), int(band.get("startIndex", 0)))
    columns = match_columns(layout, headers, marks)
    if layout.key not in columns and not is_marked and any(headers):
        return None  # the team's own tab that happens to bear the name
    grid = properties["gridProperties"]
    return TabShape(
        layout,
        sheet_id,
        str(properties["title"]),
        int(grid.get("rowCount", 0)),
        int(grid.get("columnCount", 0)),
        headers,
        columns,
        frozenset(name for name in marks if name in columns),
        is_marked,
        frozenset(str(p.get("description", "")) for p in sheet.get("protectedRanges", ())),
    )
