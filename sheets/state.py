"""What the writer knows of one sheet between cycles: its shape, where IDs stand, what is in doubt."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from screening.ports import Desk
from screening.review import Review
from sheets.client import SheetClient
from sheets.locate import RowIndex
from sheets.opening import Opened, load_indexes, open_sheet
from sheets.plan import GROWTH, TabPlan, Verdict
from sheets.shape import SheetShape
from sheets.strays import Stray, mend, written_at
from sheets.watch import Watch

log = logging.getLogger(__name__)


class SheetState:
    """Knows one sheet; everything in it can be learnt again by looking.

    `stale` names tabs whose IDs may stand elsewhere by now; `strays` what our last write may have
    put in the wrong place.
    """

    def __init__(
        self, client: SheetClient, desk: Desk, review: Review, bot: str, watch: Watch
    ) -> None:
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
        opened = open_sheet(self._client, self._desk, self._review, self._bot, urgent=urgent)
        self._shape = opened.shape
        self.indexes = dict(opened.indexes)
        self.grids = {name: tab.rows for name, tab in opened.shape.tabs.items()}
        self.stale.clear()
        self.follow()
        if opened.made:
            log.info("%s: made in the sheet: %s", self._review.review_id, ", ".join(opened.made))
        return opened

    def forget(self) -> None:
        """Look at everything again before the next write."""
        self._shape = None
        self.strays.clear()

    def knows(self, tab: str, key: str) -> bool:
        """Whether the sheet has a row, as far as we know."""
        return self.indexes[tab].get(key) is not None

    def reload(self, names: Iterable[str]) -> None:
        """Read the IDs of some tabs afresh."""
        fresh = load_indexes(self._client, self.shape, sorted(names), urgent=True)
        self.indexes |= fresh
        self.stale -= set(fresh)
        self.follow()

    def resolve_doubts(self) -> None:
        """Look at what is in doubt, and take back what our last write put in the wrong place."""
        if self.stale:
            self.reload(self.stale)
        if not self.strays:
            return
        strays, self.strays = self.strays, []
        mended = mend(
            self._client, self._desk, self._review.review_id, self.shape, self.indexes, strays
        )
        if mended:
            self.reload(mended)

    def same_headers(self, headers: Sequence[list[list[str]]]) -> bool:
        """Whether every tab's first row still says what it said."""
        return all(
            tab.same_headers([c[0] if c else "" for c in columns])
            for tab, columns in zip(self.shape.tabs.values(), headers, strict=True)
        )

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
                at = written_at(plan.tab, plan.rows[key].cells)
                self.strays.append(Stray(name, key, row, at, blank=not verdict.shifted))
        for key, row in verdict.placed.items() if verdict.shifted else ():
            texts = written_at(plan.tab, plan.rows[key].cells) | {plan.tab.key_column: key}
            self.strays.append(Stray(name, key, row, texts, added=True))
        if verdict.shifted:
            self._shape = None
        log.info("%s: %s changed while it was written; mending", self._review.review_id, name)
        return True
