"""Single rows to be inserted or replaced, for the small writes that are made all the time.

They go round SQLAlchemy's execution, which costs more than the database: the statements are made once, from
the tables of `schema`, and all rows of a transaction go to the driver together. SQLite executes them in one
visit to its thread, PostgreSQL in one statement, that is, one round trip.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Column, Dialect, String, Table

from syncd.store.errors import LeaseLostError

LEASES_HOLDER = "SELECT token, holder FROM leases WHERE name = "


class RowWrite(NamedTuple):
    """One row, as values by column. `replaces`: a row with the same primary key is updated.

    Rows of one table that replace others have the same columns each time.
    """

    table: Table
    values: Mapping[str, Any]
    replaces: bool = False


class Fence(NamedTuple):
    """The lease that must have this token when the rows are written."""

    name: str
    token: int


class PreparedRows(NamedTuple):
    """Rows of one table, ready for a driver."""

    statement: "Statement"
    rows: list[tuple[Any, ...]]


class AsyncpgConnection(Protocol):
    """The part of asyncpg's connection that is used here."""

    async def fetchrow(self, query: str, *args: Any) -> Any:
        """Execute, and return the first row."""


class Statement:
    """The insertion of rows into some columns of a table."""

    def __init__(self, dialect: Dialect, table: Table, columns: tuple[str, ...], *, replaces: bool) -> None:
        self.table = table
        self.columns = [table.c[name] for name in columns]
        self.key = [columns.index(each.name) for each in table.primary_key] if replaces else None
        """The positions of the primary key if rows are replaced."""
        self._names = columns
        self._processors = [_processor(column, dialect) for column in self.columns]
        self._dialect = dialect

    def parameters(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """One row as the driver takes it."""
        return tuple(
            process(values[name]) if process else values[name]
            for name, process in zip(self._names, self._processors, strict=True)
        )

    @cached_property
    def for_sqlite(self) -> str:
        """Its text, with one parameter for each column."""
        marks = ", ".join("?" * len(self.columns))
        return " ".join(["INSERT INTO", self._target(), f"VALUES ({marks})", self._on_conflict()])

    def for_postgresql(self, first: int, *, fenced: bool) -> str:
        """Its text, with one array of parameters for each column, the first of which has this number."""
        arrays = ", ".join(
            f"${number}::{self._type(column)}[]" for number, column in enumerate(self.columns, start=first)
        )
        condition = "WHERE EXISTS (SELECT FROM fence WHERE token = $2)" if fenced else "WHERE TRUE"
        return " ".join(
            [
                "INSERT INTO",
                self._target(),
                "SELECT * FROM",
                f"unnest({arrays})",
                condition,
                self._on_conflict(),
            ]
        )

    def _type(self, column: Column[Any]) -> str:
        # A cast to a shorter text would cut it, and say nothing.
        is_text = isinstance(column.type, String)
        return "TEXT" if is_text else column.type.dialect_impl(self._dialect).compile(self._dialect)

    def _target(self) -> str:
        return f"{self._quote(self.table.name)} ({', '.join(map(self._quote, self._names))})"

    def _on_conflict(self) -> str:
        if self.key is None:
            return ""
        key = [each.name for each in self.table.primary_key]
        changes = ", ".join(
            f"{self._quote(name)} = excluded.{self._quote(name)}" for name in self._names if name not in key
        )
        return f"ON CONFLICT ({', '.join(map(self._quote, key))}) DO UPDATE SET {changes}"

    def _quote(self, name: str) -> str:
        return self._dialect.identifier_preparer.quote(name)


def prepare(dialect: Dialect, writes: Iterable[RowWrite]) -> list[PreparedRows]:
    """The rows by statement, in the order of the first of each. Of those that replace one another, the last.

    Raises what the column types raise for a value that they do not take.
    """
    found: dict[Statement, list[tuple[Any, ...]]] = {}
    for table, values, replaces in writes:
        columns = tuple(column.name for column in table.columns if column.name in values)
        statement = _statement(dialect, table, columns, replaces)
        found.setdefault(statement, []).append(statement.parameters(values))
    return [PreparedRows(statement, _last_of_each_key(statement, rows)) for statement, rows in found.items()]


def write_to_sqlite(
    connection: sqlite3.Connection, prepared: Sequence[PreparedRows], fence: Fence | None
) -> None:
    """Write the rows in one transaction, in the connection's thread.

    Raises LeaseLostError, and then nothing is written, if the fence does not hold.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        if fence:
            row = connection.execute(LEASES_HOLDER + "?", (fence.name,)).fetchone()
            require_fence(fence, row)
        for statement, rows in prepared:
            connection.executemany(statement.for_sqlite, rows)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


async def write_to_postgresql(
    connection: AsyncpgConnection, prepared: Sequence[PreparedRows], fence: Fence | None
) -> None:
    """Write the rows by one statement, which is a transaction of its own.

    Raises LeaseLostError, and then nothing is written, if the fence does not hold.
    """
    text = _postgresql_text(tuple(statement for statement, _ in prepared), fence is not None)
    arrays = [list(column) for _, rows in prepared for column in zip(*rows, strict=True)]
    row = await connection.fetchrow(text, *(fence or ()), *arrays)
    if fence:
        require_fence(fence, row)


def require_fence(fence: Fence, row: Sequence[Any] | None) -> None:
    """Raise LeaseLostError unless this row of the lease, token and holder, has the token."""
    if row is None or row[0] != fence.token:
        holder = row[1] if row else "nobody"
        raise LeaseLostError(f"the lease was lost: {holder} holds it now; nothing was written")


@lru_cache(maxsize=256)
def _statement(dialect: Dialect, table: Table, columns: tuple[str, ...], replaces: bool) -> Statement:
    return Statement(dialect, table, columns, replaces=replaces)


@lru_cache(maxsize=256)
def _postgresql_text(statements: tuple[Statement, ...], fenced: bool) -> str:
    """One statement for all: each table in a part of its own, and the lease read, and locked, before them.

    The lock lets another daemon take over only after us, or lets us see that it has.
    """
    parts, number = [], 1
    if fenced:
        parts.append(f"fence AS MATERIALIZED ({LEASES_HOLDER}$1 FOR SHARE)")
        number = 3
    for index, statement in enumerate(statements):
        parts.append(f"part{index} AS ({statement.for_postgresql(number, fenced=fenced)})")
        number += len(statement.columns)
    return " ".join(["WITH", ", ".join(parts), "SELECT", "token, holder FROM fence" if fenced else "1"])


def _last_of_each_key(statement: Statement, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    if statement.key is None or len(rows) == 1:
        return rows
    return list({tuple(row[each] for each in statement.key): row for row in rows}.values())


def _processor(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    return column.type.dialect_impl(dialect).bind_processor(dialect)
