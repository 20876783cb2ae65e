"""The line to Slack: connected in a thread of its own, watched, and connected again when it broke."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.face import Connections
from bot.slack_faults import SlackFaultError
from bot.socket_mode import OPEN, Socket, run_socket
from screening.errors import WinnowError

if TYPE_CHECKING:
    from slack_bolt import App

log = logging.getLogger(__name__)

SILENT_SECONDS = 20.0
"""How long slack_sdk is left to reconnect by itself."""

LONGEST_PAUSE = 60.0
LISTENERS_SECONDS = 5.0
"""How long a stop waits for what listeners do after their ack, such as showing the next card."""


class SlackRefusedError(WinnowError):
    """Slack refuses the app, and asking again cannot help."""

    def __init__(self, fault: SlackFaultError) -> None:
        remedy = fault.remedy or "Run `winnow check` to see what is wrong."
        if str(fault).startswith(OPEN):
            remedy = (
                "Check SLACK_APP_TOKEN: it needs the scope connections:write, and Socket Mode on."
            )
        super().__init__(f"Slack refused {fault}. {remedy}")


class Line:
    """Keeps one Socket Mode connection up.

    Whatever Slack makes it wait for is waited for in its own thread, so that neither jobs nor sheet
    nor a stop wait with it.
    """

    def __init__(
        self,
        build: Callable[[], tuple[App, Connections]],
        app_token: str,
        stopping: threading.Event,
    ) -> None:
        self._build = build
        self._app_token = app_token
        self._stopping = stopping
        self._app: App | None = None
        self._connections = Connections()
        self._socket: Socket | None = None
        self._heard = threading.Event()
        self._refused: SlackRefusedError | None = None

    def start(self) -> None:
        """Begin to connect."""
        threading.Thread(target=self._run, name="line", daemon=True).start()

    def wait_until_heard(self, seconds: float | None = None) -> bool:
        """Wait until clicks are heard; False when stopped before, or after `seconds`.

        Raises `SlackRefusedError`.
        """
        until = None if seconds is None else time.monotonic() + seconds
        while not self._heard.wait(0.05):
            self._raise_refusal()
            if self._stopping.is_set() or (until is not None and time.monotonic() > until):
                return False
        return not self._stopping.is_set()

    def watch_until_stopped(self) -> None:
        """Return once the bot is to stop. Raises `SlackRefusedError`."""
        while not self._stopping.wait(0.5):
            self._raise_refusal()

    def close(self) -> None:
        """Close the socket after the clicks under way, and let their listeners end."""
        if self._socket is not None:
            self._socket.close()
        if self._app is not None:
            pool = self._app.listener_runner.listener_executor
            ending = threading.Thread(target=pool.shutdown, name="listeners", daemon=True)
            ending.start()
            ending.join(LISTENERS_SECONDS)

    def _raise_refusal(self) -> None:
        if self._refused is not None:
            raise self._refused

    def _run(self) -> None:
        try:
            self._connect()
            seen = time.monotonic()
            while not self._stopping.wait(1.0):
                seen = self._watch(seen)
        except SlackRefusedError as error:
            self._refused = error
        except Exception as error:  # told by whoever waits
            log.exception("The line to Slack failed")
            self._refused = SlackRefusedError(SlackFaultError("connecting", type(error).__name__))

    def _connect(self) -> None:
        """Connect, trying for as long as that can help."""
        pause = 1.0
        while not self._stopping.is_set() and not self._connected():
            self._stopping.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _connected(self) -> bool:
        """Try to connect once; tell whether clicks are heard now."""
        try:
            if self._app is None:
                self._app, self._connections = self._build()
            self._socket = run_socket(self._app, self._app_token)
        except SlackFaultError as fault:
            if fault.permanent and fault.remedy:
                raise SlackRefusedError(fault) from fault
            log.warning("Slack cannot be reached (%s); trying again", fault)
            self._stopping.wait(fault.retry_after)
            return False
        self._note_connections(self._socket.connections)
        self._heard.set()
        return True

    def _note_connections(self, count: int) -> None:
        self._connections.count = count
        if count > 1:
            log.warning(
                "Slack counts %d connections with these tokens. Each click goes to one of them: "
                "if another Winnow runs with another store, stop it.",
                count,
            )

    def _watch(self, seen: float) -> float:
        """Mend the connection where that is needed; return when it was last seen up."""
        socket, now = self._socket, time.monotonic()
        if socket is None:
            return now
        try:
            socket.mend()
        except SlackFaultError as fault:
            log.warning("The socket is still down: %s", fault)
        if socket.connected:
            self._connections.count = socket.connections
            return now
        if now - seen > SILENT_SECONDS:
            log.warning("The socket was down for %.0f s; connecting again", now - seen)
            socket.close()
            self._connect()
            return time.monotonic()
        return seen
