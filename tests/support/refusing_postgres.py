"""A server that speaks as much of PostgreSQL's protocol as it takes to refuse a connection."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

SSL_REQUEST = 80877103
"""The code of a request for encryption (PostgreSQL manual, "Message Formats")."""


class RefusingPostgres:
    """Refuses each connection with `state`, a SQLSTATE, or with `raw` bytes if there are any."""

    def __init__(self) -> None:
        self.state = "55000"
        self.raw = b""
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            length, code = struct.unpack("!ii", await reader.readexactly(8))
            if code == SSL_REQUEST:
                writer.write(b"N")
                length, code = struct.unpack("!ii", await reader.readexactly(8))
            await reader.readexactly(length - 8)
            writer.write(self.raw or self._refusal())
            await writer.drain()
        writer.close()

    def _refusal(self) -> bytes:
        fields = {"S": "FATAL", "V": "FATAL", "C": self.state, "M": "the server has its reasons"}
        body = b"".join(key.encode() + value.encode() + b"\0" for key, value in fields.items()) + b"\0"
        return b"E" + struct.pack("!i", len(body) + 4) + body


@asynccontextmanager
async def refusing_postgres() -> AsyncIterator[RefusingPostgres]:
    """Serve on a free port of this machine."""
    refusing = RefusingPostgres()
    server = await asyncio.start_server(refusing.serve, "127.0.0.1", 0)
    refusing.url = f"postgresql://me:s3cret@127.0.0.1:{server.sockets[0].getsockname()[1]}/syncd"
    async with server:
        yield refusing
