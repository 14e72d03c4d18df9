"""Writes whose effect may come later than their response: their pairs are read again for some minutes.

A request without a response may be on its way for long. Whatever was read or written of its pair meanwhile,
it may still arrive, and put a price back that has been raised or deleted since. Nor does a 404 to a DELETE
prove that there is nothing.
"""

from collections.abc import Iterable
from typing import Final

from syncd.bettune.window import Urgency
from syncd.model.bettune import Pair
from syncd.runtime.clock import Clock
from syncd.runtime.signals import Signals, Task
from syncd.sync.reads import PendingReads

LOOK_AFTER_S: Final = (10.0, 30.0, 60.0, 120.0, 180.0)
"""Seconds after a response that proves nothing, at which the pair is read again."""

LOOK_EVERY_S: Final = 2.0


class LateWrites:
    """The pairs that may still change by a request of ours, and when each is read again."""

    def __init__(self, reads: PendingReads, signals: Signals, clock: Clock) -> None:
        self._reads = reads
        self._signals = signals
        self._clock = clock
        self._due: dict[Pair, list[float]] = {}
        """The moments of each pair by the monotonic clock, the last one first."""

    def note(self, pair: Pair) -> None:
        """Read this pair again for some minutes, counted from now."""
        now = self._clock.monotonic()
        self._due[pair] = [now + after for after in reversed(LOOK_AFTER_S)]

    async def step(self) -> None:
        """Have the pairs read whose moment has come."""
        await self._clock.sleep(LOOK_EVERY_S)
        due = sorted(self._take_due(self._clock.monotonic()))
        if due:
            # After deletes and raises: what is known to be wrong goes before what only may be.
            self._reads.add(due, Urgency.LOWER)
            self._signals.wake(Task.WRITER)

    def _take_due(self, now: float) -> Iterable[Pair]:
        for pair, moments in list(self._due.items()):
            is_due = moments[-1] <= now
            while moments and moments[-1] <= now:
                moments.pop()
            if not moments:
                del self._due[pair]
            if is_due:
                yield pair
