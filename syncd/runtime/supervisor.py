"""Background tasks by name: one that ends by itself ends the process, and says so."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any

from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import Clock

FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(seconds=30)


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


async def forever(
    step: Callable[[], Awaitable[None]],
    *,
    subject: str,
    passing: tuple[type[Exception], ...],
    clock: Clock,
    alerts: Alerts,
) -> None:
    """Repeat `step`; errors of the `passing` kinds are told once and tried again, ever more rarely."""
    failures = 0
    while True:
        try:
            await step()
        except passing as error:
            alerts.fire(subject, str(error), notify=failures == 0)
            pause = min(FIRST_PAUSE * 2 ** min(failures, 10), LONGEST_PAUSE)
            failures += 1
            await clock.sleep(pause.total_seconds())
        else:
            if failures:
                alerts.resolve(subject)
            failures = 0
