"""The parts of one cycle: its report, its one read, and what is planned from the answer."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sheets.compose import Note
from sheets.due import RowWrite
from sheets.edits import Answer
from sheets.plan import TabPlan, keys_read, place_answers
from sheets.state import SheetState

log = logging.getLogger(__name__)

Json = dict[str, Any]
Columns = list[list[str]]

HEADERS, BEAT = "headers", "beat"


@dataclass(slots=True)
class CycleReport:
    """What one cycle did; `lag` is the age in seconds of the oldest change it carried.

    `more` tells that something waits already, `urgent` that something was hit by mistake and is
    mended by the next cycle, which should not wait.
    """

    review_id: str
    read: bool = False
    rewritten: int = 0
    added: int = 0
    edits: int = 0
    mended: int = 0
    lag: float = 0.0
    lags: tuple[float, ...] = ()
    more: bool = False
    urgent: bool = False

    @property
    def rows(self) -> int:
        """Rows written."""
        return self.rewritten + self.added

    def count(
        self, rows: Iterable[RowWrite], written: Collection[tuple[str, str]], now: datetime
    ) -> None:
        """Note how many rows were written, and how long what they show had waited."""
        self.lags = tuple(
            (now - row.since).total_seconds()
            for row in rows
            if row.since is not None and (row.tab, row.key) in written
        )
        self.lag = max(self.lags, default=0.0)
        self.rewritten = len(written) - self.added


@dataclass(slots=True)
class Inquiry:
    """All that one cycle wants to know, asked in one request."""

    areas: list[Json] = field(default_factory=list)
    answer: Sequence[Columns] = ()
    _parts: dict[str, slice] = field(default_factory=dict)

    def ask(self, name: str, areas: Iterable[Json]) -> None:
        """Add areas under a name."""
        start = len(self.areas)
        self.areas += areas
        self._parts[name] = slice(start, len(self.areas))

    def told(self, name: str) -> Sequence[Columns]:
        """Return what was read under a name."""
        return self.answer[self._parts[name]] if name in self._parts else ()


def ask_about_rows(inquiry: Inquiry, plans: Mapping[str, TabPlan]) -> None:
    """Ask for the IDs of the rows to be rewritten, and for what came from Slack and may be missing."""
    for name, plan in plans.items():
        inquiry.ask(f"ids {name}", [area for _, area in plan.key_areas()])
        rows = plan.shared_rows().values()
        inquiry.ask(f"shared {name}", [plan.shared_area(row) for row in rows])


def find_moved(inquiry: Inquiry, plans: Mapping[str, TabPlan]) -> set[str]:
    """Return the tabs in which a row is not where we thought it was."""
    moved = set()
    for name, plan in plans.items():
        firsts = [first for first, _ in plan.key_areas()]
        found = keys_read(list(zip(firsts, inquiry.told(f"ids {name}"), strict=True)))
        if plan.wrong(found):
            moved.add(name)
    return moved


def place_again(state: SheetState, plans: Mapping[str, TabPlan], moved: Iterable[str]) -> None:
    """Find the rows of some tabs anew, their IDs having just been read."""
    for name in moved:
        plan = plans[name]
        plan.index = state.indexes[name]
        plan.locate()
        answers = [Answer(name, n.key, n.column, n.text) for n in plan.notes]
        plan.notes = place_answers(answers, plan.index, plan.tab)


def fill_shared(
    inquiry: Inquiry, plans: Mapping[str, TabPlan], moved: Collection[str]
) -> dict[str, set[str]]:
    """Plan to show links and comments that came from Slack, where the lead wrote none.

    Returns the rows, by tab, whose cell was read where another row stands by now.
    """
    unread: dict[str, set[str]] = {}
    for name, plan in plans.items():
        shown, rows = inquiry.told(f"shared {name}"), plan.shared_rows()
        if rows and name in moved:
            unread[name] = set(rows)
            continue
        for key, columns in zip(rows, shown, strict=True):
            plan.fill_shared(key, columns[0][0] if columns and columns[0] else "")
    return unread


def plan_notes(
    state: SheetState,
    plans: dict[str, TabPlan],
    answers: Iterable[Answer],
    repeats: Sequence[tuple[str, int, str]],
) -> None:
    """Place notes: answers to the lead, and marks on rows (tab, row, ID) that repeat another's ID.

    A note for a row that is gone has nowhere to go, and is dropped.
    """
    by_tab: dict[str, list[Answer]] = {}
    for answer in answers:
        by_tab.setdefault(answer.tab, []).append(answer)
    for name in {*by_tab, *(tab for tab, _, _ in repeats)}:
        tab, index = state.shape.tabs[name], state.indexes[name]
        plan = plans.setdefault(name, TabPlan(tab, index, state.grids.get(name, 0)))
        plan.notes = place_answers(by_tab.get(name, ()), index, tab)
        for _, row, key in [r for r in repeats if r[0] == name]:
            text = (
                f"This row repeats {key}. Winnow keeps the first such row up to date; this copy is "
                "left as it is and can be deleted."
            )
            plan.notes.append(Note(row, key, tab.layout.key, text))
