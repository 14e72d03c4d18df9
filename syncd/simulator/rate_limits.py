"""The rate limits of both simulated services, judged by the arrival of the requests."""

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass
from math import ceil

from syncd.runtime.clock import Clock


@dataclass(frozen=True, slots=True)
class Spacing:
    """The smallest gap in seconds between two snapshots, and between any two requests."""

    snapshot: float
    delta: float


class SpacingChecker:
    """Checks the gaps. One bucket per key: endpoint and sport, whatever leagues or events are requested."""

    SLACK = 0.005
    """Seconds: two requests sent exactly one gap apart may arrive this much closer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last: dict[Hashable, float] = {}

    def too_early(self, key: Hashable, spacing: Spacing, *, delta: bool) -> float:
        """Seconds by which a request that arrives now is too early, or 0. Refused requests count, too."""
        now = self._clock.monotonic()
        buckets = [(("any", key), spacing.delta)]
        if not delta:
            buckets.append((("snapshot", key), spacing.snapshot))
        missing = max(gap - (now - self._last.get(bucket, -gap - now)) for bucket, gap in buckets)
        for bucket, _ in buckets:
            self._last[bucket] = now
        return missing if missing > self.SLACK else 0.0


class SlidingWindow:
    """Accepts at most `requests` in any window of `seconds`."""

    def __init__(self, clock: Clock, *, requests: int, seconds: float) -> None:
        self._clock = clock
        self.requests = requests
        self.seconds = seconds
        self._accepted: deque[float] = deque()

    def wait(self) -> int:
        """Accept and count a request that arrives now (0), or return the whole seconds to wait."""
        now = self._clock.monotonic()
        while self._accepted and self._accepted[0] <= now - self.seconds:
            self._accepted.popleft()
        if len(self._accepted) < self.requests:
            self._accepted.append(now)
            return 0
        return max(1, ceil(self._accepted[len(self._accepted) - self.requests] + self.seconds - now))
