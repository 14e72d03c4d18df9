"""SQLite in the thread of the event loop: most of what a statement costs through aiosqlite is its thread.

A task still gives way after each statement, as it does to a thread. A statement that meets the lock of
another connection waits for it in a thread, or the loop could never let the other one end.

The tests of the store itself, and the processes that tests start, use aiosqlite as it is.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any
from unittest import mock

import aiosqlite
import aiosqlite.core
import pytest

GIVES_WAY = {"execute", "executemany", "executescript", "commit", "rollback"}
"""Functions after which other tasks have their turn."""

Waiter = asyncio.Future[Any]
Item = tuple[Waiter | None, Callable[[], Any]]


class _DirectQueue:
    """The queue of an aiosqlite connection, which calls each function as it is put in."""

    def __init__(self) -> None:
        self._connection: sqlite3.Connection | None = None
        self._busy_ms = 0
        self._thread: ThreadPoolExecutor | None = None
        self._in_thread = 0

    def put_nowait(self, item: Item) -> None:
        future, function = item
        if self._in_thread and future:  # in order, after the statement that waits for a lock
            self._call_in_thread(future, function)
            return
        try:
            result = self._noted(function())
        except BaseException as error:  # noqa: BLE001  (as the thread does)
            if future and self._busy_ms and _is_locked(error):
                self._call_in_thread(future, function)
            else:
                _settle(future, aiosqlite.core.set_exception, error, gives_way=True)
        else:
            name = getattr(getattr(function, "func", function), "__name__", "")
            _settle(future, aiosqlite.core.set_result, result, gives_way=name in GIVES_WAY)

    def _noted(self, result: Any) -> Any:
        """The result. That of the first function is the connection, which must not wait for a lock here."""
        if isinstance(result, sqlite3.Connection):
            self._connection = result
            (self._busy_ms,) = result.execute("PRAGMA busy_timeout").fetchone()
            result.execute("PRAGMA busy_timeout = 0")
        return result

    def _call_in_thread(self, future: Waiter, function: Callable[[], Any]) -> None:
        self._thread = self._thread or ThreadPoolExecutor(1)
        self._in_thread += 1
        call = future.get_loop().run_in_executor(self._thread, self._call_with_patience, function)
        call.add_done_callback(partial(self._called_in_thread, future))

    def _called_in_thread(self, future: Waiter, call: Waiter) -> None:
        self._in_thread -= 1
        if self._thread and not self._in_thread:
            self._thread.shutdown(wait=False)
            self._thread = None
        if error := call.exception():
            _settle(future, aiosqlite.core.set_exception, error)
        else:
            _settle(future, aiosqlite.core.set_result, call.result())

    def _call_with_patience(self, function: Callable[[], Any]) -> Any:
        assert self._connection is not None
        self._connection.execute(f"PRAGMA busy_timeout = {self._busy_ms}")
        try:
            return function()
        finally:
            with suppress(sqlite3.ProgrammingError):  # it is closed now
                self._connection.execute("PRAGMA busy_timeout = 0")


class _NoThread:
    """What a connection starts in place of its thread."""

    daemon = True

    def __init__(self, **_: object) -> None:
        pass

    def start(self) -> None:
        pass


def _is_locked(error: BaseException) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _settle(
    future: Waiter | None, settle: Callable[..., None], value: Any, *, gives_way: bool = False
) -> None:
    if future and gives_way:
        future.get_loop().call_soon(settle, future, value)
    elif future:
        settle(future, value)


def _connect(*arguments: Any, **options: Any) -> aiosqlite.Connection:
    """As `aiosqlite.connect`, for a connection that is used in two threads, though never at once."""
    return aiosqlite.core.connect(*arguments, **options | {"check_same_thread": False})


@contextmanager
def direct_sqlite() -> Iterator[None]:
    """Let connections that are opened inside work without threads."""
    with (
        mock.patch.object(aiosqlite.core, "SimpleQueue", _DirectQueue),
        mock.patch.object(aiosqlite.core, "Thread", _NoThread),
        mock.patch.object(aiosqlite, "connect", _connect),
    ):
        yield


@pytest.fixture(autouse=True)
def direct_sqlite_for_tests() -> Iterator[None]:
    """SQLite without threads, for a folder whose `conftest.py` imports this."""
    with direct_sqlite():
        yield
