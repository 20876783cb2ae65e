"""Opening a review's sheet: its shape, who owns it, where every ID stands, what had to be made."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from screening.ports import Desk, Transaction
from screening.review import Review
from sheets.book import CHUNKS, REVIEW, read_book_row
from sheets.client import SheetClient
from sheets.errors import OtherReviewError, SheetNotEmptyError
from sheets.layout import BOOK, RECORDS, SOURCES, VOTES
from sheets.locate import RowIndex
from sheets.setup import repairs
from sheets.shape import SheetShape, TabShape, read_shape

GIDS = "sheet_gids"
"""Setting that holds the tabs' numbers as JSON; each also stands alone as `sheet_gid:Records` …"""

IDS_AT_ONCE = 30_000
"""IDs read in one request: two megabytes of memory for a moment."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A sheet ready to be written; `refill` names tabs that lost rows or columns."""

    shape: SheetShape
    indexes: Mapping[str, RowIndex]
    made: tuple[str, ...] = ()
    refill: frozenset[str] = frozenset()


def open_sheet(
    client: SheetClient, desk: Desk, review: Review, bot: str, *, urgent: bool = False
) -> Opened:
    """Look at the sheet, make what is missing, and learn where every row is.

    Raises `SheetNotEmptyError` when the store is empty and the sheet is not, `OtherReviewError` when
    it is another review's; nothing is written then.
    """
    with desk.store.reading(review.review_id) as tx:
        known = known_gids(tx)
        store_is_empty = not tx.imports() and not tx.records_after("", 1)
    shape = read_shape(client, review.spreadsheet, known, urgent=urgent)
    indexes = load_indexes(client, shape, shape.tabs, urgent=urgent)
    _check_owner(client, shape, indexes, review, urgent)
    held = sum(len(indexes[name]) for name in (RECORDS, VOTES, SOURCES) if name in indexes)
    if store_is_empty and held:
        raise SheetNotEmptyError(review.spreadsheet, held)
    made: list[str] = []
    refill: set[str] = set()
    if not shape.complete:
        requests, made, refill = repairs(shape, review, bot)
        client.write(review.spreadsheet, requests, urgent=urgent)
        shape = read_shape(client, review.spreadsheet, known, urgent=urgent)
        indexes = load_indexes(client, shape, shape.tabs, urgent=urgent)
    if known != gids_of(shape):
        with desk.store.writing(review.review_id) as tx:
            save_gids(tx, shape)
    return Opened(shape, indexes, tuple(made), frozenset(refill))


def load_indexes(
    client: SheetClient,
    shape: SheetShape,
    names: Iterable[str],
    *,
    urgent: bool = False,
) -> dict[str, RowIndex]:
    """Read the ID columns of some tabs, in as few requests as their size allows."""
    indexes: dict[str, RowIndex] = {}
    waiting: list[tuple[TabShape, int, int | None]] = []
    for name in names:
        tab = shape.tabs[name]
        if tab.layout.key not in tab.columns:
            continue
        indexes[name] = RowIndex()
        firsts = range(1, max(tab.rows, 2), IDS_AT_ONCE)
        waiting += [(tab, f, f + IDS_AT_ONCE) for f in firsts[:-1]]
        waiting.append((tab, firsts[-1], None))
    batch: list[tuple[TabShape, int, int | None]] = []
    rows = 0
    for piece in (*waiting, None):
        size = 0 if piece is None else (piece[2] or piece[0].rows) - piece[1]
        if batch and (piece is None or rows + size > IDS_AT_ONCE):
            areas = [t.area(f, e, t.key_column, t.key_column + 1) for t, f, e in batch]
            answer = client.read(shape.spreadsheet, areas, urgent=urgent)
            for (tab, first, _), columns in zip(batch, answer, strict=True):
                indexes[tab.layout.name].load(columns[0] if columns else [], first)
            batch, rows = [], 0
        if piece is not None:
            batch.append(piece)
            rows += size
    return indexes


def known_gids(tx: Transaction) -> dict[str, int]:
    """Return the tabs' numbers as the store last saw them."""
    return {str(k): int(v) for k, v in json.loads(tx.setting(GIDS) or "{}").items()}


def gids_of(shape: SheetShape) -> dict[str, int]:
    """Return the tabs' numbers as they are."""
    return {name: tab.sheet_id for name, tab in shape.tabs.items()}


def save_gids(tx: Transaction, shape: SheetShape) -> None:
    """Remember the tabs' numbers, for links into the sheet."""
    gids = gids_of(shape)
    tx.set_setting(GIDS, json.dumps(gids))
    for name, sheet_id in gids.items():
        tx.set_setting(f"sheet_gid:{name}", str(sheet_id))


def _check_owner(
    client: SheetClient,
    shape: SheetShape,
    indexes: Mapping[str, RowIndex],
    review: Review,
    urgent: bool,
) -> None:
    tab = shape.tabs.get(BOOK)
    row = indexes[BOOK].get(REVIEW) if BOOK in indexes else None
    if tab is None or row is None:
        return
    columns = [tab.columns[c] for c in CHUNKS if c in tab.columns]
    areas = [tab.area(row, row + 1, c, c + 1) for c in columns]
    answer = client.read(shape.spreadsheet, areas, urgent=urgent)
    content = read_book_row(c[0][0] if c and c[0] else "" for c in answer) or {}
    owner = str(content.get("review", review.review_id))
    if owner != review.review_id:
        raise OtherReviewError(review.spreadsheet, owner, review.review_id)
