"""What the writer knows of one sheet between cycles: its shape, where IDs stand, what is in doubt."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace

from screening.ports import Desk
from screening.review import Review
from screening.sealing import Seal
from sheets.claims import Claims
from sheets.client import SheetClient
from sheets.errors import UnsettledError
from sheets.filling import fill
from sheets.locate import RowIndex
from sheets.looking import read_shape
from sheets.opening import Opened, known_gids, load_indexes, open_sheet
from sheets.plan import GROWTH, TabPlan, Verdict
from sheets.shape import SheetShape
from sheets.strays import Stray, mend, written_at
from sheets.watch import Watch

log = logging.getLogger(__name__)

TRIES = 3
"""Openings in a row, while somebody changes columns or tabs all the time."""


class SheetState:
    """Knows one sheet; everything in it can be learnt again by looking.

    `stale` names tabs whose IDs may stand elsewhere by now; `strays` what our last write may have
    put in the wrong place.
    """

    def __init__(
        self,
        client: SheetClient,
        desk: Desk,
        review: Review,
        seal: Seal | None,
        bot: str,
        watch: Watch,
    ) -> None:
        self._claims = Claims(client, desk, review, seal)
        self._client = client
        self._desk = desk
        self._review = review
        self._bot = bot
        self._watch = watch
        self._shape: SheetShape | None = None
        self.indexes: dict[str, RowIndex] = {}
        self.grids: dict[str, int] = {}
        self.stale: set[str] = set()
        self.strays: list[Stray] = []
        self._unclear: list[Stray] = []
        self._unclear_shape: SheetShape | None = None

    @property
    def is_open(self) -> bool:
        """Whether the sheet was looked at, and nothing since made us doubt its shape."""
        return self._shape is not None

    @property
    def in_doubt(self) -> bool:
        """Whether something must be looked at before anything else is done."""
        return self._shape is None or bool(self.stale or self.strays)

    @property
    def shape(self) -> SheetShape:
        """The sheet's shape; it must be open."""
        if self._shape is None:
            raise RuntimeError(f"the sheet of {self._review.review_id} is not open")
        return self._shape

    def open(self, *, urgent: bool = False) -> Opened:
        """Look at all of the sheet, and make what is missing. Raises `SheetError`."""
        for _ in range(TRIES - 1):
            try:
                return self._open(urgent)
            except UnsettledError:
                self._shape, urgent = None, True
        return self._open(urgent)

    def _open(self, urgent: bool) -> Opened:
        self._shape = None
        self._mend_before_repairs()
        opened = open_sheet(self._client, self._desk, self._review, self._bot, urgent=urgent)
        self.indexes = dict(opened.indexes)
        mended = self._take_back(opened.shape)  # noted by a fill that went astray
        if mended:
            self._load(opened.shape, mended)
        self._load(opened.shape, self._claims.settle(opened.shape, self.indexes, self.indexes))
        if not opened.shape.is_complete:
            review_id = self._review.review_id
            self.strays += fill(self._client, self._desk, review_id, opened.shape)
            known = {name: tab.sheet_id for name, tab in opened.shape.tabs.items()}
            shape = read_shape(self._client, self._review.spreadsheet, known, urgent=True)
            if self.strays or not (shape.is_complete and opened.shape.same_place(shape)):
                raise UnsettledError
            opened = replace(opened, shape=shape)
        self._shape = opened.shape
        self.grids = {name: tab.rows for name, tab in opened.shape.tabs.items()}
        self.stale.clear()
        self.follow()
        if opened.made:
            log.info("%s: made in the sheet: %s", self._review.review_id, ", ".join(opened.made))
        return opened

    def _mend_before_repairs(self) -> None:
        """Take strays back while the columns stand where we wrote; a repair would move them again."""
        if not self.strays and self._unclear_shape is None:
            return
        with self._desk.store.reading(self._review.review_id) as tx:
            known = known_gids(tx)
        shape = read_shape(self._client, self._review.spreadsheet, known, urgent=True)
        self._judge_unclear(shape)
        if self.strays:
            self.indexes = load_indexes(self._client, shape, shape.tabs, urgent=True)
            self._take_back(shape)

    def forget(self) -> None:
        """Look at everything again before the next write."""
        self._shape = None

    def confirm(self) -> bool:
        """Look whether our columns are where we have them; they are in doubt when not. One look."""
        shape = self.shape
        known = {name: tab.sheet_id for name, tab in shape.tabs.items()}
        if shape.same_place(read_shape(self._client, shape.spreadsheet, known, urgent=True)):
            return True
        self._shape = None
        return False

    def suspect(self, plans: Iterable[TabPlan]) -> None:
        """Note what a write without an answer may have put elsewhere, should columns have moved."""
        self._unclear += [
            Stray(plan.tab.layout.name, key, row, _written(plan, key))
            for plan in plans
            for key, row in plan.known.items()
        ]
        self._unclear_shape = self._unclear_shape or self._shape
        self._shape = None

    def _judge_unclear(self, shape: SheetShape) -> None:
        """Tell from where the columns are now whether a write without an answer went astray."""
        if self._unclear_shape is not None:
            for name, tab in self._unclear_shape.tabs.items():
                if not tab.same_place(shape.tabs.get(name)):
                    self.strays += [s for s in self._unclear if s.tab == name]
        self._unclear, self._unclear_shape = [], None

    def knows(self, tab: str, key: str) -> bool:
        """Whether the sheet has a row, as far as we know."""
        return self.indexes[tab].get(key) is not None

    def reload(self, names: Iterable[str]) -> None:
        """Read the IDs of some tabs afresh."""
        wanted = set(names)
        self._load(self.shape, wanted)
        self._load(self.shape, self._claims.settle(self.shape, self.indexes, wanted))
        self.stale -= wanted
        self.follow()

    def _load(self, shape: SheetShape, names: Iterable[str]) -> None:
        self.indexes |= load_indexes(self._client, shape, sorted(names), urgent=True)

    def resolve_doubts(self) -> None:
        """Look at what is in doubt, and take back what our last write put in the wrong place."""
        if self.stale:
            self.reload(self.stale)
        mended = self._take_back(self.shape)
        if mended:
            self.reload(mended)

    def _take_back(self, shape: SheetShape) -> set[str]:
        """Take strays back, and return the tabs in which there were some."""
        if not self.strays:
            return set()
        review_id, strays = self._review.review_id, self.strays
        mended = mend(self._client, self._desk, review_id, shape, self.indexes, strays)
        self.strays = []
        return mended

    def follow(self) -> None:
        """Tell the watch where the lead's columns are."""
        for name, tab in self._shape.tabs.items() if self._shape else ():
            if tab.layout.lead_columns:
                self._watch.follow(tab, self.indexes[name].last)

    def learn(self, plan: TabPlan, verdict: Verdict) -> bool:
        """Take in what a write's answer shows of a tab; True when something moved under the write."""
        name = plan.tab.layout.name
        index = self.indexes[name]
        for key, row in verdict.placed.items():
            index.put(key, row)
        if plan.new:
            self.grids[name] = max(plan.grid_rows, index.last + 1) + (GROWTH if plan.grows else 0)
        if verdict.unplaced or verdict.wrong or verdict.shifted:
            self.stale.add(name)
        if not (verdict.wrong or verdict.shifted):
            return False
        for key, row in plan.known.items():
            if verdict.shifted or verdict.wrong.get(row) == "":
                at = _written(plan, key)
                self.strays.append(Stray(name, key, row, at, blank=not verdict.shifted))
            elif row in verdict.wrong and key in plan.fills:
                # The bot's cells of the row that was hit are written again; this one is the lead's.
                self.strays.append(Stray(name, verdict.wrong[row], row, plan.filled_at(key)))
        for key, row in verdict.placed.items() if verdict.shifted else ():
            texts = written_at(plan.tab, plan.rows[key].cells) | {plan.tab.key_column: key}
            self.strays.append(Stray(name, key, row, texts, added=True))
        if verdict.shifted:
            self._shape = None
        log.info("%s: %s changed while it was written; mending", self._review.review_id, name)
        return True


def _written(plan: TabPlan, key: str) -> dict[int, str]:
    """Return what was written to a row that was known, by index of column."""
    return written_at(plan.tab, plan.rows[key].cells) | plan.filled_at(key)
