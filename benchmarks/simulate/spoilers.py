"""Answers of the two services that are not what they should be, beyond the simulator's own faults."""

import gzip
import zlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from decimal import Decimal
from fnmatch import fnmatch
from typing import Any

import msgspec
from aiohttp import web

from benchmarks.simulate.clock import SimulatedClock
from benchmarks.simulate.network import Connection

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Spoil = Callable[[web.Request, web.Response], web.Response | None]
"""Makes another response of a response; None breaks the connection."""

CLOCK = web.AppKey("CLOCK", SimulatedClock)
"""The true time, for what spoils a `Date`."""

AUTHOR: ContextVar[str] = ContextVar("AUTHOR", default="")
"""The process whose request is being answered. Empty if it was a user."""

_decoder = msgspec.json.Decoder[Any](float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number")


@dataclass(slots=True, kw_only=True, eq=False)
class Spoiler:
    """Spoils the answers to requests that match `path` and `method`, `times` times or until it is removed."""

    spoil: Spoil
    path: str = "*"
    method: str = "*"
    before: bool = False
    """Without carrying out the request."""
    times: int = 1_000_000
    spoilt: int = field(default=0, init=False)


class Spoilers:
    """A middleware around one server."""

    def __init__(self) -> None:
        self._active: list[Spoiler] = []

    def install(self, app: web.Application, clock: SimulatedClock) -> None:
        """Put it around everything else."""
        app[CLOCK] = clock
        app.middlewares.insert(0, self._serve)

    def add(self, spoiler: Spoiler) -> Callable[[], None]:
        """Begin to spoil. Returns what ends it."""
        self._active.append(spoiler)

        def end() -> None:
            with suppress(ValueError):
                self._active.remove(spoiler)

        return end

    @web.middleware
    async def _serve(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        AUTHOR.set(_client_of(request))
        return await self._serve_spoilt(request, handler)

    async def _serve_spoilt(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        found = next((each for each in self._active if _fits(each, request)), None)
        if found is None:
            return await handler(request)
        found.spoilt += 1
        response = web.Response() if found.before else await handler(request)
        if not isinstance(response, web.Response) or response.prepared:
            return response
        spoilt = found.spoil(request, response)
        if spoilt is not None:
            return spoilt
        if request.transport is not None:
            request.transport.abort()
        return web.Response()


def _client_of(request: web.Request) -> str:
    transport = request.transport
    peer = transport.peer if isinstance(transport, Connection) else None
    return peer.process.name if peer and peer.process else ""


def _fits(spoiler: Spoiler, request: web.Request) -> bool:
    return (
        spoiler.spoilt < spoiler.times
        and fnmatch(request.path, spoiler.path)
        and fnmatch(request.method, spoiler.method)
    )


def with_document(edit: Callable[[Any], Any], raw: Callable[[bytes], bytes] = lambda body: body) -> Spoil:
    """Edit the JSON document of a good answer, and then its bytes."""

    def spoil(_: web.Request, response: web.Response) -> web.Response:
        body = response.body if isinstance(response.body, bytes) else b""
        if response.headers.get("Content-Encoding") == "gzip":
            try:
                body = gzip.decompress(body)
            except (zlib.error, OSError, EOFError):  # another fault has spoilt it already
                return response
        if response.status != 200 or not body:
            return response
        try:
            document = _decoder.decode(body)
        except msgspec.DecodeError:  # another fault has cut or garbled it
            return response
        return replaced(response, raw(_encoder.encode(edit(document))))

    return spoil


def with_headers(**headers: str) -> Spoil:
    """Set headers; `_` stands for `-`."""

    def spoil(_: web.Request, response: web.Response) -> web.Response:
        for name, value in headers.items():
            response.headers[name.replace("_", "-")] = value
        return response

    return spoil


def refusal(status: int, code: str, **headers: str) -> Spoil:
    """Answer with an error in the form of both services."""

    def spoil(_: web.Request, __: web.Response) -> web.Response:
        body = msgspec.json.encode({"code": code, "message": code})
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, body=body, content_type="application/json", headers=named)

    return spoil


def replaced(response: web.Response, body: bytes) -> web.Response:
    """The same answer with another body, not compressed."""
    dropped = ("Content-Encoding", "Content-Length", "Content-Type")
    headers = {name: value for name, value in response.headers.items() if name not in dropped}
    return web.Response(status=response.status, body=body, content_type="application/json", headers=headers)
