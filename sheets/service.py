"""The thread that keeps all reviews' sheets: fair between reviews, within one account's quota."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from screening.errors import StoreFaultError, WinnowError
from screening.pairing import note_trouble
from screening.ports import Desk
from screening.review import Review
from screening.sealing import Seal
from sheets.client import Account, SheetClient, connect
from sheets.cycle import CycleReport
from sheets.errors import SheetError, UnreachableError
from sheets.opening import examine
from sheets.quota import Quota
from sheets.rebuild import rebuild_store
from sheets.setup import repairs
from sheets.writer import SheetWriter

log = logging.getLogger(__name__)

GAP = 2.2
"""Seconds between two cycles: 27 reads and 27 writes a minute at most."""

URGENT_GAP = 0.3
"""Seconds before a cycle that mends what was hit by mistake."""

IDLE_LOOK = 0.5
"""Seconds between two looks for work when nobody wakes us (another process may have recorded it)."""

COMPARE_GAP = 0.2
"""Seconds between two small pieces of the slow beat, so that votes never wait for it."""

PATIENCE = 180.0
"""Seconds for which a rebuild waits for quota: nobody else would go on with it."""

LONGEST_PAUSE = 60.0
SAY_AGAIN = 600.0
"""Seconds after which a failure that goes on is logged again."""


@dataclass(slots=True)
class _Health:
    """How a review's sheet has been doing."""

    failures: int = 0
    not_before: float = 0.0
    said_at: float = float("-inf")
    said: str = ""
    succeeded: bool = False


@dataclass(frozen=True, slots=True)
class SheetCheck:
    """What `winnow check` tells of a review's sheet; `missing` is what the bot would make."""

    spreadsheet: str
    title: str
    account: str
    missing: tuple[str, ...]
    gids: dict[str, int]


class SheetService:
    """Opens, writes and heals the sheets of the reviews that have one.

    `client_factory(rest)` is called once, at the first request; `rest(seconds)` is what waits for
    quota and between attempts. `monotonic`, `sleep` and `rng` are handed in.
    """

    def __init__(
        self,
        desk: Desk,
        client_factory: Callable[[Callable[[float], None]], SheetClient],
        seal: Seal | None,
        *,
        account: str = "the service account",
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        rng: random.Random | None = None,
        gap: float = GAP,
        poll_seconds: float = 5.0,
        figures_seconds: float = 45.0,
        reconcile_seconds: float = 300.0,
    ) -> None:
        self._desk = desk
        self._client_factory = client_factory
        self._client: SheetClient | None = None
        self._seal = seal
        self._account = account
        self._monotonic = monotonic
        self._sleep = sleep
        self._stop: threading.Event | None = None
        self._leads: Callable[[], bool] = lambda: True
        self._rng = rng or random.Random()
        self._gap = gap
        self._beats = (poll_seconds, figures_seconds, reconcile_seconds)
        self._writers: dict[str, SheetWriter] = {}
        self._health: dict[str, _Health] = {}
        self._next_cycle = float("-inf")
        self._next_compare = float("-inf")
        self._turn = 0
        self.last_report: dict[str, CycleReport] = {}

    @property
    def client(self) -> SheetClient:
        """The client, made when first needed. Raises `SheetError` for a key that cannot be used."""
        if self._client is None:
            self._client = self._client_factory(self.rest)
            self._client.fence = self._check_lead
        return self._client

    def _check_lead(self) -> None:
        """Raise `UnreachableError` when another process, or the loop's successor, may write by now.

        A process that was suspended in the middle of a cycle goes on there when it wakes.
        """
        if self._is_over():
            raise UnreachableError("Winnow is being stopped, or another process keeps the sheet")

    def _is_over(self) -> bool:
        return (self._stop is not None and self._stop.is_set()) or not self._leads()

    def rest(self, seconds: float) -> None:
        """Wait within a request. Raises `UnreachableError` as soon as the loop is told to stop."""
        if self._stop is None:
            self._sleep(seconds)
        elif self._stop.wait(seconds):
            raise UnreachableError("Winnow is being stopped")

    def writer(self, review_id: str) -> SheetWriter:
        """Return a review's writer."""
        if review_id not in self._writers:
            poll, figures, reconcile = self._beats
            reviews = len(self._reviews())
            self._writers[review_id] = SheetWriter(
                self._desk,
                self._desk.review(review_id),
                self.client,
                self._seal,
                self._account,
                self._monotonic,
                # Each look is a cycle, and several reviews share the account's quota of them.
                interval=max(poll, self._gap * reviews) if reviews > 1 else poll,
                figures_every=figures,
                reconcile_every=reconcile,
            )
        return self._writers[review_id]

    def open(self, review_id: str) -> tuple[str, ...]:
        """Look at a review's sheet and complete it; return what was made. Raises `SheetError`."""
        return self.writer(review_id).open()

    def run_once(self, review_id: str) -> CycleReport:
        """Do one cycle of a review at once. Raises `SheetError`."""
        report = self.writer(review_id).run_once()
        self.last_report[review_id] = report
        return report

    def settle(self, review_id: str, most: int = 200) -> list[CycleReport]:
        """Do cycles until nothing waits: for imports on the command line and for tests."""
        reports = []
        for _ in range(most):
            reports.append(self.run_once(review_id))
            writer = self.writer(review_id)
            if not (reports[-1].more or reports[-1].urgent or writer.outbox_waits()):
                break
        return reports

    def reconcile(self, review_id: str, most: int = 10_000) -> str:
        """Compare a whole sheet with the store, repair it, and say what was found."""
        self.client.patience = PATIENCE
        writer = self.writer(review_id)
        if not writer.state.is_open:
            writer.open()
        writer.compare_all()
        for _ in range(most):
            if not writer.reconciler.is_running:
                break
            if writer.reconciler.wants_pages:
                self.run_once(review_id)
            writer.compare_step()
        self.settle(review_id)
        found = writer.reconciler.last
        return found.sentence() if found else "nothing was compared"

    def rebuild(self, review_id: str) -> str:
        """Fill an empty store from a review's sheet, and say what came back."""
        self.client.patience = PATIENCE
        review = self._desk.review(review_id)
        return rebuild_store(self.client, self._desk, review, self._seal).sentence()

    def look(self, review_id: str) -> None:
        """Raise `NotOwnSheetError` when the sheet holds what the store does not; writes nothing."""
        examine(self.client, self._desk, self._desk.review(review_id))

    def check(self, review_id: str) -> SheetCheck:
        """Try reading and writing a sheet without changing it. Raises `SheetError`.

        Also when it holds what the store does not know.
        """
        review = self._desk.review(review_id)
        shape, _ = examine(self.client, self._desk, review)
        same_title = {
            "updateSpreadsheetProperties": {"properties": {"title": shape.title}, "fields": "title"}
        }
        self.client.write(review.spreadsheet, [same_title])
        made = repairs(shape, review, self._account).made
        return SheetCheck(
            review.spreadsheet,
            shape.title,
            self._account,
            tuple(made),
            {name: tab.sheet_id for name, tab in shape.tabs.items()},
        )

    def loop(
        self,
        stop: threading.Event,
        wake: threading.Event,
        leads: Callable[[], bool] = lambda: True,
    ) -> None:
        """Keep all sheets until `stop` is set; `wake` says that something was recorded.

        Nothing that Google does ends the loop: failures are logged now and then, and what waits is
        carried when it answers again. `leads()` tells whether this process is the one that writes.
        """
        self._stop, self._leads = stop, leads
        while not stop.is_set():
            if not leads():
                stop.wait(IDLE_LOOK)
                continue
            wait = self._next_cycle - self._monotonic()
            if wait > 0:
                self._compare()
                stop.wait(min(wait, COMPARE_GAP))
                continue
            wake.clear()
            review = self._whose_turn()
            if review is None:
                self._compare()
                wake.wait(IDLE_LOOK)
                continue
            self._cycle(review)

    def _reviews(self) -> list[Review]:
        return [review for review in self._desk.each_review() if review.spreadsheet]

    def _whose_turn(self) -> Review | None:
        reviews = self._reviews()
        now = self._monotonic()
        for step in range(len(reviews)):
            review = reviews[(self._turn + step) % len(reviews)]
            health = self._health.setdefault(review.review_id, _Health())
            if health.not_before <= now and self._has_work(review):
                self._turn = (self._turn + step + 1) % len(reviews)
                return review
        return None

    def _has_work(self, review: Review) -> bool:
        try:
            return self.writer(review.review_id).has_work()
        except (SheetError, StoreFaultError) as error:
            self._failed(review, error)
            return False

    def _cycle(self, review: Review) -> None:
        begun = self._monotonic()
        try:
            report = self.run_once(review.review_id)
        except (SheetError, StoreFaultError) as error:
            self._failed(review, error)
        except Exception as error:
            log.exception("%s: the sheet's cycle failed unexpectedly", review.review_id)
            self._failed(review, WinnowError(f"{type(error).__name__}: {error}"))
        else:
            self._succeeded(review)
            if report.urgent:
                self._next_cycle = self._monotonic() + URGENT_GAP
                return
        # From beginning to beginning: a slow answer is part of the pause, not added to it.
        self._next_cycle = max(begun + self._pace(), self._monotonic() + URGENT_GAP)

    def _pace(self) -> float:
        if self._client is None:
            return self._gap
        quota = self._client.quota
        return max(self._gap, quota.pace("read"), quota.pace("write"))

    def _compare(self) -> None:
        """Do a small piece of somebody's slow beat, unless one was just done."""
        now = self._monotonic()
        if now < self._next_compare:
            return
        self._next_compare = now + COMPARE_GAP
        for review_id, writer in self._writers.items():
            if writer.reconciler.is_running and not writer.reconciler.wants_pages:
                try:
                    writer.compare_step()
                except StoreFaultError as error:
                    log.info("%s: comparing waits: %s", review_id, error)
                except Exception:
                    log.exception("%s: comparing failed unexpectedly", review_id)
                    writer.doubt()
                    writer.reconciler.give_up()
                return

    def _failed(self, review: Review, error: WinnowError) -> None:
        if self._is_over():
            return  # whoever leads now says how it goes
        health = self._health.setdefault(review.review_id, _Health())
        health.failures += 1
        pause = min(2.0**health.failures, LONGEST_PAUSE) * (0.75 + 0.5 * self._rng.random())
        now = self._monotonic()
        health.not_before = now + pause
        if type(error).__name__ != health.said or now - health.said_at >= SAY_AGAIN:
            health.said, health.said_at = type(error).__name__, now
            log.warning("%s: the sheet waits: %s", review.review_id, error)
            self._note(review, str(error))

    def _note(self, review: Review, sentence: str) -> None:
        """Let those who ask in Slack know why the sheet is behind, as far as the store can tell."""
        try:
            note_trouble(self._desk, review.review_id, sentence)
        except StoreFaultError as error:
            log.info("%s: the trouble was not noted: %s", review.review_id, error)

    def _succeeded(self, review: Review) -> None:
        health = self._health.setdefault(review.review_id, _Health())
        if health.failures or not health.succeeded:
            self._note(review, "")
            health.succeeded = True
        if health.failures:
            log.info(
                "%s: the sheet answers again after %d failures", review.review_id, health.failures
            )
            self._health[review.review_id] = _Health(succeeded=True)


def service_for(
    desk: Desk,
    account: Account,
    seal: Seal | None,
    *,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    rng: random.Random | None = None,
    **options: float,
) -> SheetService:
    """Return a service on a service account's key; nothing is sent yet."""
    dice = rng or random.Random()

    def make(rest: Callable[[float], None]) -> SheetClient:
        return connect(account, Quota(monotonic), rest, dice)

    return SheetService(
        desk,
        make,
        seal,
        account=account.email,
        monotonic=monotonic,
        sleep=sleep,
        rng=dice,
        **options,
    )


def spreadsheet_link(spreadsheet: str, gid: int | None = None, row: int | None = None) -> str:
    """Return the address of a spreadsheet, of one of its tabs, or of a row in it."""
    link = f"https://docs.google.com/spreadsheets/d/{spreadsheet}/edit"
    if gid is None:
        return link
    return f"{link}#gid={gid}" + (f"&range=A{row}" if row else "")
