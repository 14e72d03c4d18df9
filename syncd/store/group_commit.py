"""Group commit: the small writes of several tasks share one transaction.

A transaction costs more than the few rows of a small write, and only one runs at a time. Writes that arrive
while one runs wait for it, and go into the next one together.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple

from syncd.store.errors import TRANSIENT_ERRORS, LeaseLostError
from syncd.store.row_writes import RowWrite

Commit = Callable[[Sequence[RowWrite]], Awaitable[None]]
"""Writes rows in a transaction."""


class _PendingWrite(NamedTuple):
    rows: Sequence[RowWrite]
    done: asyncio.Future[None]


class GroupCommit:
    """Commits rows by what `begin` gives once it is our turn."""

    def __init__(self, begin: Callable[[], AbstractAsyncContextManager[Commit]]) -> None:
        self._begin = begin
        self._waiting: list[_PendingWrite] = []
        self._running: asyncio.Task[None] | None = None

    async def write(self, rows: Sequence[RowWrite]) -> None:
        """Write the rows, and return once they are committed.

        If the database fails, all that shared the transaction raise that error, and nothing was written. If
        the fault is in one of them, such as a value that cannot be stored, only that one raises.
        A cancelled task withdraws only its own rows, if their transaction has not begun yet.
        """
        done = asyncio.get_running_loop().create_future()
        self._waiting.append(_PendingWrite(rows, done))
        if self._running is None:
            self._running = asyncio.create_task(self._run(), name="group commit")
        await done

    async def close(self) -> None:
        """Wait for the running transaction."""
        if self._running:
            await asyncio.wait({self._running})

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._commit()
        finally:
            self._running = None

    async def _commit(self, only: Sequence[_PendingWrite] = ()) -> None:
        taken = list(only)
        try:
            async with self._begin() as commit:
                # Only now: most of them arrive while we wait for the write lock.
                taken = taken or self._take()
                await commit([row for each in taken for row in each.rows])
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait have to see it
            await self._failed(taken or self._take(), error)
            return
        for each in taken:
            if not each.done.done():
                each.done.set_result(None)

    async def _failed(self, taken: Sequence[_PendingWrite], error: Exception) -> None:
        """Raise the error, or write each by itself: the fault of one must not lose the writes of others."""
        if len(taken) > 1 and not isinstance(error, (*TRANSIENT_ERRORS, LeaseLostError)):
            for each in taken:
                await self._commit([each])
            return
        for each in taken:
            if not each.done.done():
                each.done.set_exception(error)

    def _take(self) -> list[_PendingWrite]:
        waiting, self._waiting = self._waiting, []
        return [each for each in waiting if not each.done.cancelled()]
