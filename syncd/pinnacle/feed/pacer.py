"""The pace of an endpoint: two gaps over one counter, safe across crashes and clock jumps.

While the process lives the monotonic clock counts, from the end of each request: the server received
it earlier, so it never sees two closer than the gap. Across restarts the wall clock counts.
"""

from datetime import datetime, timedelta

from syncd.config.presets import Gaps
from syncd.runtime.clock import Clock
from syncd.store.feeds import NextTimes

PACE_MARGIN = timedelta(milliseconds=10)
"""Added to each gap: the clocks of two machines run at slightly different speeds."""

MAX_PAUSE = timedelta(hours=1)
"""A stored wait, or one that the server requests, is cut to this or to the gap itself."""


class Pacer:
    """The counter of one endpoint and sport."""

    def __init__(self, clock: Clock, gaps: Gaps) -> None:
        self._clock = clock
        self._gaps = gaps
        self._next_request = self._next_snapshot = clock.monotonic()

    def gap(self, *, snapshot: bool) -> timedelta:
        """The smallest gap between two requests of this kind."""
        return self._gaps.snapshot if snapshot else self._gaps.delta

    def restore(
        self, stored: NextTimes | None, *, in_flight: bool = False, polled_at: datetime | None = None
    ) -> None:
        """Continue with the times that an earlier process stored.

        If the clock was set back meanwhile, the feed must not wait for as long: no wait is longer than it was
        at the last response (`polled_at`). If it can only be that of a request `in_flight`, one gap from now
        is enough.
        """
        if stored is None:
            return
        longest = PACE_MARGIN if in_flight else MAX_PAUSE
        if polled_at is not None:
            longest = min(longest, stored.call_at - polled_at)
        self._next_request = self._monotonic_at(stored.call_at, self._gaps.delta, longest)
        self._next_snapshot = self._monotonic_at(stored.snapshot_at, self._gaps.snapshot, longest)

    def wait(self, *, snapshot: bool) -> timedelta:
        """The time until a request of this kind is allowed; zero if it is allowed now."""
        at = max(self._next_request, self._next_snapshot) if snapshot else self._next_request
        return timedelta(seconds=max(0.0, at - self._clock.monotonic()))

    def times_after(self, *, snapshot: bool, timeout: timedelta) -> NextTimes:
        """The times if a request is sent now: they must be stored before it is."""
        return self._as_wall_times(*self._counted(snapshot=snapshot, after=timeout))

    def begin(self, *, snapshot: bool, timeout: timedelta) -> None:
        """Count a request that is about to be sent."""
        self._next_request, self._next_snapshot = self._counted(snapshot=snapshot, after=timeout)

    def end(self, *, snapshot: bool) -> None:
        """Note that the request is over, whatever its result: the gap begins now."""
        self._next_request, self._next_snapshot = self._counted(snapshot=snapshot, after=timedelta(0))

    def pause(self, duration: timedelta) -> None:
        """Allow no request at all for this long from now; a longer wait remains."""
        until = self._clock.monotonic() + min(duration, MAX_PAUSE).total_seconds()
        self._next_request = max(self._next_request, until)

    def times(self) -> NextTimes:
        """The waits as times of the wall clock, to be stored."""
        return self._as_wall_times(self._next_request, self._next_snapshot)

    def _as_wall_times(self, next_request: float, next_snapshot: float) -> NextTimes:
        now, monotonic = self._clock.now(), self._clock.monotonic()
        return NextTimes(
            now + timedelta(seconds=next_request - monotonic),
            now + timedelta(seconds=next_snapshot - monotonic),
        )

    def _counted(self, *, snapshot: bool, after: timedelta) -> tuple[float, float]:
        """The next request and snapshot if one is over `after` from now."""
        start = self._clock.monotonic() + (after + PACE_MARGIN).total_seconds()
        next_snapshot = start + self._gaps.snapshot.total_seconds() if snapshot else self._next_snapshot
        return start + self._gaps.delta.total_seconds(), next_snapshot

    def _monotonic_at(self, time: datetime, gap: timedelta, longest: timedelta) -> float:
        wait = min(time - self._clock.now(), max(gap + PACE_MARGIN, longest))
        return self._clock.monotonic() + max(0.0, wait.total_seconds())
