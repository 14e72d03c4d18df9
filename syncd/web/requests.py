"""Checks that every request has to pass: its size, its turn, and the site that a browser sends it from."""

import asyncio
from typing import Final

from aiohttp import web

from syncd.runtime.clock import Clock
from syncd.web.addresses import is_page
from syncd.web.auth import Handler
from syncd.web.connections import PROBE_PATHS, Connection
from syncd.web.guesses import RateBucket

RATE: Final = (40, 30.0)
"""Requests that are handled at once, and how many more each second: the others wait their turn."""

OWN_SITES: Final = frozenset({"same-origin", "none"})
"""`Sec-Fetch-Site` of a request by our own page, and of an address that a user typed or bookmarked."""


class ForeignSiteError(web.HTTPForbidden):
    """A page of another site made the browser send this request."""

    def __init__(self) -> None:
        super().__init__(
            text="Another site led here, which is not allowed: open the page by its own address."
        )


class BodyError(web.HTTPRequestEntityTooLarge):
    """The request has a body."""

    def __init__(self) -> None:
        super().__init__(max_size=0, actual_size=1, text="A request to syncd has no body.")


class FullError(web.HTTPServiceUnavailable):
    """The connection is one of those that are kept for probes."""

    def __init__(self) -> None:
        super().__init__(text="Every connection of the port is in use.", headers={"Retry-After": "1"})


class _Turns:
    """Requests that take turns, so many each second."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._bucket = RateBucket(*RATE, clock.monotonic())
        self._turn = asyncio.Lock()

    async def wait(self) -> None:
        """Return when it is this request's turn."""
        async with self._turn:
            if wait := self._bucket.wait_s(self._clock.monotonic()):
                await self._clock.sleep(wait)
            self._bucket.take(self._clock.monotonic())


class Turnstile:
    """Lets requests through one after the other, a fixed number each second; probes wait for probes only."""

    def __init__(self, clock: Clock) -> None:
        self._probes, self._others = _Turns(clock), _Turns(clock)

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Begin the request when it is its turn. Raises `BodyError`, `ForeignSiteError` or `FullError`."""
        if isinstance(request.protocol, Connection) and not request.protocol.begin(request.path):
            raise FullError
        await (self._probes if request.path in PROBE_PATHS else self._others).wait()
        if request.method in ("GET", "HEAD") and request.can_read_body:
            raise BodyError
        if is_foreign(request):
            raise ForeignSiteError
        return await handler(request)


def is_foreign(request: web.Request) -> bool:
    """Return whether another site sent it; not if a user followed a link of a sibling site to a page.

    Browsers say so in `Sec-Fetch-Site`, which no page can set. Other programs do not send it.
    """
    sites = request.headers.getall("Sec-Fetch-Site", [])
    if all(site in OWN_SITES for site in sites):
        return False
    return sites != ["same-site"] or not _is_navigation(request)


def _is_navigation(request: web.Request) -> bool:
    given = [request.headers.get(f"Sec-Fetch-{name}") for name in ("Mode", "Dest", "User")]
    return request.method == "GET" and is_page(request.path) and given == ["navigate", "document", "?1"]
