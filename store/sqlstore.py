"""The store: one transaction a use case, on SQLite or Postgres."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from screening.errors import StoreBusyError, StoreReadOnlyError
from screening.ports import Leadership, Store, Transaction
from store.checking import drifted
from store.migrations import MIGRATIONS, check_not_newer, migrate, version_of
from store.part import putting
from store.schema import imports, last_reviews
from store.sqlite import SqliteDatabase
from store.transaction import SqlTransaction

if TYPE_CHECKING:
    from store.postgres import PostgresDatabase

log = logging.getLogger(__name__)

EVERYTHING = "*"
"""Name of the lock for what belongs to no single review."""

_LAST_REVIEW = select(last_reviews.c.review_id).where(
    last_reviews.c.member_id == bindparam("member")
)
_REVIEW_IDS = select(imports.c.review_id).distinct().order_by(imports.c.review_id)


class SqlStore:
    """The port `screening.ports.Store`, over a database that is already migrated."""

    def __init__(
        self,
        database: SqliteDatabase | PostgresDatabase,
        after_commit: Callable[[], None] | None = None,
    ) -> None:
        self.database = database
        self._after_commit = after_commit
        self._mine = threading.local()

    def on_commit(self, call: Callable[[], None]) -> None:
        """Have `call` called after each committed transaction that put something into the outbox."""
        self._after_commit = call

    def migrate(self) -> int:
        """Bring the schema up to date; return how many steps were taken.

        Raises `NewerStoreError` when the database was written by a later Winnow.
        """
        with self._bounded(), self.database.read() as connection:
            version = version_of(connection)
        check_not_newer(version)
        if version == MIGRATIONS[-1].number:
            return 0
        with self._bounded(writes=True), self.database.write(EVERYTHING) as connection:
            taken = migrate(connection)
        # New connections, because SQLite reads its planner's statistics only when one opens.
        self.database.renew()
        return taken

    @contextmanager
    def writing(self, review_id: str) -> Iterator[SqlTransaction]:
        """Open a write transaction: committed at the end, rolled back by any exception.

        Raises `StoreBusyError` when the review's lock is not to be had within two seconds, another
        `StoreFaultError` when the database cannot record.
        """
        with (
            self._one_at_a_time(),
            self._bounded(writes=True),
            self.database.write(review_id) as connection,
        ):
            tx = SqlTransaction(connection, review_id)
            self._mine.connection = connection
            yield tx
            tx.flush()
        if tx.enqueued:
            self._tell()

    @contextmanager
    def reading(self, review_id: str) -> Iterator[SqlTransaction]:
        """Open a read-only snapshot; a write in it is refused by the database."""
        with self._bounded(), self.database.read() as connection:
            tx = SqlTransaction(connection, review_id)
            yield tx
            tx.flush()

    def leadership(self) -> Leadership:
        """Return this process's side of the lock that elects who writes sheets and runs jobs."""
        return self.database.leadership

    def review_ids(self) -> list[str]:
        """Return the reviews that anything was imported into, in order of their IDs."""
        with self._bounded(), self.database.read() as connection:
            return list(connection.execute(_REVIEW_IDS).scalars())

    def last_review_of(self, member_id: str) -> str | None:
        """Return the review that the member last used."""
        with self._bounded(), self.database.read() as connection:
            return connection.execute(_LAST_REVIEW, {"member": member_id}).scalar()

    def set_last_review_of(self, member_id: str, review_id: str) -> None:
        """Remember the review that the member used; nothing is written when it is the same."""
        joined: Connection | None = getattr(self._mine, "connection", None)
        if joined is not None:
            _put_last_review(joined, member_id, review_id)
        elif self.last_review_of(member_id) != review_id:
            with self._bounded(writes=True), self.database.write(EVERYTHING) as connection:
                _put_last_review(connection, member_id, review_id)

    def drifted(self, review_id: str) -> list[str]:
        """Recount a review; return a sentence for each counter that is wrong."""
        with self.reading(review_id) as tx:
            return drifted(tx)

    def check_intact(self) -> None:
        """Have the database look at its own pages; raises `StoreDamagedError`."""
        with self._bounded():
            self.database.check_intact()

    def copy_to(self, path: str) -> None:
        """Write a consistent backup: a SQLite file that `open_store` opens, from either database."""
        # Imported late: copying opens stores itself.
        from store.copying import back_up

        with self._bounded():
            back_up(self, Path(path))

    def close(self) -> None:
        """Give up leadership and close every connection."""
        self.database.close()

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        """Refuse a second write transaction inside a thread's first, which would wait for itself."""
        if getattr(self._mine, "busy", False):
            raise RuntimeError("a use case opened a write transaction inside another one")
        self._mine.busy = True
        try:
            yield
        finally:
            self._mine.busy = False
            self._mine.connection = None

    @contextmanager
    def _bounded(self, *, writes: bool = False) -> Iterator[None]:
        """Raise our own error for a database that cannot be used at this moment.

        What is read must not write: that such a write is refused is a fault of ours.
        """
        try:
            yield
        except PoolTimeoutError as error:
            raise StoreBusyError(self.database.wait_seconds) from error
        except DBAPIError as error:
            fault = self.database.fault(error)
            if fault is None or (isinstance(fault, StoreReadOnlyError) and not writes):
                raise
            if not isinstance(fault, StoreBusyError):
                # An open connection would keep the fault, a file opened read-only for one.
                self.database.renew()
            raise fault from error

    def _tell(self) -> None:
        try:
            if self._after_commit is not None:
                self._after_commit()
        except Exception:
            log.exception("What waits for commits failed; the commit itself stands.")


def _put_last_review(connection: Connection, member_id: str, review_id: str) -> None:
    statement = putting(connection.dialect.name, last_reviews, ("member_id",), ("review_id",))
    connection.execute(statement, {"member_id": member_id, "review_id": review_id})


if TYPE_CHECKING:
    # The ports, held against their implementation by the type checker.
    _STORE: type[Store] = SqlStore
    _TRANSACTION: type[Transaction] = SqlTransaction
