"""aiosqlite with one visit to its thread for each statement, where its own cursors take four.

A visit costs more than most statements: two switches between threads, and a turn of the event loop. So a
cursor executes, fetches all rows and is closed in one visit, and a transaction begins with its first
statement.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

import aiosqlite


class OneVisitConnection(aiosqlite.Connection):
    """A connection for SQLAlchemy, which begins transactions by `begin_with_next`."""

    _begin = ""
    _is_committed = False
    """True if nothing was executed since the last commit, so that nothing can be rolled back."""

    def begin_with_next(self, statement: str) -> None:
        """Execute this BEGIN in the same visit as the next statement, right before it."""
        self._begin = statement

    def cursor(self) -> Any:
        """Make a cursor for one statement."""
        return OneVisitCursor(self)

    async def visit(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Call `work` in the thread, after the BEGIN that waits for it. Raises what SQLite raises."""
        begin, self._begin, self._is_committed = self._begin, "", False
        execute: Any = self._execute
        await execute(_after, begin, work, self._conn)

    async def commit(self) -> None:
        """Commit the transaction, if one has begun."""
        self._begin = ""
        await super().commit()
        self._is_committed = True

    async def rollback(self) -> None:
        """Roll the transaction back, if one has begun. SQLAlchemy also calls this after each commit."""
        self._begin = ""
        if not self._is_committed:
            await super().rollback()


class OneVisitCursor:
    """A cursor that has all rows of its statement in memory, as SQLAlchemy's own would have after it."""

    def __init__(self, connection: OneVisitConnection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        """Execute a statement, and fetch what it returns."""
        await self._connection.visit(lambda conn: self._keep(conn.execute(statement, parameters)))

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> None:
        """Execute a statement once for each row of parameters."""
        await self._connection.visit(lambda conn: self._keep(conn.executemany(statement, parameters)))

    async def fetchall(self) -> list[Any]:
        """Give all rows."""
        return self._rows

    async def close(self) -> None:
        """Do nothing: it is closed already."""

    def _keep(self, cursor: sqlite3.Cursor) -> None:
        self._rows = cursor.fetchall() if cursor.description else []
        self.description, self.rowcount, self.lastrowid = (
            cursor.description,
            cursor.rowcount,
            cursor.lastrowid,
        )
        cursor.close()


async def open_connection(database: str, **options: Any) -> OneVisitConnection:
    """Open a database for SQLAlchemy, with the options of `sqlite3.connect`. Raises what SQLite raises."""
    connection = OneVisitConnection(lambda: sqlite3.connect(database, **options), iter_chunk_size=1)
    # It must not keep the process alive.
    connection._thread.daemon = True
    await connection
    return connection


def _after(begin: str, work: Callable[[sqlite3.Connection], None], connection: sqlite3.Connection) -> None:
    if begin:
        connection.execute(begin)
    work(connection)
