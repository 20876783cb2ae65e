"""The rows that a sheet must have, a page at a time, as the store has them: what a sheet is compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from screening.ports import Transaction
from screening.review import Review
from screening.sealing import Seal
from screening.views import RecordView
from sheets.book import (
    DECISION,
    Json,
    book_cells,
    conflict_content,
    decision_content,
    import_content,
    open_decision,
    pair_content,
    record_content,
    vote_content,
)
from sheets.layout import BOOK, CONFLICTS, DUPLICATES, RECORDS, SOURCES, VOTES
from sheets.leftout import LeftOut
from sheets.rows import (
    Cells,
    conflict_cells,
    duplicate_cells,
    record_cells,
    source_cells,
    vote_cells,
)

View = TypeVar("View")

STORE_PAGE = 200


@dataclass(frozen=True, slots=True)
class StoreRow:
    """A row of the store by its ID; `cells` is None for one that cannot be built.

    An `optional` row need not stand in the sheet, but when it does it has to say this.
    """

    key: str
    cells: Cells | None
    optional: bool = False


ListAfter = Callable[[Transaction, str], list[StoreRow]]
"""Lists some rows behind an ID, none at the end."""


class Listing:
    """Lists what each tab of one review must say, in an order in which `after` can go on."""

    def __init__(self, review: Review, seal: Seal | None, left_out: LeftOut) -> None:
        self._review = review
        self._seal = seal
        self._left_out = left_out

    def of(self, tab: str, whole: bool) -> ListAfter:
        """Return what lists a tab's rows behind an ID; the book's say nothing unless `whole`.

        What is computed is written again rather than compared, so such a tab has none.
        """
        listings: dict[str, ListAfter] = {
            RECORDS: self._records,
            VOTES: self._votes,
            CONFLICTS: self._conflicts,
            DUPLICATES: self._duplicates,
            SOURCES: self._sources,
            BOOK: partial(self._book, whole),
        }
        return listings.get(tab, lambda tx, after: [])

    def _rows(
        self,
        tab: str,
        views: Iterable[View],
        key_of: Callable[[View], str],
        cells_of: Callable[[View], Cells],
    ) -> list[StoreRow]:
        """Build rows, in order of their IDs; one that cannot be built keeps none from being compared."""
        made = [self._row(tab, key_of(view), partial(cells_of, view)) for view in views]
        return sorted(made, key=lambda row: row.key)

    def _row(
        self, tab: str, key: str, build: Callable[[], Cells], optional: bool = False
    ) -> StoreRow:
        return StoreRow(key, self._left_out.built(tab, key, build), optional)

    def _records(self, tx: Transaction, after: str) -> list[StoreRow]:
        views = tx.records_after(after, STORE_PAGE)
        return self._rows(RECORDS, views, lambda v: v.record_id, record_cells)

    def _votes(self, tx: Transaction, after: str) -> list[StoreRow]:
        views = tx.vote_views(tx.vote_ids_after(after, STORE_PAGE))
        return self._rows(
            VOTES,
            views,
            lambda v: v.vote.vote_id,
            lambda v: vote_cells(v, self._review, self._seal),
        )

    def _conflicts(self, tx: Transaction, after: str) -> list[StoreRow]:
        views = tx.conflict_views(tx.conflict_ids_after(after, STORE_PAGE))
        return self._rows(
            CONFLICTS,
            views,
            lambda v: v.conflict.conflict_id,
            lambda v: conflict_cells(v, self._review),
        )

    def _duplicates(self, tx: Transaction, after: str) -> list[StoreRow]:
        views = tx.duplicate_views(tx.pair_ids_after(after, STORE_PAGE))
        return self._rows(
            DUPLICATES,
            views,
            lambda v: v.pair.pair_id,
            lambda v: duplicate_cells(v, self._review),
        )

    def _sources(self, tx: Transaction, after: str) -> list[StoreRow]:
        found = sorted((i for i in tx.imports() if i.import_id > after), key=lambda i: i.import_id)
        return self._rows(SOURCES, found[:STORE_PAGE], lambda i: i.import_id, source_cells)

    def _book(self, whole: bool, tx: Transaction, after: str) -> list[StoreRow]:
        """List the rows of the book: conflicts, pairs, imports, records with decisions, votes."""
        rows: list[StoreRow] = []
        # In the order of the letters with which their IDs begin.
        for letter, contents in (
            ("C", _conflict_contents),
            ("D", _pair_contents),
            ("I", _import_contents),
            ("R", _record_contents),
            ("V", _vote_contents),
        ):
            left = STORE_PAGE - len(rows)
            if left <= 0 or after[:1] > letter:
                continue
            for key, make, optional in contents(tx, after if after[:1] == letter else "", left):
                cells = partial(_book_cells, key, make) if whole else dict
                rows.append(self._row(BOOK, key, cells, optional))
        return rows


Contents = Iterator[tuple[str, Callable[[], Json], bool]]
"""Rows of the book: the key, what makes the content, and whether the row is optional."""


def _book_cells(key: str, make: Callable[[], Json]) -> Cells:
    return book_cells(key, make())


def _conflict_contents(tx: Transaction, after: str, limit: int) -> Contents:
    for view in tx.conflict_views(tx.conflict_ids_after(after, limit)):
        content = partial(conflict_content, view.conflict, view.thread)
        yield view.conflict.conflict_id, content, False


def _pair_contents(tx: Transaction, after: str, limit: int) -> Contents:
    for view in tx.duplicate_views(tx.pair_ids_after(after, limit)):
        yield view.pair.pair_id, partial(pair_content, view.pair), False


def _import_contents(tx: Transaction, after: str, limit: int) -> Contents:
    found = sorted((i for i in tx.imports() if i.import_id > after), key=lambda i: i.import_id)
    for imported in found[:limit]:
        yield imported.import_id, partial(import_content, imported), False


def _record_contents(tx: Transaction, after: str, limit: int) -> Contents:
    """Yield each record's decision and then the record, whose ID says where to go on."""
    views: Sequence[RecordView] = tx.records_after(after, limit)
    for view in views:
        decision = decision_content(tx, view)
        content = partial(open_decision, view) if decision is None else partial(dict, decision)
        yield DECISION + view.record_id, content, decision is None
        yield view.record_id, partial(record_content, tx, view), False


def _vote_contents(tx: Transaction, after: str, limit: int) -> Contents:
    for view in tx.vote_views(tx.vote_ids_after(after, limit)):
        yield view.vote.vote_id, partial(vote_content, view.vote), False
