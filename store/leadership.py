"""The lock of the process that leads, on an embedded database."""

from __future__ import annotations

import fcntl
import logging
import os
import threading
from contextlib import suppress
from pathlib import Path

from store.private_files import FILE_MODE

log = logging.getLogger(__name__)


class FileLock:
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
            try:
                file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
            except OSError as error:
                # A full disk, say: without the file there is no lock, and later there may be one.
                log.warning("The lock %s cannot be opened: %s", self.path, error.strerror)
                return False
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(file)
                return False
            self._file = file
            _note_holder(file)
            return True

    def release(self) -> None:
        """Give the lock up; nothing happens when it is not held."""
        with self._guard:
            if self._file is not None:
                os.close(self._file)
                self._file = None


def _note_holder(file: int) -> None:
    """Write who holds the lock, for people who look; the lock holds without it."""
    with suppress(OSError):  # a full disk
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
