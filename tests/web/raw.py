"""A server as it listens in the daemon, and clients that speak to it in bytes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from yarl import URL

from syncd.app.daemon import Daemon
from syncd.runtime.clock import SystemClock
from syncd.web.connections import Limits
from syncd.web.server import serve
from tests.web.fixtures import settings_of

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


class RawClient:
    """Opens connections to a server, and closes all of them at the end."""

    def __init__(self, address: str) -> None:
        self.url = URL(address)
        self._open: list[asyncio.StreamWriter] = []

    async def connect(self) -> Streams:
        reader, writer = await asyncio.open_connection(self.url.host, self.url.port)
        self._open.append(writer)
        return reader, writer

    async def connects(self, number: int) -> list[Streams]:
        return [await self.connect() for _ in range(number)]

    async def ask(self, request: bytes = GET) -> bytes:
        """Send it on a connection of its own; what comes back until the server closes or pauses."""
        reader, writer = await self.connect()
        writer.write(request)
        return await answer(reader)

    async def close(self) -> None:
        for writer in self._open:
            writer.close()
        await asyncio.gather(*(each.wait_closed() for each in self._open), return_exceptions=True)


async def answer(reader: asyncio.StreamReader) -> bytes:
    """The head of a response; empty if the connection was closed without one."""
    try:
        return await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""


async def closed_within(reader: asyncio.StreamReader, seconds: float) -> bool:
    """Whether the other side ends the connection in this time, whatever it still sends."""
    try:
        await asyncio.wait_for(reader.read(), seconds)
    except TimeoutError:
        return False
    except ConnectionError:
        return True
    return True


@asynccontextmanager
async def raw_client_of(
    daemon: Daemon, limits: Limits | None = None, **web: object
) -> AsyncIterator[RawClient]:
    """The daemon's server on a free port, by the machine's clock."""
    daemon.clock = SystemClock()
    daemon.settings = settings_of(web={"port": 0} | web)
    async with serve(daemon, daemon.settings, limits or Limits()) as address:
        client = RawClient(address)
        try:
            yield client
        finally:
            await client.close()
