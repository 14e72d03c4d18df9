"""The log of a simulated server: every request with its arrival time, and every rule that a client broke."""

from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web

from syncd.runtime.clock import Clock


@dataclass(slots=True, kw_only=True)
class ReceivedRequest:
    """One request. `status` is 0 until the response is sent, and stays 0 if it was cut off."""

    at: datetime
    seconds: float
    """The same moment on the monotonic clock."""
    method: str
    path: str
    query: dict[str, str]
    agent: str = ""
    """The `User-Agent` header."""
    status: int = 0

    @property
    def is_delta(self) -> bool:
        """True if the request carries a cursor."""
        return "since" in self.query


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A rule of the API that a client broke. `rule` is a stable code, `detail` is for people."""

    at: datetime
    rule: str
    path: str
    detail: str = ""


@dataclass(slots=True)
class RequestLog:
    """Everything that arrived at one server. Rules are judged by the arrival times alone."""

    clock: Clock
    requests: list[ReceivedRequest] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)

    def record(self, request: web.Request, query: dict[str, str]) -> ReceivedRequest:
        """Log a request that arrives now, with its query as the server reads it."""
        received = ReceivedRequest(
            at=self.clock.now(),
            seconds=self.clock.monotonic(),
            method=request.method,
            path=request.path,
            query=query,
            agent=request.headers.get("User-Agent", ""),
        )
        self.requests.append(received)
        return received

    def record_violation(self, rule: str, request: ReceivedRequest, detail: str = "") -> None:
        """Log that this request broke a rule."""
        self.violations.append(Violation(at=request.at, rule=rule, path=request.path, detail=detail))

    def count_violations(self, rule: str) -> int:
        """The number of times this rule was broken."""
        return sum(violation.rule == rule for violation in self.violations)
