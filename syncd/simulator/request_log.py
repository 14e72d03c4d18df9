"""What a simulated server has seen: every call with its arrival time, and every broken rule.

Limits are judged by arrival, not by what a client believes it does.
"""

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil

from syncd.runtime.clock import Clock


@dataclass(slots=True, kw_only=True)
class ReceivedRequest:
    """One request. `status` is 0 until it is answered, and where the answer was cut off."""

    at: datetime
    seconds: float
    """The same moment on the monotonic clock."""
    method: str
    path: str
    query: dict[str, str]
    status: int = 0

    @property
    def is_delta(self) -> bool:
        """Asked with a cursor."""
        return "since" in self.query


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A rule of the API that a client broke. `what` is a stable word, `detail` is for people."""

    at: datetime
    what: str
    path: str
    detail: str = ""


@dataclass(slots=True)
class RequestLog:
    """The record of one server."""

    clock: Clock
    requests: list[ReceivedRequest] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)

    def record(self, method: str, path: str, query: dict[str, str]) -> ReceivedRequest:
        """A request has arrived."""
        found = ReceivedRequest(
            at=self.clock.now(), seconds=self.clock.monotonic(), method=method, path=path, query=query
        )
        self.requests.append(found)
        return found

    def record_violation(self, what: str, call: ReceivedRequest, detail: str = "") -> None:
        """The client broke a rule with this call."""
        self.violations.append(Violation(at=call.at, what=what, path=call.path, detail=detail))

    def count_violations(self, what: str) -> int:
        """How often this rule was broken."""
        return sum(violation.what == what for violation in self.violations)


@dataclass(frozen=True, slots=True)
class Spacing:
    """Smallest gap in seconds between two snapshots, and between any two calls."""

    snapshot: float
    delta: float

    @property
    def shared(self) -> bool:
        """Snapshot and delta count alike."""
        return self.snapshot == self.delta


class SpacingChecker:
    """One bucket per key: endpoint and sport, whatever leagues or events are asked for."""

    SLACK = 0.005
    """Seconds: two calls that left the client a whole interval apart may arrive this much closer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last: dict[Hashable, float] = {}

    def too_early(self, key: Hashable, spacing: Spacing, *, delta: bool) -> float:
        """Seconds by which the call comes too early (0: it is welcome). A refused call counts as one."""
        now = self._clock.monotonic()
        buckets = [(("any", key), spacing.delta)]
        if not delta:
            buckets.append((("snapshot", key), spacing.snapshot))
        missing = max(gap - (now - self._last.get(bucket, -gap - now)) for bucket, gap in buckets)
        for bucket, _ in buckets:
            self._last[bucket] = now
        return missing if missing > self.SLACK else 0.0


class SlidingWindow:
    """At most so many requests in any window of so many seconds."""

    def __init__(self, clock: Clock, *, requests: int, seconds: float) -> None:
        self._clock = clock
        self.requests = requests
        self.seconds = seconds
        self._seen: deque[float] = deque()

    def wait(self) -> int:
        """0: the request is welcome, and counted. Else whole seconds until one will be."""
        now = self._clock.monotonic()
        while self._seen and self._seen[0] <= now - self.seconds:
            self._seen.popleft()
        if len(self._seen) < self.requests:
            self._seen.append(now)
            return 0
        return max(1, ceil(self._seen[len(self._seen) - self.requests] + self.seconds - now))
