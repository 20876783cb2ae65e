"""Inserting, deleting and moving rows and columns, with everything that is tied to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from playground.google.a1 import Span
from playground.google.content import Area, Draft, span_of
from playground.google.errors import PROTECTED, invalid
from playground.google.protection import check_area, closed_to, whole_tab
from playground.google.tabs import LISTS, Dimension, Json, Tab, map_grid_ranges

# Where an index goes; None when its row or column is deleted.
Place = Callable[[int], int | None]
# Where a half-open span goes; None when nothing is left of it.
Stretch = Callable[[int, int | None], tuple[int, int | None] | None]


@dataclass(frozen=True, slots=True)
class Change:
    """What an operation does to single indexes and to spans."""

    place: Place
    stretch: Stretch


def inserted(at: int, count: int) -> Change:
    """New rows or columns before index `at`."""

    def place(index: int) -> int:
        return index + count if index >= at else index

    def stretch(start: int, end: int | None) -> tuple[int, int | None]:
        return place(start), end if end is None or end <= at else end + count

    return Change(place, stretch)


def deleted(first: int, last: int) -> Change:
    """Rows or columns from `first` to before `last` are gone."""
    count = last - first

    def place(index: int) -> int | None:
        if first <= index < last:
            return None
        return index - count if index >= last else index

    def stretch(start: int, end: int | None) -> tuple[int, int | None] | None:
        new_start = start if start < first else max(first, start - count)
        if end is None:
            return new_start, None
        new_end = end if end <= first else max(first, end - count)
        return (new_start, new_end) if new_end > new_start else None

    return Change(place, stretch)


def moved(first: int, last: int, target: int) -> Change:
    """Rows or columns from `first` to before `last` now stand before what `target` was."""
    count = last - first
    landing = target if target <= first else target - count

    def place(index: int) -> int:
        if first <= index < last:
            return landing + index - first
        gap = index - count if index >= last else index
        return gap + count if gap >= landing else gap

    def stretch(start: int, end: int | None) -> tuple[int, int | None]:
        if end is None:
            return start, None
        if first <= start and end <= last:
            return place(start), place(end - 1) + 1
        if start <= first and last <= end:
            # The block leaves a wider range, or moves within it.
            inside = start <= target <= end
            if inside:
                return start, end
            shift = count if target < start else 0
            return start + shift, end - count + shift
        # The range lies outside the block or shares a part of it: its own ends follow.
        kept_start = start if not first <= start < last else last
        kept_end = end if not first < end <= last else first
        return place(kept_start), place(kept_end - 1) + 1

    return Change(place, stretch)


def insert(
    draft: Draft, sheet_id: int, dimension: Dimension, at: int, count: int, inherit: bool
) -> None:
    """Insert rows or columns; `inherit` takes looks and rules from before, else from after."""
    tab = draft.edit(sheet_id)
    size = tab.count(dimension)
    if not 0 <= at <= size:
        raise invalid(f"Cannot insert {_noun(dimension)} at index {at}: the sheet has only {size}.")
    if count < 1:
        raise invalid("range.endIndex must be greater than range.startIndex.")
    if inherit and at == 0:
        raise invalid("inheritFromBefore cannot be true when inserting at the start of the sheet.")
    _check_sheet_open(draft, tab)
    source = at - 1 if inherit else at
    _apply(draft, tab, dimension, inserted(at, count))
    # A neighbour's look and its validation rule spread to the new cells (InsertDimensionRequest).
    if dimension == "ROWS":
        marks = tab.grid.marks[source] if source < len(tab.grid.marks) else None
        spread = {c: _without_note(mark) for c, mark in (marks or {}).items()}
        tab.grid.insert_rows(at, count, {c: mark for c, mark in spread.items() if mark} or None)
        if at < tab.frozen_rows:
            tab.frozen_rows += count
    else:
        tab.grid.insert_columns(at, count, source if source < size else None)
        if at < tab.frozen_columns:
            tab.frozen_columns += count
    _spread_properties(tab, dimension, at, count, at - 1 if inherit else at + count)
    draft.check_cells()


def _check_sheet_open(draft: Draft, tab: Tab) -> None:
    """Refuse a change of shape of a sheet that is protected as a whole from the draft's editor.

    A protected range does not keep rows from being inserted beside or within it.
    """
    for protected in closed_to(tab, whole_tab(tab), draft.editor):
        if span_of(protected.get("range", {})) == Span():
            raise invalid(PROTECTED)


def _without_note(mark: Mapping[str, Any]) -> Json:
    return {name: mark[name] for name in ("userEnteredFormat", "dataValidation") if name in mark}


def _spread_properties(tab: Tab, dimension: Dimension, at: int, count: int, source: int) -> None:
    stored = tab.dimension_properties(dimension)
    look = {name: item for name, item in stored.get(source, {}).items() if name == "pixelSize"}
    if look:
        stored.update(dict.fromkeys(range(at, at + count), look))


def append(draft: Draft, sheet_id: int, dimension: Dimension, count: int) -> None:
    """Add rows or columns after the last one; they are plain."""
    if count < 1:
        raise invalid("length must be positive.")
    tab = draft.edit(sheet_id)
    _check_sheet_open(draft, tab)
    if dimension == "ROWS":
        tab.grid.row_count += count
    else:
        tab.grid.column_count += count
    draft.check_cells()


def delete(draft: Draft, sheet_id: int, dimension: Dimension, first: int, last: int) -> None:
    """Delete rows or columns with all that is tied to them alone."""
    tab = draft.edit(sheet_id)
    _check_span(tab, dimension, first, last, "delete")
    frozen = tab.frozen_rows if dimension == "ROWS" else tab.frozen_columns
    if last - first >= tab.count(dimension):
        raise invalid(f"You can't delete all the {_noun(dimension)} on the sheet.")
    if first <= frozen and last >= tab.count(dimension):
        # A sheet keeps at least one row (column) that is not frozen.
        raise invalid(f"Sorry, it is not possible to delete all non-frozen {_noun(dimension)}.")
    check_area(draft, _band(tab, dimension, first, last))
    _apply(draft, tab, dimension, deleted(first, last))
    lost = max(0, min(last, frozen) - first)
    if dimension == "ROWS":
        tab.grid.delete_rows(first, last)
        tab.frozen_rows -= lost
    else:
        tab.grid.delete_columns(first, last)
        tab.frozen_columns -= lost


def move(
    draft: Draft, sheet_id: int, dimension: Dimension, first: int, last: int, target: int
) -> None:
    """Move rows or columns to before `target`, counted before the move."""
    tab = draft.edit(sheet_id)
    _check_span(tab, dimension, first, last, "move")
    if not 0 <= target <= tab.count(dimension):
        raise invalid(f"destinationIndex[{target}] is outside the grid.")
    if first < target < last:
        raise invalid("The destinationIndex must not be inside the source range.")
    check_area(draft, _band(tab, dimension, first, last))
    if first <= target <= last:
        return
    _apply(draft, tab, dimension, moved(first, last, target))
    if dimension == "ROWS":
        tab.grid.move_rows(first, last, target)
    else:
        tab.grid.move_columns(first, last, target)


def _check_span(tab: Tab, dimension: Dimension, first: int, last: int, verb: str) -> None:
    size = tab.count(dimension)
    one = _noun(dimension)[:-1]
    if last <= first or first < 0:
        raise invalid("range.endIndex must be greater than range.startIndex.")
    if first >= size or last > size:
        wrong = first if first >= size else last - 1
        raise invalid(
            f"Cannot {verb} a {one} that doesn't exist. Tried to {verb} {one} index {wrong} but "
            f"there are only {size} {one}s."
        )


def _band(tab: Tab, dimension: Dimension, first: int, last: int) -> Area:
    if dimension == "ROWS":
        return Area(tab, first, last, 0, tab.grid.column_count)
    return Area(tab, 0, tab.grid.row_count, first, last)


def _noun(dimension: Dimension) -> str:
    return "rows" if dimension == "ROWS" else "columns"


def _apply(draft: Draft, tab: Tab, dimension: Dimension, change: Change) -> None:
    """Carry everything that names rows or columns of the tab to its new place."""
    stored = tab.dimension_properties(dimension)
    if stored:
        places = {change.place(index): item for index, item in stored.items()}
        stored.clear()
        stored.update({place: item for place, item in places.items() if place is not None})
    location = "ROW" if dimension == "ROWS" else "COLUMN"
    for entry in tuple(draft.metadata.values()):
        if entry.sheet_id == tab.sheet_id and entry.location_type == location:
            place = change.place(entry.place or 0)
            if place is None:
                # "If the associated object is deleted then its metadata is deleted too."
                del draft.metadata[entry.metadata_id]
            else:
                draft.metadata[entry.metadata_id] = replace(entry, place=place)
    _carry_ranges(draft, tab, dimension, change)


def _carry_filter(stored: Json | None, change: Change) -> Json | None:
    """A filter whose columns are counted from the sheet's first one, after columns moved."""
    if stored is None:
        return None
    result = dict(stored)
    for name, index in (("filterSpecs", "columnIndex"), ("sortSpecs", "dimensionIndex")):
        specs = [
            {**spec, index: place}
            for spec in stored.get(name, ())
            if (place := change.place(spec.get(index, 0))) is not None
        ]
        if name in stored:
            result[name] = specs
    return result


def _carry_ranges(draft: Draft, tab: Tab, dimension: Dimension, change: Change) -> None:
    start, end = (
        ("startRowIndex", "endRowIndex")
        if dimension == "ROWS"
        else ("startColumnIndex", "endColumnIndex")
    )

    def carried(grid_range: Mapping[str, Any]) -> Json | None:
        if start not in grid_range and end not in grid_range:
            return dict(grid_range)
        span = change.stretch(grid_range.get(start, 0), grid_range.get(end))
        if span is None:
            return None
        result = dict(grid_range)
        if start in grid_range or span[0]:
            result[start] = span[0]
        if span[1] is not None:
            result[end] = span[1]
        return result

    def all_carried(items: tuple[Json, ...] | list[Json]) -> list[Json]:
        mapped = [map_grid_ranges(item, tab.sheet_id, carried) for item in items]
        return [item for item in mapped if item is not None]

    for kind in LISTS:
        if tab.lists.get(kind) and kind != "charts":
            tab.lists[kind] = tuple(all_carried(tab.lists[kind]))
    if tab.basic_filter is not None:
        kept = map_grid_ranges(tab.basic_filter, tab.sheet_id, carried)
        tab.basic_filter = kept if dimension == "ROWS" else _carry_filter(kept, change)
    draft.named_ranges[:] = all_carried(draft.named_ranges)
    # Charts may show ranges of any tab; a chart stays when its source is gone.
    for other in tuple(draft.tabs):
        if other.listed("charts"):
            charts = tuple(
                map_grid_ranges(chart, tab.sheet_id, carried) or chart
                for chart in other.listed("charts")
            )
            draft.edit(other.sheet_id).lists["charts"] = charts
