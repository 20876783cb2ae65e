"""Data filters: picking ranges and developer metadata by place or by what is attached to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from playground.google.content import Area, Metadata, Pages
from playground.google.errors import invalid
from playground.google.protection import whole_tab
from playground.google.tabs import Json

_UNSET = ("", None)


def areas_of_filter(pages: Pages, data_filter: Mapping[str, Any]) -> list[Area]:
    """The ranges that a `DataFilter` selects. Raises GoogleError (400)."""
    if "a1Range" in data_filter:
        return [pages.area(data_filter["a1Range"])]
    if "gridRange" in data_filter:
        return [pages.area_of(data_filter["gridRange"], "gridRange")]
    if "developerMetadataLookup" in data_filter:
        found = looked_up(pages, data_filter["developerMetadataLookup"])
        return [area for entry in found for area in _areas_of_entry(pages, entry)]
    raise invalid("A DataFilter must select something: set exactly one of its fields.")


def _areas_of_entry(pages: Pages, entry: Metadata) -> Iterator[Area]:
    if entry.location_type == "SPREADSHEET" or entry.sheet_id is None:
        yield from (whole_tab(tab) for tab in pages.tabs)
        return
    tab = pages.tab(entry.sheet_id)
    place = entry.place or 0
    if entry.location_type == "ROW":
        yield Area(tab, place, place + 1, 0, tab.grid.column_count)
    elif entry.location_type == "COLUMN":
        yield Area(tab, 0, tab.grid.row_count, place, place + 1)
    else:
        yield whole_tab(tab)


def entries_of_filter(pages: Pages, data_filter: Mapping[str, Any]) -> list[Metadata]:
    """The developer metadata that a `DataFilter` selects. Raises GoogleError (400)."""
    if "developerMetadataLookup" in data_filter:
        return looked_up(pages, data_filter["developerMetadataLookup"])
    areas = areas_of_filter(pages, data_filter)
    return [entry for entry in pages.metadata.values() if _meets_any(entry, areas)]


def looked_up(pages: Pages, lookup: Mapping[str, Any]) -> list[Metadata]:
    """The entries that match every field of a `DeveloperMetadataLookup`.

    Raises GoogleError (400) for combinations that the reference forbids.
    """
    fields = {name: item for name, item in lookup.items() if item not in _UNSET}
    if not fields:
        raise invalid("DeveloperMetadataLookup must specify at least one field.")
    location = fields.get("metadataLocation")
    strategy = fields.get("locationMatchingStrategy", "INTERSECTING_LOCATION")
    if "locationMatchingStrategy" in fields and location is None:
        raise invalid("locationMatchingStrategy requires metadataLocation to be set.")
    kind = fields.get("locationType")
    if kind == "SPREADSHEET" and (strategy == "INTERSECTING_LOCATION" and location is not None):
        raise invalid("locationType cannot be SPREADSHEET when matching intersecting locations.")
    return [
        entry
        for entry in pages.metadata.values()
        if _is(entry.metadata_id, fields.get("metadataId"))
        and _is(entry.key, fields.get("metadataKey"))
        and _is(entry.value, fields.get("metadataValue"))
        and _is(entry.visibility, fields.get("visibility"))
        and _is(entry.location_type, kind)
        and (location is None or _at(pages, entry, location, strategy == "EXACT_LOCATION"))
    ]


def _is(value: object, wanted: object) -> bool:
    return wanted is None or value == wanted


def _at(pages: Pages, entry: Metadata, location: Mapping[str, Any], exact: bool) -> bool:
    if location.get("spreadsheet"):
        return not exact or entry.location_type == "SPREADSHEET"
    if "dimensionRange" in location:
        wanted: Json = location["dimensionRange"]
        rows = wanted.get("dimension") == "ROWS"
        tab = pages.tab(wanted.get("sheetId", 0))
        start, end = wanted.get("startIndex", 0), wanted.get("endIndex")
        if exact:
            same_kind = entry.location_type == ("ROW" if rows else "COLUMN")
            return same_kind and entry.sheet_id == tab.sheet_id and entry.place == start
        last = (tab.grid.row_count if rows else tab.grid.column_count) if end is None else end
        band = (
            (start, last, 0, tab.grid.column_count)
            if rows
            else (0, tab.grid.row_count, start, last)
        )
        return _meets_any(entry, [Area(tab, *band)])
    if exact:
        return bool(entry.location_type == "SHEET" and entry.sheet_id == location.get("sheetId", 0))
    return bool(entry.sheet_id == location.get("sheetId", 0))


def _meets_any(entry: Metadata, areas: Iterable[Area]) -> bool:
    return any(_meets(entry, area) for area in areas)


def _meets(entry: Metadata, area: Area) -> bool:
    if entry.sheet_id != area.tab.sheet_id:
        return False
    if entry.location_type == "ROW":
        return area.top <= (entry.place or 0) < area.bottom
    if entry.location_type == "COLUMN":
        return area.left <= (entry.place or 0) < area.right
    return entry.location_type == "SHEET"
