"""Group commit: what several tasks have to write at the same moment goes into one transaction.

To begin and to commit costs more than the few statements of a small write do, and only one transaction
runs at a time. What comes while one runs waits for it, and goes into the next one all together.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")

Work = Callable[[AsyncConnection], Awaitable[T]]


class _Waiting(NamedTuple):
    work: Work[Any]
    done: asyncio.Future[Any]


class Group:
    """Does work in transactions that `begin` opens and commits."""

    def __init__(self, begin: Callable[[], AbstractAsyncContextManager[AsyncConnection]]) -> None:
        self._begin = begin
        self._waiting: list[_Waiting] = []
        self._running: asyncio.Task[None] | None = None

    async def write(self, work: Work[T]) -> T:
        """What `work` returns, once it is committed.

        An error of one is raised by all that shared its transaction: then none of it was written.
        A task that is cancelled takes only its own work away, where that has not begun yet.
        """
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(work, done))
        if self._running is None:
            self._running = asyncio.create_task(self._run(), name="group commit")
        return await done

    async def close(self) -> None:
        """Wait for the transaction that runs."""
        if self._running:
            await asyncio.wait({self._running})

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._commit()
        finally:
            self._running = None

    async def _commit(self) -> None:
        taken: list[_Waiting] = []
        try:
            async with self._begin() as conn:
                # Only now: it is while waiting for this turn that most of them come.
                taken = self._take()
                results = [await each.work(conn) for each in taken]
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to those who wait
            for each in taken or self._take():
                if not each.done.done():
                    each.done.set_exception(error)
            return
        for each, result in zip(taken, results, strict=True):
            if not each.done.done():
                each.done.set_result(result)

    def _take(self) -> list[_Waiting]:
        waiting, self._waiting = self._waiting, []
        return [each for each in waiting if not each.done.cancelled()]
