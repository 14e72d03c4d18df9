"""Engines for the two databases: set-up of connections, start of transactions."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import InterfaceError
from sqlalchemy.pool import ConnectionPoolEntry

from syncd.store.address import Address
from syncd.store.connection import AsyncConnection, AsyncEngine, create_async_engine
from syncd.store.errors import BadAddressError, StoreError
from syncd.store.failures import breaks_connection, not_connected, translate
from syncd.store.row_writes import Fence, RowWrite, prepare, write_to_postgresql, write_to_sqlite
from syncd.store.sqlite_driver import open_connection

BUSY_SECONDS = 15
"""Wait for another process's lock: longer than it takes to store a whole snapshot."""

IDLE_SECONDS = 30
"""A connection that was idle for longer is tried before it is used."""

CONNECT_SECONDS = 5
"""A server on its way up refuses at once, one that works takes milliseconds."""

COMMAND_SECONDS = 20
"""A server that hangs costs this once: longer than the wait for a lock, and than any statement of ours."""

POOL_SECONDS = 10

LOST_PEER = (
    ("SO_KEEPALIVE", socket.SOL_SOCKET, 1),
    ("TCP_KEEPIDLE", socket.IPPROTO_TCP, 10),
    ("TCP_KEEPINTVL", socket.IPPROTO_TCP, 5),
    ("TCP_KEEPCNT", socket.IPPROTO_TCP, 3),
    ("TCP_USER_TIMEOUT", socket.IPPROTO_TCP, 15_000),
)
"""Socket options that notice a machine which vanished without a word: seconds, the last in milliseconds."""

TRANSACTION_STATEMENTS = 15
"""A transaction may take as long as this many of the slowest statements: one reads everything for a plan."""

LIMIT_TRANSACTIONS = (
    "SELECT set_config('transaction_timeout', '{seconds}s', false)"
    " WHERE EXISTS (SELECT FROM pg_settings WHERE name = 'transaction_timeout')"
)
"""From PostgreSQL 17 on; a server that does not know a setting would refuse the connection."""

SERVER_SETTINGS = {
    "application_name": "syncd",
    "timezone": "UTC",
    "lock_timeout": f"{BUSY_SECONDS}s",
    # A machine that vanishes during a transaction must not keep the lease's row locked for ever.
    "idle_in_transaction_session_timeout": "30s",
}


def make_engine(
    address: Address, *, writing: bool, seconds: int = COMMAND_SECONDS, durable: bool = False
) -> AsyncEngine:
    """An engine for writing, or one whose transactions see one state of the database and cannot write.

    On a server no statement may take longer than `seconds`. `durable`: SQLite waits for the disk at a commit,
    as servers do.
    """
    engine = (
        _sqlite(address, writing, durable) if address.on_sqlite else _postgresql(address, writing, seconds)
    )

    @event.listens_for(engine.sync_engine, "handle_error")
    def translate_error(context: ExceptionContext) -> Exception | None:
        error = context.original_exception
        if not isinstance(error, Exception):
            # A cancellation has to stay one, or the task never ends. It breaks asyncpg's connection, but
            # not SQLite's: its thread ends the statement and then rolls back, while a connection that is
            # discarded in the middle keeps its lock on the database.
            context.is_disconnect = context.is_disconnect and not address.on_sqlite
            return None
        context.is_disconnect = context.is_disconnect or breaks_connection(error)
        # The pool itself replaces a connection that fails the ping before its use.
        return None if context.is_pre_ping else translate(error, address, lost=context.is_disconnect)

    return engine


@asynccontextmanager
async def connect(engine: AsyncEngine, address: Address) -> AsyncIterator[AsyncConnection]:
    """A connection of the engine, returned to it at the end. Raises StoreError if none can be had.

    Whatever the reason is, it may end without us: it is an outage, unless an option of the address is wrong.
    """
    async with AsyncExitStack() as stack:
        try:
            conn = await stack.enter_async_context(engine.connect())
        except Exception as error:
            if _is_about_an_option(error):
                raise BadAddressError(
                    f"database {address.safe}: an option is not understood: {error}"
                ) from None
            raise not_connected(error, address) from error
        yield conn


def _is_about_an_option(error: Exception) -> bool:
    """Return whether asyncpg, which takes the URL's options as arguments, does not know one of them.

    It raises other errors of these kinds for what a server says that is no PostgreSQL.
    """
    cause = error.orig.__cause__ if isinstance(error, InterfaceError) and error.orig else error
    return isinstance(cause, TypeError | ValueError) and not isinstance(cause, UnicodeError)


class RowConnection:
    """A connection on which rows are written by the driver itself; opened when it is first needed.

    Only one `commit` at a time.
    """

    def __init__(self, engine: AsyncEngine, address: Address) -> None:
        self._engine = engine
        self._address = address
        self._opened: AsyncExitStack | None = None
        self._conn: AsyncConnection | None = None
        self._driver: Any = None
        self._used_at = 0.0

    async def commit(self, rows: Sequence[RowWrite], fence: Fence | None) -> None:
        """Write the rows in one transaction. Raises StoreError; LeaseLostError if the fence does not hold.

        Raises what the driver raises for a mistake in the program, and for a row that breaks a constraint.
        """
        try:
            prepared = prepare(self._engine.dialect, rows)
            driver = await self._connected()
            if self._address.on_sqlite:
                # One visit to aiosqlite's thread, where its public methods would take one for each statement.
                await driver._execute(write_to_sqlite, driver._conn, prepared, fence)
            else:
                await write_to_postgresql(driver, prepared, fence)
        except StoreError:
            raise
        except Exception as error:
            await self._failed(error)
            raise
        except BaseException:
            self._abandon()
            raise

    async def close(self) -> None:
        """Close the connection."""
        await self._give_back()
        await self._engine.dispose()

    async def _connected(self) -> Any:
        now = asyncio.get_running_loop().time()
        if now - self._used_at > IDLE_SECONDS:
            await self._give_back()  # taken again, the pool finds out whether it still works
        elif self._opened and not self._address.on_sqlite and self._driver.is_closed():
            await self._replace()
        self._used_at = now
        if self._opened is None:
            async with AsyncExitStack() as stack:
                self._conn = await stack.enter_async_context(connect(self._engine, self._address))
                self._driver = (await self._conn.get_raw_connection()).driver_connection
                self._opened = stack.pop_all()
        return self._driver

    async def _give_back(self) -> None:
        opened, self._opened = self._opened, None
        if opened:
            await opened.aclose()

    async def _replace(self) -> None:
        """Drop the connection: the next commit opens another."""
        self._abandon()
        if self._conn:
            await self._conn.invalidate()
            await self._give_back()

    def _abandon(self) -> None:
        """End the connection to a server at once, and with it a transaction whose end nobody knows."""
        if self._driver is not None and not self._address.on_sqlite:
            self._driver.terminate()

    async def _failed(self, error: Exception) -> None:
        """Raise what the error means; after a failure of the connection the next commit opens another."""
        lost = breaks_connection(error) or (not self._address.on_sqlite and self._driver.is_closed())
        translated = translate(error, self._address, lost=lost)
        if lost or not self._address.on_sqlite:
            await self._replace()
        if translated is not None:
            raise translated from error


def _sqlite(address: Address, writing: bool, durable: bool) -> AsyncEngine:
    engine = create_async_engine(
        address.url,
        hide_parameters=True,
        pool_size=1 if writing else 5,
        connect_args={"timeout": BUSY_SECONDS, "async_creator_fn": open_connection},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def set_up(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        # None keeps the sqlite3 module from beginning transactions by itself; `begin` does it below.
        connection.isolation_level = None
        cursor = connection.cursor()
        # In WAL, NORMAL may lose the last commits at a power failure, never consistency. What a daemon makes
        # up for, see `Lease.may_miss_commits`; users decide once.
        cursor.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        cursor.execute("PRAGMA foreign_keys=ON")
        # The first snapshot makes the log large; it shrinks afterwards.
        cursor.execute(f"PRAGMA journal_size_limit={64 * 2**20}")
        cursor.execute("PRAGMA temp_store=MEMORY")
        if not writing:
            # KiB for each of several connections: the operating system keeps the file in memory anyway.
            cursor.execute("PRAGMA cache_size=-256")
        # WAL, so that readers and the writer do not wait for each other; the file remembers it.
        cursor.execute("PRAGMA journal_mode=WAL" if writing else "PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        # IMMEDIATE waits for the lock at once; a read that turns into a write cannot wait, it fails.
        driver: Any = connection.connection.driver_connection
        driver.begin_with_next("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _postgresql(address: Address, writing: bool, seconds: int) -> AsyncEngine:
    settings: dict[str, Any] = SERVER_SETTINGS | {"statement_timeout": f"{seconds}s"}
    if not writing:
        settings["default_transaction_read_only"] = "on"
    engine = create_async_engine(
        address.url,
        hide_parameters=True,
        isolation_level="READ COMMITTED" if writing else "REPEATABLE READ",
        pool_size=1 if writing else 5,
        pool_pre_ping=True,
        # Firewalls and poolers drop connections that were idle for an hour.
        pool_recycle=1800,
        pool_timeout=POOL_SECONDS,
        connect_args={
            "timeout": CONNECT_SECONDS,
            "command_timeout": seconds,
            "server_settings": settings,
        },
    )

    # Without a farewell, for which SQLAlchemy waits 2 s: a connection that is given up must not stay in the
    # middle of a transaction, and keep its locks.
    vars(engine.dialect)["do_terminate"] = lambda connection: connection.driver_connection.terminate()

    @event.listens_for(engine.sync_engine, "connect")
    def limit_transactions(connection: Any, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute(LIMIT_TRANSACTIONS.format(seconds=TRANSACTION_STATEMENTS * seconds))
        cursor.close()
        connection.commit()

    @event.listens_for(engine.sync_engine, "connect")
    def notice_lost_peer(connection: Any, _: ConnectionPoolEntry) -> None:
        transport = getattr(connection.driver_connection, "_transport", None)
        opened = transport.get_extra_info("socket") if transport else None
        if opened is not None and opened.family in (socket.AF_INET, socket.AF_INET6):
            for name, level, value in LOST_PEER:
                if hasattr(socket, name):  # not every system has all of them
                    opened.setsockopt(level, getattr(socket, name), value)

    return engine
