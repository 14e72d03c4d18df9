"""Fault injection for both simulated servers: what goes wrong, on which requests, how often or how long."""

import asyncio
import gzip
import re
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fnmatch import fnmatch
from typing import Any, Final

import msgspec
from aiohttp import web

from syncd.runtime.clock import Clock
from syncd.simulator.pinnacle_markets import american

HTML = "<!DOCTYPE html><html><body><h1>Not available in your region</h1></body></html>"
PRICE_KEYS: Final = frozenset({"home", "away", "draw", "over", "under", "price"})

_decoder: Final = msgspec.json.Decoder[Any](float_hook=Decimal)

Handler = Callable[[], Awaitable[web.Response]]


class FaultKind(StrEnum):
    """The kinds of faults; those that are numbers are statuses of the response."""

    TOO_MANY = "429"
    SERVER_ERROR = "500"
    UNAVAILABLE = "503"
    UNAUTHORIZED = "401"
    FORBIDDEN = "403"
    BAD_REQUEST = "400"
    CONFLICT = "409"
    REDIRECT = "301"
    HTML = "html"
    """An HTML page with status 200, as a geo-block sends it."""
    HANG = "hang"
    """No response for `hang_for` seconds, then the connection breaks."""
    RESET = "reset"
    """The connection breaks before the request is carried out."""
    LOST = "lost"
    """The request is carried out, but the response never arrives."""
    CUT = "cut"
    """The connection breaks in the middle of the body."""
    SHORT = "short"
    """Half of the body, with a `Content-Length` that fits the half: correct HTTP, incomplete JSON."""
    GARBLED = "garbled"
    """A body that is not JSON."""
    BROKEN_GZIP = "broken_gzip"
    EMPTY = "empty"
    """An empty body."""
    HALVED = "halved"
    """Every second event is missing."""
    AMERICAN = "american"
    """American odds although decimal odds were requested."""


ErrorBodies = Mapping[FaultKind, tuple[str, str]]
"""Code and message of the error responses of one API."""


@dataclass(slots=True, kw_only=True)
class SimulatedFault:
    """A fault for the requests that match `path` and `method`."""

    kind: FaultKind
    path: str = "*"
    """A glob on the path, such as `*/odds`."""
    method: str = "*"
    times: int | None = 1
    """The number of requests it affects; None: until it is cleared or `seconds` have passed."""
    seconds: float | None = None
    skip: int = 0
    """The number of matching requests that are served normally first."""
    retry_after: str | None = None
    hang_for: float = 3600.0
    """Seconds."""
    until: float = field(default=float("inf"), init=False)


class FaultInjector:
    """Injects faults into the responses of one server; `injected` lists their kinds and paths."""

    def __init__(self, clock: Clock, error_bodies: ErrorBodies) -> None:
        self._clock = clock
        self._error_bodies = error_bodies
        self._pending: list[SimulatedFault] = []
        self._cleared = asyncio.Event()
        self.injected: list[tuple[FaultKind, str]] = []

    def inject(self, kind: FaultKind | str, **how: Any) -> SimulatedFault:
        """Add a fault, which begins now; `how` are fields of `SimulatedFault`."""
        fault = SimulatedFault(kind=FaultKind(kind), **({"times": None} if "seconds" in how else {}) | how)
        if fault.seconds is not None:
            fault.until = self._clock.monotonic() + fault.seconds
        self._pending.append(fault)
        return fault

    def clear(self) -> None:
        """Remove all faults and end the requests that hang."""
        self._pending.clear()
        self._cleared.set()
        self._cleared = asyncio.Event()

    async def apply(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The response of the handler, or what a fault makes of it."""
        fault = self._take(request)
        if fault is None:
            return await handler()
        self.injected.append((fault.kind, request.path))
        if fault.kind in self._error_bodies:
            return _error_response(fault, *self._error_bodies[fault.kind])
        if fault.kind is FaultKind.HANG:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._cleared.wait(), fault.hang_for)
        if fault.kind in REPLACEMENTS:
            return REPLACEMENTS[fault.kind](request)
        return await _spoil(request, fault.kind, await handler())

    def _take(self, request: web.Request) -> SimulatedFault | None:
        now = self._clock.monotonic()
        self._pending = [f for f in self._pending if f.until > now and f.times != 0]
        for fault in self._pending:
            if fnmatch(request.path, fault.path) and fnmatch(request.method, fault.method):
                if fault.skip:
                    fault.skip -= 1
                    continue
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None


def _error_response(fault: SimulatedFault, code: str, message: str) -> web.Response:
    headers = {"Retry-After": fault.retry_after} if fault.retry_after is not None else {}
    return web.Response(
        status=int(fault.kind),
        body=msgspec.json.encode({"code": code, "message": message}),
        content_type="application/json",
        headers=headers,
    )


def _reset(request: web.Request) -> web.Response:
    """Break the connection with a RST instead of a FIN."""
    transport = request.transport
    if transport is not None:
        sock = transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response()


def _redirect(_: web.Request) -> web.Response:
    return web.Response(status=301, headers={"Location": "https://example.com/"})


def _page(_: web.Request) -> web.Response:
    return web.Response(text=HTML, content_type="text/html")


REPLACEMENTS: Final[Mapping[FaultKind, Callable[[web.Request], web.Response]]] = {
    FaultKind.REDIRECT: _redirect,
    FaultKind.HTML: _page,
    FaultKind.HANG: _reset,
    FaultKind.RESET: _reset,
}
"""Responses sent instead of that of the handler."""


async def _spoil(request: web.Request, kind: FaultKind, response: web.Response) -> web.StreamResponse:
    """Spoil the response of the handler, which has carried out the request."""
    if kind is FaultKind.LOST:
        return _reset(request)
    body = _unpacked_body(response)
    if kind in (FaultKind.CUT, FaultKind.SHORT):
        return await _send_half(request, kind, response, body)
    headers = {"Content-Encoding": "gzip"} if kind is FaultKind.BROKEN_GZIP else {}
    return web.Response(
        status=response.status, body=SPOILERS[kind](body), content_type="application/json", headers=headers
    )


async def _send_half(
    request: web.Request, kind: FaultKind, response: web.Response, body: bytes
) -> web.StreamResponse:
    half = body[: len(body) // 2]
    partial = web.StreamResponse(status=response.status, headers={"Content-Type": "application/json"})
    partial.content_length = len(half) if kind is FaultKind.SHORT else len(body)
    await partial.prepare(request)
    await partial.write(half)
    if kind is FaultKind.SHORT:
        await partial.write_eof()
    elif request.transport is not None:
        request.transport.close()
    return partial


def _unpacked_body(response: web.Response) -> bytes:
    body = response.body if isinstance(response.body, bytes) else b""
    return gzip.decompress(body) if response.headers.get("Content-Encoding") == "gzip" else body


def _edited(body: bytes, edit: Callable[[Any], Any]) -> bytes:
    if not body:
        return body
    document = _decoder.decode(body)
    return msgspec.json.Encoder(decimal_format="number").encode(edit(document))


def _halve(document: Any) -> Any:
    if isinstance(document, list):
        return [_halve(item) for item in document]
    if not isinstance(document, dict):
        return document
    return {
        key: value[::2] if re.fullmatch("events|specials", key) else _halve(value)
        for key, value in document.items()
    }


def _to_american(document: Any, key: str = "") -> Any:
    if isinstance(document, dict):
        return {name: _to_american(value, name) for name, value in document.items()}
    if isinstance(document, list):
        return [_to_american(item, key) for item in document]
    is_price = key in PRICE_KEYS and isinstance(document, Decimal | int) and not isinstance(document, bool)
    return american(Decimal(document)) if is_price and document > 1 else document


SPOILERS: Final[Mapping[FaultKind, Callable[[bytes], bytes]]] = {
    FaultKind.GARBLED: lambda body: body[: len(body) // 2] + b"\x00}{" + body[len(body) // 2 :],
    FaultKind.BROKEN_GZIP: lambda body: gzip.compress(body)[:10] + b"\xff" * (len(body) // 8 + 8),
    FaultKind.EMPTY: lambda _: b"",
    FaultKind.HALVED: lambda body: _edited(body, _halve),
    FaultKind.AMERICAN: lambda body: _edited(body, _to_american),
}
"""Edits of the body of the handler's response."""
