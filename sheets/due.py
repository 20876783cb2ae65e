"""What waits to be written: outbox items become rows, votes and conflicts first, within one request's size."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeVar

from screening.ports import Transaction
from screening.review import Review
from screening.sealing import Seal
from screening.sources import Import
from screening.views import ConflictView, DuplicateView, OutboxItem, RecordView, VoteView
from sheets.book import (
    DECISION,
    REVIEW,
    Json,
    book_cells,
    conflict_content,
    decision_content,
    import_content,
    open_decision,
    pair_content,
    record_content,
    review_content,
    vote_content,
)
from sheets.edits import CARRIED, COMMENT, GIVEN
from sheets.layout import (
    BOOK,
    CONFLICTS,
    DUPLICATES,
    PRISMA,
    PROGRESS,
    RECORDS,
    SOURCES,
    TEAM,
    VOTES,
)
from sheets.leftout import LeftOut
from sheets.rows import (
    Cells,
    conflict_cells,
    cut,
    duplicate_cells,
    record_cells,
    source_cells,
    vote_cells,
)

log = logging.getLogger(__name__)

View = TypeVar("View")

Made = tuple[str, str, Cells, Mapping[str, str] | None]
"""A row as it was built: its tab, its ID, the bot's cells, the lead's."""

BYTES = 1_000_000
"""Size of one request as we count it; Google recommends at most two megabytes."""

BULK_FACTOR = 3
"""How many more records are taken at once while nobody votes: an import is carried sooner."""

LIVE_BYTES = 500_000
"""Size of one request while people vote: a bulk beside their rows must not make these wait."""

KNOWN_ROWS = 400
"""Rows rewritten in one request; each has its ID read just before."""

PIECE = 100
"""Records read from the store at once; their abstracts are what takes memory."""

DERIVED = frozenset({TEAM, PROGRESS, PRISMA})


@dataclass(frozen=True, slots=True)
class RowWrite:
    """One row to write: the bot's cells, and the lead's to restore should the row be gone.

    `seqs` are the outbox items it settles; `since` is when the first of them came to be.
    """

    tab: str
    key: str
    cells: Cells
    lead: Mapping[str, str] = field(default_factory=dict)
    seqs: tuple[int, ...] = ()
    since: datetime | None = None


@dataclass(slots=True)
class Due:
    """What one cycle writes; `settled` are items that need no writing; `more` tells that some wait."""

    rows: list[RowWrite] = field(default_factory=list)
    settled: list[int] = field(default_factory=list)
    derived: bool = False
    more: bool = False
    size: int = 0
    known: int = 0
    room: int = BYTES

    def has_room(self) -> bool:
        """Whether another row still fits into the request."""
        return self.size < self.room and self.known < KNOWN_ROWS


def size_of(cells: Mapping[str, object]) -> int:
    """Return about how many bytes a row takes as JSON; a letter beyond ASCII takes six."""
    size = 0
    for value in cells.values():
        size += 48
        if isinstance(value, str):
            plain = value.isascii()
            size += len(value) if plain else len(value) + 5 * sum(c > "\x7f" for c in value)
    return size


class Gathering:
    """Gathers the rows of one cycle from one snapshot of the store.

    `is_known(tab, key)` tells whether the sheet has the row already. A row that cannot be built is
    put among those that are left out, and the others go on.
    """

    def __init__(
        self,
        tx: Transaction,
        review: Review,
        seal: Seal | None,
        is_known: Callable[[str, str], bool],
        left_out: LeftOut,
    ) -> None:
        self._tx = tx
        self._review = review
        self._seal = seal
        self._is_known = is_known
        self._left_out = left_out
        self.due = Due()

    def all(self, limit: int = 500) -> Due:
        """Gather what waits, most urgent first."""
        self._votes(self._items([VOTES], limit))
        self._conflicts(self._items([CONFLICTS], limit))
        if self.due.rows:
            self.due.room = max(LIVE_BYTES, self.due.size + LIVE_BYTES // 2)
        for kind, take in ((DUPLICATES, self._duplicates), (SOURCES, self._sources)):
            if self.due.has_room():
                take(self._items([kind], limit))
        bulk = limit * BULK_FACTOR if limit > 100 and not self.due.rows else limit
        if self.due.has_room():
            self._records(self._items([RECORDS], bulk))
        if self.due.has_room():
            self._book(self._items([BOOK], bulk))
        figures = self._items(sorted(DERIVED), limit)
        self.due.derived = bool(figures)
        self.due.settled += [item.seq for item in figures]
        if any(row.tab == BOOK and _tells_decision(row.key) for row in self.due.rows):
            # In the same request, so that no decision stands in the sheet without its ID.
            content = review_content(self._review, self._tx.last_decision())
            self.due.rows.append(RowWrite(BOOK, REVIEW, book_cells(REVIEW, content)))
        return self.due

    def _items(self, kinds: Sequence[str], limit: int) -> list[OutboxItem]:
        items = self._tx.outbox("sheet", limit + len(self._left_out), kinds)
        items = self._left_out.others(items)[:limit]
        self.due.more |= len(items) == limit
        return items

    def _add(self, item: OutboxItem, build: Callable[[], list[Made]]) -> None:
        """Add the rows that an item asks for, all or none; it is settled by the first of them."""
        made = self._left_out.built(item.kind, item.key, build, [item.seq])
        if made is None:
            return
        if not made:
            self.due.settled.append(item.seq)
        for place, (tab, key, cells, lead) in enumerate(made):
            seqs, since = ((item.seq,), item.created_at) if place == 0 else ((), None)
            self.due.rows.append(RowWrite(tab, key, cells, lead or {}, seqs, since))
            self.due.size += size_of(cells)
            self.due.known += self._is_known(tab, key)

    def _unknown(self, items: Iterable[OutboxItem], found: Collection[str]) -> None:
        """Settle items that name nothing the store has."""
        for item in items:
            if item.key not in found:
                log.warning("the sheet was to show %s %r, which is unknown", item.kind, item.key)
                self.due.settled.append(item.seq)

    def _found(
        self, items: Sequence[OutboxItem], views: Mapping[str, View]
    ) -> Iterator[tuple[OutboxItem, View]]:
        """Yield items with what the store has of them, while there is room in this write."""
        self._unknown(items, views)
        for item in items:
            view = views.get(item.key)
            if view is None:
                continue
            if not self.due.has_room():
                self.due.more = True
                return
            yield item, view

    def _votes(self, items: Sequence[OutboxItem]) -> None:
        views = {v.vote.vote_id: v for v in self._tx.vote_views([i.key for i in items])}
        for item, view in self._found(items, views):
            self._add(item, partial(self._vote, view))

    def _vote(self, view: VoteView) -> list[Made]:
        key = view.vote.vote_id
        made: list[Made] = [(VOTES, key, vote_cells(view, self._review, self._seal), None)]
        if not self._is_known(BOOK, key):
            made.append(_book_made(key, vote_content(view.vote)))
        return made

    def _conflicts(self, items: Sequence[OutboxItem]) -> None:
        keys = [i.key for i in items]
        views = {v.conflict.conflict_id: v for v in self._tx.conflict_views(keys)}
        lead = self._tx.lead_cells(CONFLICTS, keys) if keys else {}
        for item, view in self._found(items, views):
            self._add(item, partial(self._conflict, view, lead.get(item.key)))

    def _conflict(self, view: ConflictView, lead: Mapping[str, str] | None) -> list[Made]:
        key = view.conflict.conflict_id
        return [
            (CONFLICTS, key, conflict_cells(view, self._review), _with_comment(view, lead)),
            _book_made(key, conflict_content(view.conflict, view.thread)),
        ]

    def _duplicates(self, items: Sequence[OutboxItem]) -> None:
        keys = [i.key for i in items]
        views = {v.pair.pair_id: v for v in self._tx.duplicate_views(keys)}
        lead = self._tx.lead_cells(DUPLICATES, keys) if keys else {}
        for item, view in self._found(items, views):
            self._add(item, partial(self._pair, view, lead.get(item.key)))

    def _pair(self, view: DuplicateView, lead: Mapping[str, str] | None) -> list[Made]:
        key = view.pair.pair_id
        return [
            (DUPLICATES, key, duplicate_cells(view, self._review), lead),
            _book_made(key, pair_content(view.pair)),
        ]

    def _sources(self, items: Sequence[OutboxItem]) -> None:
        if not items:
            return
        imports = {i.import_id: i for i in self._tx.imports()}
        lead = self._tx.lead_cells(SOURCES, [i.key for i in items])
        for item, imported in self._found(items, imports):
            self._add(item, partial(_source, imported, lead.get(item.key)))

    def _records(self, items: Sequence[OutboxItem]) -> None:
        for start in range(0, len(items), PIECE):
            if not self.due.has_room():
                self.due.more = True
                return
            piece = items[start : start + PIECE]
            views = {v.record_id: v for v in self._tx.records([i.key for i in piece])}
            self._unknown(piece, views)
            for item in piece:
                if item.key in views and self.due.has_room():
                    self._add(item, partial(self._record, views[item.key]))
                elif item.key in views:
                    self.due.more = True

    def _record(self, view: RecordView) -> list[Made]:
        row: Made = (RECORDS, view.record_id, record_cells(view), view.lead_cells)
        return [row, *self._decision(view)]

    def _decision(self, view: RecordView) -> list[Made]:
        key = DECISION + view.record_id
        content = decision_content(self._tx, view)
        if content is None and self._is_known(BOOK, key):
            content = open_decision(view)
        return [] if content is None else [_book_made(key, content)]

    def _book(self, items: Sequence[OutboxItem]) -> None:
        for start in range(0, len(items), PIECE):
            piece = items[start : start + PIECE]
            records = {i.key.removeprefix(DECISION) for i in piece if _names_record(i.key)}
            views = {v.record_id: v for v in self._tx.records(records)}
            for item in piece:
                if not self.due.has_room():
                    self.due.more = True
                    return
                view = views.get(item.key.removeprefix(DECISION))
                if view is None:
                    self._add(item, partial(self._book_row, item.key))
                elif item.key.startswith(DECISION):
                    self._add(item, partial(self._decision, view))
                else:
                    self._add(item, partial(self._whole_record, view))

    def _whole_record(self, view: RecordView) -> list[Made]:
        return [_book_made(view.record_id, record_content(self._tx, view))]

    def _book_row(self, key: str) -> list[Made]:
        """Make again a row of the book that belongs to something else than a record."""
        content = None
        for vote in self._tx.vote_views([key]) if key.startswith("V") else ():
            content = vote_content(vote.vote)
        for conflict in self._tx.conflict_views([key]) if key.startswith("C") else ():
            content = conflict_content(conflict.conflict, conflict.thread)
        for pair in self._tx.duplicate_views([key]) if key.startswith("D") else ():
            content = pair_content(pair.pair)
        for imported in self._tx.imports() if key.startswith("I") else ():
            content = import_content(imported) if imported.import_id == key else content
        # Members and done-marks come with the figures.
        return [] if content is None else [_book_made(key, content)]


def _with_comment(view: ConflictView, lead: Mapping[str, str] | None) -> Mapping[str, str]:
    """Return the lead's cells with the comment given in Slack, unless they wrote one in the sheet."""
    own = dict(lead or {})
    own[CARRIED + COMMENT] = own.get(COMMENT, "")
    if not (own[CARRIED + COMMENT] or own.get(GIVEN + COMMENT)):
        own[COMMENT] = cut(view.conflict.comment)
    return own


def _source(imported: Import, lead: Mapping[str, str] | None) -> list[Made]:
    key = imported.import_id
    book = _book_made(key, import_content(imported))
    return [(SOURCES, key, source_cells(imported), lead), book]


def _book_made(key: str, content: Json) -> Made:
    return BOOK, key, book_cells(key, content), None


def _tells_decision(key: str) -> bool:
    """Whether a row of the book is a decision's, a conflict's or a pair's."""
    return key.startswith((DECISION, "C", "D"))


def _names_record(key: str) -> bool:
    return key.startswith((DECISION, "R"))
