"""A server that responds with scripted bytes: what no proper HTTP library would send."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from enum import Enum


class Then(Enum):
    """What the server does after it has sent its bytes."""

    WAIT = "keeps the connection for the next request"
    CLOSE = "closes the connection"
    RESET = "resets the connection"


Script = Callable[[int], tuple[bytes, Then]]
"""The bytes and the behaviour for the request of this number, from 1 on."""


class RawServer:
    """The running server: its address, and the heads of the requests it has received."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self.heads: list[str] = []
        self.handlers: set[asyncio.Task[None]] = set()
        self.url = ""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.handlers.add(asyncio.current_task())
        then = Then.WAIT
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while then is Then.WAIT:
                self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
                response, then = self._script(len(self.heads))
                writer.write(response)
                await writer.drain()
        if then is Then.RESET:
            writer.transport.abort()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@asynccontextmanager
async def raw_server(script: Script | bytes, then: Then = Then.WAIT) -> AsyncIterator[RawServer]:
    """Serve on a free port of this machine; plain bytes are sent for every request."""
    raw = RawServer(script if callable(script) else lambda _: (script, then))
    server = await asyncio.start_server(raw.handle, "127.0.0.1", 0)
    raw.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield raw
    if raw.handlers:  # each ends when its client has gone
        await asyncio.wait(raw.handlers)


def http_response(
    body: bytes = b"{}",
    *headers: str,
    status: str = "200 OK",
    kind: str = "application/json",
    length: int = -1,
) -> bytes:
    """A well-formed response, unless `length` is wrong."""
    size = len(body) if length < 0 else length
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {size}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body
