"""The one writer: each cycle carries what waits into the sheet with one read and one write at most.

Just before writing, the IDs of the rows to be rewritten are read; the write's own answer shows what
it hit. So a sort, an inserted row or a moved column in between is noticed at once and mended in the
next cycle, which then does not wait. New rows are added below the last one, wherever that is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from screening.errors import StoreFaultError
from screening.ports import Desk
from screening.review import Review
from screening.sealing import Seal
from sheets.client import SheetClient
from sheets.compose import read_back
from sheets.cycle import (
    BEAT,
    HEADERS,
    CycleReport,
    Inquiry,
    ask_about_rows,
    fill_shared,
    find_moved,
    place_again,
    plan_notes,
)
from sheets.derived import Derived
from sheets.due import Due, Gathering
from sheets.edits import Answer, Edits
from sheets.errors import RefusedError, SheetError, UnclearError, UnsettledError
from sheets.late import LateRows
from sheets.leftout import LeftOut
from sheets.plan import TabPlan, Verdict, by_tab, judge
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
        self._notes: dict[tuple[str, str, str], Answer] = {}
        self._repeats: list[tuple[str, int, str]] = []
        self._noted_repeats: set[tuple[str, str]] = set()
        self._owed: dict[str, set[str]] = {}
        self._limit = MOST_ITEMS
        self._changed = True
        self._next_figures = 0.0
        self._next_reconcile = 0.0
        self._refill: set[str] = set()
        self.watch = Watch(interval)
        self.state = SheetState(client, desk, review, seal, bot, self.watch)
        self.late = LateRows(client, self.state)
        self.edits = Edits(desk, review)
        self.left_out = LeftOut(review.review_id)
        self.derived = Derived(review, self.left_out)
        self.reconciler = Reconciler(desk, review, seal, self.left_out)

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
            or self.late.is_due(now)
            or bool(self._notes)
            or self.watch.due_at() <= now
            or self.reconciler.wants_pages
            or self._next_reconcile <= now
            or (self._changed and self._next_figures <= now)
            or self.outbox_waits()
        )

    def outbox_waits(self) -> bool:
        """Whether something waits to be carried and can be."""
        with self._desk.store.reading(self.review.review_id) as tx:
            return bool(self.left_out.others(tx.outbox("sheet", 1 + len(self.left_out))))

    def run_once(self) -> CycleReport:
        """Do one cycle. Raises `SheetError`; everything that was due then still is."""
        try:
            return self._cycle()
        except Exception as error:
            known = isinstance(error, StoreFaultError | SheetError)
            if not known or isinstance(error, UnsettledError):
                self.doubt()  # it may be that the sheet is not as we think
            raise

    def doubt(self) -> None:
        """Learn the sheet again before anything is written to it or taken from it."""
        self.state.forget()
        self.reconciler.stop()
        self.watch.look_again()

    def _cycle(self) -> CycleReport:
        report = CycleReport(self.review.review_id)
        if not self.state.is_open:
            self.open()
        self.state.resolve_doubts()
        if self.late.is_due(self._monotonic()):
            report.mended += self.late.take_out()
        self._begin_beat()
        due = self._gather()
        try:
            self._carry(due, report, tries=2)
        except (SheetError, StoreFaultError) as error:
            # What was asked and computed in this cycle is asked and computed again.
            self._changed, self._next_figures = True, 0.0
            self.watch.look_again()
            if isinstance(error, RefusedError):
                self._after_refusal(due, error)
            else:
                self._failed(due, error)
            raise
        self._limit = min(self._limit * 2, MOST_ITEMS)
        report.more |= due.more
        return report

    def compare_all(self, long: Sequence[str] = ()) -> None:
        """Begin the slow beat: compare what was recorded, write again what is computed.

        `long` names tabs to compare with their long texts.
        """
        self.reconciler.start(long)
        self.derived.forget()
        self._changed = True

    def compare_step(self) -> None:
        """Do a small piece of the slow beat's work on the store; sends nothing."""
        for tab, key, row in self.reconciler.step():
            if (tab, key) not in self._noted_repeats:
                self._noted_repeats.add((tab, key))
                self._repeats.append((tab, row, key))

    # One cycle ------------------------------------------------------------------------------

    def _carry(self, due: Due, report: CycleReport, tries: int) -> None:
        state, shape = self.state, self.state.shape
        plans = by_tab(due.rows, shape.tabs, state.indexes, state.grids)
        plan_notes(state, plans, self._notes.values(), self._repeats)
        questions = self.watch.questions(self._monotonic())
        inquiry = self._inquire(plans, questions)
        moved: set[str] = set()
        if inquiry.areas:
            report.read = True
            try:
                inquiry.answer = self._client.read(
                    shape.spreadsheet, inquiry.areas, urgent=report.urgent
                )
            except RefusedError:
                # Something is not where it was: tabs, columns or rows are gone.
                self._look_again(report, due, tries)
                return
            if not shape.same_headers(inquiry.told(HEADERS)):
                self._look_again(report, due, tries)
                return
            moved = find_moved(inquiry, plans)
            if moved:
                log.info("%s: rows moved in %s", self.review.review_id, ", ".join(sorted(moved)))
                report.mended += len(moved)
                state.reload(moved)
                place_again(state, plans, moved)
        for name, keys in fill_shared(inquiry, plans, moved).items():
            self._owed.setdefault(name, set()).update(keys)
        plans = {name: plan for name, plan in plans.items() if not plan.is_empty}
        if plans:
            self._write(shape, plans, due, report)
        else:
            self._finish(due.settled, {}, {})
        self._notes.clear()
        self._repeats.clear()
        if self.state.is_open and not self.state.strays:
            self._take_answers(questions, inquiry, report)
        else:
            self.watch.look_again()  # what was read may stand in other columns than we thought

    def _inquire(self, plans: Mapping[str, TabPlan], questions: Sequence[Question]) -> Inquiry:
        """Put everything that this cycle wants to know into one request, the first rows with it."""
        shape, inquiry = self.state.shape, Inquiry()
        ask_about_rows(inquiry, plans)
        for place, question in enumerate(questions):
            inquiry.ask(f"question {place}", question.areas)
        indexes = self.state.indexes
        inquiry.ask(BEAT, self.reconciler.areas(shape.tabs.__getitem__, indexes.__getitem__))
        if inquiry.areas:
            inquiry.ask(HEADERS, [tab.header_area() for tab in shape.tabs.values()])
        return inquiry

    def _write(
        self,
        shape: SheetShape,
        plans: Mapping[str, TabPlan],
        due: Due,
        report: CycleReport,
    ) -> None:
        requests = (r for plan in plans.values() for r in plan.requests(self.review))
        ranges = [r for plan in plans.values() for r in plan.read_back()]
        try:
            answer = self._client.write(shape.spreadsheet, requests, ranges, urgent=report.urgent)
        except SheetError as error:
            # It may have been applied all the same: look before adding these rows again.
            self.state.stale |= {name for name, plan in plans.items() if plan.new}
            if isinstance(error, UnclearError):
                self.late.expect({n: p.new for n, p in plans.items()}, self._monotonic())
                self.state.suspect(plans.values())
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
        self.reconciler.carried(written)
        self.derived.written(lambda tab, key: (tab, key) in written)
        report.added = sum(len(p.new) for name, p in plans.items() if verdicts[name].written)
        report.count(due.rows, written, self._desk.clock.now())
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
        """Settle what was written, and put back what was hit or missed by mistake."""
        for name, verdict in verdicts.items():
            if verdict.wrong or verdict.shifted:
                # Where columns moved, what was read back as IDs are other texts.
                keys = set() if verdict.shifted else {k for k in verdict.wrong.values() if k}
                keys |= set(plans[name].rows) - verdict.written
                self._owed.setdefault(name, set()).update(keys)
                for key in keys:
                    self.derived.forget_row(name, key)
        shown = [
            (plans[name], key, text)
            for name, verdict in verdicts.items()
            if not verdict.shifted
            for key, text in plans[name].shared_shown(verdict.written).items()
        ]
        noted = [a for name, plan in plans.items() for a in plan.notes_put(verdicts[name])]
        if any(plan.notes for plan in plans.values()) and len(noted) < len(self._notes):
            self.watch.look_again()  # what is owed to the lead is given again
        if not (seqs or self._owed or shown or noted):
            return
        with self._desk.store.writing(self.review.review_id) as tx:
            tx.finish_outbox(list(seqs))
            for name, keys in self._owed.items():
                tx.enqueue_rows(name, sorted(keys), self._desk.clock.now())
            for plan, key, text in shown:
                self.edits.carried(tx, plan.tab.layout.name, key, text)
            self.edits.noted(tx, noted)
        self._owed.clear()

    # Parts of it ----------------------------------------------------------------------------

    def _begin_beat(self) -> None:
        """Begin the slow beat when it is due, but not while a bulk of rows is still on its way."""
        now = self._monotonic()
        if now < self._next_reconcile or self.reconciler.is_running:
            return
        with self._desk.store.reading(self.review.review_id) as tx:
            if tx.outbox_size("sheet") - len(self.left_out) > BULK:
                self._next_reconcile = now + BULK_PAUSE
                return
        self._next_reconcile = now + self._reconcile_every
        self._noted_repeats.clear()
        self.left_out.try_again()
        self.compare_all(sorted(self._refill))
        self._refill.clear()
        self.watch.look_again()

    def _gather(self) -> Due:
        now = self._monotonic()
        with self._desk.store.reading(self.review.review_id) as tx:
            gathering = Gathering(tx, self.review, self._seal, self.state.knows, self.left_out)
            due = gathering.all(self._limit)
            self._changed |= due.derived
            if self._changed and now >= self._next_figures and not due.more:
                due.rows += self.derived.rows(tx, self._desk.clock.now())
                self._changed, self._next_figures = False, now + self._figures_every
        return due

    def _take_answers(
        self, questions: Sequence[Question], inquiry: Inquiry, report: CycleReport
    ) -> None:
        if inquiry.told(BEAT):
            self.reconciler.take(inquiry.told(BEAT))
        rows = [
            row
            for place, question in enumerate(questions)
            for row in question.take(inquiry.told(f"question {place}"))
        ]
        before = self.edits.applied
        try:
            if self.edits.differ(rows) and not self.state.confirm():
                log.info("%s: columns moved; edits are read again", self.review.review_id)
                self.doubt()
                report.urgent = report.more = True
                return
            for answer in self.edits.take(rows):
                self._notes[answer.tab, answer.key, answer.column] = answer
        except StoreFaultError as error:
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

    def _failed(self, due: Due, error: Exception) -> None:
        """Note the failure with what waits; it is tried again after a pause."""
        seqs = [s for row in due.rows for s in row.seqs]
        if not seqs:
            return
        try:
            with self._desk.store.writing(self.review.review_id) as tx:
                tx.fail_outbox(seqs, str(error)[:300], self._desk.clock.now())
        except StoreFaultError as busy:
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
