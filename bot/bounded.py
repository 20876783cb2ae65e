"""Reads search exports in a child process that can take no more than its bounds, one at a time.

A file from anywhere may be made to exhaust whoever reads it: a workbook of 11 MB unpacks to 100 MB and
more. So it is read apart from the bot, by a process with less priority, a limit on memory, time and
what it may say, and without the bot's secrets.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from screening.errors import UnreadableFileError, WinnowError
from screening.records import Problem, Reading, Record, SourceRecord, Understood

log = logging.getLogger(__name__)

OUT_OF_MEMORY = 41
"""The child's exit code when its memory did not suffice."""

PATIENCE = 5

_KEPT = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LC_CTYPE", "PYTHONPATH")
_SMALLER = "Export the search in several parts, or as RIS."
_OUT_OF_TIME = (-signal.SIGALRM, -signal.SIGXCPU)
_ERRORS_SHOWN = 4_000


@dataclass(frozen=True, slots=True)
class Bounds:
    """What reading one file may take: bytes of memory, seconds of computing, bytes of what it says.

    On a busy machine it may take `PATIENCE` times as long by the clock.
    """

    memory: int
    seconds: int
    output: int


DROPPED = Bounds(memory=1_000_000_000, seconds=120, output=250_000_000)
"""For files that anybody on the team may drop; 20,000 records with all their columns take half."""

BY_HAND = Bounds(memory=6_000_000_000, seconds=3_600, output=2_000_000_000)
"""For files that whoever runs the machine names on the command line."""


class ReadingStoppedError(WinnowError):
    """The bot was told to stop while a file was read."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} was not read: Winnow is stopping. Try it again when it is back in a moment."
        )


class BoundedReader:
    """Reads files in child processes, one at a time; safe to share between threads."""

    def __init__(self, bounds: Bounds = DROPPED) -> None:
        self._bounds = bounds
        self._turn = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._closed = False

    def read(self, data: bytes | Path, name: str) -> Reading:
        """Return all that a search export holds. Raises `UnreadableFileError`."""
        records: list[SourceRecord] = []
        found = self._read(data, name, lambda given: records.append(_record(given)))
        return Reading(
            format=found["format"],
            encoding=found["encoding"],
            records=tuple(records),
            problems=_problems(found),
            marks=found["marks"],
            fields=found["fields"],
        )

    def understand(self, data: bytes | Path, name: str) -> Understood:
        """Return what a search export is, without its records. Raises `UnreadableFileError`."""
        found = self._read(data, name, None)
        return Understood(found["format"], found["encoding"], found["records"], _problems(found))

    def close(self) -> None:
        """Stop what is being read; nothing is read any more."""
        self._closed = True
        child = self._child
        if child is not None:
            child.kill()

    def _read(
        self, data: bytes | Path, name: str, take: Callable[[list[Any]], None] | None
    ) -> dict[str, Any]:
        """Run a child on a file; hand `take` its records and return the rest."""
        with self._turn, tempfile.TemporaryDirectory(prefix="winnow-") as folder:
            path = data if isinstance(data, Path) else Path(folder) / "export"
            if isinstance(data, bytes):
                path.write_bytes(data)
            with (Path(folder) / "errors").open("w+b") as errors:
                run = _Run(self._bounds, name, errors)
                try:
                    self._child = run.start(path, whole=take is not None)
                    if self._closed:
                        self._child.kill()
                    return run.result(take or (lambda given: None))
                except UnreadableFileError:
                    if self._closed:
                        raise ReadingStoppedError(name) from None
                    raise
                finally:
                    self._child = None


class _Run:
    """One child at its work."""

    def __init__(self, bounds: Bounds, name: str, errors: IO[bytes]) -> None:
        self._bounds = bounds
        self._name = name
        self._errors = errors
        self._late = False

    def start(self, path: Path, *, whole: bool) -> subprocess.Popen[bytes]:
        """Start the child and tell it what to read."""
        self._child = child = subprocess.Popen(
            [sys.executable, "-m", "bot.readchild"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={name: os.environ[name] for name in _KEPT if name in os.environ},
            # A Ctrl-C is for us: we end the child ourselves.
            start_new_session=True,
        )
        wanted = {"path": str(path.absolute()), "name": self._name, "whole": whole}
        wanted |= {"parent": os.getpid(), "patience": PATIENCE * self._bounds.seconds}
        wanted |= asdict(self._bounds)
        if child.stdin is not None:
            # A child that is gone already is no fault here: `result` says why it ended.
            with contextlib.suppress(BrokenPipeError), child.stdin:
                child.stdin.write(json.dumps(wanted).encode())
        return child

    def result(self, take: Callable[[list[Any]], None]) -> dict[str, Any]:
        """Wait for the child's last word and return it; its records go to `take`."""
        timer = threading.Timer(PATIENCE * self._bounds.seconds, self._too_late)
        timer.daemon = True
        timer.start()
        found: dict[str, Any] | None = None
        try:
            for line in self._lines():
                said = json.loads(line)
                if isinstance(said, list):
                    take(said)
                else:
                    found = said
        finally:
            timer.cancel()
            self._child.kill()
            code = self._child.wait()
        if found is None:
            raise self._fault(code)
        if "refused" in found:
            raise UnreadableFileError(*found["refused"])
        return found

    def _lines(self) -> Iterator[bytes]:
        """Yield what the child says, until it ends; raise when it says too much."""
        left = self._bounds.output
        said = self._child.stdout
        if said is None:
            raise RuntimeError("the reader was started without a pipe")
        with said:
            while line := said.readline(left + 1):
                left -= len(line)
                if left < 0:
                    raise UnreadableFileError(
                        self._name, "it holds more than one search export does", _SMALLER
                    )
                if line.endswith(b"\n"):
                    yield line

    def _too_late(self) -> None:
        self._late = True
        self._child.kill()

    def _fault(self, code: int) -> UnreadableFileError:
        """Say why the child ended without a result."""
        if self._late or code in _OUT_OF_TIME:
            minutes = self._bounds.seconds / 60
            return UnreadableFileError(
                self._name,
                f"reading it took more than {minutes:.2g} minutes of computing",
                _SMALLER,
            )
        if code == OUT_OF_MEMORY or code < 0:
            needed = "reading it took more memory than a search export needs"
            return UnreadableFileError(self._name, needed, _SMALLER)
        self._errors.seek(0)
        told = self._errors.read()[-_ERRORS_SHOWN:].decode("utf-8", "replace")
        log.error("The reader ended with %s. It said:\n%s", code, told)
        return UnreadableFileError(
            self._name,
            "the reader failed on it",
            "The log has the details; export the search in another format, such as RIS.",
        )


def said_of(record: SourceRecord) -> list[Any]:
    """Return a record as the child says it."""
    fields = [getattr(record.record, name) for name in Record.__dataclass_fields__]
    return [fields, record.position, record.line, record.raw]


def _record(said: list[Any]) -> SourceRecord:
    fields, position, line, raw = said
    values: list[Any] = [tuple(value) if isinstance(value, list) else value for value in fields]
    return SourceRecord(Record(*values), position, line, tuple((tag, value) for tag, value in raw))


def _problems(said: dict[str, Any]) -> tuple[Problem, ...]:
    return tuple(Problem(message, line) for message, line in said["problems"])
