"""The ticker: wakes tasks at computed moments."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from syncd.runtime.signals import WakeEvent
from syncd.runtime.smooth_clock import SmoothClock

SAME_MOMENT = timedelta(milliseconds=1)
"""The moment of a wait is computed again at each look, and differs by rounding."""


class Ticker:
    """Named jobs of APScheduler that only wake a task, each for one moment.

    APScheduler goes by the machine's clock, which somebody may set: a job may come early, late or never, so
    every task also waits by itself. An interval job would list each run that it has missed when the clock is
    set forward: a year of seconds takes a gigabyte.
    """

    def __init__(self, clock: SmoothClock) -> None:
        self._clock = clock
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._waiting: dict[str, tuple[datetime, WakeEvent]] = {}
        """The jobs that have not run yet: when, by the machine's clock, and whom they wake."""

    def start(self) -> None:
        """Start the scheduler."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop the scheduler: no task is woken from now on."""
        self._scheduler.shutdown(wait=False)

    def wake_at(self, name: str, when: datetime, event: WakeEvent) -> None:
        """Wake once, at `when`; a later call with the same name replaces this one."""
        by_machine = when + self._clock.jump
        known, woken = self._waiting.get(name, (None, None))
        if known is not None and woken is event and abs(by_machine - known) < SAME_MOMENT:
            return  # a job costs APScheduler more than all else of a look at a feed that is not due
        self._waiting[name] = (by_machine, event)
        self._scheduler.add_job(
            self._waker(name, event),
            "date",
            run_date=by_machine,
            id=name,
            replace_existing=True,
            misfire_grace_time=None,
        )

    def _waker(self, name: str, event: WakeEvent) -> Callable[[], Awaitable[None]]:
        async def wake() -> None:
            # A coroutine: APScheduler would call a plain function in another thread.
            self._waiting.pop(name, None)
            event.wake()

        return wake
