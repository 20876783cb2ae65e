"""Reading whole tabs back, in pages whose size follows from what the last one weighed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sheets.client import SheetClient
from sheets.shape import SheetShape

FIRST_PAGE = 400
MOST_ROWS = 20_000
WANTED = 1_000_000
"""Characters that a page should bring."""


def rows_of(
    client: SheetClient, shape: SheetShape, name: str, columns: Sequence[str]
) -> Iterator[list[str]]:
    """Yield a tab's rows as texts of some columns, blank rows left out; columns not there are "" ."""
    tab = shape.tabs[name]
    present = [c for c in columns if c in tab.columns]
    first, page = 1, FIRST_PAGE
    while first < tab.rows:
        end = first + page if first + page < tab.rows else None
        areas = [tab.area(first, end, tab.columns[c], tab.columns[c] + 1) for c in present]
        answer = client.read(shape.spreadsheet, areas)
        texts = {c: block[0] if block else [] for c, block in zip(present, answer, strict=True)}
        height = max((len(column) for column in texts.values()), default=0)
        for place in range(height):
            row = [_at(texts.get(c, ()), place) for c in columns]
            if any(row):
                yield row
        if end is None:
            return
        weight = sum(len(text) for column in texts.values() for text in column) or 1
        first, page = end, max(min(int(page * WANTED / weight), page * 4, MOST_ROWS), 50)


def _at(column: Sequence[str], place: int) -> str:
    return str(column[place]) if place < len(column) else ""
