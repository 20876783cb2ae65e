"""Which rows a basic filter hides."""

from __future__ import annotations

from playground.google.cells import formatted
from playground.google.content import Pages
from playground.google.tabs import Tab
from playground.google.validation import Judge


def hidden_rows(pages: Pages, tab: Tab, year: int) -> set[int]:
    """The rows that the tab's filter hides; its first row, the header, always shows."""
    stored = tab.basic_filter
    if stored is None:
        return set()
    area = pages.area_of(stored.get("range", {}), "filter.range")
    judge = Judge(pages, year)
    hidden: set[int] = set()
    for spec in stored.get("filterSpecs", ()):
        criteria = spec.get("filterCriteria", {})
        column = spec.get("columnIndex", 0)
        unwanted = set(criteria.get("hiddenValues", ()))
        condition = criteria.get("condition")
        for row in range(area.top + 1, min(area.bottom, tab.grid.filled)):
            value = tab.grid.value(row, column)
            shown = formatted(value, tab.grid.mark(row, column))
            if shown in unwanted or (condition and not judge.accepts(condition, value, shown)):
                hidden.add(row)
    return hidden
