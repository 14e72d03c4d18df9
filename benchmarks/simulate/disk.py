"""SQLite without threads: the driver's interface, executed at once, on a disk that can fail.

A lock that another connection holds is waited for on virtual time. When the process is killed, its
connections are closed as the kernel would close them: what was not committed is gone.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from random import Random
from types import SimpleNamespace
from typing import Any

from benchmarks.simulate.loop import PROCESS

LOOK_AGAIN_S = 0.5
"""Between two tries to get a lock."""

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "DROP", "ALTER")


class Disk:
    """The state of the disk.

    `fault`: the SQLite error code that writes meet; `locked`: they all wait for a lock; `shared`: the file
    stands for a database server.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, rng: Random) -> None:
        self.loop = loop
        self.fault: int | None = None
        self.locked = False
        self.shared = False
        self._rng = rng

    def commit_takes(self) -> float:
        """Seconds of one commit."""
        return self._rng.uniform(0.000_5, 0.008)

    def refuse(self, statement: str) -> None:
        """Raise what the fault of the disk makes of this statement."""
        verb = statement.lstrip()[:7].upper()
        begins = verb.startswith("BEGIN I")
        if self.locked and begins:
            raise _error(sqlite3.SQLITE_BUSY, "database is locked")
        if self.fault == sqlite3.SQLITE_IOERR or (self.fault and verb.startswith(WRITES)):
            raise _error(self.fault, "the disk fails")


def _error(code: int, text: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(text)
    error.sqlite_errorcode = code
    error.sqlite_errorname = str(code)
    return error


class Cursor:
    """The cursor of `syncd.store.sqlite_driver`."""

    arraysize = 1

    def __init__(self, connection: "DiskConnection") -> None:
        self._connection = connection
        self._cursor = connection.raw.cursor()

    async def __aenter__(self) -> "Cursor":
        return self

    @property
    def description(self) -> Any:
        """Of the columns."""
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        """The id of the last row that was inserted."""
        return self._cursor.lastrowid

    async def execute(self, statement: str, parameters: Any = ()) -> "Cursor":
        """Execute one statement."""
        await self._connection.run(statement, lambda: self._cursor.execute(statement, parameters))
        return self

    async def executemany(self, statement: str, parameters: Any) -> "Cursor":
        """Execute a statement for each of the parameters."""
        await self._connection.run(statement, lambda: self._cursor.executemany(statement, parameters))
        return self

    async def fetchall(self) -> list[Any]:
        """All rows."""
        return self._cursor.fetchall()

    async def close(self) -> None:
        """Close it."""
        self._cursor.close()


class DiskConnection:
    """The connection of `syncd.store.sqlite_driver`."""

    def __init__(self, disk: Disk, database: str, timeout: float = 5.0, **options: Any) -> None:
        self.raw = sqlite3.connect(database, timeout=0, **options)
        self._disk = disk
        self._timeout = timeout
        self._open = True
        self._is_cut_off = False
        self._begin = ""
        process = PROCESS.get()
        if process is not None:
            process.on_kill.append(self.stop)
            if disk.shared:
                process.on_freeze.append(self._cut_off)

    # What SQLAlchemy reaches into.
    @property
    def _conn(self) -> sqlite3.Connection:
        return self.raw

    @property
    def _connection(self) -> sqlite3.Connection | None:
        return self.raw if self._open else None

    @property
    def _tx(self) -> Any:
        return SimpleNamespace(put_nowait=_do_at_once)

    @property
    def isolation_level(self) -> str | None:
        """As in sqlite3."""
        return self.raw.isolation_level

    def begin_with_next(self, statement: str) -> None:
        """Begin a transaction with the next statement."""
        self._begin = statement

    def cursor(self) -> Cursor:
        """A cursor."""
        return Cursor(self)

    async def run(self, statement: str, work: Callable[[], object]) -> None:
        """Do it in the transaction that waits to begin, if one does."""
        begin, self._begin = self._begin, ""
        if begin:
            await self._run(begin, lambda: self.raw.execute(begin))
        await self._run(statement, work)

    async def _run(self, statement: str, work: Callable[[], object]) -> None:
        """Do it, and wait for a lock as long as the connection is meant to."""
        if self._is_cut_off:
            raise ConnectionResetError(104, "Connection reset by peer")
        deadline = self._disk.loop.time() + self._timeout
        while True:
            try:
                self._disk.refuse(statement)
                work()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or self._disk.loop.time() >= deadline:
                    raise
                await asyncio.sleep(LOOK_AGAIN_S)
            else:
                return

    async def _execute(self, work: Callable[..., object], *args: object) -> None:
        """Do a whole transaction in one visit to the thread, of which there is none here."""
        self._disk.refuse("INSERT")
        await asyncio.sleep(self._disk.commit_takes() / 2)
        await self.run("BEGIN IMMEDIATE", lambda: work(*args))
        await asyncio.sleep(self._disk.commit_takes() / 2)

    async def commit(self) -> None:
        """Commit, which takes a moment before and after."""
        self._begin = ""
        writes = self.raw.in_transaction
        if writes:
            await asyncio.sleep(self._disk.commit_takes())
        await self.run("COMMIT", self.raw.commit)

    async def rollback(self) -> None:
        """Roll back."""
        self._begin = ""
        self.raw.rollback()

    async def create_function(self, *args: Any, **options: Any) -> None:
        """As in sqlite3."""
        self.raw.create_function(*args, **options)

    async def close(self) -> None:
        """Close it."""
        self.stop()

    def _cut_off(self) -> None:
        """End the transaction of a client that has been silent, as a server does."""
        if self._open and self.raw.in_transaction:
            self.raw.rollback()
            self._is_cut_off = True

    def stop(self) -> None:
        """Close it at once; what is not committed is gone."""
        self._open = False
        self.raw.close()


def _do_at_once(item: tuple[asyncio.Future[Any], Callable[[], Any]]) -> None:
    future, function = item
    future.set_result(function())


def connect_to(disk: Disk) -> Callable[..., Awaitable[DiskConnection]]:
    """A stand-in for `syncd.store.sqlite_driver.open_connection`."""

    async def connect(database: Any, **options: Any) -> DiskConnection:
        return DiskConnection(disk, database, **options)

    return connect
