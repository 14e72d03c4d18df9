"""When an endpoint may be asked: two gaps over one counter, safe across crashes and clock jumps.

While the process lives the monotonic clock counts, from the end of each call: the server saw the
call before that, so it never sees two nearer than the gap. Across restarts the wall clock counts.
"""

from datetime import datetime, timedelta

from syncd.runtime.clock import Clock
from syncd.store.feeds import NextTimes

MARGIN = timedelta(milliseconds=10)
"""Two machines do not measure a second alike."""

LONGEST_HOLD = timedelta(hours=1)
"""A stored wait, or one that the server asks for, is not believed beyond this or the gap itself."""


class Pacer:
    """The counter of one endpoint and sport.

    Any two calls are at least `delta_gap` apart, and two snapshots at least `snapshot_gap`.
    """

    def __init__(self, clock: Clock, *, snapshot_gap: timedelta, delta_gap: timedelta) -> None:
        self._clock = clock
        self._gaps = {True: snapshot_gap, False: delta_gap}
        self._call_at = self._snapshot_at = clock.monotonic()

    def gap(self, *, snapshot: bool) -> timedelta:
        """The smallest gap between two calls of this kind."""
        return self._gaps[snapshot]

    def restore(self, stored: NextTimes | None) -> None:
        """Take over what an earlier process left.

        A clock that was set back meanwhile must not silence the feed for as long: waits are bounded.
        """
        if stored is None:
            return
        self._call_at = self._until(stored.call_at, self._gaps[False])
        self._snapshot_at = self._until(stored.snapshot_at, self._gaps[True])

    def wait(self, *, snapshot: bool) -> timedelta:
        """How long until a call of this kind is allowed; zero: now."""
        at = max(self._call_at, self._snapshot_at) if snapshot else self._call_at
        return timedelta(seconds=max(0.0, at - self._clock.monotonic()))

    def begin(self, *, snapshot: bool, patience: timedelta) -> NextTimes:
        """A call goes out now and takes `patience` at most. To be stored before it does."""
        self._count(snapshot=snapshot, after=patience)
        return self.times()

    def end(self, *, snapshot: bool) -> None:
        """The call is over, whatever came of it: from now on the gap counts."""
        self._count(snapshot=snapshot, after=timedelta(0))

    def hold(self, pause: timedelta) -> None:
        """No call at all for so long from now; a longer wait that already holds stays."""
        until = self._clock.monotonic() + min(pause, LONGEST_HOLD).total_seconds()
        self._call_at = max(self._call_at, until)

    def times(self) -> NextTimes:
        """The waits as moments of the wall clock, to be stored."""
        now, monotonic = self._clock.now(), self._clock.monotonic()
        return NextTimes(
            now + timedelta(seconds=self._call_at - monotonic),
            now + timedelta(seconds=self._snapshot_at - monotonic),
        )

    def _count(self, *, snapshot: bool, after: timedelta) -> None:
        start = self._clock.monotonic() + (after + MARGIN).total_seconds()
        self._call_at = start + self._gaps[False].total_seconds()
        if snapshot:
            self._snapshot_at = start + self._gaps[True].total_seconds()

    def _until(self, moment: datetime, gap: timedelta) -> float:
        wait = min(moment - self._clock.now(), max(gap, LONGEST_HOLD))
        return self._clock.monotonic() + max(0.0, wait.total_seconds())
