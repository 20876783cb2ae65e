"""The requests about protected and named ranges, and developer metadata."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from playground.google.content import Draft, Metadata
from playground.google.errors import PROTECTED, invalid
from playground.google.masks import merged, parse_update_mask
from playground.google.protection import may_edit_range
from playground.google.selection import entries_of_filter
from playground.google.tabs import Json, Tab

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,249}\Z")
_LOOKS_LIKE_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+\Z|[Rr][0-9]+[Cc][0-9]+\Z")
_MAX_METADATA = 30_000


def add_protected_range(draft: Draft, request: Mapping[str, Any]) -> Json:
    """addProtectedRange. Whoever protects a range may edit it."""
    wanted = dict(request.get("protectedRange", {}))
    taken = {item["protectedRangeId"] for tab in draft.tabs for item in _protected(tab)}
    number = wanted.get("protectedRangeId", 0) or draft.new_id(taken)
    if number in taken:
        raise invalid(f"Protected range with id {number} already exists.")
    stored = _checked(draft, wanted | {"protectedRangeId": number})
    tab = draft.edit(stored["range"].get("sheetId", 0))
    tab.lists["protectedRanges"] = (*_protected(tab), stored)
    return {"addProtectedRange": {"protectedRange": shown_range(stored, draft.editor.owner, True)}}


def _protected(tab: Tab) -> tuple[Json, ...]:
    return tab.listed("protectedRanges")


def _checked(draft: Draft, wanted: Json) -> Json:
    if "namedRangeId" in wanted:
        named = _named(draft, wanted["namedRangeId"])
        wanted = wanted | {"range": named["range"]}
    if "range" not in wanted:
        raise invalid("Must specify a range to protect.")
    if len(wanted["range"]) > 1 or "sheetId" not in wanted["range"]:
        draft.area_of(wanted["range"])
    else:
        draft.tab(wanted["range"]["sheetId"])
    whole = not any(name.endswith("Index") for name in wanted["range"])
    if wanted.get("unprotectedRanges") and not whole:
        raise invalid("Unprotected ranges are only supported on protected sheets.")
    stored = {name: wanted[name] for name in _PROTECTED_FIELDS if name in wanted}
    if stored.get("warningOnly"):
        if "editors" in stored:
            # The service's text (gspread issue 1437).
            raise invalid("ProtectedRange is warningOnly. Editors cannot be set on it.")
        return stored
    stored.pop("warningOnly", None)
    editors = dict(stored.get("editors", {}))
    # Left open, everybody who may edit the spreadsheet may edit the range; the description of
    # warningOnly says so for a range that stops being one.
    users = editors.get("users") if "editors" in stored else list(draft.editors)
    editors["users"] = list(dict.fromkeys([*(users or ()), draft.editor.email]))
    stored["editors"] = editors
    return stored


_PROTECTED_FIELDS = (
    "protectedRangeId",
    "range",
    "namedRangeId",
    "description",
    "warningOnly",
    "editors",
    "unprotectedRanges",
)


def shown_range(stored: Json, owner: bool, editor: bool) -> Json:
    """A protected range as the API shows it to someone."""
    shown = dict(stored)
    if owner or editor:
        shown["requestingUserCanEdit"] = True
    else:
        # "This field is only visible to users with edit access to the protected range."
        shown.pop("editors", None)
    return shown


def _find_protected(draft: Draft, number: int) -> tuple[Tab, Json]:
    for tab in draft.tabs:
        for item in _protected(tab):
            if item["protectedRangeId"] == number:
                if not may_edit_range(item, draft.editor):
                    raise invalid(PROTECTED)
                return tab, item
    raise invalid(f"No protected range with id: {number}")


def update_protected_range(draft: Draft, request: Mapping[str, Any]) -> Json:
    """updateProtectedRange."""
    mask = parse_update_mask(request.get("fields"), "ProtectedRange")
    wanted = dict(request.get("protectedRange", {}))
    tab, old = _find_protected(draft, wanted.get("protectedRangeId", 0))
    new = merged(old, wanted, mask) if mask else {**wanted}
    if new.get("warningOnly") and "editors" not in mask:
        new.pop("editors", None)
    if "warningOnly" in mask and not new.get("warningOnly") and "editors" not in mask:
        new.pop("editors", None)
    stored = _checked(draft, new | {"protectedRangeId": old["protectedRangeId"]})
    _replace(draft, tab, "protectedRanges", old, None)
    target = draft.edit(stored["range"].get("sheetId", 0))
    target.lists["protectedRanges"] = (*_protected(target), stored)
    return {}


def delete_protected_range(draft: Draft, request: Mapping[str, Any]) -> Json:
    """deleteProtectedRange."""
    tab, old = _find_protected(draft, request.get("protectedRangeId", 0))
    _replace(draft, tab, "protectedRanges", old, None)
    return {}


def _replace(draft: Draft, tab: Tab, kind: str, old: Json, new: Json | None) -> None:
    target = draft.edit(tab.sheet_id)
    items = (new if item is old else item for item in target.listed(kind))
    target.lists[kind] = tuple(item for item in items if item is not None)


def add_named_range(draft: Draft, request: Mapping[str, Any]) -> Json:
    """addNamedRange."""
    wanted = dict(request.get("namedRange", {}))
    number = wanted.get("namedRangeId") or draft.new_name()
    if any(item["namedRangeId"] == number for item in draft.named_ranges):
        raise invalid(f"Named range with id {number} already exists.")
    stored = wanted | {"namedRangeId": number}
    _check_named(draft, stored)
    draft.named_ranges.append(stored)
    return {"addNamedRange": {"namedRange": stored}}


def _check_named(draft: Draft, wanted: Json) -> None:
    name = wanted.get("name", "")
    if not _NAME.match(name) or _LOOKS_LIKE_CELL.match(name) or name.lower() in ("true", "false"):
        raise invalid(f'The name of a named range is invalid: "{name}"')
    for item in draft.named_ranges:
        same = item["name"].lower() == name.lower()
        if same and item["namedRangeId"] != wanted["namedRangeId"]:
            raise invalid(f'A named range "{name}" already exists.')
    if "range" not in wanted:
        raise invalid("A named range must have a range.")
    draft.area_of(wanted["range"])


def _named(draft: Draft, number: str) -> Json:
    for item in draft.named_ranges:
        if item["namedRangeId"] == number:
            return item
    raise invalid(f"No named range with id: {number}")


def update_named_range(draft: Draft, request: Mapping[str, Any]) -> Json:
    """updateNamedRange."""
    mask = parse_update_mask(request.get("fields"), "NamedRange")
    wanted = request.get("namedRange", {})
    old = _named(draft, wanted.get("namedRangeId", ""))
    new = merged(old, wanted, mask) | {"namedRangeId": old["namedRangeId"]}
    _check_named(draft, new)
    draft.named_ranges[draft.named_ranges.index(old)] = new
    return {}


def delete_named_range(draft: Draft, request: Mapping[str, Any]) -> Json:
    """deleteNamedRange."""
    draft.named_ranges.remove(_named(draft, request.get("namedRangeId", "")))
    return {}


def create_metadata(draft: Draft, request: Mapping[str, Any]) -> Json:
    """createDeveloperMetadata."""
    wanted = request.get("developerMetadata", {})
    number = wanted.get("metadataId", 0) or draft.new_id(draft.metadata)
    if number <= 0:
        raise invalid("DeveloperMetadata.metadataId must be positive.")
    if number in draft.metadata:
        raise invalid(f"DeveloperMetadata with id {number} already exists.")
    entry = _metadata(draft, Metadata(number, "", None, "", "SPREADSHEET"), wanted)
    draft.metadata[number] = entry
    _check_metadata_size(draft)
    return {"createDeveloperMetadata": {"developerMetadata": entry.to_api()}}


def _metadata(draft: Draft, entry: Metadata, wanted: Mapping[str, Any]) -> Metadata:
    key = wanted.get("metadataKey", "")
    visibility = wanted.get("visibility", "")
    if not key:
        raise invalid("DeveloperMetadata.metadataKey must be specified.")
    if visibility not in ("DOCUMENT", "PROJECT"):
        raise invalid("DeveloperMetadata.visibility must be specified.")
    entry = replace(entry, key=key, value=wanted.get("metadataValue"), visibility=visibility)
    location = wanted.get("location", {})
    if location.get("spreadsheet"):
        return replace(entry, location_type="SPREADSHEET", sheet_id=None, place=None)
    if "sheetId" in location:
        sheet_id = draft.tab(location["sheetId"]).sheet_id
        return replace(entry, location_type="SHEET", sheet_id=sheet_id, place=None)
    if "dimensionRange" not in location:
        raise invalid("DeveloperMetadata.location must be specified.")
    span = location["dimensionRange"]
    tab = draft.tab(span.get("sheetId", 0))
    dimension = span.get("dimension")
    start, end = span.get("startIndex", 0), span.get("endIndex")
    if dimension not in ("ROWS", "COLUMNS"):
        raise invalid("DimensionRange.dimension must be ROWS or COLUMNS.")
    if end != start + 1:
        # "It cannot be unbounded or span multiple rows or columns."
        raise invalid("The dimensionRange must represent a single row or column.")
    if not 0 <= start < tab.count(dimension):
        raise invalid(f"dimensionRange.startIndex[{start}] is outside the grid.")
    kind = "ROW" if dimension == "ROWS" else "COLUMN"
    return replace(entry, location_type=kind, sheet_id=tab.sheet_id, place=start)


def _check_metadata_size(draft: Draft) -> None:
    # developers.google.com, "Read, write, and search metadata", storage limits: 30,000
    # characters for the spreadsheet and for each sheet.
    sizes: dict[int | None, int] = {}
    for entry in draft.metadata.values():
        size = len(entry.key) + len(entry.value or "")
        sizes[entry.sheet_id] = sizes.get(entry.sheet_id, 0) + size
        if sizes[entry.sheet_id] > _MAX_METADATA:
            where = "spreadsheet" if entry.sheet_id is None else f"sheet {entry.sheet_id}"
            raise invalid(f"Developer metadata of the {where} exceeds {_MAX_METADATA} characters.")


def _matched(draft: Draft, filters: list[Json]) -> list[Metadata]:
    if not filters:
        raise invalid("Must specify at least one DataFilter.")
    found = {e.metadata_id: e for item in filters for e in entries_of_filter(draft, item)}
    return list(found.values())


def update_metadata(draft: Draft, request: Mapping[str, Any]) -> Json:
    """updateDeveloperMetadata."""
    mask = parse_update_mask(request.get("fields"), "DeveloperMetadata")
    wanted = request.get("developerMetadata", {})
    if "metadataId" in mask:
        raise invalid("DeveloperMetadata.metadataId cannot be changed.")
    changed = []
    for entry in _matched(draft, request.get("dataFilters", [])):
        shown = entry.to_api()
        new = {**shown, **wanted} if not mask else {**shown, **_parts(wanted, mask)}
        changed.append(_metadata(draft, entry, new))
        draft.metadata[entry.metadata_id] = changed[-1]
    _check_metadata_size(draft)
    return {"updateDeveloperMetadata": {"developerMetadata": [entry.to_api() for entry in changed]}}


def _parts(wanted: Mapping[str, Any], mask: Json) -> Json:
    # A location moves as a whole: a part of one would name two places.
    parts = {name: wanted.get(name) for name in mask if name != "location"}
    if "location" in mask:
        parts["location"] = wanted.get("location", {})
    return parts


def delete_metadata(draft: Draft, request: Mapping[str, Any]) -> Json:
    """deleteDeveloperMetadata."""
    data_filter = request.get("dataFilter", {})
    gone = _matched(draft, [data_filter] if data_filter else [])
    for entry in gone:
        del draft.metadata[entry.metadata_id]
    shown = [entry.to_api() for entry in gone]
    return {"deleteDeveloperMetadata": {"deletedDeveloperMetadata": shown}}


HANDLERS = {
    "addProtectedRange": add_protected_range,
    "updateProtectedRange": update_protected_range,
    "deleteProtectedRange": delete_protected_range,
    "addNamedRange": add_named_range,
    "updateNamedRange": update_named_range,
    "deleteNamedRange": delete_named_range,
    "createDeveloperMetadata": create_metadata,
    "updateDeveloperMetadata": update_metadata,
    "deleteDeveloperMetadata": delete_metadata,
}
