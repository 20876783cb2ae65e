"""Protected ranges: who may change which cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from playground.google.content import Area, Draft, Editor, span_of
from playground.google.errors import PROTECTED, invalid
from playground.google.tabs import Json, Tab


def may_edit_range(protected: Mapping[str, Any], editor: Editor) -> bool:
    """Whether someone may edit inside a protected range.

    The spreadsheet's owner always may (support.google.com, "Protect, hide and edit sheets").
    """
    if protected.get("warningOnly") or editor.owner:
        return True
    return editor.email in protected.get("editors", {}).get("users", ())


def closed_to(tab: Tab, area: Area, editor: Editor) -> Iterator[Json]:
    """The protected ranges that keep someone from editing an area."""
    for protected in tab.listed("protectedRanges"):
        if not may_edit_range(protected, editor) and _touches(protected, area):
            yield protected


def warned_of(tab: Tab, area: Area) -> Iterator[Json]:
    """The ranges that ask a person to confirm an edit of an area."""
    for protected in tab.listed("protectedRanges"):
        if protected.get("warningOnly") and _touches(protected, area):
            yield protected


def check_area(draft: Draft, area: Area) -> None:
    """Refuse an edit of an area that is protected from the draft's editor."""
    for _ in closed_to(area.tab, area, draft.editor):
        raise invalid(PROTECTED)


def whole_tab(tab: Tab) -> Area:
    """Every cell of a tab."""
    return Area(tab, 0, tab.grid.row_count, 0, tab.grid.column_count)


def _touches(protected: Mapping[str, Any], area: Area) -> bool:
    if not _overlap(protected.get("range", {}), area):
        return False
    # Within a protected sheet, listed ranges stay open (ProtectedRange.unprotectedRanges).
    return not any(
        _covers(open_range, area) for open_range in protected.get("unprotectedRanges", ())
    )


def _overlap(grid_range: Mapping[str, Any], area: Area) -> bool:
    span = span_of(grid_range)
    return (
        (span.top or 0) < area.bottom
        and (span.bottom is None or area.top < span.bottom)
        and (span.left or 0) < area.right
        and (span.right is None or area.left < span.right)
    )


def _covers(grid_range: Mapping[str, Any], area: Area) -> bool:
    span = span_of(grid_range)
    return (
        (span.top or 0) <= area.top
        and (span.bottom is None or area.bottom <= span.bottom)
        and (span.left or 0) <= area.left
        and (span.right is None or area.right <= span.right)
    )
