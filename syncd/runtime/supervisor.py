"""Background tasks: each repeats a step for ever, and one that ends by itself ends the process."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any


class TaskDiedError(Exception):
    """A task that should run for ever has ended; its error, if any, is the cause."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the task «{name}» died")
        self.name = name


class Supervisor:
    """The background tasks, by name."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._ended = asyncio.Event()

    def start(self, name: str, run: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run a task that is not expected to end."""
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
        """Wait until a task ends, and raise `TaskDiedError` from the error that ended it. Never returns."""
        await self._ended.wait()
        name, task = next((name, task) for name, task in self._tasks.items() if task.done())
        raise TaskDiedError(name) from (None if task.cancelled() else task.exception())

    async def stop(self) -> None:
        """Cancel every task and wait until all have ended."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)


async def repeat_forever(
    step: Callable[[], Awaitable[None]],
    *,
    transient: tuple[type[Exception], ...],
    wait: Callable[[], Awaitable[None]],
) -> None:
    """Repeat `step`; after an error of a `transient` kind first `wait`. Raises any other error."""
    while True:
        try:
            await step()
        except transient:
            await wait()
