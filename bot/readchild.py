"""The child process that reads one search export within its bounds and says what it found.

It hears one line of JSON and says one for each record, then one for the file as a whole.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from bot.bounded import OUT_OF_MEMORY, said_of
from screening.errors import UnreadableFileError

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
_ERRORS_BYTES = 1_000_000
_SPARE_SECONDS = 5
_NICE = 10
_NEARLY = 0.9


def main() -> None:
    """Read the file that standard input names."""
    wanted = json.loads(sys.stdin.buffer.read())
    bind(wanted["parent"], wanted["memory"], wanted["seconds"], wanted["patience"])
    try:
        # The readers load within the bounds too.
        say_what_is_in(Path(wanted["path"]), wanted["name"], whole=wanted["whole"])
        sys.stdout.flush()
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except Exception:
        # Where memory is short, libraries fail in ways of their own.
        if _most_memory() > _NEARLY * wanted["memory"]:
            os._exit(OUT_OF_MEMORY)
        raise


def bind(parent: int, memory: int, seconds: int, patience: int) -> None:
    """Take the bounds on, and end with the parent whatever becomes of it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        # Should memory run out all the same, let this process be the one that is ended.
        Path("/proc/self/oom_score_adj").write_text("1000")
    if os.getppid() != parent:
        sys.exit("the parent is gone")
    os.nice(_NICE)
    limits = [
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, _ERRORS_BYTES),
        (resource.RLIMIT_CORE, 0),
    ]
    if sys.platform == "linux":
        limits.append((resource.RLIMIT_AS, memory))
    for which, most in limits:
        hard = resource.getrlimit(which)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (most, hard))
    # The parent ends this process in time; where there is no parent any more, the kernel does.
    signal.alarm(patience + _SPARE_SECONDS)


def say_what_is_in(path: Path, name: str, *, whole: bool) -> None:
    """Say the records, if they are wanted, and what the file is; or why it cannot be read."""
    from screening.reading import read_export

    try:
        reading = read_export(path, name)
    except UnreadableFileError as error:
        _say({"refused": [error.name, error.reason, error.remedy]})
        return
    if whole:
        for record in reading.records:
            _say(said_of(record))
    _say(
        {
            "format": reading.format,
            "encoding": reading.encoding,
            "marks": reading.marks,
            "fields": reading.fields,
            "records": len(reading.records),
            "problems": [(problem.message, problem.line) for problem in reading.problems],
        }
    )


def _most_memory() -> int:
    """Return the most address space that this process ever had, in bytes; 0 where it is not told."""
    status = Path("/proc/self/status")
    told = status.read_text() if status.exists() else ""
    peak = next((line for line in told.splitlines() if line.startswith("VmPeak:")), "VmPeak: 0 kB")
    return int(peak.split()[1]) * 1024


def _say(what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")


if __name__ == "__main__":
    main()
