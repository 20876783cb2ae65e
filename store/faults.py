"""What a database's own error means for whoever wanted to record something."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from screening.errors import (
    StoreBusyError,
    StoreDamagedError,
    StoreDiskError,
    StoreFaultError,
    StoreFullError,
    StoreGoneError,
    StoreReadOnlyError,
)

NO_ROOM = 64 * 1024
"""Bytes free on a disk that is full in effect: SQLite may then report any failed write."""

# https://www.sqlite.org/rescode.html, primary result codes.
BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def sqlite_fault(error: DBAPIError, path: Path, seconds: float) -> StoreFaultError | None:
    """Return what an error of SQLite means, None when the statement itself was wrong."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    reason = str(error.orig)
    if primary in BUSY:
        return StoreBusyError(seconds)
    if primary in DAMAGED:
        return StoreDamagedError()
    if primary == sqlite3.SQLITE_FULL:
        return StoreFullError()
    if primary == sqlite3.SQLITE_READONLY:
        return StoreReadOnlyError()
    if primary == sqlite3.SQLITE_IOERR:
        return StoreFullError() if _is_full(path) else StoreDiskError(reason)
    if primary == sqlite3.SQLITE_CANTOPEN:
        return StoreFullError() if _is_full(path) else StoreGoneError(reason)
    return None


def _is_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < NO_ROOM
    except OSError:
        return False
