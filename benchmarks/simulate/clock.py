"""The clocks: one true time, and in each process a wall clock that may be wrong."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
"""The true wall time at which every simulation begins."""


class SimulatedClock:
    """A `Clock`: the loop's time, and a wall clock that can be set."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._started = loop.time()
        self.wrong_by = timedelta()
        """How far the wall clock is ahead of the true time."""

    def now(self) -> datetime:
        """Wall time, aware UTC."""
        return EPOCH + timedelta(seconds=self._loop.time() - START_S) + self.wrong_by

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return self._loop.time()

    async def sleep(self, seconds: float) -> None:
        """Return after this virtual time."""
        await asyncio.sleep(max(0.0, seconds))


START_S = 1000.0
"""The loop's time at `EPOCH`; not 0, as no machine's monotonic clock begins there."""


def true_time(loop: asyncio.AbstractEventLoop) -> datetime:
    """The wall time, whatever the process believes."""
    return EPOCH + timedelta(seconds=loop.time() - START_S)


def library_datetime(now: Any) -> type[datetime]:
    """A `datetime` for a library that asks the machine's clock itself: `now` gives the time instead."""

    class LibraryDatetime(datetime):
        """Its `now` is that of the simulation."""

        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            moment: datetime = now()
            return moment.astimezone(tz or UTC)

    return LibraryDatetime
