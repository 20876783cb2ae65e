"""Leading by a lease in the database, so that a process that hangs is replaced like one that died.

The lock alone cannot tell: the system frees it only when the process ends. So the leader also renews
a lease, and whoever finds it run out takes its place. The lock still makes a change quick: if it can
be had although the leader held it, the leader is dead, and nobody waits for the lease to run out.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Connection, bindparam, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from screening.errors import StoreFaultError
from store.part import putting
from store.schema import settings

if TYPE_CHECKING:
    from store.postgres import PostgresDatabase
    from store.sqlite import SqliteDatabase

log = logging.getLogger(__name__)

LEASE_SECONDS = 45.0
RENEW_SECONDS = 10.0
MARGIN_SECONDS = 5.0
"""By how much the leader gives up before its lease runs out: two clocks may differ a little."""

INSTALLATION = ""
"""The settings' review for what belongs to none."""

NAME = "leader"

_KEPT = select(settings.c.value).where(
    settings.c.review_id == INSTALLATION, settings.c.name == bindparam("setting")
)
_NOW = {
    "sqlite": text("SELECT (julianday('now') - 2440587.5) * 86400.0"),
    "postgresql": text("SELECT extract(epoch FROM clock_timestamp())::float8"),
}


def since_boot() -> float:
    """Return seconds since the machine started, where that can be had with those that it slept."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Lock(Protocol):
    """What the system frees when the process that holds it ends."""

    def try_acquire(self) -> bool:
        """Take the lock if it is free; True while this process holds it."""

    def release(self) -> None:
        """Give the lock up; nothing happens when it is not held."""


@dataclass(frozen=True, slots=True)
class Lease:
    """Who leads, until when by the database's clock, and whether they hold the lock as well."""

    holder: str
    expires: float
    locked: bool


class LeasedLeadership:
    """This process's side of leading; `try_acquire` is asked every few seconds."""

    def __init__(
        self,
        database: SqliteDatabase | PostgresDatabase,
        lock: Lock,
        *,
        seconds: float = LEASE_SECONDS,
        renew: float = RENEW_SECONDS,
        margin: float = MARGIN_SECONDS,
        monotonic: Callable[[], float] = since_boot,
    ) -> None:
        self._database = database
        self._lock = lock
        self._seconds = seconds
        self._renew = renew
        self._margin = margin
        self._monotonic = monotonic
        self._me = secrets.token_hex(8)
        self._guard = threading.Lock()
        self._until = 0.0
        self._renew_at = 0.0
        self._locked = False

    def is_current(self) -> bool:
        """Tell, without asking anybody, whether this process still leads.

        A process that was stopped for longer than its lease wakes up to False.
        """
        return self._monotonic() < self._until

    def try_acquire(self) -> bool:
        """Take or keep the lead; True while this process leads."""
        with self._guard:
            had_lock, self._locked = self._locked, self._lock.try_acquire()
            keeps_lock = self._locked or not had_lock
            if self.is_current() and keeps_lock and self._monotonic() < self._renew_at:
                return True
            try:
                self._ask()
            except (StoreFaultError, DBAPIError, PoolTimeoutError) as error:
                log.warning("The lease cannot be renewed (%s)", type(error).__name__)
            return self.is_current()

    def release(self) -> None:
        """Give the lead up at once; nothing happens when it is not held."""
        with self._guard:
            if self.is_current():
                try:
                    with self._database.write(NAME) as connection:
                        found = _read(connection)
                        if found is not None and found.holder == self._me:
                            _write(connection, Lease(self._me, 0.0, False))
                except (StoreFaultError, DBAPIError, PoolTimeoutError) as error:
                    log.warning("The lease runs out by itself (%s)", type(error).__name__)
            self._stand_down()

    def _ask(self) -> None:
        # From before the database is asked: however long it takes, the lease is no shorter for it.
        began = self._monotonic()
        if not self._may_lead():
            self._stand_down()
            return
        with self._database.write(NAME) as connection:
            found, now = _read(connection), _now(connection)
            if not self._is_free(found, now):
                self._stand_down()
                return
            _write(connection, Lease(self._me, now + self._seconds, self._locked))
        self._until = began + self._seconds - self._margin
        self._renew_at = began + self._renew

    def _may_lead(self) -> bool:
        with self._database.read() as connection:
            return self._is_free(_read(connection), _now(connection))

    def _is_free(self, found: Lease | None, now: float) -> bool:
        """Tell whether the lead is ours or nobody's.

        A holder who said that it has the lock is dead if the lock is ours now. One that never had it
        (because a process that hangs has it still) is waited for.
        """
        if found is None or found.holder == self._me or found.expires <= now:
            return True
        return self._locked and found.locked

    def _stand_down(self) -> None:
        self._until = self._renew_at = 0.0
        self._locked = False
        self._lock.release()


def _now(connection: Connection) -> float:
    return float(connection.execute(_NOW[connection.dialect.name]).scalar_one())


def _read(connection: Connection) -> Lease | None:
    value = connection.execute(_KEPT, {"setting": NAME}).scalar()
    if not value:
        return None
    return Lease(**json.loads(value))


def _write(connection: Connection, lease: Lease) -> None:
    statement = putting(connection.dialect.name, settings, ("review_id", "name"), ("value",))
    values = {"review_id": INSTALLATION, "name": NAME, "value": json.dumps(asdict(lease))}
    connection.execute(statement, values)
