"""Work at one time of the day, by the clock on the wall."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta, tzinfo

from syncd.runtime.clock import Clock

LOOK_EVERY_S = 60.0
"""The machine may sleep, or its clock may be set."""

LATE_BY = timedelta(hours=1)
"""Work that was missed by more, since the machine slept, waits for the next day."""


def next_at(now: datetime, at: time, zone: tzinfo | None = None) -> datetime:
    """Return the next moment after `now` when the zone's clocks show this time. None: the machine's zone."""
    local = now.astimezone(zone)
    # With the offset of that moment, which is another one where the clocks change in between.
    today, tomorrow = (
        datetime.combine(local.date() + timedelta(days=days), at, tzinfo=zone).astimezone(UTC)
        for days in range(2)
    )
    return today if today > now else tomorrow


class DailyTask:
    """Does its work once a day."""

    def __init__(
        self, clock: Clock, at: time, work: Callable[[], Awaitable[None]], zone: tzinfo | None = None
    ) -> None:
        self._clock = clock
        self._at = at
        self._work = work
        self._zone = zone
        self._due = next_at(clock.now(), at, zone)

    async def step(self) -> None:
        """Wait for a while; do the work if its time has come."""
        left_s = (self._due - self._clock.now()).total_seconds()
        await self._clock.sleep(min(max(left_s, 0.0), LOOK_EVERY_S))
        now = self._clock.now()
        if now >= self._due:
            is_late = now - self._due > LATE_BY
            self._due = next_at(now, self._at, self._zone)
            if not is_late:
                await self._work()
