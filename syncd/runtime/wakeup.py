"""A step repeated for ever: what passes is waited out, what does not ends the process."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import Clock

FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(seconds=30)


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


class WakeEvent:
    """Wakes one waiting task: when it is rung, or at a moment."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake whoever waits, now or when it next waits."""
        self._rung.set()

    async def wait(self, seconds: float | None = None) -> bool:
        """Return when rung (true), or after so many seconds (false); ringing is used up."""
        if seconds is None:
            await self._rung.wait()
        elif not self._rung.is_set():
            await self._first(max(0.0, seconds))
        rung = self._rung.is_set()
        self._rung.clear()
        return rung

    async def _first(self, seconds: float) -> None:
        waiting = [
            asyncio.ensure_future(self._rung.wait()),
            asyncio.ensure_future(self._clock.sleep(seconds)),
        ]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()
