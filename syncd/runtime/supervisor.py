"""Background tasks by name: one that ends by itself ends the process, and says so."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class TaskDiedError(Exception):
    """A task that ought to run for ever has ended; the cause, where there is one, hangs on it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the task «{name}» died")
        self.name = name


class Supervisor:
    """All tasks of the daemon."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._ended = asyncio.Event()

    def start(self, name: str, run: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run it beside the others, for ever."""
        task = asyncio.create_task(run(), name=name)
        self._tasks[name] = task
        task.add_done_callback(lambda _: self._ended.set())

    def names(self) -> list[str]:
        """Every task that was started."""
        return list(self._tasks)

    def dead(self) -> list[str]:
        """The tasks that have ended."""
        return [name for name, task in self._tasks.items() if task.done()]

    async def watch(self) -> None:
        """Return never; raise `TaskDiedError` from what killed a task as soon as one ends."""
        await self._ended.wait()
        name, task = next((name, task) for name, task in self._tasks.items() if task.done())
        raise TaskDiedError(name) from (None if task.cancelled() else task.exception())

    async def stop(self) -> None:
        """Cancel every task and wait for the end of all."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
