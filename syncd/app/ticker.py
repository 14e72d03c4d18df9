"""The ticker: wakes tasks at times of the wall clock."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from syncd.runtime.clock import Clock
from syncd.runtime.signals import WakeEvent


class Ticker:
    """Named jobs of APScheduler that only wake a task. After a missed time the task is woken once, late."""

    def __init__(self, clock: Clock) -> None:
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
        self._scheduler.add_job(
            _waker(event), "date", run_date=when, id=name, replace_existing=True, misfire_grace_time=None
        )

    def wake_every(self, name: str, span: timedelta, event: WakeEvent) -> None:
        """Wake now, and then once in each `span`."""
        self._scheduler.add_job(
            _waker(event),
            "interval",
            seconds=span.total_seconds(),
            id=name,
            next_run_time=self._clock.now(),
            misfire_grace_time=None,
            coalesce=True,
        )


def _waker(event: WakeEvent) -> Callable[[], Awaitable[None]]:
    async def wake() -> None:
        # A coroutine: APScheduler would call a plain function in another thread.
        event.wake()

    return wake
