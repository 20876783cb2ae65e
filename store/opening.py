"""Opening the store that a URL names, its schema brought up to date."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from store.errors import StoreAddressError
from store.sqlite import WAIT_SECONDS, SqliteDatabase
from store.sqlstore import SqlStore

if TYPE_CHECKING:
    from store.postgres import PostgresDatabase

POSTGRES = ("postgres", "postgresql", "postgresql+psycopg")


def open_store(url: str, *, after_commit: Callable[[], None] | None = None) -> SqlStore:
    """Open `sqlite:///path` or `postgresql://…`, and migrate it.

    `after_commit` is called after each committed transaction that put something into the outbox.
    Raises `StoreAddressError`, `StoreUnreachableError`, `NewerStoreError` or `StoreBusyError`.
    """
    store = SqlStore(connect_database(url), after_commit)
    try:
        store.migrate()
    except BaseException:
        store.close()
        raise
    return store


def is_embedded(url: str) -> bool:
    """Tell whether the store is a file on this machine's disk."""
    return url.startswith("sqlite")


def connect_database(
    url: str, wait_seconds: float = WAIT_SECONDS
) -> SqliteDatabase | PostgresDatabase:
    """Connect to the database that a URL names, as it is; a write waits `wait_seconds` for it."""
    scheme, separator, _ = url.partition("://")
    if not separator:
        raise StoreAddressError("", "it is not a URL")
    if scheme not in ("sqlite", *POSTGRES):
        raise StoreAddressError(scheme, "only SQLite and Postgres can keep a review")
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise StoreAddressError(scheme, "it is not a valid URL") from None
    if scheme == "sqlite":
        if not parsed.database:
            raise StoreAddressError(scheme, "it names no file")
        return SqliteDatabase(Path(parsed.database), wait_seconds)
    # Late: its driver takes a tenth of a second to load, which an embedded store need not wait for.
    from store.postgres import PostgresDatabase

    return PostgresDatabase(parsed, wait_seconds)
