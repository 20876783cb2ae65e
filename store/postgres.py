"""Postgres: one advisory lock a review, bounded waits, snapshots for reading."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from screening.errors import StoreBusyError, StoreFaultError
from store.errors import StoreUnreachableError
from store.lease import LeasedLeadership
from store.postgres_faults import postgres_fault
from store.session_leadership import SessionLock

WAIT_SECONDS = 2.0
"""How long a write waits for its review's lock before it gives up."""

STATEMENT_SECONDS = 60.0
"""How long one statement may run; a large import's longest takes a few seconds."""

CONNECTIONS = 5
CONNECTIONS_AT_MOST = 20

_TAKE_LOCK = text("SELECT pg_advisory_xact_lock(:key)")


def lock_key(name: str) -> int:
    """Return the 64-bit advisory lock that stands for a name."""
    digest = hashlib.sha256(b"winnow/" + name.encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


class PostgresDatabase:
    """One Postgres database, shared by any number of identical workers."""

    def __init__(self, url: URL, wait_seconds: float = WAIT_SECONDS) -> None:
        self.url = url.set(drivername="postgresql+psycopg")
        self.wait_seconds = wait_seconds
        self._turns: dict[str, threading.Lock] = {}
        self._engine = self._make_engine()
        self._reader = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        try:
            self._engine.connect().close()
        except DBAPIError as error:
            self._engine.dispose()
            # A password may stand among the options, too.
            where = url.set(query={}).render_as_string(hide_password=True)
            raise StoreUnreachableError(where, str(error.orig).strip()) from error
        lock = SessionLock(self._leader_connection, lock_key("leader"))
        self.leadership = LeasedLeadership(self, lock)

    def _make_engine(self) -> Engine:
        engine = create_engine(
            self.url,
            pool_size=CONNECTIONS,
            max_overflow=CONNECTIONS_AT_MOST - CONNECTIONS,
            pool_timeout=self.wait_seconds,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"connect_timeout": 5, "application_name": "winnow"},
        )

        def prepare(connection: Any, entry: ConnectionPoolEntry) -> None:
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = {int(self.wait_seconds * 1000)}")
                cursor.execute(f"SET statement_timeout = {int(STATEMENT_SECONDS * 1000)}")
                cursor.execute("SET idle_in_transaction_session_timeout = 60000")
            connection.commit()

        event.listen(engine, "connect", prepare)
        return engine

    def _leader_connection(self) -> psycopg.Connection[Any]:
        connect = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(
            connect,
            autocommit=True,
            connect_timeout=5,
            application_name="winnow leader",
            options="-c statement_timeout=5000",
            keepalives_idle=10,
            keepalives_interval=5,
            keepalives_count=3,
        )

    @contextmanager
    def write(self, review_id: str) -> Iterator[Connection]:
        """Open a write transaction that holds the review's lock; commit at the end."""
        # Threads of this process queue here, so that only one of them a review holds a connection.
        turn = self._turns.setdefault(review_id, threading.Lock())
        if not turn.acquire(timeout=self.wait_seconds):
            raise StoreBusyError(self.wait_seconds)
        try:
            with self._engine.connect() as connection, connection.begin():
                connection.execute(_TAKE_LOCK, {"key": lock_key(f"review/{review_id}")})
                yield connection
        finally:
            turn.release()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a read-only snapshot."""
        with self._reader.connect() as connection, connection.begin():
            yield connection

    def fault(self, error: DBAPIError) -> StoreFaultError | None:
        """Return what an error means, None when the statement itself was wrong."""
        return postgres_fault(error, self.wait_seconds)

    def check_intact(self) -> None:
        """Nothing to look at here: the server checks its pages as it reads them."""

    def close(self) -> None:
        """Close every connection."""
        self.leadership.release()
        self.renew()

    def renew(self) -> None:
        """Replace every idle connection by a new one, when it is next needed."""
        self._engine.dispose()
