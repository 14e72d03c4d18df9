"""Scripted faults of both simulated servers: what goes wrong, on which calls, how often or how long."""

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
    """What goes wrong."""

    TOO_MANY = "429"
    SERVER_ERROR = "500"
    UNAVAILABLE = "503"
    UNAUTHORIZED = "401"
    FORBIDDEN = "403"
    REDIRECT = "301"
    HTML = "html"
    """An HTML page with status 200, as a geo-block gives it."""
    HANG = "hang"
    """No answer within `hang_for` seconds."""
    RESET = "reset"
    """The connection breaks before the request is carried out."""
    LOST = "lost"
    """The request is carried out, the answer never arrives."""
    CUT = "cut"
    """The body breaks off in the middle."""
    SHORT = "short"
    """`Content-Length` promises less than there is, so the body ends too early, quite correctly."""
    GARBLED = "garbled"
    """Bytes that are no JSON."""
    BROKEN_GZIP = "broken_gzip"
    EMPTY = "empty"
    """200 with no body at all."""
    HALVED = "halved"
    """Every second event is missing."""
    AMERICAN = "american"
    """American odds where decimal ones were asked for."""


Refusals = Mapping[FaultKind, tuple[str, str]]
"""What the refusals of one API say: code and message."""


@dataclass(slots=True, kw_only=True)
class SimulatedFault:
    """One kind, for the calls that it fits."""

    kind: FaultKind
    path: str = "*"
    """A glob on the path, such as `*/odds`."""
    method: str = "*"
    times: int | None = 1
    """So many calls; none: until it is cleared or `seconds` are over."""
    seconds: float | None = None
    skip: int = 0
    """So many fitting calls pass unharmed first."""
    retry_after: str | None = None
    hang_for: float = 3600.0
    until: float = field(default=float("inf"), init=False)


class FaultInjector:
    """The script of one server; `taken` tells which faults have struck where."""

    def __init__(self, clock: Clock, refusals: Refusals) -> None:
        self._clock = clock
        self._refusals = refusals
        self._script: list[SimulatedFault] = []
        self._cleared = asyncio.Event()
        self.injected: list[tuple[FaultKind, str]] = []

    def inject(self, kind: FaultKind | str, **how: Any) -> SimulatedFault:
        """Let this go wrong; `how` as in `SimulatedFault`. Where `seconds` are given, they count from now."""
        fault = SimulatedFault(kind=FaultKind(kind), **({"times": None} if "seconds" in how else {}) | how)
        if fault.seconds is not None:
            fault.until = self._clock.monotonic() + fault.seconds
        self._script.append(fault)
        return fault

    def clear(self) -> None:
        """All is well again; calls that hang are let go."""
        self._script.clear()
        self._cleared.set()
        self._cleared = asyncio.Event()

    async def around(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The handler's answer, or what the script makes of it."""
        fault = self._take(request)
        if fault is None:
            return await handler()
        self.injected.append((fault.kind, request.path))
        if fault.kind in self._refusals:
            return _refusal(fault, *self._refusals[fault.kind])
        if fault.kind is FaultKind.HANG:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._cleared.wait(), fault.hang_for)
        if fault.kind in INSTEAD:
            return INSTEAD[fault.kind](request)
        return await _spoilt(request, fault.kind, await handler())

    def _take(self, request: web.Request) -> SimulatedFault | None:
        now = self._clock.monotonic()
        self._script = [f for f in self._script if f.until > now and f.times != 0]
        for fault in self._script:
            if fnmatch(request.path, fault.path) and fnmatch(request.method, fault.method):
                if fault.skip:
                    fault.skip -= 1
                    continue
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None


def _refusal(fault: SimulatedFault, code: str, message: str) -> web.Response:
    headers = {"Retry-After": fault.retry_after} if fault.retry_after is not None else {}
    return web.Response(
        status=int(fault.kind),
        body=msgspec.json.encode({"code": code, "message": message}),
        content_type="application/json",
        headers=headers,
    )


def _reset(request: web.Request) -> web.Response:
    """Cut the connection with a RST rather than a polite end."""
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


INSTEAD: Final[Mapping[FaultKind, Callable[[web.Request], web.Response]]] = {
    FaultKind.REDIRECT: _redirect,
    FaultKind.HTML: _page,
    FaultKind.HANG: _reset,
    FaultKind.RESET: _reset,
}
"""Answers given in place of the handler's."""


async def _spoilt(request: web.Request, kind: FaultKind, answer: web.Response) -> web.StreamResponse:
    """The handler has done its work; its answer comes to harm."""
    if kind is FaultKind.LOST:
        return _reset(request)
    body = _plain(answer)
    if kind in (FaultKind.CUT, FaultKind.SHORT):
        return await _partly(request, kind, answer, body)
    headers = {"Content-Encoding": "gzip"} if kind is FaultKind.BROKEN_GZIP else {}
    return web.Response(
        status=answer.status, body=SPOILERS[kind](body), content_type="application/json", headers=headers
    )


async def _partly(
    request: web.Request, kind: FaultKind, answer: web.Response, body: bytes
) -> web.StreamResponse:
    half = body[: len(body) // 2]
    spoilt = web.StreamResponse(status=answer.status, headers={"Content-Type": "application/json"})
    spoilt.content_length = len(half) if kind is FaultKind.SHORT else len(body)
    await spoilt.prepare(request)
    await spoilt.write(half)
    if kind is FaultKind.SHORT:
        await spoilt.write_eof()
    elif request.transport is not None:
        request.transport.close()
    return spoilt


def _plain(answer: web.Response) -> bytes:
    body = answer.body if isinstance(answer.body, bytes) else b""
    return gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body


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
"""What the handler's body is turned into."""
