"""A desk with a real store and a real sheet on the stand-in, and a lead's hands on it; for sheet flows."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from screening.gestures.batches import request_batch
from screening.gestures.voting import cast_vote
from screening.ports import Desk
from screening.review import Review
from screening.sealing import Seal, new_key
from screening.stages import Stage
from screening.votes import Choice
from sheets.client import connect, read_account
from sheets.quota import Quota
from sheets.service import SheetService
from store import open_store
from tests.desks import HandClock, make_desk, make_review
from tests.flows.standins import Playground, running_playground


class Hooked:
    """Lets a test act between a client's request being planned and it being sent."""

    def __init__(self, service: SheetService) -> None:
        self._client = service.client
        self.before_write: Callable[[], object] | None = None
        self.before_read: Callable[[], object] | None = None
        self.writes = 0
        self.reads = 0
        write, read = self._client.write, self._client.read

        def hooked_write(*args: Any, **options: Any) -> Any:
            self.writes += 1
            act, self.before_write = self.before_write, None
            if act:
                act()
            return write(*args, **options)

        def hooked_read(*args: Any, **options: Any) -> Any:
            self.reads += 1
            act, self.before_read = self.before_read, None
            if act:
                act()
            return read(*args, **options)

        self._client.write = hooked_write  # type: ignore[method-assign]
        self._client.read = hooked_read  # type: ignore[method-assign]


class SheetDesk:
    """One review with its store, its sheet, and hands for reviewers and the lead."""

    def __init__(self, playground: Playground, folder: Path, **changes: Any) -> None:
        self.playground = playground
        self.folder = folder
        made = playground.control.post("sheets", who="ana", title="Review", service_account=True)
        self.sheet = str(made.get("id") or made.get("spreadsheetId"))
        self.clock = HandClock()
        self.key = new_key()
        self.seal = Seal(self.key)
        self.review: Review = make_review(spreadsheet=self.sheet, **changes)
        self.store = open_store(f"sqlite:///{folder / 'store.db'}")
        self.desk: Desk = make_desk(self.store, self.review, self.clock)
        self._limits: dict[str, int] = {}
        self.service = self.new_service()
        self.hook = Hooked(self.service)
        self._clicks = 0

    def new_service(self, desk: Desk | None = None) -> SheetService:
        """A service as a fresh process would have it; polls and figures are always due."""
        account = read_account(
            self.playground.credentials_file, self.playground.url, self.playground.url
        )
        quota = self._quota()

        def factory(rest: Any) -> Any:
            return connect(account, quota, rest, random.Random(7))

        return SheetService(
            desk or self.desk,
            factory,
            self.seal,
            account=account.email,
            sleep=lambda s: time.sleep(min(s, 0.05)),
            poll_seconds=0.0,
            figures_seconds=0.0,
        )

    def without_quota(self) -> None:
        """Let services ask as often as they like: some tests take a minute's requests at once."""
        self._limits = {
            f"{kind}_per_{whose}": 1_000_000
            for kind in ("reads", "writes")
            for whose in ("user", "project")
        }
        self.playground.control.put("sheets/quota", **self._limits)
        self.service.client.quota = self._quota()

    def _quota(self) -> Quota:
        seconds = 1_000 if self._limits else 1
        return Quota(lambda: seconds * time.monotonic(), steady=60, hard=60)

    # The bot's side

    def carry(self) -> Any:
        """Cycles until nothing waits."""
        self.playground.control.put("sheets/quota", **self._limits)
        return self.service.settle("peer")

    def batch(self, who: str, size: int = 10, stage: Stage | None = None) -> None:
        """Hand a batch to a member."""
        self._clicks += 1
        request_batch(
            self.desk, "peer", by=who, size=size, stage=stage, gesture_key=f"b{self._clicks}"
        )

    def vote(self, who: str, record_id: str, choice: str, **more: Any) -> Any:
        """Cast a vote on a card that the member holds."""
        self._clicks += 1
        with self.store.reading("peer") as tx:
            (assignment,) = tx.open_assignments(reviewer_id=who, record_id=record_id)
        return cast_vote(
            self.desk,
            "peer",
            by=who,
            assignment_id=assignment.assignment_id,
            choice=Choice(choice),
            gesture_key=f"v{self._clicks}",
            **more,
        )

    def settle_votes(self) -> None:
        """Let every vote's time to be undone pass."""
        from screening.gestures.settling import settle_due

        self.clock.move(minutes=6)
        settle_due(self.desk, "peer", at=self.clock.now())

    # The lead's side

    def lead(self, verb: str, **fields: Any) -> Any:
        """Do something in the sheet as a person."""
        fields.setdefault("confirm", True)
        return self.playground.control.post(f"sheets/{self.sheet}/{verb}", who="ana", **fields)

    def rows(self, tab: str) -> list[dict[str, Any]]:
        """The rows of a tab by header, empty ones left out."""
        answer = self.playground.control.get(f"sheets/{self.sheet}/records", tab=tab)
        return [row for row in answer["rows"] if any(row.values())]

    def row(self, tab: str, column: str, value: str) -> dict[str, Any]:
        """The one row that says something in a column."""
        (found,) = [row for row in self.rows(tab) if row.get(column) == value]
        return found

    def cells(self, area: str) -> list[list[Any]]:
        """Cells of a range as they show."""
        return self.playground.control.get(f"sheets/{self.sheet}/cells", range=area)["values"]


@contextmanager
def sheet_desk(playground: Playground | None = None, **changes: Any) -> Iterator[SheetDesk]:
    """A sheet desk for the length of a `with` block."""
    with tempfile.TemporaryDirectory() as folder:
        if playground is not None:
            yield SheetDesk(playground, Path(folder), **changes)
        else:
            with running_playground(Path(folder) / "playground") as started:
                yield SheetDesk(started, Path(folder), **changes)
