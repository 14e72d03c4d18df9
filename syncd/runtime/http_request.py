"""A last check before the bytes of a request leave, since connecting may have taken long."""

from typing import TYPE_CHECKING

import aiohttp
from aiohttp.abc import AbstractStreamWriter

from syncd.runtime.before_send import BeforeSend, NotSentError

if TYPE_CHECKING:
    from aiohttp.connector import Connection


def asking_request(before_send: BeforeSend) -> type[aiohttp.ClientRequest]:
    """A class of requests that call `before_send` as late as possible, and pass its error to the caller.

    Between permission and connection lie a DNS query, TCP and TLS; the process may have been stopped
    meanwhile. After the check only one `write` to the socket is left.
    """

    class AskingRequest(aiohttp.ClientRequest):
        async def send(self, conn: "Connection") -> aiohttp.ClientResponse:
            before_send(self.method)
            return await super().send(conn)

        async def write_bytes(
            self, writer: AbstractStreamWriter, conn: "Connection", content_length: int | None = None
        ) -> None:
            # Python 3.11 writes a body, and the headers with it, in a task that runs later.
            try:
                before_send(self.method)
            except NotSentError as error:
                # Whoever waits for the response has to see it.
                if conn.protocol is not None:
                    conn.protocol.set_exception(error)
                conn.close()
                return
            await super().write_bytes(writer, conn, content_length)

    return AskingRequest
