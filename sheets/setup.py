"""Making a new sheet's tabs, and restoring what somebody took away; nothing of the team's is touched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from screening.review import Review
from sheets.layout import PROGRESS, TABS, Column, TabLayout, choices_of
from sheets.shape import METADATA_KEY, UNPROVEN, SheetShape, TabShape

Json = dict[str, Any]

FIRST_ROWS = 1_000
"""Rows of a new tab."""

PROTECTION = "Winnow: the bot writes here"
"""Description of our protected ranges, by which they are known again."""

_GREY = {"red": 0.93, "green": 0.94, "blue": 0.95}
_YELLOW = {"red": 1.0, "green": 0.95, "blue": 0.78}
_NUMBER_FORMATS = {
    "percent": {"type": "PERCENT", "pattern": "0%"},
    "score": {"type": "NUMBER", "pattern": "0.00"},
}


@dataclass(slots=True)
class Repairs:
    """What completes a sheet: requests, what they make in words, and the tabs to fill again.

    `headers` are the headers written to columns that were there: (tab, column, index).
    """

    requests: list[Json] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    refill: set[str] = field(default_factory=set)
    headers: list[tuple[str, str, int]] = field(default_factory=list)


def repairs(shape: SheetShape, review: Review, bot: str) -> Repairs:
    """Return what completes a sheet; nothing when it is sound."""
    found = Repairs()
    titles = {*shape.other_titles, *(tab.title for tab in shape.tabs.values())}
    taken = set(shape.sheet_ids)
    for place, layout in enumerate(TABS):
        tab = shape.tabs.get(layout.name)
        if tab is None:
            sheet_id = _free_id(place, taken)
            title = layout.name if layout.name not in titles else f"{layout.name} (Winnow)"
            found.requests += new_tab(layout, sheet_id, title, place, review, bot)
            found.made.append(f"tab {title}")
            found.refill.add(layout.name)
            continue
        mend_tab(found, tab, review)
        if layout.hidden and PROTECTION not in tab.protections:
            found.requests.append(_protect_tab(tab.sheet_id, bot))
    return found


def new_tab(
    layout: TabLayout, sheet_id: int, title: str, place: int, review: Review, bot: str
) -> list[Json]:
    """Return the requests that make a tab: grid, headers, widths, drop-downs, protection, marks."""
    width = len(layout.columns)
    properties: Json = {
        "sheetId": sheet_id,
        "title": title,
        "index": place,
        "gridProperties": {"rowCount": FIRST_ROWS, "columnCount": width, "frozenRowCount": 1},
    }
    if layout.hidden:
        properties["hidden"] = True
    requests: list[Json] = [{"addSheet": {"properties": properties}}, _mark_tab(layout, sheet_id)]
    requests.append(_headers(sheet_id, 0, layout.columns))
    requests.append(_clipped(sheet_id, width))
    for index, column in enumerate(layout.columns):
        requests += _dress(sheet_id, index, column, layout, review)
    if layout.hidden:
        requests.append(_protect_tab(sheet_id, bot))
    else:
        requests += [_protect(sheet_id, *band) for band in bot_bands(layout)]
    if layout.name == PROGRESS:
        requests.append(_chart(sheet_id, "Screened and decided by day", (1, 2), 0))
        requests.append(_chart(sheet_id, "Conflicts by day", (3, 4), 18))
    return requests


def mend_tab(found: Repairs, tab: TabShape, review: Review) -> None:
    """Add the requests that restore a tab's missing columns, headers and marks."""
    layout, sheet_id = tab.layout, tab.sheet_id
    if not tab.is_marked:
        found.requests.append(_mark_tab(layout, sheet_id))
    if tab.is_headless:
        found.requests += _header_row(tab)
        found.made.append(f"headers of {layout.name}")
        found.refill.add(layout.name)
        return
    places, width = dict(tab.columns), tab.width
    before = -1
    for column in layout.columns:
        if column.name not in places:
            at = before + 1
            found.requests.append(_new_column(sheet_id, at, width))
            places = {n: i + (i >= at) for n, i in places.items()} | {column.name: at}
            width += 1
            found.requests.append(_headers(sheet_id, at, (column,)))
            found.requests += _dress(sheet_id, at, column, layout, review, UNPROVEN)
            found.made.append(f"column {layout.name}.{column.name}")
            found.refill.add(layout.name)
        else:
            _mend_column(found, tab, column, places[column.name])
        before = places[column.name]


def _mend_column(found: Repairs, tab: TabShape, column: Column, at: int) -> None:
    """Add what one column lacks that is there: its mark, its header, the proof of its mark."""
    layout, sheet_id, name = tab.layout, tab.sheet_id, column.name
    if name not in tab.marks:
        found.requests.append(_mark_column(layout, column, sheet_id, at, UNPROVEN))
    elif not tab.header(name):
        found.requests.append(_headers(sheet_id, at, (column,)))
        found.headers.append((layout.name, name, at))
        found.refill.add(layout.name)
        if name not in tab.unproven:
            # Whoever cut the column and pasted it elsewhere left it empty; that is no edit.
            found.requests.append(change_mark(layout, name, tab.marks[name], UNPROVEN))
    elif name in tab.unproven:
        if not tab.bears_own_name(name):
            found.requests.append(_unmark(tab.marks[name]))
        elif column.owner == "B":
            found.requests.append(change_mark(layout, name, tab.marks[name]))


def change_mark(layout: TabLayout, column: str, entry: int, ending: str = "") -> Json:
    """Return the request that gives the mark of a column its ending, wherever the column stands."""
    return {
        "updateDeveloperMetadata": {
            "dataFilters": [{"developerMetadataLookup": {"metadataId": entry}}],
            "developerMetadata": {"metadataValue": f"{layout.name}.{column}{ending}"},
            "fields": "metadataValue",
        }
    }


def write_header(sheet_id: int, at: int, text: str) -> Json:
    """Return the request that writes one header."""
    return {
        "updateCells": {
            "start": {"sheetId": sheet_id, "rowIndex": 0, "columnIndex": at},
            "rows": [{"values": [{"userEnteredValue": {"stringValue": text}} if text else {}]}],
            "fields": "userEnteredValue",
        }
    }


def _unmark(entry: int) -> Json:
    lookup = {"developerMetadataLookup": {"metadataId": entry}}
    return {"deleteDeveloperMetadata": {"dataFilter": lookup}}


def _header_row(tab: TabShape) -> Iterator[Json]:
    """Yield the requests that put a row of headers above the data."""
    rows = {"sheetId": tab.sheet_id, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}
    yield {"insertDimension": {"range": rows, "inheritFromBefore": False}}
    for column in tab.layout.columns:
        if column.name in tab.columns:
            yield _headers(tab.sheet_id, tab.columns[column.name], (column,))


def drop_downs(tab: TabShape, review: Review) -> list[Json]:
    """Return the requests that give every row of a tab its drop-downs, rows just added too."""
    found = []
    for column in tab.layout.columns:
        if column.choices:
            rule = _drop_down(tab.sheet_id, tab.columns[column.name], column, review)
            found += [rule] if rule else []
    return found


def bot_bands(layout: TabLayout) -> Iterator[tuple[int, int]]:
    """Yield the bot's columns of a fresh tab as (first, end)."""
    start: int | None = None
    for index, column in enumerate((*layout.columns, Column("", "L"))):
        if column.owner == "B" and start is None:
            start = index
        elif column.owner == "L" and start is not None:
            yield start, index
            start = None


def _free_id(place: int, taken: set[int]) -> int:
    number = 1_001 + place
    while number in taken:
        number += 100
    taken.add(number)
    return number


def _band(sheet_id: int, first: int, end: int, top: int | None = None) -> Json:
    band = {"sheetId": sheet_id, "startColumnIndex": first, "endColumnIndex": end}
    if top is not None:
        band["startRowIndex"] = top
    return band


def _columns(sheet_id: int, first: int, end: int) -> Json:
    return {"sheetId": sheet_id, "dimension": "COLUMNS", "startIndex": first, "endIndex": end}


def _headers(sheet_id: int, at: int, columns: Iterable[Column]) -> Json:
    cells = [
        {
            "userEnteredValue": {"stringValue": column.name},
            "userEnteredFormat": {
                "textFormat": {"bold": True},
                "backgroundColor": _GREY if column.owner == "B" else _YELLOW,
            },
        }
        for column in columns
    ]
    return {
        "updateCells": {
            "start": {"sheetId": sheet_id, "rowIndex": 0, "columnIndex": at},
            "rows": [{"values": cells}],
            "fields": "userEnteredValue,userEnteredFormat(textFormat.bold,backgroundColor)",
        }
    }


def _clipped(sheet_id: int, width: int) -> Json:
    return {
        "repeatCell": {
            "range": _band(sheet_id, 0, width, 1),
            "cell": {"userEnteredFormat": {"wrapStrategy": "CLIP", "verticalAlignment": "TOP"}},
            "fields": "userEnteredFormat(wrapStrategy,verticalAlignment)",
        }
    }


def _dress(
    sheet_id: int, index: int, column: Column, layout: TabLayout, review: Review, ending: str = ""
) -> list[Json]:
    """Return a column's width, number format, drop-down and mark."""
    requests: list[Json] = [
        {
            "updateDimensionProperties": {
                "range": _columns(sheet_id, index, index + 1),
                "properties": {"pixelSize": column.width},
                "fields": "pixelSize",
            }
        }
    ]
    if column.format in _NUMBER_FORMATS:
        requests.append(
            {
                "repeatCell": {
                    "range": _band(sheet_id, index, index + 1, 1),
                    "cell": {"userEnteredFormat": {"numberFormat": _NUMBER_FORMATS[column.format]}},
                    "fields": "userEnteredFormat.numberFormat",
                }
            }
        )
    rule = _drop_down(sheet_id, index, column, review)
    if rule:
        requests.append(rule)
    requests.append(_mark_column(layout, column, sheet_id, index, ending))
    return requests


def _drop_down(sheet_id: int, index: int, column: Column, review: Review) -> Json | None:
    offered = choices_of(review, column.choices)
    if not offered:
        return None
    return {
        "setDataValidation": {
            "range": _band(sheet_id, index, index + 1, 1),
            "rule": {
                "condition": {
                    "type": "ONE_OF_LIST",
                    "values": [{"userEnteredValue": choice} for choice in offered],
                },
                "showCustomUi": True,
                # Not strict: what is typed wrong is answered with a note, not refused unread.
                "strict": False,
            },
        }
    }


def _new_column(sheet_id: int, at: int, width: int) -> Json:
    if at >= width:
        return {"appendDimension": {"sheetId": sheet_id, "dimension": "COLUMNS", "length": 1}}
    return {
        "insertDimension": {"range": _columns(sheet_id, at, at + 1), "inheritFromBefore": at > 0}
    }


def _mark_tab(layout: TabLayout, sheet_id: int) -> Json:
    return _mark(layout.name, {"sheetId": sheet_id})


def _mark_column(layout: TabLayout, column: Column, sheet_id: int, index: int, ending: str) -> Json:
    place = {"dimensionRange": _columns(sheet_id, index, index + 1)}
    return _mark(f"{layout.name}.{column.name}{ending}", place)


def _mark(value: str, location: Json) -> Json:
    return {
        "createDeveloperMetadata": {
            "developerMetadata": {
                "metadataKey": METADATA_KEY,
                "metadataValue": value,
                "location": location,
                "visibility": "DOCUMENT",
            }
        }
    }


def _protect(sheet_id: int, first: int, end: int) -> Json:
    # A warning only: a hard protection would keep the team from sorting the tab.
    return {
        "addProtectedRange": {
            "protectedRange": {
                "range": _band(sheet_id, first, end),
                "description": PROTECTION,
                "warningOnly": True,
            }
        }
    }


def _protect_tab(sheet_id: int, bot: str) -> Json:
    return {
        "addProtectedRange": {
            "protectedRange": {
                "range": {"sheetId": sheet_id},
                "description": PROTECTION,
                "warningOnly": False,
                "editors": {"users": [bot]},
            }
        }
    }


def _chart(sheet_id: int, title: str, series: tuple[int, ...], below: int) -> Json:
    def source(column: int) -> Json:
        area = {**_band(sheet_id, column, column + 1, 0), "endRowIndex": FIRST_ROWS}
        return {"sourceRange": {"sources": [area]}}

    return {
        "addChart": {
            "chart": {
                "spec": {
                    "title": title,
                    "basicChart": {
                        "chartType": "LINE",
                        "legendPosition": "BOTTOM_LEGEND",
                        "headerCount": 1,
                        "domains": [{"domain": source(0)}],
                        "series": [
                            {"series": source(column), "targetAxis": "LEFT_AXIS"}
                            for column in series
                        ],
                    },
                },
                "position": {
                    "overlayPosition": {
                        "anchorCell": {
                            "sheetId": sheet_id,
                            "rowIndex": 1 + below,
                            "columnIndex": 5,
                        },
                        "offsetXPixels": 340,
                        "widthPixels": 560,
                        "heightPixels": 320,
                    }
                },
            }
        }
    }
