"""Taking back what landed in the wrong place because rows or columns moved between reading and writing.

Bot cells of a row that was hit are simply written again. This is for the rest: text that stands in a
row without an ID, in a column of the team's, or where the ID stood. It is taken back only where it
still says exactly what we wrote; the lead's own text is then put back from the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from screening.ports import Desk
from sheets.client import SheetClient
from sheets.compose import read_back, single
from sheets.errors import UnsettledError
from sheets.locate import RowIndex
from sheets.rows import Cells, lead_texts, shown_text
from sheets.shape import SheetShape, TabShape

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stray:
    """Cells written to a row by mistake: index of column → text.

    `row` is the row that was written to, `key` the ID that it was taken for. `added` marks a row that
    we added ourselves: nothing in it is the lead's. `blank` marks a row that proved to have no ID.
    """

    tab: str
    key: str
    row: int
    written: Mapping[int, str]
    added: bool = False
    blank: bool = False


def written_at(tab: TabShape, cells: Cells) -> dict[int, str]:
    """Return where a row's cells were written, by index of column, the ID left out."""
    return {
        tab.columns[name]: shown_text(value)
        for name, value in cells.items()
        if name != tab.layout.key
    }


def mend(
    client: SheetClient,
    desk: Desk,
    review_id: str,
    shape: SheetShape,
    indexes: Mapping[str, RowIndex],
    strays: Iterable[Stray],
) -> set[str]:
    """Take back what is still there; return the tabs that were mended. One read, one write at most."""
    placed: list[tuple[Stray, int]] = []
    for stray in strays:
        if stray.tab in shape.tabs:
            by_row = stray.added or stray.blank
            known = (
                None if by_row or stray.tab not in indexes else indexes[stray.tab].get(stray.key)
            )
            placed.append((stray, stray.row if known is None else known))
    placed = [(s, row) for s, row in placed if row < shape.tabs[s.tab].rows]
    if not placed:
        return set()
    areas = [shape.tabs[s.tab].area(row, row + 1, 0, None) for s, row in placed]
    answer = client.read(shape.spreadsheet, areas, urgent=True)
    requests: list[Json] = []
    mended: set[str] = set()
    for (stray, row), columns in zip(placed, answer, strict=True):
        texts = [c[0] if c else "" for c in columns]
        with desk.store.reading(review_id) as tx:
            lead = lead_texts(tx.lead_cells(stray.tab, [stray.key]).get(stray.key, {}))
        found = take_back(shape.tabs[stray.tab], stray, row, texts, lead)
        if found:
            requests += found
            mended.add(stray.tab)
    if requests:
        hit = [shape.tabs[name] for name in sorted(mended)]
        ranges = [tab.header_a1() for tab in hit]
        back = read_back(client.write(shape.spreadsheet, requests, ranges, urgent=True), {})
        if any(back.shows_moved(tab) for tab in hit):
            raise UnsettledError
    return mended


def take_back(
    tab: TabShape, stray: Stray, row: int, texts: Sequence[str], lead: Mapping[str, str]
) -> list[Json]:
    """Return the requests that take a stray's cells out of a row, whose cells now say `texts`."""
    names = {index: name for name, index in tab.columns.items()}
    key_column = tab.columns.get(tab.layout.key)
    stands = "" if key_column is None else _at(texts, key_column)
    if stray.added and stands != stray.key:
        lead = {}
    requests: list[Json] = []
    is_ours = bool(stands) and (not stray.added or stands == stray.key)
    if key_column is None:
        pass  # the column of the IDs was deleted: the row is the one that we wrote to
    elif not stray.added and stands != stray.key and _hit_whole(stray, texts):
        if stray.written.get(key_column) == stands and stands:
            # The row's own ID was written over: it is the only thing that tells whose row it is.
            requests.append(single(tab, row, key_column, stray.key))
            is_ours = True
        else:
            lead = {}
    for column, written in stray.written.items():
        name = names.get(column)
        is_bots = name is not None and tab.layout.column(name).owner == "B"
        if (is_bots and is_ours) or _at(texts, column) != written:
            continue  # the bot's cell of a row of ours is rewritten as a whole
        kept = lead.get(name, "") if name is not None and not is_bots else ""
        if kept != written:
            requests.append(single(tab, row, column, kept))
    return requests


def _hit_whole(stray: Stray, texts: Sequence[str]) -> bool:
    """Whether a row still says all that we wrote to it."""
    return all(_at(texts, column) == text for column, text in stray.written.items())


def _at(texts: Sequence[str], column: int) -> str:
    return texts[column] if 0 <= column < len(texts) else ""
