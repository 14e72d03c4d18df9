"""Background tasks by name: one that ends by itself ends the process, and says so."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from syncd.runtime.clock import Clock


class TaskDiedError(Exception):
    """A task that ought to run for ever has ended."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the task «{name}» died")
        self.name = name


class Crew:
    """All tasks of the daemon, and when each last showed that it gets on."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._beats: dict[str, tuple[datetime, timedelta]] = {}
        self._ended = asyncio.Event()

    def start(self, name: str, run: Callable[[], Coroutine[Any, Any, None]], patience: timedelta) -> None:
        """Run it for ever; `patience` is how long it may go without a `beat`."""
        self._beats[name] = (self._clock.now(), patience)
        task = asyncio.create_task(run(), name=name)
        self._tasks[name] = task
        task.add_done_callback(lambda _: self._ended.set())

    def beat(self, name: str, patience: timedelta | None = None) -> None:
        """Say that the task gets on, and how long its next step may take."""
        known = self._beats[name][1]
        self._beats[name] = (self._clock.now(), patience or known)

    def silent(self) -> list[str]:
        """The tasks that are dead or have not shown themselves for longer than their patience."""
        now = self._clock.now()
        return [
            name
            for name, (at, patience) in self._beats.items()
            if self._tasks[name].done() or now - at > patience
        ]

    @property
    def names(self) -> list[str]:
        """Every task that was started."""
        return list(self._tasks)

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
