"""Putting the lead's texts back, from the store, into a column that had been deleted or emptied whole.

What is missing in such a column is no edit. Its mark says so until the texts stand there again: only
then is the column read for edits. What the lead wrote meanwhile is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from screening.ports import Desk
from sheets.client import SheetClient
from sheets.compose import key_spans, read_back, single
from sheets.opening import read_in_place
from sheets.rows import lead_texts
from sheets.setup import change_mark
from sheets.shape import SheetShape, TabShape
from sheets.strays import Stray

Json = dict[str, Any]

PAGE = 5_000
"""Rows read at once."""

AT_ONCE = 400
"""Cells written at once; the IDs of their rows are read back."""

KEYS = 500


@dataclass(frozen=True, slots=True)
class _Gap:
    """A cell that is to say again what the store knows."""

    row: int
    key: str
    column: str
    text: str


def fill(client: SheetClient, desk: Desk, review_id: str, shape: SheetShape) -> list[Stray]:
    """Fill the unproven columns of all tabs and prove their marks.

    Returns what landed in a wrong place because somebody moved rows or columns meanwhile; the marks
    of that tab stay unproven then. Raises `SheetError`.
    """
    strays: list[Stray] = []
    proofs: list[Json] = []
    for tab in shape.tabs.values():
        columns = [name for name in tab.layout.lead_columns if name in tab.unproven]
        found = _fill_tab(client, desk, review_id, shape, tab, columns) if columns else []
        strays += found
        if not found:
            proofs += [change_mark(tab.layout, name, tab.marks[name]) for name in columns]
    if proofs:
        client.write(shape.spreadsheet, proofs, urgent=True)
    return strays


def _fill_tab(
    client: SheetClient,
    desk: Desk,
    review_id: str,
    shape: SheetShape,
    tab: TabShape,
    columns: Sequence[str],
) -> list[Stray]:
    gaps = [
        gap
        for first in range(1, max(tab.rows, 2), PAGE)
        for gap in _gaps(client, desk, review_id, shape, tab, columns, first)
    ]
    for start in range(0, len(gaps), AT_ONCE):
        strays = _write(client, shape, tab, gaps[start : start + AT_ONCE])
        if strays:
            return strays
    return []


def _gaps(
    client: SheetClient,
    desk: Desk,
    review_id: str,
    shape: SheetShape,
    tab: TabShape,
    columns: Sequence[str],
    first: int,
) -> Iterator[_Gap]:
    """Yield the empty cells of a page whose text the store knows."""
    end = first + PAGE if first + PAGE < tab.rows else None
    indexes = [tab.key_column, *(tab.columns[name] for name in columns)]
    answer = read_in_place(
        client, shape, [tab.area(first, end, i, i + 1) for i in indexes], urgent=True
    )
    ids, *cells = [block[0] if block else [] for block in answer]
    rows = {key: row for row, key in reversed(list(enumerate(ids, first))) if key}
    keys = sorted(rows, key=rows.__getitem__)
    for start in range(0, len(keys), KEYS):
        piece = keys[start : start + KEYS]
        with desk.store.reading(review_id) as tx:
            known = tx.lead_cells(tab.layout.name, piece)
        for key in piece:
            texts = lead_texts(known.get(key, {}))
            for name, shown in zip(columns, cells, strict=True):
                place = rows[key] - first
                if texts.get(name) and not (place < len(shown) and shown[place]):
                    yield _Gap(rows[key], key, name, texts[name])


def _write(
    client: SheetClient, shape: SheetShape, tab: TabShape, gaps: Sequence[_Gap]
) -> list[Stray]:
    """Write some cells; return those that hit another row or column than was meant."""
    column = tab.key_column
    spans = key_spans(gap.row for gap in gaps)
    ranges = [tab.a1(first, end, column, column + 1) for first, end in spans]
    requests = [single(tab, g.row, tab.columns[g.column], g.text) for g in gaps]
    answer = client.write(shape.spreadsheet, requests, [tab.header_a1(), *ranges], urgent=True)
    back = read_back(answer, {tab.sheet_id: column})
    moved = back.shows_moved(tab)
    return [
        Stray(tab.layout.name, g.key, g.row, {tab.columns[g.column]: g.text}, blank=not moved)
        for g in gaps
        if moved or back.keys.get((tab.sheet_id, g.row), "") != g.key
    ]
