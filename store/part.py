"""What all parts of a transaction share: the connection, the review, and asking in pieces."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Connection, Executable, Row, Table, bindparam
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

T = TypeVar("T")

REVIEW: BindParameter[Any] = bindparam("review")
"""The review that every statement is about."""

IDS: BindParameter[Any] = bindparam("ids", expanding=True)
"""The list of a statement that asks for several rows."""

PIECE = 500
"""IDs in one IN list at most."""

ROWS = 1000
"""Rows inserted by one call at most, so that a large import needs little memory."""

WORTH_COPYING = 100
"""Rows from which Postgres takes them faster as a COPY than as INSERTs."""


def pieces(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Cut a stream into lists of up to `size`."""
    stream = iter(items)
    while piece := list(islice(stream, size)):
        yield piece


def copy_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of the same columns into Postgres by COPY, values written as an INSERT would."""
    dialect = connection.dialect
    columns = [table.c[name] for name in rows[0]]
    writers = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns]
    quote = dialect.identifier_preparer.quote
    names = ", ".join(quote(column.name) for column in columns)
    driver: Any = connection.connection.dbapi_connection
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {quote(table.name)} ({names}) FROM STDIN") as copy,
    ):
        for row in rows:
            values = zip(row.values(), writers, strict=True)
            copy.write_row([value if write is None else write(value) for value, write in values])


def inserting(dialect: str, table: Table) -> Any:
    """Return the dialect's INSERT, with its ON CONFLICT clauses."""
    return postgres_insert(table) if dialect == "postgresql" else sqlite_insert(table)


@cache
def putting(dialect: str, table: Table, key: tuple[str, ...], changed: tuple[str, ...]) -> Any:
    """Return the statement that inserts a row or writes the changed columns of one that is there.

    Built once: naming the row that was refused costs more than running the statement.
    """
    statement = inserting(dialect, table)
    return statement.on_conflict_do_update(
        index_elements=list(key), set_={name: statement.excluded[name] for name in changed}
    )


@cache
def inserting_once(dialect: str, table: Table) -> Any:
    """Return the statement that inserts a row unless its key is there."""
    # Without the option, psycopg's count of inserted rows is gone once they are inserted.
    return (
        inserting(dialect, table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    )


class Part:
    """Base of the parts; every statement is given the review as `:review`."""

    review_id: str

    def __init__(self, connection: Connection, review_id: str) -> None:
        self.review_id = review_id
        self._connection = connection
        self._dialect = connection.dialect.name

    def _all(self, statement: Executable, **values: Any) -> Sequence[Row[Any]]:
        return self._connection.execute(statement, {"review": self.review_id, **values}).all()

    def _first(self, statement: Executable, **values: Any) -> Row[Any] | None:
        return self._connection.execute(statement, {"review": self.review_id, **values}).first()

    def _value(self, statement: Executable, **values: Any) -> Any:
        return self._connection.execute(statement, {"review": self.review_id, **values}).scalar()

    def _run(self, statement: Executable, **values: Any) -> int:
        result = self._connection.execute(statement, {"review": self.review_id, **values})
        return result.rowcount

    def _all_of(self, statement: Executable, ids: Collection[str], **values: Any) -> list[Row[Any]]:
        """Run a statement with an IN list called `ids`, in pieces."""
        rows: list[Row[Any]] = []
        for piece in pieces(ids, PIECE):
            rows += self._all(statement, ids=piece, **values)
        return rows

    def _insert(self, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
        """Insert rows, in pieces."""
        for piece in pieces(rows, ROWS):
            if self._dialect == "postgresql" and len(piece) >= WORTH_COPYING:
                copy_rows(self._connection, table, piece)
            else:
                self._connection.execute(table.insert(), list(piece))

    def _put(self, table: Table, key: Sequence[str], row: Mapping[str, Any]) -> None:
        """Insert a row, or write its other columns when its key is there already."""
        changed = tuple(name for name in row if name not in key)
        self._connection.execute(putting(self._dialect, table, tuple(key), changed), dict(row))

    def _insert_once(self, table: Table, row: Mapping[str, Any]) -> bool:
        """Insert a row; False when its key is there already."""
        result = self._connection.execute(inserting_once(self._dialect, table), dict(row))
        return result.rowcount == 1

    def _measure(self, *tables: str) -> None:
        """Have Postgres look at tables that a large import filled, so that its next plans fit them;
        SQLite's plans are fixed."""
        if self._dialect == "postgresql":
            # Whoever measures at the same moment is not waited for.
            self._connection.exec_driver_sql(f"ANALYZE (SKIP_LOCKED) {', '.join(tables)}")
