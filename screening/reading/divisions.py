"""Tells from a table's headings and first rows how its writer divides authors in a cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from screening.reading.author_lists import Division
from screening.reading.headers import plain_heading
from screening.reading.slots import FieldTable

_ROWS_LOOKED_AT = 200
_SHARE = 5
# Springer writes names one after the other without anything between them.
_SPRINGER = frozenset({"itemtitle", "itemdoi", "contenttype", "authors"})
# SciELO writes "Family, Given, Family, Given".
_SCIELO = frozenset({"id", "title", "authors", "source", "journal", "languages", "fulltexturl"})
Row = tuple[int, list[str]]


def division_of(
    header: Sequence[str], table: FieldTable, rows: Iterable[Row]
) -> tuple[Division, Iterator[Row]]:
    """Give how authors are divided, and all the rows, the ones looked at among them."""
    rows = iter(rows)
    headings = {plain_heading(cell) for cell in header}
    if headings >= _SPRINGER:
        return "none", rows
    if headings >= _SCIELO and "abstract" not in headings:
        return "pairs", rows
    first = list(islice(rows, _ROWS_LOOKED_AT))
    places = [int(tag) for tags in table.get("authors", ()) for tag in tags.split("+")]
    cells = [
        cells[place] for _, cells in first for place in places[:1] if place < len(cells) and cells
    ]
    return _told_by([cell for cell in cells if cell.strip()]), chain(first, rows)


def _told_by(cells: list[str]) -> Division:
    """Tell how authors are divided from cells that leave no doubt."""
    if sum(1 for cell in cells if ";" in cell) * _SHARE >= len(cells) > 0:
        return "semicolons"
    lists = [[piece.split() for piece in cell.split(",")] for cell in cells if "," in cell]
    full = sum(1 for pieces in lists if len(pieces) % 2 and all(len(words) > 1 for words in pieces))
    single = any(len(words) == 1 for pieces in lists for words in pieces)
    return "full names" if full and not single else "unknown"
