"""The ticker: wakes tasks at computed moments."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from syncd.runtime.signals import WakeEvent
from syncd.runtime.smooth_clock import SmoothClock


class Ticker:
    """Named jobs of APScheduler that only wake a task, each for one moment.

    APScheduler goes by the machine's clock, which somebody may set: a job may come early, late or never, so
    every task also waits by itself. An interval job would list each run that it has missed when the clock is
    set forward: a year of seconds takes a gigabyte.
    """

    def __init__(self, clock: SmoothClock) -> None:
        self._clock = clock
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    def start(self) -> None:
        """Start the scheduler."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop the scheduler: no task is woken from now on."""
        self._scheduler.shutdown(wait=False)

    def wake_at(self, name: str, when: datetime, event: WakeEvent) -> None:
        """Wake once, at `when`; a later call with the same name replaces this one."""
        by_machine = when + self._clock.jump
        self._scheduler.add_job(
            _waker(event),
            "date",
            run_date=by_machine,
            id=name,
            replace_existing=True,
            misfire_grace_time=None,
        )


def _waker(event: WakeEvent) -> Callable[[], Awaitable[None]]:
    async def wake() -> None:
        # A coroutine: APScheduler would call a plain function in another thread.
        event.wake()

    return wake
