"""Background tasks: each repeats a step for ever. One that fails is started again alone, the others go on."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog

from syncd.runtime.alerts import Alerts
from syncd.runtime.backoff import doubled
from syncd.runtime.clock import Clock
from syncd.runtime.signals import WakeEvent

log = structlog.get_logger(__name__)

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
"""Pauses before a task that ended is started again: the first, doubled each time up to the longest."""

RAN_WELL_S = 60.0
"""A task that has run for this long since its last start is well again."""

DEATHS_WITHIN_S = 300.0
"""Deaths longer ago do not count."""

LOOK_EVERY_S = 1.0
"""Seconds between two looks whether a task that ended has run well since."""


class TaskDiedError(Exception):
    """A task has met an error that ends the work; this error is the cause."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the task «{name}» died")
        self.name = name


class TaskState:
    """The life of one task, by the monotonic clock."""

    def __init__(self, started_at: float) -> None:
        self.started_at = started_at
        self.is_running = True
        """False from its end until it is started again."""
        self.error = ""
        """The error that ended it last. Empty if it has run well since."""
        self.deaths: deque[float] = deque(maxlen=100)


class Supervisor:
    """The background tasks, by name.

    A task that ends, by an error that nobody foresaw or by returning, is started again after a pause, and an
    alert lasts until it has run well for a while. Only an error of a `fatal` kind ends the work of all:
    `watch` raises it.
    """

    def __init__(self, clock: Clock, alerts: Alerts, *, fatal: tuple[type[Exception], ...] = ()) -> None:
        self._clock = clock
        self._alerts = alerts
        self._fatal = fatal
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._states: dict[str, TaskState] = {}
        self._ended = WakeEvent(clock)
        self._died: tuple[str, Exception | None] | None = None

    def start(self, name: str, run: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run a task that is not expected to end, and run it again whenever it ends."""
        self._states[name] = TaskState(self._clock.monotonic())
        self._tasks[name] = asyncio.create_task(self._keep_running(name, run), name=name)

    def names(self) -> list[str]:
        """Every task that was started."""
        return list(self._tasks)

    def dead(self) -> list[str]:
        """The tasks that do not run now: they wait to be started again, or have ended the work."""
        return [name for name, state in self._states.items() if not state.is_running]

    def failing(self) -> dict[str, str]:
        """The tasks that ended and have not run well since, with the error that ended them."""
        return {name: state.error for name, state in self._states.items() if state.error}

    def deaths(self, name: str) -> int:
        """Return the number of times that a task has died lately. Zero if it has run well since."""
        state = self._states.get(name)
        if state is None or not state.error:
            return 0
        since = self._clock.monotonic() - DEATHS_WITHIN_S
        return sum(at > since for at in state.deaths)

    async def watch(self) -> None:
        """Resolve the alerts of tasks that run well again; raise `TaskDiedError` from an error that is fatal.

        Never returns.
        """
        while self._died is None:
            self._resolve_alerts()
            await self._ended.wait(LOOK_EVERY_S)
        name, error = self._died
        raise TaskDiedError(name) from error

    async def stop(self) -> None:
        """Cancel every task and wait until all have ended."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        for name, state in self._states.items():
            if state.error:
                self._alerts.resolve(_subject(name))

    async def _keep_running(self, name: str, run: Callable[[], Coroutine[Any, Any, None]]) -> None:
        state, failures = self._states[name], 0
        while True:
            state.started_at, state.is_running = self._clock.monotonic(), True
            error = await _run_once(run)
            state.is_running = False
            if isinstance(error, self._fatal):
                self._died = (name, error)
                self._ended.wake()
                return
            failures = 0 if self._ran_well(state) else failures
            pause_s = doubled(FIRST_PAUSE_S, failures, LONGEST_PAUSE_S)
            failures += 1
            self._report_death(name, error, pause_s)
            await self._clock.sleep(pause_s)

    def _ran_well(self, state: TaskState) -> bool:
        return self._clock.monotonic() - state.started_at > RAN_WELL_S

    def _report_death(self, name: str, error: Exception | None, pause_s: float) -> None:
        """Say that a task died, with the traceback once for each cause."""
        state, text = self._states[name], _text(error)
        is_new, state.error = text != state.error, text
        state.deaths.append(self._clock.monotonic())
        log.error(
            "task_died",
            task=name,
            error=text,
            deaths=self.deaths(name),
            again_in_s=pause_s,
            exc_info=error if is_new else None,
        )
        message = f"the task «{name}» ends by an error of syncd, and is started again: {text}"
        self._alerts.fire(_subject(name), message, notify=True)

    def _resolve_alerts(self) -> None:
        for name, state in self._states.items():
            if state.error and state.is_running and self._ran_well(state):
                state.error = ""
                state.deaths.clear()
                self._alerts.resolve(_subject(name))


async def _run_once(run: Callable[[], Coroutine[Any, Any, None]]) -> Exception | None:
    """Run a task until it ends, and return the error that ended it. A cancellation from outside is raised."""
    try:
        await run()
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        return RuntimeError("it cancelled itself")
    except Exception as error:  # noqa: BLE001 - whatever nobody foresaw costs this task, and not the process
        return error
    return None


def _subject(name: str) -> str:
    return f"task.{name}"


def _text(error: Exception | None) -> str:
    return "it returned" if error is None else f"{type(error).__name__}: {error}"[:500]


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
