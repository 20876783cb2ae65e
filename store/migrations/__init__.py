"""Bringing a database from the schema it has to the one the code knows, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, inspect, text

from store.errors import NewerStoreError
from store.migrations import (
    m0001_initial,
    m0002_first_tries,
    m0003_own_columns,
    m0004_reveals,
    m0005_decided_days,
    m0006_lapsed_cards,
    m0007_decisions,
)
from store.planner import write_statistics


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step; `statements` maps a dialect's name to the SQL that takes it."""

    number: int
    name: str
    statements: Callable[[str], Sequence[str]]


MIGRATIONS = (
    Migration(1, m0001_initial.NAME, m0001_initial.statements),
    Migration(2, m0002_first_tries.NAME, m0002_first_tries.statements),
    Migration(3, m0003_own_columns.NAME, m0003_own_columns.statements),
    Migration(4, m0004_reveals.NAME, m0004_reveals.statements),
    Migration(5, m0005_decided_days.NAME, m0005_decided_days.statements),
    Migration(6, m0006_lapsed_cards.NAME, m0006_lapsed_cards.statements),
    Migration(7, m0007_decisions.NAME, m0007_decisions.statements),
)
"""Every step ever released, in order. A released step is never edited; a new one is added."""


def version_of(connection: Connection) -> int:
    """Return the number of the last step taken, 0 for an empty database."""
    if not inspect(connection).has_table("schema_version"):
        return 0
    return connection.execute(text("SELECT max(version) FROM schema_version")).scalar() or 0


def check_not_newer(version: int, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Raise `NewerStoreError` when the database has steps that this code does not know."""
    known = migrations[-1].number
    if version > known:
        raise NewerStoreError(version, known)


def migrate(connection: Connection, migrations: Sequence[Migration] = MIGRATIONS) -> int:
    """Take every missing step within the caller's write transaction; return how many.

    Raises `NewerStoreError` when the database is ahead of the code.
    """
    version = version_of(connection)
    check_not_newer(version, migrations)
    if version == 0:
        connection.exec_driver_sql(
            "CREATE TABLE schema_version (version INTEGER PRIMARY KEY, name TEXT NOT NULL)"
        )
    missing = [step for step in migrations if step.number > version]
    for step in missing:
        for statement in step.statements(connection.dialect.name):
            connection.exec_driver_sql(statement)
        connection.execute(
            text("INSERT INTO schema_version (version, name) VALUES (:version, :name)"),
            {"version": step.number, "name": step.name},
        )
    if missing:
        write_statistics(connection)
    return len(missing)
