"""The composition root: wires store, screening, jobs, sheet and Slack into one running bot."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.app import build_app, make_face
from bot.bounded import BoundedReader
from bot.clocks import OffsetClock, SystemClock
from bot.face import Connections, google_sheet_address
from bot.ids import time_ordered_ids
from bot.leading import Leader
from bot.line import Line
from bot.notifier import Notifier
from bot.slack import SlackClient
from bot.threads import Threaded
from jobs.backups import PREFIX, Backups
from jobs.beat import Beat
from jobs.tick import Tick
from screening.config import Installation
from screening.errors import WinnowError
from screening.gestures.reviews import open_review
from screening.ports import Desk
from screening.review import Review
from store import SqlStore, is_embedded
from store.platforms import wiped_disk_reason
from store.private_files import close_backups

if TYPE_CHECKING:
    from slack_bolt import App

log = logging.getLogger(__name__)

CONNECT_FIRST_SECONDS = 5.0
"""How long jobs and sheet wait for Slack at the start, so that the first click is not late."""

GOOGLE = "https://sheets.googleapis.com"


class WipedDiskError(WinnowError):
    """A SQLite file on a disk that the platform wipes would lose acknowledged votes."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason} Winnow does not start here without it.")


def check_disk(installation: Installation) -> None:
    """Raise `WipedDiskError` where the platform would wipe the store at each restart."""
    reason = wiped_disk_reason(os.environ) if is_embedded(installation.store_url) else None
    if reason:
        raise WipedDiskError(reason)


class Winnow:
    """A running bot: `start`, then `wait` until `stopping` is set, then `stop`.

    The store is its own from then on, and is closed by `stop`.
    """

    def __init__(
        self,
        installation: Installation,
        store: SqlStore,
        clock: SystemClock | OffsetClock,
        stopping: threading.Event,
    ) -> None:
        self._installation = installation
        self._clock = clock
        self._stopping = stopping
        self._store = store
        store.on_commit(self._wake)
        self._desk = Desk(
            self._store, self._clock, time_ordered_ids(self._clock), installation.reviews
        )
        slack = installation.slack
        self._slack = SlackClient(slack.bot_token.get_secret_value(), slack.api_url)
        self._reader = BoundedReader()
        self._notifier = Threaded("notifier", self._notify)
        self._sheets = Threaded("sheets", self._carry_to_sheets)
        self._beat = Beat(self._tick().run)
        self._leader = Leader(self._store.leadership(), (self._beat, self._notifier, self._sheets))
        app_token = slack.app_token.get_secret_value()
        self._line = Line(self._app, app_token, stopping)

    def start(self) -> bool:
        """Start everything; True once clicks are heard, False when it was stopped before.

        While Slack cannot be reached, jobs and sheet are served already. Raises
        `SlackRefusedError`.
        """
        for review in self._desk.each_review():
            open_review(self._desk, review.review_id)
        if isinstance(self._clock, OffsetClock):
            self._clock.start()
        self._line.start()
        self._line.wait_until_heard(CONNECT_FIRST_SECONDS)
        self._leader.start()
        return self._line.wait_until_heard()

    def wait(self) -> None:
        """Return once `stopping` is set. Raises `SlackRefusedError` when Slack refuses the app."""
        self._line.watch_until_stopped()

    def stop(self) -> None:
        """Shut down in order: no new clicks, then the leader's work, then the store."""
        self._stopping.set()
        steps = [("reader", self._reader.close), ("socket", self._line.close)]
        steps.append(("leader", self._leader.stop))
        if isinstance(self._clock, OffsetClock):
            steps.append(("clock", self._clock.stop))
        steps += [("connections", self._slack.close), ("store", self._store.close)]
        for name, step in steps:
            try:
                step()
            except Exception:  # logged; the rest must be shut down too
                log.exception("The %s did not shut down in order", name)

    # -- Slack ---------------------------------------------------------------------------

    def _app(self) -> tuple[App, Connections]:
        """Build the app; raises `SlackFaultError` while Slack does not say who we are."""
        face = make_face(
            self._desk,
            self._slack,
            sheet_address=self._sheet_address,
            wake=lambda review_id: self._wake(),
            reader=self._reader,
        )
        threads = self._installation.listener_threads
        return build_app(face, listener_threads=threads), face.connections

    def _notify(self, stop: threading.Event, wake: threading.Event) -> None:
        notifier = Notifier(
            self._desk,
            self._slack,
            sheet_link=self._sheet_link,
            draw=_draw,
            sleep=stop.wait,
            monotonic=time.monotonic,
        )
        notifier.run(stop, wake, lambda: self._leader.leading)

    # -- jobs and sheet ------------------------------------------------------------------

    def _tick(self) -> Tick:
        plan = self._installation.backup
        backups = Backups(self._store, plan, self._installation.timezone)
        if plan.folder:
            close_backups(Path(plan.folder), f"{PREFIX}*.sqlite3")
        return Tick(self._desk, (backups.run,) if plan.folder else ())

    def _carry_to_sheets(self, stop: threading.Event, wake: threading.Event) -> None:
        # Google's libraries load here, in the leader's own thread: no click waits for them.
        from bot.sheetwork import sheet_service

        service = sheet_service(self._installation, self._desk)
        service.loop(stop, wake, lambda: self._leader.leading)

    def _wake(self) -> None:
        self._notifier.wake.set()
        self._sheets.wake.set()

    def _sheet_address(self, review: Review, gid: str) -> str:
        base = self._installation.google.sheets_url
        # Elsewhere than at Google, the playground's page shows the sheet beside the workspace.
        return google_sheet_address(review, gid) if base == GOOGLE else f"{base}/"

    def _sheet_link(self, review: Review, tab: str) -> str:
        gid = ""
        if tab:
            with self._store.reading(review.review_id) as tx:
                gid = tx.setting(f"sheet_gid:{tab}") or ""
        return self._sheet_address(review, gid)


def _draw(kind: str, payload: Mapping[str, Any]) -> bytes:
    # Drawing loads matplotlib: only when a digest is due, and only in the notifier's thread.
    from bot.drawing import draw

    return draw(kind, payload)
