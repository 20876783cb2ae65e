"""The one writer: each cycle carries what waits into the sheet with one read and one write at most.

Just before writing, the IDs of the rows to be rewritten are read; the write's own answer shows what
it hit. So a sort, an inserted row or a moved column in between is noticed at once and mended in the
next cycle, which then does not wait. New rows are added below the last one, wherever that is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from screening.errors import StoreBusyError
from screening.ports import Desk
from screening.review import Review
from screening.sealing import Seal
from sheets.client import SheetClient
from sheets.compose import Note, read_back
from sheets.derived import Derived
from sheets.due import Due, Gathering, RowWrite
from sheets.edits import CARRIED, LINK, Answer, Edits
from sheets.errors import RefusedError, SheetError
from sheets.layout import RECORDS
from sheets.plan import TabPlan, Verdict, by_tab, judge, keys_read, place_answers
from sheets.reconcile import Reconciler
from sheets.shape import SheetShape
from sheets.state import SheetState
from sheets.watch import Question, Watch

log = logging.getLogger(__name__)

Json = dict[str, Any]
Columns = list[list[str]]

MOST_ITEMS = 500
"""Outbox items of a kind taken at once."""

BULK, BULK_PAUSE = 2_000, 20.0
"""Rows waiting (and seconds until the next look) above which the slow beat would find what it knows."""


@dataclass(slots=True)
class CycleReport:
    """What one cycle did; `lag` is the age in seconds of the oldest change it carried."""

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


@dataclass(slots=True)
class _Read:
    """What one cycle asked and was told."""

    areas: list[Json] = field(default_factory=list)
    answer: list[Columns] = field(default_factory=list)

    def ask(self, areas: Sequence[Json]) -> slice:
        """Add areas to the request; the slice finds their answers."""
        start = len(self.areas)
        self.areas += areas
        return slice(start, len(self.areas))


class SheetWriter:
    """Keeps one review's sheet; used by one thread of the process that leads.

    `monotonic` is a clock in seconds; `interval` the seconds between two looks at the lead's cells;
    `figures_every` the seconds between two computations of Team, Progress and PRISMA.
    """

    def __init__(
        self,
        desk: Desk,
        review: Review,
        client: SheetClient,
        seal: Seal | None,
        bot: str,
        monotonic: Callable[[], float],
        *,
        interval: float = 5.0,
        figures_every: float = 45.0,
        reconcile_every: float = 300.0,
    ) -> None:
        self.review = review
        self._desk = desk
        self._client = client
        self._seal = seal
        self._monotonic = monotonic
        self._figures_every = figures_every
        self._reconcile_every = reconcile_every
        self._notes: list[Answer] = []
        self._repeats: list[tuple[str, int, str]] = []
        self._noted_repeats: set[tuple[str, str]] = set()
        self._limit = MOST_ITEMS
        self._changed = True
        self._next_figures = 0.0
        self._next_reconcile = 0.0
        self._refill: set[str] = set()
        self.watch = Watch(interval)
        self.state = SheetState(client, desk, review, bot, self.watch)
        self.edits = Edits(desk, review)
        self.derived = Derived(review)
        self.reconciler = Reconciler(desk, review, seal)

    def open(self, *, urgent: bool = False) -> tuple[str, ...]:
        """Look at the sheet and complete it; return what was made, in words. Raises `SheetError`."""
        first = not self.state.is_open
        opened = self.state.open(urgent=urgent)
        for name in opened.refill:
            self.derived.forget(name)
        if first or opened.refill:
            self._changed, self._next_figures = True, 0.0
            self._refill |= opened.refill
            self._next_reconcile = self._monotonic()
        return opened.made

    def has_work(self) -> bool:
        """Whether the outbox, a poll, the figures or the slow beat ask for a cycle now."""
        now = self._monotonic()
        return (
            self.state.in_doubt
            or bool(self._notes)
            or self.watch.due_at() <= now
            or self.reconciler.wants_pages
            or self._next_reconcile <= now
            or (self._changed and self._next_figures <= now)
            or self.outbox_waits()
        )

    def outbox_waits(self) -> bool:
        """Whether something waits to be carried."""
        with self._desk.store.reading(self.review.review_id) as tx:
            return bool(tx.outbox("sheet", 1))

    def run_once(self) -> CycleReport:
        """Do one cycle. Raises `SheetError`; everything that was due then still is."""
        report = CycleReport(self.review.review_id)
        if not self.state.is_open:
            self.open()
        self.state.resolve_doubts()
        self._begin_beat()
        due = self._gather()
        try:
            self._carry(due, report, tries=2)
        except SheetError as error:
            self._changed, self._next_figures = True, 0.0
            if isinstance(error, RefusedError):
                self._after_refusal(due, error)
            else:
                self._failed(due, error)
            raise
        self._limit = min(self._limit * 2, MOST_ITEMS)
        report.more |= due.more
        return report

    def compare_step(self) -> None:
        """Do a small piece of the slow beat's work on the store; sends nothing."""
        for tab, key, row in self.reconciler.step():
            if (tab, key) not in self._noted_repeats:
                self._noted_repeats.add((tab, key))
                self._repeats.append((tab, row, key))

    # One cycle ------------------------------------------------------------------------------

    def _carry(self, due: Due, report: CycleReport, tries: int) -> None:
        state = self.state
        shape = state.shape
        plans = by_tab(due.rows, shape.tabs, state.indexes, state.grids)
        lost = self._plan_notes(plans)
        questions = self.watch.questions(self._monotonic())
        read, parts = self._questions(plans, questions)
        if read.areas:
            report.read = True
            try:
                read.answer = self._client.read(shape.spreadsheet, read.areas, urgent=report.urgent)
            except RefusedError:
                # Something is not where it was: tabs, columns or rows are gone.
                self._look_again(report, due, tries)
                return
            if not state.same_headers(read.answer[parts["headers"]]):
                self._look_again(report, due, tries)
                return
            self._check_rows(plans, parts, read.answer, report)
        self._fill_links(plans, parts, read.answer)
        requests = [r for plan in plans.values() for r in plan.requests(self.review)]
        if requests:
            self._write(shape, requests, plans, due, report)
            self._notes = lost
        else:
            self._finish(due.settled, {}, {})
        self._take_answers(questions, read, parts, report)

    def _questions(
        self,
        plans: Mapping[str, TabPlan],
        questions: Sequence[Question],
    ) -> tuple[_Read, dict[str, slice]]:
        """Put everything that this cycle wants to know into one request."""
        shape, read, parts = self.state.shape, _Read(), {}
        asked: list[tuple[str, list[Json]]] = []
        for name, plan in plans.items():
            asked.append((f"ids {name}", [area for _, area in plan.key_areas()]))
            links = [plan.link_area(row) for row in plan.link_rows().values()]
            asked.append((f"links {name}", links))
        for place, question in enumerate(questions):
            asked.append((f"question {place}", list(question.areas)))
        asked.append(
            ("beat", self.reconciler.areas(shape.tabs.__getitem__, self.state.indexes.__getitem__))
        )
        if any(areas for _, areas in asked):
            parts["headers"] = read.ask([tab.header_area() for tab in shape.tabs.values()])
            for name, areas in asked:
                parts[name] = read.ask(areas)
        return read, parts

    def _check_rows(
        self,
        plans: Mapping[str, TabPlan],
        parts: Mapping[str, slice],
        answer: Sequence[Columns],
        report: CycleReport,
    ) -> None:
        """Find rows that moved since we last looked; their tab's IDs are then read afresh."""
        moved = set()
        for name, plan in plans.items():
            firsts = [first for first, _ in plan.key_areas()]
            found = keys_read(list(zip(firsts, answer[parts[f"ids {name}"]], strict=True)))
            if plan.wrong(found):
                moved.add(name)
        if not moved:
            return
        log.info("%s: rows moved in %s", self.review.review_id, ", ".join(sorted(moved)))
        self.state.reload(moved)
        report.mended += len(moved)
        for name in moved:
            plan = plans[name]
            plan.index = self.state.indexes[name]
            plan.locate()
            answers = [Answer(name, n.key, n.column, n.text) for n in plan.notes]
            plan.notes, _ = place_answers(answers, plan.index, plan.tab)

    def _write(
        self,
        shape: SheetShape,
        requests: Sequence[Json],
        plans: Mapping[str, TabPlan],
        due: Due,
        report: CycleReport,
    ) -> None:
        ranges = [r for plan in plans.values() for r in plan.read_back()]
        try:
            answer = self._client.write(shape.spreadsheet, requests, ranges, urgent=report.urgent)
        except SheetError:
            # It may have been applied all the same: look before adding these rows again.
            self.state.stale |= {name for name, plan in plans.items() if plan.new}
            raise
        key_columns = {plan.tab.sheet_id: plan.tab.key_column for plan in plans.values()}
        back = read_back(answer, key_columns)
        verdicts = {name: judge(plan, back) for name, plan in plans.items()}
        for name, plan in plans.items():
            if self.state.learn(plan, verdicts[name]):
                report.urgent = report.more = True
                report.mended += max(len(verdicts[name].wrong), 1)
                self.reconciler.stop()
        written = {(name, key) for name, v in verdicts.items() for key in v.written}
        self.derived.written(lambda tab, key: (tab, key) in written)
        report.added = sum(len(p.new) for name, p in plans.items() if verdicts[name].written)
        self._count(due.rows, written, report)
        self._changed |= any(row.seqs for row in due.rows)
        seqs = [s for r in due.rows if (r.tab, r.key) in written for s in r.seqs]
        self._finish([*due.settled, *seqs], plans, verdicts)
        self.state.follow()

    def _finish(
        self,
        seqs: Sequence[int],
        plans: Mapping[str, TabPlan],
        verdicts: Mapping[str, Verdict],
    ) -> None:
        """Settle what was written, and put back what was hit by mistake."""
        hit = {
            name: sorted({key for key in v.wrong.values() if key})
            for name, v in verdicts.items()
            if v.wrong
        }
        again = {
            name: sorted(set(plans[name].rows) - v.written)
            for name, v in verdicts.items()
            if v.wrong or v.shifted
        }
        for name in again:
            for key in again[name]:
                self.derived.forget_row(name, key)
            for key in hit.get(name, ()):
                self.derived.forget_row(name, key)
        links = {
            k: t
            for name, v in verdicts.items()
            if name == RECORDS and not v.shifted
            for k, t in plans[name].links_shown().items()
        }
        if not (seqs or hit or again or links):
            return
        with self._desk.store.writing(self.review.review_id) as tx:
            tx.finish_outbox(list(seqs))
            now = self._desk.clock.now()
            for keys in (hit, again):
                for name, own in keys.items():
                    tx.enqueue_rows(name, own, now)
            for key, text in links.items():
                tx.save_lead_cells(RECORDS, key, {CARRIED + LINK: text})

    # Parts of it ----------------------------------------------------------------------------

    def _begin_beat(self) -> None:
        """Begin the slow beat when it is due, but not while a bulk of rows is still on its way."""
        now = self._monotonic()
        if now < self._next_reconcile or self.reconciler.is_running:
            return
        with self._desk.store.reading(self.review.review_id) as tx:
            if tx.outbox_size("sheet") > BULK:
                self._next_reconcile = now + BULK_PAUSE
                return
        self._next_reconcile = now + self._reconcile_every
        self._noted_repeats.clear()
        self.reconciler.start(sorted(self._refill))
        self._refill.clear()
        self.watch.look_again()

    def _gather(self) -> Due:
        now = self._monotonic()
        with self._desk.store.reading(self.review.review_id) as tx:
            due = Gathering(tx, self.review, self._seal, self.state.knows).all(self._limit)
            self._changed |= due.derived
            if self._changed and now >= self._next_figures and not due.more:
                due.rows += self.derived.rows(tx, self._desk.clock.now())
                self._changed, self._next_figures = False, now + self._figures_every
        return due

    def _plan_notes(self, plans: dict[str, TabPlan]) -> list[Answer]:
        """Place the notes that wait; return those whose row is not there now."""
        state, lost = self.state, []
        answers: dict[str, list[Answer]] = {}
        for answer in self._notes:
            answers.setdefault(answer.tab, []).append(answer)
        for name in {*answers, *(tab for tab, _, _ in self._repeats)}:
            tab, index = state.shape.tabs[name], state.indexes[name]
            plan = plans.setdefault(name, TabPlan(tab, index, state.grids.get(name, 0)))
            plan.notes, gone = place_answers(answers.get(name, ()), index, tab)
            # A note on a row that the lead deleted has nowhere to go, and no use.
            lost += [a for a in gone if a.text and name in state.stale]
            for _, row, key in [r for r in self._repeats if r[0] == name]:
                text = (
                    f"This row repeats {key}. Winnow keeps the first such row up to date; this copy "
                    "is left as it is and can be deleted."
                )
                plan.notes.append(Note(row, key, tab.layout.key, text))
        self._repeats.clear()
        return lost

    def _fill_links(
        self,
        plans: Mapping[str, TabPlan],
        parts: Mapping[str, slice],
        answer: Sequence[Columns],
    ) -> None:
        plan = plans.get(RECORDS)
        if plan is None or f"links {RECORDS}" not in parts:
            return
        shown = answer[parts[f"links {RECORDS}"]]
        if len(shown) != len(plan.link_rows()):
            return  # rows moved meanwhile: the next time these rows are written
        for key, columns in zip(plan.link_rows(), shown, strict=True):
            plan.fill_link(key, columns[0][0] if columns and columns[0] else "")

    def _take_answers(
        self,
        questions: Sequence[Question],
        read: _Read,
        parts: Mapping[str, slice],
        report: CycleReport,
    ) -> None:
        if "beat" in parts and read.answer[parts["beat"]]:
            self.reconciler.take(read.answer[parts["beat"]])
        rows = [
            row
            for place, question in enumerate(questions)
            for row in question.take(read.answer[parts[f"question {place}"]])
        ]
        before = self.edits.applied
        try:
            self._notes += self.edits.take(rows)
        except StoreBusyError as error:
            log.info("%s: the lead's edits wait: %s", self.review.review_id, error)
            self.watch.look_again()
        report.edits = self.edits.applied - before

    def _look_again(self, report: CycleReport, due: Due, tries: int) -> None:
        """Begin the cycle afresh with what the sheet looks like now."""
        log.info("%s: the sheet's columns or tabs changed", self.review.review_id)
        self.reconciler.stop()
        report.urgent = True
        report.mended += 1
        self.open(urgent=True)
        self.watch.look_again()
        if tries <= 0:
            report.more = True
            return
        self._carry(due, report, tries - 1)

    def _count(
        self, rows: Iterable[RowWrite], written: set[tuple[str, str]], report: CycleReport
    ) -> None:
        now = self._desk.clock.now()
        lags = [
            (now - row.since).total_seconds()
            for row in rows
            if row.since is not None and (row.tab, row.key) in written
        ]
        report.lags = tuple(lags)
        report.lag = max(lags, default=0.0)
        report.rewritten = len(written) - report.added

    def _failed(self, due: Due, error: SheetError) -> None:
        """Note the failure with what waits; it is tried again after a pause."""
        seqs = [s for row in due.rows for s in row.seqs]
        if not seqs:
            return
        try:
            with self._desk.store.writing(self.review.review_id) as tx:
                tx.fail_outbox(seqs, str(error)[:300])
        except StoreBusyError as busy:
            log.info("%s: a failure was not noted: %s", self.review.review_id, busy)

    def _after_refusal(self, due: Due, error: RefusedError) -> None:
        """Look afresh, and send less, so that one row Google refuses does not hold up all others."""
        self.state.forget()
        self.derived.forget()
        self._notes.clear()
        if self._limit > 1:
            self._limit = max(self._limit // 8, 1)
            self._failed(due, error)
            return
        refused = ", ".join(f"{row.tab} {row.key}" for row in due.rows[:5])
        log.error("%s: Google refuses %s: %s", self.review.review_id, refused, error.message)
        self._finish([s for row in due.rows for s in row.seqs], {}, {})
        self._limit = MOST_ITEMS
