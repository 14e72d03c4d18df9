"""The connections that are open at once: how many, and how long each may take.

Anybody who reaches the port may connect, before any token is asked for. So connections are few, each has
little time, and file descriptors are kept for the work. Where there are too many, the one that has been
idle longest gives way to the newest: idle ones can never keep a probe or a reader out. A few more places are
for probes alone, for a moment each: else a visitor could make the guard take the daemon for dead.
"""

import asyncio
import resource
from collections import Counter
from typing import Any, Final

import msgspec
import structlog
from aiohttp import ClientConnectionResetError, web

from syncd.web.repeated_alert import RepeatedAlert

log = structlog.get_logger(__name__)

CONNECTIONS: Final = "web.connections"
"""Subject of the alert that connections were closed because there are too many."""

DESCRIPTORS: Final = "web.descriptors"
"""Subject of the alert that no connection is accepted, because the work needs the last file descriptors."""

MAX_LINE: Final = 4096
"""Bytes of a request line, and of a header."""

MAX_HEADERS: Final = 64

PROBE_PATHS: Final = frozenset({"/readyz", "/healthz"})
"""Requests that are answered however many others there are."""

FULL: Final = "full"
"""`state` in the response to whoever is turned away: all that it says is that the daemon is alive."""

FULL_BODY: Final = msgspec.json.encode(
    {"ok": False, "state": FULL, "reasons": ["every connection of the port is in use"]}
)

PROBE_GIVES_WAY_AFTER_S: Final = 0.25
"""A connection for a probe that is this old may be closed for another."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of all connections together."""

    total: int = 48
    per_address: int = 16
    """A browser opens six. Behind a reverse proxy all have one address."""
    request_s: float = 10.0
    """Seconds until a whole request must have arrived, after connecting and after each response."""
    response_s: float = 30.0
    """Seconds for making a response and for the client to take it."""
    probes: int = 8
    """Connections beyond these, for requests of `PROBE_PATHS` only."""
    probe_s: float = 2.0
    """Seconds for such a connection from connecting to the end of its response."""
    spare_descriptors: int = 128
    """File descriptors that no connection may take; at most a quarter of all."""


def highest_descriptor(limits: Limits) -> int:
    """Return the first file descriptor that is kept for the work.

    The system gives the lowest free number, so a high one says that all below are in use.
    """
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return allowed - min(limits.spare_descriptors, allowed // 4)


class Crowd:
    """All open connections, the idle ones in the order in which they became idle."""

    def __init__(self, alert: RepeatedAlert, limits: Limits) -> None:
        self.limits = limits
        self._alert = alert
        self._idle: dict[Connection, None] = {}
        self._addresses: dict[Connection, str] = {}
        self._numbers: Counter[str] = Counter()
        self._probes: dict[Connection, float] = {}
        """Connections that are for a probe only, with the time when they began; the oldest first."""

    def __len__(self) -> int:
        return len(self._addresses)

    def admit(self, address: str) -> bool:
        """Make one more of this address possible. Returns false if every connection is at work."""
        if self._numbers[address] >= self.limits.per_address:
            victims = [each for each in self._idle if self._addresses[each] == address]
        elif len(self) >= self.limits.total:
            victims = list(self._idle)
        else:
            return True
        self._alert.ring(
            f"more than {self.limits.per_address} connections from one address, or {self.limits.total} in "
            f"all ({address}): the oldest idle ones are closed",
            address,
        )
        if victims:
            victims[0].abort()
        return bool(victims)

    def admit_probe(self, now: float) -> bool:
        """Make one more connection for a probe possible. Returns false if all are in use, and too young."""
        if len(self._probes) < self.limits.probes:
            return True
        oldest = next(iter(self._probes), None)
        if oldest is None or now - self._probes[oldest] < PROBE_GIVES_WAY_AFTER_S:
            return False
        oldest.abort()
        return True

    def enter_probe(self, connection: "Connection", now: float) -> None:
        """Count a new connection for a probe."""
        self._probes[connection] = now

    def is_for_probe(self, connection: "Connection") -> bool:
        """Return whether it may only ask for one of `PROBE_PATHS`."""
        return connection in self._probes

    def enter(self, connection: "Connection", address: str) -> None:
        """Count a new connection; it is idle."""
        self._addresses[connection] = address
        self._numbers[address] += 1
        self._idle[connection] = None

    def leave(self, connection: "Connection") -> None:
        """Forget a connection that has ended, once or again."""
        self._idle.pop(connection, None)
        self._probes.pop(connection, None)
        address = self._addresses.pop(connection, None)
        if address is not None:
            self._numbers[address] -= 1
            self._numbers += Counter()  # without the zeros

    def set_idle(self, connection: "Connection", *, idle: bool) -> None:
        """Note that a connection waits for a request, or is at work."""
        self._idle.pop(connection, None)
        if idle and connection in self._addresses:
            self._idle[connection] = None


class Connection(web.RequestHandler):
    """One connection, with a deadline for what it does now."""

    __slots__ = ("_aborted", "_crowd", "_deadline")

    def __init__(self, server: web.Server, crowd: Crowd, **options: Any) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=crowd.limits.request_s,
            lingering_time=1.0,
            max_line_size=MAX_LINE,
            max_field_size=MAX_LINE,
            max_headers=MAX_HEADERS,
            **options,
        )
        self._crowd = crowd
        self._aborted = False
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for the first request."""
        super().connection_made(transport)
        limits = self._crowd.limits
        self._allow(limits.probe_s if self._crowd.is_for_probe(self) else limits.request_s)
        if self._aborted:
            self.abort()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Give its place to another."""
        if self._deadline:
            self._deadline.cancel()
        self._crowd.leave(self)
        super().connection_lost(exc)

    def begin(self, path: str) -> bool:
        """Note that a whole request has arrived; return whether this connection may ask for that."""
        if self._crowd.is_for_probe(self):
            return path in PROBE_PATHS
        self._crowd.set_idle(self, idle=False)
        self._allow(self._crowd.limits.response_s)
        return True

    def may_give_way(self) -> None:
        """Let a new connection close this one though it is at work, as if it were idle."""
        self._crowd.set_idle(self, idle=True)

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Send the response, then wait for the next request."""
        if self._crowd.is_for_probe(self):
            resp.force_close()
            return await super().finish_response(request, resp, start_time)
        try:
            return await super().finish_response(request, resp, start_time)
        finally:
            self._crowd.set_idle(self, idle=True)
            self._allow(self._crowd.limits.request_s)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Respond to what is no HTTP request, or to who has gone; anybody can do that: it is not logged."""
        if status >= 500 and not isinstance(exc, ClientConnectionResetError):
            return super().handle_error(request, status, exc, message)
        log.debug("bad_request", reason=type(exc).__name__)
        response = web.Response(status=status, text="This is not a valid HTTP request.\n")
        response.force_close()
        return response

    def abort(self) -> None:
        """Close it at once, whatever it does."""
        self._aborted = True
        self._crowd.leave(self)
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    def _allow(self, seconds: float) -> None:
        if self._deadline:
            self._deadline.cancel()
        if self.transport is not None:
            self._deadline = asyncio.get_running_loop().call_later(seconds, self.abort)
