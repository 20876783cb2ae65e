"""Carrying a whole store elsewhere: backups, and moving between SQLite and Postgres."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, func, select, text

from screening.errors import StoreDamagedError, StoreDiskError, StoreFullError
from store.errors import BackupFailedError, StoreNotEmptyError
from store.faults import DAMAGED
from store.opening import open_store
from store.part import ROWS
from store.private_files import SIDECARS, make_private_folder
from store.schema import METADATA
from store.sqlite import SqliteDatabase
from store.sqlstore import EVERYTHING, SqlStore


def back_up(store: SqlStore, path: Path) -> None:
    """Write a consistent copy, under its name only once it is whole and on the disk.

    Raises `BackupFailedError` or, when the store itself cannot be read, a `StoreFaultError`.
    """
    part = path.with_name(path.name + ".part")
    try:
        make_private_folder(path.parent)
        _remove(part)
        if isinstance(store.database, SqliteDatabase):
            store.database.backup(part)
        else:
            _copy_into_file(store, part)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException as error:
        # A half copy on a full disk would stay there and be taken for a backup.
        with suppress(OSError):
            _remove(part)
        _explain(error, path)
        raise


def _explain(error: BaseException, path: Path) -> None:
    """Raise what a person can act on, where an error has such a meaning."""
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGED:
        raise StoreDamagedError from error
    if isinstance(error, OSError | sqlite3.Error | StoreFullError | StoreDiskError):
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise BackupFailedError(str(path), reason or type(error).__name__) from error


def _remove(part: Path) -> None:
    """Remove an unfinished copy and what stands beside it."""
    for ending in (*SIDECARS, ".whole", ".whole-journal"):
        part.with_name(part.name + ending).unlink(missing_ok=True)


def copy_all(source: SqlStore, destination: SqlStore) -> int:
    """Copy every row of one store into another, empty one; return how many rows.

    What is read is one snapshot, what is written one transaction. Raises `StoreNotEmptyError`.
    """
    copied = 0
    with source.database.read() as reading, destination.database.write(EVERYTHING) as writing:
        for table in METADATA.sorted_tables:
            if writing.execute(select(func.count()).select_from(table)).scalar():
                raise StoreNotEmptyError(table.name)
        for table in METADATA.sorted_tables:
            rows = reading.execution_options(yield_per=ROWS).execute(select(table))
            for piece in rows.partitions(ROWS):
                writing.execute(table.insert(), [dict(row._mapping) for row in piece])
                copied += len(piece)
        _continue_numbers(writing)
    return copied


def _continue_numbers(connection: Connection) -> None:
    """Let Postgres number the audit log on from where the copied entries end."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            text(
                "SELECT setval(pg_get_serial_sequence('audit_log', 'entry'),"
                " (SELECT coalesce(max(entry), 0) + 1 FROM audit_log), false)"
            )
        )


def _copy_into_file(store: SqlStore, path: Path) -> None:
    """Copy a Postgres store into a SQLite file, which `open_store` opens like any other."""
    target = open_store(f"sqlite:///{path.absolute()}")
    try:
        copy_all(store, target)
    finally:
        target.close()
    whole = path.with_name(path.name + ".whole")
    file = SqliteDatabase(path)
    try:
        file.backup(whole)
    finally:
        file.close()
    for ending in SIDECARS:
        path.with_name(path.name + ending).unlink(missing_ok=True)
    whole.replace(path)
