"""Files that only the account which runs Winnow may read: the store, its backups, its locks."""

from __future__ import annotations

import logging
import os
from pathlib import Path

log = logging.getLogger(__name__)

FILE_MODE = 0o600
FOLDER_MODE = 0o700

SIDECARS = ("", "-wal", "-shm", "-journal", ".leader")
"""What stands beside a database's file under its name."""


def make_private_folder(path: Path) -> None:
    """Create a folder, and those above it that are missing, closed to other accounts."""
    if not path.parent.exists():
        make_private_folder(path.parent)
    path.mkdir(mode=FOLDER_MODE, exist_ok=True)


def make_private_file(path: Path) -> None:
    """Create an empty file closed to other accounts, or close the one that is there.

    One that is there is not opened: closing it again would free SQLite's locks on it.
    """
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE))
    except FileExistsError:
        close_to_others(path)


def make_database_private(path: Path) -> None:
    """Create a database's file, or close it and what stands beside it.

    SQLite gives its log and index the mode of the file itself.
    """
    make_private_file(path)
    for ending in SIDECARS[1:]:
        close_to_others(path.with_name(path.name + ending))


def close_to_others(path: Path) -> None:
    """Take a file or folder of ours away from other accounts; say so when it was open to them."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return
    if found.st_uid != os.geteuid() or not found.st_mode & 0o077:
        return
    path.chmod(FOLDER_MODE if path.is_dir() else FILE_MODE)
    log.warning("Other accounts could read %s; now only this one can.", path)


def close_backups(folder: Path, pattern: str) -> None:
    """Close the backups in a folder to other accounts, and a folder that holds nothing else."""
    if not folder.is_dir():
        return
    backups = set(folder.glob(pattern))
    for backup in backups:
        close_to_others(backup)
    if backups and set(folder.iterdir()) == backups:
        close_to_others(folder)
