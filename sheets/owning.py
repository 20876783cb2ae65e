"""Whether a sheet is this store's own: what stands in it must be known here before it is written to.

Imports, votes and decisions have IDs that no other store gives. So a store that was lost, or put back from an
older backup, is told apart by what the sheet holds; the mark in the sheet tells it where a sheet
does not hold any of them yet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from screening.pairing import SHEET_IDENTITY, SHEET_REFUSED, holds_records, unnamed_reviews
from screening.ports import Desk, Transaction
from screening.review import Review
from sheets.errors import (
    ForeignSheetError,
    MadeUpRowError,
    NotOwnSheetError,
    NotWholeError,
    RenamedReviewError,
    SheetNotEmptyError,
)
from sheets.layout import BOOK, RECORDS, SOURCES, VOTES, layout_of
from sheets.locate import HashMap
from sheets.shape import METADATA_KEY, STORE_MARK, SheetShape

Json = dict[str, Any]

LEFT_BEHIND = "sheet_left_behind"
"""Setting that holds the IDs, as JSON, that a rebuild saw in the sheet and could not bring back."""

PAGE = 5_000
MOST_STRANGERS = 20_000
"""Unknown IDs that are remembered until the store is asked about them once more."""

_KINDS = tuple((name, re.compile(layout_of(name).id_pattern)) for name in (RECORDS, VOTES, SOURCES))


@dataclass(frozen=True, slots=True)
class _Issued:
    """The IDs that a store has given out."""

    next_record: int
    imports: frozenset[str]
    votes: HashMap
    left_behind: frozenset[str]

    def knows(self, kind: str, key: str) -> bool:
        if kind == RECORDS:
            known = not key[1:].isdecimal() or int(key[1:]) < self.next_record
        else:
            known = key in self.imports if kind == SOURCES else self.votes.get(key) is not None
        return known or key in self.left_behind


@dataclass(slots=True)
class Holdings:
    """What a sheet holds, noted as its IDs are read.

    `witnesses` counts the rows of `_winnow` whose IDs only one store can have given; `decided` is
    the last decision that the sheet shows; unknown IDs are kept apart, for in the visible tabs the team may have typed anything.
    """

    desk: Desk
    review: Review
    rows: int = 0
    witnesses: int = 0
    decided: str = ""
    _unknown: dict[bool, dict[str, str]] = field(default_factory=lambda: {True: {}, False: {}})
    _issued: _Issued | None = None

    def note(self, tab: str, ids: Sequence[str]) -> None:
        """Take in some IDs of a tab."""
        kinds = _KINDS if tab == BOOK else [k for k in _KINDS if k[0] == tab]
        for kind, pattern in kinds:
            found = [key for key in ids if pattern.fullmatch(key)]
            if not found:
                continue
            self.rows += len(found)
            if tab == BOOK and kind != RECORDS:
                self.witnesses += len(found)
            issued = self._issued = self._issued or self._ask()
            unknown = self._unknown[tab == BOOK]
            for key in found:
                if len(unknown) < MOST_STRANGERS and not issued.knows(kind, key):
                    unknown[key] = kind

    def check(self, marks: Iterable[str]) -> None:
        """Raise `NotOwnSheetError` unless the store knows what stands in the sheet.

        `marks` are the identities that the sheet bears. A sheet without rows is anybody's.
        """
        if not self.rows:
            return
        spreadsheet, review_id = self.review.spreadsheet, self.review.review_id
        with self.desk.store.reading(review_id) as tx:
            mine, is_empty = tx.setting(SHEET_IDENTITY), not holds_records(tx)
            knows_decision = not self.decided or tx.knows_decision(self.decided)
        if is_empty:
            unnamed = unnamed_reviews(self.desk.store, self.desk.reviews)
            if unnamed:
                raise RenamedReviewError(spreadsheet, review_id, unnamed)
            raise SheetNotEmptyError(spreadsheet, self.rows)
        is_marked = mine is not None and mine in marks
        unknown = dict(self._unknown[True])
        if not (is_marked or self.witnesses):
            unknown |= self._unknown[False]
        if unknown:
            # What was recorded, and carried by another process, while this one was reading.
            issued = self._ask()
            unknown = {k: kind for k, kind in unknown.items() if not issued.knows(kind, k)}
        if unknown:
            made_up = sorted(unknown.keys() - self._unknown[False].keys())
            if len(made_up) == len(unknown):
                raise MadeUpRowError(spreadsheet, made_up[0], unknown[made_up[0]])
            raise NotWholeError(spreadsheet, len(unknown), min(unknown))
        if not knows_decision:
            raise NotWholeError(spreadsheet, 1, self.decided, "decision")
        if marks and not (is_marked or self.witnesses):
            raise ForeignSheetError(spreadsheet)

    def _ask(self) -> _Issued:
        votes = HashMap()
        with self.desk.store.reading(self.review.review_id) as tx:
            last = ""
            while page := tx.vote_ids_after(last, PAGE):
                last = page[-1]
                for vote_id in page:
                    votes.put(vote_id, 1)
            return _Issued(
                tx.next_record_numbers(0).start,
                frozenset(each.import_id for each in tx.imports()),
                votes,
                frozenset(json.loads(tx.setting(LEFT_BEHIND) or "[]")),
            )


def adopt(desk: Desk, review: Review, shape: SheetShape) -> list[Json]:
    """Make the store's identity if it has none; return the requests that mark the sheet with it."""
    with desk.store.reading(review.review_id) as tx:
        mine = tx.setting(SHEET_IDENTITY)
    if not mine:
        with desk.store.writing(review.review_id) as tx:
            mine = tx.setting(SHEET_IDENTITY) or take_identity(tx, shape, desk.new_id("S"))
    return [] if mine in shape.marks else [_mark(mine)]


def take_identity(tx: Transaction, shape: SheetShape, fresh: str = "") -> str:
    """Give a store the identity that its sheet bears, else a fresh one, and return it."""
    mine = max(shape.marks, default=fresh)
    if mine:
        tx.set_setting(SHEET_IDENTITY, mine)
    return mine


def leave_behind(tx: Transaction, keys: Iterable[str]) -> None:
    """Let a rebuilt store know of rows that stand in the sheet and could not be brought back."""
    tx.set_setting(LEFT_BEHIND, json.dumps(sorted(keys)))
    tx.set_setting(SHEET_REFUSED, "")


def remember(desk: Desk, review: Review, refused: NotOwnSheetError | None) -> None:
    """Keep why the sheet was refused, for those who ask in Slack; None when it was not."""
    sentence = "" if refused is None else str(refused)
    with desk.store.reading(review.review_id) as tx:
        if (tx.setting(SHEET_REFUSED) or "") == sentence:
            return
    with desk.store.writing(review.review_id) as tx:
        tx.set_setting(SHEET_REFUSED, sentence)


def _mark(identity: str) -> Json:
    entry: Json = {
        "metadataKey": METADATA_KEY,
        "metadataValue": STORE_MARK + identity,
        "location": {"spreadsheet": True},
        "visibility": "DOCUMENT",
    }
    return {"createDeveloperMetadata": {"developerMetadata": entry}}
