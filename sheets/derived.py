"""Rows that are computed rather than recorded: Team, Progress, PRISMA, and the book's own pages.

They follow from everything, so nobody enqueues them: they are computed on a beat when anything was
carried, and only rows that say something new are written. The slow beat forgets what was written: then
all are, with every day of Progress, so that edits and late changes of an older day are put right.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from screening.gestures.overview import prisma_in
from screening.ports import Transaction
from screening.review import Review
from sheets.book import (
    DONE,
    MEMBER,
    REVIEW,
    book_cells,
    done_content,
    member_content,
    review_content,
)
from sheets.due import RowWrite
from sheets.layout import BOOK, PRISMA, PROGRESS, TEAM
from sheets.leftout import LeftOut
from sheets.rows import Cells, day_cells, prisma_rows, shown_text, team_rows

JOBS = ("hand_out", "digest", "prisma", "reminder")
"""Kinds of done-marks that a rebuilt store needs, lest it posts again what was posted."""

MARKS_KEPT = timedelta(days=40)
RECENT_DAYS = 3
"""Days that are computed again between two slow beats."""


Figures = Callable[[Transaction, datetime], Iterator[tuple[str, Cells]]]


def checksum(cells: Cells) -> int:
    """Return a checksum of what a row says."""
    return zlib.crc32("\x1f".join(shown_text(v) for v in cells.values()).encode())


class Derived:
    """Remembers what the computed rows of one review last said."""

    def __init__(self, review: Review, left_out: LeftOut) -> None:
        self._review = review
        self._left_out = left_out
        self._last: dict[tuple[str, str], int] = {}
        self._offered: dict[tuple[str, str], int] = {}

    def forget(self, tab: str | None = None) -> None:
        """Write every row again, of one tab or of all."""
        self._last = {k: v for k, v in self._last.items() if tab not in (None, k[0])}

    def forget_row(self, tab: str, key: str) -> None:
        """Write one row again."""
        self._last.pop((tab, key), None)

    def rows(self, tx: Transaction, now: datetime) -> list[RowWrite]:
        """Return the rows that say something else than when they were last written."""
        found: list[RowWrite] = []
        self._offered = {}
        for tab, key, cells in self._all(tx, now):
            said = checksum(cells)
            if self._last.get((tab, key)) != said:
                self._offered[tab, key] = said
                found.append(RowWrite(tab, key, cells))
        return found

    def written(self, is_written: Callable[[str, str], bool]) -> None:
        """Remember those of the last rows that were written."""
        self._last |= {place: said for place, said in self._offered.items() if is_written(*place)}
        self._offered = {}

    def _all(self, tx: Transaction, now: datetime) -> Iterator[tuple[str, str, Cells]]:
        for tab, rows in (
            (TEAM, self._team),
            (PRISMA, self._prisma),
            (PROGRESS, self._days),
            (BOOK, self._book),
        ):
            made = self._left_out.built(tab, "figures", partial(_listed, rows, tx, now))
            for key, cells in made or ():
                yield tab, key, cells

    def _team(self, tx: Transaction, now: datetime) -> Iterator[tuple[str, Cells]]:
        yield from team_rows(self._review, tx.member_figures(), tx.agreement()).items()

    def _prisma(self, tx: Transaction, now: datetime) -> Iterator[tuple[str, Cells]]:
        yield from prisma_rows(prisma_in(tx, self._review)).items()

    def _book(self, tx: Transaction, now: datetime) -> Iterator[tuple[str, Cells]]:
        yield REVIEW, book_cells(REVIEW, review_content(self._review, tx.last_decision()))
        for member in self._review.members:
            key = MEMBER + member.member_id
            yield key, book_cells(key, member_content(member))
        for kind in JOBS:
            marks = tx.done_marks(kind, now - MARKS_KEPT)
            if marks:
                key = DONE + kind
                yield key, book_cells(key, done_content(marks))

    def _days(self, tx: Transaction, now: datetime) -> Iterator[tuple[str, Cells]]:
        zone = self._review.timezone
        work = tx.days_of_work(zone.key)
        if work is None:
            return
        today = now.astimezone(zone).date()
        first = min(work[0], today)
        if any(tab == PROGRESS for tab, _ in self._last):
            first = max(first, today - timedelta(days=RECENT_DAYS))
        for figures in tx.day_figures(first, today, zone.key):
            yield figures.day.isoformat(), day_cells(figures, self._review)


def _listed(make: Figures, tx: Transaction, now: datetime) -> list[tuple[str, Cells]]:
    return list(make(tx, now))
