"""The embedded database: one file, many readers, one writer at a time."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random

from screening.errors import StoreBusyError, StoreDamagedError, StoreFaultError, StoreGoneError
from store.errors import StoreAddressError, StoreUnreachableError
from store.faults import sqlite_fault
from store.leadership import FileLock
from store.lease import LeasedLeadership
from store.private_files import make_database_private, make_private_file, make_private_folder

WAIT_SECONDS = 2.0
"""How long a write waits for the database before it gives up."""

READERS = 4
READERS_AT_MOST = 24


class SqliteDatabase:
    """One SQLite file in WAL mode, every commit synced to the disk before it is acknowledged.

    Writers of this process take turns at a lock of our own, so that none of them sleeps in SQLite's
    polling; other processes are waited for by SQLite's busy timeout, within the same bound.
    """

    def __init__(
        self,
        path: Path,
        wait_seconds: float = WAIT_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        if not str(path) or str(path) == ":memory:":
            raise StoreAddressError("sqlite", "an in-memory database is lost at every stop")
        self.path = path.absolute()
        self.wait_seconds = wait_seconds
        self._monotonic = monotonic
        self._turn = threading.Lock()
        try:
            make_private_folder(self.path.parent)
            make_database_private(self.path)
            self._writer = self._engine("BEGIN IMMEDIATE", 1, 1)
            self._reader = self._engine("BEGIN", READERS, READERS_AT_MOST, query_only=True)
            self._connect_first()
        except (OSError, DBAPIError) as error:
            fault = self.fault(error) if isinstance(error, DBAPIError) else None
            if fault is not None and not isinstance(fault, StoreGoneError):
                raise fault from error
            reason = str(getattr(error, "orig", error))
            raise StoreUnreachableError(str(self.path), reason) from error
        lock = FileLock(self.path.with_name(self.path.name + ".leader"))
        self.leadership = LeasedLeadership(self, lock)

    def _connect_first(self) -> None:
        """Turn WAL on; a folder that cannot be written fails here.

        SQLite's busy timeout does not cover this step, so another process that makes the same new
        file is waited for here.
        """
        is_busy = retry_if_exception(
            lambda e: isinstance(e, DBAPIError) and isinstance(self.fault(e), StoreBusyError)
        )
        until = stop_after_delay(self.wait_seconds)
        for attempt in Retrying(
            retry=is_busy, stop=until, wait=wait_random(0.01, 0.05), reraise=True
        ):
            with attempt:
                self._writer.connect().close()

    def _engine(self, begin: str, size: int, most: int, query_only: bool = False) -> Engine:
        engine = create_engine(
            URL.create("sqlite+pysqlite", database=str(self.path)),
            poolclass=QueuePool,
            pool_size=size,
            max_overflow=most - size,
            pool_timeout=self.wait_seconds,
            # Statements carry votes; they must not reach a log through an error's text.
            hide_parameters=True,
            connect_args={
                "check_same_thread": False,
                "isolation_level": None,
                "timeout": self.wait_seconds,
                "cached_statements": 512,
            },
        )

        def prepare(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
            for pragma in (
                "journal_mode=WAL",
                "synchronous=FULL",
                "foreign_keys=ON",
                # REPLACE must not slip past the triggers that keep votes and audit append-only.
                "recursive_triggers=ON",
                "temp_store=MEMORY",
                f"cache_size={-4096 if query_only else -16384}",
                # The log goes into the file every 16 MB: at 4 MB, one vote in forty would wait for it.
                "wal_autocheckpoint=4000",
                "journal_size_limit=67108864",
                f"query_only={int(query_only)}",
            ):
                connection.execute(f"PRAGMA {pragma}")

        def start(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

        event.listen(engine, "connect", prepare)
        event.listen(engine, "begin", start)
        return engine

    @contextmanager
    def write(self, review_id: str) -> Iterator[Connection]:
        """Open a write transaction; commit at the end, roll back on any exception."""
        started = self._monotonic()
        if not self._turn.acquire(timeout=self.wait_seconds):
            raise StoreBusyError(self.wait_seconds)
        try:
            with self._writer.connect() as connection:
                left = max(0.0, self.wait_seconds - (self._monotonic() - started))
                driver: Any = connection.connection.dbapi_connection
                driver.execute(f"PRAGMA busy_timeout={int(left * 1000)}")
                with connection.begin():
                    yield connection
        finally:
            self._turn.release()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a read-only snapshot."""
        with self._reader.connect() as connection, connection.begin():
            yield connection

    def fault(self, error: DBAPIError) -> StoreFaultError | None:
        """Return what an error means, None when the statement itself was wrong."""
        return sqlite_fault(error, self.path, self.wait_seconds)

    def check_intact(self) -> None:
        """Read every page. Raises `StoreDamagedError`."""
        with self.read() as connection:
            if connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
                raise StoreDamagedError

    def backup(self, path: Path) -> None:
        """Copy the database as of this moment into a new file; voting goes on meanwhile.

        Raises `StoreDamagedError` for a copy that is not sound: it must not replace an older one.
        """
        make_private_file(path)
        source = sqlite3.connect(self.path, timeout=self.wait_seconds)
        target = sqlite3.connect(path)
        try:
            source.backup(target)
            # One file that opens anywhere, without a log beside it.
            target.execute("PRAGMA journal_mode=DELETE")
            if target.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise StoreDamagedError
        finally:
            target.close()
            source.close()

    def close(self) -> None:
        """Close every connection."""
        self.leadership.release()
        self.renew()

    def renew(self) -> None:
        """Replace every idle connection by a new one, when it is next needed."""
        self._reader.dispose()
        self._writer.dispose()
