"""Electing, on an embedded database, the one process that writes sheets and runs jobs."""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path


class FileLeadership:
    """A lock on a file beside the database; the system frees it when the process ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._guard = threading.Lock()
        self._file: int | None = None

    def try_acquire(self) -> bool:
        """Take the lock if it is free; True while this process holds it."""
        with self._guard:
            if self._file is not None:
                return True
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(file)
                return False
            os.ftruncate(file, 0)
            os.write(file, f"{os.getpid()}\n".encode())
            self._file = file
            return True

    def release(self) -> None:
        """Give the lock up; nothing happens when it is not held."""
        with self._guard:
            if self._file is not None:
                os.close(self._file)
                self._file = None
