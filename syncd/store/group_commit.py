"""Group commit: the small writes of several tasks share one transaction.

A begin and a commit cost more than the few statements of a small write, and only one transaction runs at
a time. Writes that arrive while one runs wait for it, and go into the next one together.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.store.errors import TRANSIENT_ERRORS, LeaseLostError

T = TypeVar("T")

Work = Callable[[AsyncConnection], Awaitable[T]]


class _PendingWrite(NamedTuple):
    work: Work[Any]
    done: asyncio.Future[Any]


class GroupCommit:
    """Runs work in transactions that `begin` opens and commits."""

    def __init__(self, begin: Callable[[], AbstractAsyncContextManager[AsyncConnection]]) -> None:
        self._begin = begin
        self._waiting: list[_PendingWrite] = []
        self._running: asyncio.Task[None] | None = None

    async def write(self, work: Work[T]) -> T:
        """Run `work`, and return its result once it is committed. It may be run a second time.

        If the database fails, all that shared the transaction raise that error, and nothing was written. If
        the fault is in one of them, such as a value that cannot be stored, only that one raises.
        A cancelled task withdraws only its own work, if that has not started yet.
        """
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_PendingWrite(work, done))
        if self._running is None:
            self._running = asyncio.create_task(self._run(), name="group commit")
        return await done

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
            async with self._begin() as conn:
                # Only now: most of them arrive while we wait for the write lock.
                taken = taken or self._take()
                results = [await each.work(conn) for each in taken]
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait have to see it
            await self._failed(taken or self._take(), error)
            return
        for each, result in zip(taken, results, strict=True):
            if not each.done.done():
                each.done.set_result(result)

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
