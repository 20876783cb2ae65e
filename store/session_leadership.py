"""The lock of the process that leads, on Postgres."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

import psycopg

log = logging.getLogger(__name__)


class SessionLock:
    """A Postgres advisory lock on a connection of its own; a lost connection is a lost lock."""

    def __init__(self, connect: Callable[[], psycopg.Connection[Any]], key: int) -> None:
        self._connect = connect
        self._key = key
        self._guard = threading.Lock()
        self._connection: psycopg.Connection[Any] | None = None

    def try_acquire(self) -> bool:
        """Take the lock if it is free; True while this process holds it, asked again each time."""
        with self._guard:
            if self._connection is not None:
                try:
                    # The server answers on this session, so the session's lock is still ours.
                    self._connection.execute("SELECT 1")
                except psycopg.Error:
                    log.warning("Leadership was lost with its database connection.")
                    self._drop()
                else:
                    return True
            return self._take()

    def release(self) -> None:
        """Give the lock up; nothing happens when it is not held."""
        with self._guard:
            if self._connection is not None:
                try:
                    # Said aloud, because a closed connection frees its locks only a moment later.
                    self._connection.execute("SELECT pg_advisory_unlock(%s)", (self._key,))
                except psycopg.Error as error:
                    log.warning("Leadership ended with its connection: %s", error)
            self._drop()

    def _take(self) -> bool:
        try:
            connection = self._connect()
        except psycopg.Error as error:
            log.warning("The database cannot be asked for leadership: %s", error)
            return False
        try:
            row = connection.execute("SELECT pg_try_advisory_lock(%s)", (self._key,)).fetchone()
        except psycopg.Error as error:
            log.warning("The database cannot be asked for leadership: %s", error)
            connection.close()
            return False
        if row is None or not row[0]:
            connection.close()
            return False
        self._connection = connection
        return True

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
