"""A TCP address in front of the PostgreSQL of the tests, which can appear late, hang and vanish."""

import asyncio
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from tests.support.ports import free_port

HOST = "127.0.0.1"


class PostgresProxy:
    """Serves the server that `url` names, a Unix socket, at `port`. An async context manager."""

    def __init__(self, url: str, port: int | None = None) -> None:
        parts = urlsplit(url)
        self._socket = Path(unquote(parse_qs(parts.query)["host"][0]), ".s.PGSQL.5432")
        self._database = parts.path
        self.port = port or free_port()
        self._flows = asyncio.Event()
        self._flows.set()
        self.delay_s = 0.0
        """Seconds by which each packet is late, in both directions."""
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """The address of the database through this proxy."""
        return self.url_of(self._database.lstrip("/"))

    def url_of(self, database: str) -> str:
        """The address of another database through this proxy."""
        return f"postgresql://postgres@{HOST}:{self.port}/{database}"

    def hang(self) -> None:
        """Pass nothing on any more, and close nothing, as a machine that was cut off."""
        self._flows.clear()

    def go_on(self) -> None:
        """Pass on what has waited, and all that follows."""
        self._flows.set()

    async def __aenter__(self) -> "PostgresProxy":
        self._server = await asyncio.start_server(self._serve, HOST, self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._flows.wait()
        server_reader, server_writer = await asyncio.open_unix_connection(self._socket)
        for source, target in ((reader, server_writer), (server_reader, writer)):
            task = asyncio.create_task(self._pass_on(source, target))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError):
                while data := await source.read(65_536):
                    await self._flows.wait()
                    await asyncio.sleep(self.delay_s)
                    target.write(data)
                    await target.drain()
        finally:
            target.close()
