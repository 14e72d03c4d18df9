"""The one source of wall time, monotonic time and sleep.

Monotonic time counts what the machine sleeps through, where the system has such a clock (CLOCK_BOOTTIME,
Linux): a lease runs out while a laptop is shut or a virtual machine is paused, and Python's own
`time.monotonic` would not show it. The event loop's timers do not count it: what sleeps for 60 s wakes after
60 s of being awake.
"""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol

_BOOT_CLOCK: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Clock(Protocol):
    """Time as a parameter: tests pass a clock that they move by hand."""

    def now(self) -> datetime:
        """Wall time, aware UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never run backwards, and count while the machine sleeps."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after this time has passed on this clock."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Wall time, aware UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never run backwards, and count while the machine sleeps."""
        return time.clock_gettime(_BOOT_CLOCK)

    async def sleep(self, seconds: float) -> None:
        """Suspend the calling task."""
        await asyncio.sleep(max(0.0, seconds))
