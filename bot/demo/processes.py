"""The demo's two processes: started, awaited, started anew when they die, stopped in order."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.demo.errors import PortTakenError, ProcessFailedError

log = logging.getLogger(__name__)

_STOP_SECONDS = 8.0
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


class Process:
    """A child process that says on its first line of output that it is ready."""

    def __init__(
        self, name: str, arguments: Sequence[str], environ: Mapping[str, str], log_file: Path
    ) -> None:
        self.name = name
        self.log_file = log_file
        self._arguments = list(arguments)
        self._environ = dict(environ)
        self._child: subprocess.Popen[str] | None = None

    @property
    def pid(self) -> int:
        """The process's number, 0 before it was started."""
        return self._child.pid if self._child else 0

    def start(self) -> None:
        """Start the process; its standard error goes to its log file."""
        with self.log_file.open("a") as errors:
            self._child = subprocess.Popen(
                self._arguments,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env={**os.environ, **self._environ},
                # A Ctrl-C is ours to pass on, bot first, so that nothing it says is refused.
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )

    def first_line(self) -> str:
        """Wait for the first line of output; raise `ProcessFailedError` when there is none."""
        if self._child is None or self._child.stdout is None:
            raise RuntimeError(f"{self.name} was not started")
        line = self._child.stdout.readline()
        if not line:
            self._child.wait()
            raise ProcessFailedError(self.name, self.log_file)
        threading.Thread(target=self._child.stdout.read, daemon=True).start()
        return line

    def exit_code(self) -> int | None:
        """Return how the process ended, None while it runs."""
        return self._child.poll() if self._child else None

    def stop(self) -> None:
        """End the process, gently first."""
        if self._child is None or self._child.poll() is not None:
            return
        self._child.terminate()
        try:
            self._child.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()


class Watch:
    """Keeps the bot running as long as the playground does, until it is told to stop."""

    def __init__(self, playground: Process, bot: Process) -> None:
        self._playground = playground
        self._bot = bot
        self._stop = threading.Event()

    def stop(self, *_: object) -> None:
        """End the watch; also a signal handler."""
        self._stop.set()

    def run(self) -> int:
        """Watch until stopped; return the exit code for the command."""
        pause, started = 1.0, time.monotonic()
        while not self._stop.wait(0.2):
            if self._playground.exit_code() is not None:
                log.error("%s", ProcessFailedError("The playground", self._playground.log_file))
                return 1
            code = self._bot.exit_code()
            if code is None:
                continue
            if code == 2:
                log.error("%s", ProcessFailedError("The bot", self._bot.log_file))
                return 1
            if time.monotonic() - started > 60:
                pause = 1.0
            log.warning("The bot ended (%s); it is started again", _said(code))
            if self._stop.wait(pause):
                break
            pause, started = min(pause * 2, 15.0), time.monotonic()
            self._bot.start()
            try:
                self._bot.first_line()
            except ProcessFailedError as error:
                log.warning("%s", error)
        return 0


def check_port(host: str, port: int) -> None:
    """Raise `PortTakenError` when something listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise PortTakenError(port) from None


def _said(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _die_with_parent() -> None:
    """Ask Linux to end this child when the demo is killed: no bot is left behind unseen."""
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGTERM)
