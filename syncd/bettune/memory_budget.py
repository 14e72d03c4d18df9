"""A request budget in memory, for withdrawals that must not depend on the store."""

from collections import deque
from datetime import timedelta

from syncd.bettune.client import ResponseInfo
from syncd.bettune.rate_limit import tried_after
from syncd.runtime.clock import Clock

MARGIN_S = 0.02
"""Added to the window: BetTune counts a request somewhere between sending and response."""

SHORTEST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=1)
"""A single response stops withdrawals for at most this long; then one request tries again."""


class MemoryBudget:
    """At most `limit` requests in any `span`, by a clock that nobody can set (`Clock.monotonic`).

    One request at a time: `wait`, send, `count`. With `is_full` the first one waits for a whole span: nobody
    knows what another process has sent until now.
    """

    def __init__(self, clock: Clock, *, limit: int, span: timedelta, is_full: bool = False) -> None:
        self._clock = clock
        self._limit = limit
        self._span_s = span.total_seconds()
        self._counted: deque[float] = deque([clock.monotonic()] * limit if is_full else ())
        self._paused_until = 0.0

    @property
    def counted(self) -> tuple[float, ...]:
        """When each request counts, by the monotonic clock, for those that still count."""
        return tuple(self._counted)

    async def wait(self) -> None:
        """Return when one more request keeps the limit."""
        while (seconds := self._seconds_to_wait()) > 0:
            await self._clock.sleep(seconds)

    def count(self) -> None:
        """Count a request whose response was received or is lost."""
        self._counted.append(self._clock.monotonic())

    def pause(self, seconds: float | None) -> None:
        """Send nothing for this many seconds, as a 429 requests; for a whole window if it names no time."""
        span = timedelta(seconds=self._span_s)
        wanted = span if seconds is None else timedelta(seconds=seconds)
        pause = min(max(wanted, SHORTEST_PAUSE), tried_after(wanted, LONGEST_PAUSE, span))
        self._paused_until = max(self._paused_until, self._clock.monotonic() + pause.total_seconds())

    def learn(self, response: ResponseInfo) -> None:
        """Take the limit that the headers of a response name."""
        named = response.rate_limit
        if named:
            self._limit, self._span_s = named.requests, named.window_s

    def _seconds_to_wait(self) -> float:
        now = self._clock.monotonic()
        while self._counted and self._counted[0] + self._span_s + MARGIN_S <= now:
            self._counted.popleft()
        free_at = now
        if len(self._counted) >= self._limit:
            free_at = self._counted[len(self._counted) - self._limit] + self._span_s + MARGIN_S
        # Whatever limit a response has named, one request a minute finds out whether it still holds.
        probe_at = self._counted[-1] + LONGEST_PAUSE.total_seconds() if self._counted else now
        return min(max(free_at, self._paused_until), max(probe_at, self._paused_until)) - now
