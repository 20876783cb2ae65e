"""Opening a review's sheet: its shape, who owns it, where every ID stands, what had to be made."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from screening.ports import Desk, Transaction
from screening.review import Review
from sheets.book import CHUNKS, REVIEW, read_book_row
from sheets.client import SheetClient
from sheets.compose import read_back
from sheets.errors import NotOwnSheetError, OtherReviewError, RefusedError, UnsettledError
from sheets.layout import BOOK
from sheets.locate import RowIndex
from sheets.looking import read_shape
from sheets.owning import Holdings, adopt, remember
from sheets.setup import repairs, write_header
from sheets.shape import SheetShape, TabShape

Json = dict[str, Any]
Columns = list[list[str]]

GIDS = "sheet_gids"
"""Setting that holds the tabs' numbers as JSON; each also stands alone as `sheet_gid:Records` …"""

ROUNDS = 5
"""Repairs in a row: columns that are deleted or moved meanwhile need another one."""

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

    What is missing in the lead's columns may still be to be put back: those are unproven in the shape.
    Raises `NotOwnSheetError` when the sheet holds what this store does not; nothing is written then.
    Raises `UnsettledError` when it changes all the time.
    """
    with desk.store.reading(review.review_id) as tx:
        known = known_gids(tx)
    shape, indexes = examine(client, desk, review, urgent=urgent)
    made: list[str] = []
    refill: set[str] = set()
    changed, refusal = False, None
    for _ in range(ROUNDS):
        lacking = repairs(shape, review, bot)
        requests = [*adopt(desk, review, shape), *lacking.requests]
        if not requests:
            break
        changed = True
        try:
            answer = client.write(review.spreadsheet, requests, _first_rows(shape), urgent=urgent)
        except RefusedError as refused:
            refusal = refused  # a tab was renamed or a column deleted meanwhile
        else:
            made += lacking.made
            refill |= lacking.refill
            wrong = misplaced_headers(shape, lacking.headers, answer)
            if wrong:
                client.write(review.spreadsheet, wrong, urgent=urgent)
        shape = read_shape(client, review.spreadsheet, known, urgent=urgent)
    if not shape.is_sound:
        raise refusal or UnsettledError
    if changed:
        indexes = load_indexes(client, shape, shape.tabs, urgent=urgent)
    if known != gids_of(shape):
        with desk.store.writing(review.review_id) as tx:
            save_gids(tx, shape)
    return Opened(shape, indexes, tuple(dict.fromkeys(made)), frozenset(refill))


def misplaced_headers(
    shape: SheetShape, headers: Iterable[tuple[str, str, int]], answer: Mapping[str, Any]
) -> list[Json]:
    """Return the requests that take headers back that a repair wrote to columns moved meanwhile."""
    back = read_back(answer, {})
    requests: list[Json] = []
    for name, column, at in headers:
        tab = shape.tabs[name]
        marks = back.marks(tab.layout, tab.sheet_id)
        if marks is None or marks.get(column) == at:
            continue
        there = next((other for other, place in marks.items() if place == at), "")
        requests.append(write_header(tab.sheet_id, at, tab.header(there) if there else ""))
    return requests


def _first_rows(shape: SheetShape) -> list[str]:
    return [tab.header_a1() for tab in shape.tabs.values()]


def examine(
    client: SheetClient, desk: Desk, review: Review, *, urgent: bool = False
) -> tuple[SheetShape, dict[str, RowIndex]]:
    """Look at the sheet and make sure that it is this store's, or empty; nothing is written to it.

    The answer is remembered in the store. Raises `NotOwnSheetError`.
    """
    with desk.store.reading(review.review_id) as tx:
        known = known_gids(tx)
    shape = read_shape(client, review.spreadsheet, known, urgent=urgent)
    holdings = Holdings(desk, review)
    indexes = load_indexes(client, shape, shape.tabs, urgent=urgent, note=holdings.note)
    try:
        holdings.decided = _check_owner(client, shape, indexes, review, urgent)
        holdings.check(shape.marks)
    except NotOwnSheetError as refused:
        remember(desk, review, refused)
        raise
    remember(desk, review, None)
    return shape, indexes


def load_indexes(
    client: SheetClient,
    shape: SheetShape,
    names: Iterable[str],
    *,
    urgent: bool = False,
    note: Callable[[str, Sequence[str]], None] | None = None,
) -> dict[str, RowIndex]:
    """Read the ID columns of some tabs, in as few requests as their size allows.

    `note(tab, ids)` is told what was read, piece by piece. Raises `UnsettledError` when the columns
    are not where the shape has them.
    """
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
            answer = read_in_place(client, shape, areas, urgent=urgent)
            for (tab, first, _), columns in zip(batch, answer, strict=True):
                ids = columns[0] if columns else []
                indexes[tab.layout.name].load(ids, first)
                if note is not None:
                    note(tab.layout.name, ids)
            batch, rows = [], 0
        if piece is not None:
            batch.append(piece)
            rows += size
    return indexes


def read_in_place(
    client: SheetClient, shape: SheetShape, areas: Sequence[Json], *, urgent: bool = False
) -> Sequence[Columns]:
    """Read some areas; raises `UnsettledError` when the headers in the same answer are not the shape's."""
    tabs = list(shape.tabs.values())
    answer = client.read(
        shape.spreadsheet, [*areas, *(tab.header_area() for tab in tabs)], urgent=urgent
    )
    if not shape.same_headers(answer[len(areas) :]):
        raise UnsettledError
    return answer[: len(areas)]


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
) -> str:
    """Make sure that the sheet is this review's; return the last decision that it shows."""
    tab = shape.tabs.get(BOOK)
    row = indexes[BOOK].get(REVIEW) if BOOK in indexes else None
    if tab is None or row is None:
        return ""
    columns = [tab.columns[c] for c in CHUNKS if c in tab.columns]
    areas = [tab.area(row, row + 1, c, c + 1) for c in columns]
    answer = client.read(shape.spreadsheet, areas, urgent=urgent)
    content = read_book_row(c[0][0] if c and c[0] else "" for c in answer) or {}
    owner = str(content.get("review", review.review_id))
    if owner != review.review_id:
        raise OtherReviewError(review.spreadsheet, owner, review.review_id)
    return str(content.get("decided", ""))
