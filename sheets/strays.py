"""Taking back what landed in the wrong place because rows or columns moved between reading and writing.

Bot cells of a row that was hit are simply written again. This is for the rest: text that stands in a
row without an ID, or in a column of the team's. It is taken back only where it still says exactly
what we wrote; the lead's own text is then put back from the store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sheets.compose import single
from sheets.rows import Cells, shown_text
from sheets.shape import TabShape

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stray:
    """Cells that were written at a place: index of column → text, in a row told by number or by ID.

    `whole` marks a row that was added in wrong columns: all of it goes.
    """

    tab: str
    written: Mapping[int, str]
    row: int | None = None
    key: str = ""
    whole: bool = False


def written_at(tab: TabShape, cells: Cells) -> dict[int, str]:
    """Return where a row's cells were written, by index of column, the ID left out."""
    return {
        tab.columns[name]: shown_text(value)
        for name, value in cells.items()
        if name != tab.layout.key
    }


def take_back(
    tab: TabShape,
    stray: Stray,
    row: int,
    texts: Sequence[str],
    lead: Mapping[str, str],
) -> list[Json]:
    """Return the requests that clear a stray's cells from a row, whose cells now say `texts`."""
    names = {index: name for name, index in tab.columns.items()}
    has_id = bool(_at(texts, tab.key_column))
    requests = []
    for column, written in stray.written.items():
        name = names.get(column)
        ours = name is not None and tab.layout.column(name).owner == "B"
        if ours and has_id and not stray.whole:
            continue  # the bot's cell of a row of ours: it is rewritten as a whole
        if _at(texts, column) != written:
            continue
        kept = lead.get(name, "") if name is not None and not ours else ""
        if kept != written:
            requests.append(single(tab, row, column, kept))
    return requests


def _at(texts: Sequence[str], column: int) -> str:
    return texts[column] if 0 <= column < len(texts) else ""


def places(
    strays: Iterable[Stray], row_of: Callable[[str, str], int | None]
) -> list[tuple[Stray, int]]:
    """Return each stray with the row to look at; those whose row is gone are dropped."""
    found = []
    for stray in strays:
        row = stray.row if stray.row is not None else row_of(stray.tab, stray.key)
        if row is not None:
            found.append((stray, row))
    return found
