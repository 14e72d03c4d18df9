"""Group commit: the small writes of several tasks share one transaction.

A begin and a commit cost more than the few statements of a small write, and only one transaction runs at
a time. Writes that arrive while one runs wait for it, and go into the next one together.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

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
        """Run `work`, and return its result once it is committed.

        An error of one is raised by all that shared its transaction: then nothing of it was written.
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

    async def _commit(self) -> None:
        taken: list[_PendingWrite] = []
        try:
            async with self._begin() as conn:
                # Only now: most of them arrive while we wait for the write lock.
                taken = self._take()
                results = [await each.work(conn) for each in taken]
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait have to see it
            for each in taken or self._take():
                if not each.done.done():
                    each.done.set_exception(error)
            return
        for each, result in zip(taken, results, strict=True):
            if not each.done.done():
                each.done.set_result(result)

    def _take(self) -> list[_PendingWrite]:
        waiting, self._waiting = self._waiting, []
        return [each for each in waiting if not each.done.cancelled()]
