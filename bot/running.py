"""The composition root: wires store, screening, jobs, sheet and Slack into one running bot."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.app import Socket, build_app, make_face, run_socket
from bot.clocks import OffsetClock, SystemClock
from bot.face import google_sheet_address
from bot.ids import time_ordered_ids
from bot.leading import Leader
from bot.notifier import Notifier
from bot.slack import SlackClient, SlackFaultError
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

SOCKET_SILENT_SECONDS = 20.0
LONGEST_PAUSE = 60.0
GOOGLE = "https://sheets.googleapis.com"


class WipedDiskError(WinnowError):
    """A SQLite file on a disk that the platform wipes would lose acknowledged votes."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason} Winnow does not start here without it.")


class SlackRefusedError(WinnowError):
    """Slack refuses the app, and asking again cannot help."""

    def __init__(self, fault: SlackFaultError) -> None:
        remedy = fault.remedy or "Run `winnow check` to see what is wrong."
        if str(fault).startswith("apps.connections.open"):
            remedy = (
                "Check SLACK_APP_TOKEN: it needs the scope connections:write, and Socket Mode on."
            )
        super().__init__(f"Slack refused {fault}. {remedy}")


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
        self._notifier = Threaded("notifier", self._notify)
        self._sheets = Threaded("sheets", self._carry_to_sheets)
        self._beat = Beat(self._tick().run)
        self._leader = Leader(self._store.leadership(), (self._beat, self._notifier, self._sheets))
        self._app: App | None = None
        self._socket: Socket | None = None
        self._socket_seen = 0.0

    def start(self) -> bool:
        """Start everything; True once clicks are heard, False when it was stopped before.

        While Slack cannot be reached, jobs and sheet are served already. Raises
        `SlackRefusedError`.
        """
        for review in self._desk.each_review():
            open_review(self._desk, review.review_id)
        if isinstance(self._clock, OffsetClock):
            self._clock.start()
        heard = self._connected()
        self._leader.start()
        if not heard:
            self._connect()
        return not self._stopping.is_set()

    def wait(self) -> None:
        """Return once `stopping` is set; meanwhile keep the socket up."""
        while not self._stopping.wait(1.0):
            self._watch_socket()

    def stop(self) -> None:
        """Shut down in order: no new clicks, then the leader's work, then the store."""
        self._stopping.set()
        steps = [("leader", self._leader.stop)]
        if self._socket is not None:
            steps.insert(0, ("socket", self._socket.close))
        if isinstance(self._clock, OffsetClock):
            steps.append(("clock", self._clock.stop))
        steps += [("connections", self._slack.close), ("store", self._store.close)]
        for name, step in steps:
            try:
                step()
            except Exception:  # logged; the rest must be shut down too
                log.exception("The %s did not shut down in order", name)

    # -- Slack ---------------------------------------------------------------------------

    def _connect(self) -> None:
        """Connect to Slack, trying for as long as that can help."""
        pause = 1.0
        while not self._stopping.wait(pause) and not self._connected():
            pause = min(2 * pause, LONGEST_PAUSE)

    def _connected(self) -> bool:
        """Try to connect to Slack once; tell whether clicks are heard now."""
        try:
            if self._app is None:
                face = make_face(
                    self._desk,
                    self._slack,
                    sheet_address=self._sheet_address,
                    wake=lambda review_id: self._wake(),
                )
                threads = self._installation.listener_threads
                self._app = build_app(face, listener_threads=threads)
            token = self._installation.slack.app_token.get_secret_value()
            self._socket = run_socket(self._app, token)
        except SlackFaultError as fault:
            if fault.permanent and fault.remedy:
                raise SlackRefusedError(fault) from fault
            log.warning("Slack cannot be reached (%s); trying again", fault)
            self._stopping.wait(fault.retry_after)
            return False
        self._socket_seen = time.monotonic()
        return True

    def _watch_socket(self) -> None:
        """Connect anew when the socket has been down for longer than its own reconnects take."""
        socket, now = self._socket, time.monotonic()
        if socket is not None:
            try:
                socket.mend()
            except SlackFaultError as fault:
                log.warning("The socket is still down: %s", fault)
        if socket is None or socket.connected:
            self._socket_seen = now
        elif now - self._socket_seen > SOCKET_SILENT_SECONDS:
            log.warning("The socket was down for %.0f s; connecting anew", now - self._socket_seen)
            socket.close()
            if not self._connected():
                self._connect()

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
