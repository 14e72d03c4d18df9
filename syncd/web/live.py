"""`/events`: says that something has changed, so that a page that is open fetches itself again.

What has changed is not said: the page asks for it as any reader does. A stream ends by itself before the time
for a response is over, and gives way to a request that needs its connection; browsers come again.
"""

import asyncio
from collections.abc import Hashable, Mapping
from typing import Final, Literal, get_args

from aiohttp import web

from syncd.app.daemon import Daemon
from syncd.web.connections import Connection
from syncd.web.guesses import network_of

Topic = Literal["feeds", "bettune", "alerts", "time"]
"""Pinnacle's feeds; requests to BetTune, queue and mode; alerts; and every five seconds, whatever else."""

TOPICS: Final[tuple[Topic, ...]] = get_args(Topic)

LASTS_S: Final = 25.0
"""A stream ends after this time: a response may take 30 s."""

EVERY_S: Final = 1.0
"""Changes within this time are one message."""

ALIVE_EVERY: Final = 5
"""Looks after which a message is sent though nothing has changed: the page knows that syncd is there."""

PER_ADDRESS: Final = 6
IN_ALL: Final = 18
"""Streams that are open at once. A page without one fetches itself every few seconds."""

STREAM_HEADERS: Final = {"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}

BROWSER_WAITS_MS: Final = 1000
"""Time until a browser opens the next stream."""


class TooManyStreamsError(web.HTTPServiceUnavailable):
    """Every stream is in use."""

    def __init__(self) -> None:
        super().__init__(text="Too many pages are open; this one refreshes itself without a stream.")


class OpenStream:
    """A stream with the address of its reader."""

    def __init__(self, request: web.Request, address: str) -> None:
        self._request = request
        self.address = address

    @property
    def has_reader(self) -> bool:
        """False if the reader has just left: a browser that goes to the next page."""
        transport = self._request.transport
        return transport is not None and not transport.is_closing()


class LiveEvents:
    """Serves the streams of all pages that are open."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._open: list[OpenStream] = []
        self._closing = asyncio.Event()

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Send the topics that change, until the time is over. Raises `TooManyStreamsError`."""
        address = network_of(request.remote or "")
        if self._count(address) >= PER_ADDRESS or self._count() >= IN_ALL:
            raise TooManyStreamsError
        stream = OpenStream(request, address)
        self._open.append(stream)
        response = web.StreamResponse(headers=STREAM_HEADERS)
        try:
            await self._send(request, response, topics_of(request))
        except ConnectionResetError:
            pass  # the reader has left
        finally:
            self._open.remove(stream)
        return response

    async def close(self, _: web.Application) -> None:
        """End every stream: the server stops."""
        self._closing.set()

    def _count(self, address: str | None = None) -> int:
        """Count the streams, or those of one address."""
        return sum(each.has_reader and address in (None, each.address) for each in self._open)

    async def _send(
        self, request: web.Request, response: web.StreamResponse, topics: frozenset[Topic]
    ) -> None:
        await response.prepare(request)
        if request.method == "HEAD":
            return
        if isinstance(request.protocol, Connection):
            request.protocol.may_give_way()
        await response.write(f"retry: {BROWSER_WAITS_MS}\nevent: alive\ndata:\n\n".encode())
        await self._follow(response, topics)

    async def _follow(self, response: web.StreamResponse, topics: frozenset[Topic]) -> None:
        known = fingerprints(self._daemon, 0)
        for look in range(1, round(LASTS_S / EVERY_S)):
            if await self._closes_within(EVERY_S):
                return
            found = fingerprints(self._daemon, look)
            changed = sorted(topic for topic in topics if found[topic] != known[topic])
            known = found
            if changed:
                await response.write(f"event: changed\ndata: {' '.join(changed)}\n\n".encode())
            elif look % ALIVE_EVERY == 0:
                await response.write(b"event: alive\ndata:\n\n")

    async def _closes_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except TimeoutError:
            return False
        return True


def topics_of(request: web.Request) -> frozenset[Topic]:
    """Read the topics of the address; unknown ones are ignored, and none means all."""
    named = request.query.get("topics", "").split()
    return frozenset(each for each in TOPICS if each in named) or frozenset(TOPICS)


def fingerprints(daemon: Daemon, look: int) -> Mapping[Topic, Hashable]:
    """Return for each topic something that differs when it has changed; from memory alone."""
    components = daemon.components
    feeds: Hashable = None
    bettune: Hashable = None
    if components is not None:
        states = (*components.feeds.states, *components.account_feeds)
        feeds = tuple(
            (each.kind, each.sport_id, each.polled_at, each.ok_at, each.failures) for each in states
        )
        mode = (components.mode.paused, components.mode.withdrawn)
        work = (len(components.queue), len(components.planner.withheld), components.actual.active_count)
        bettune = (components.gateway.ok_at, *mode, *work)
    alerts = tuple((each.subject, each.message) for each in daemon.alerts.firing)
    return {
        "feeds": feeds,
        "bettune": bettune,
        "alerts": (alerts, components is None, daemon.is_reloading),
        "time": look // ALIVE_EVERY,
    }
