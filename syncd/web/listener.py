"""The listening sockets: a few connections are accepted at a time, and no more than the work allows.

asyncio's own server accepts whatever comes; without file descriptors it writes a traceback for each attempt.
"""

import asyncio
import errno
import socket
from collections.abc import Callable
from typing import Final

from syncd.web.connections import FULL_BODY, Connection, Crowd, highest_descriptor
from syncd.web.repeated_alert import RepeatedAlert

BACKLOG: Final = 512
"""Connections that the system keeps waiting for each socket. They take no descriptor of ours; where there are
more, the system lets whoever connects, a probe too, try again after whole seconds."""

ACCEPTED_AT_ONCE: Final = 16
"""Connections that are accepted before other tasks get their turn."""

PAUSE_S: Final = 1.0
"""Time without accepting when descriptors are short."""

TOO_MANY: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(FULL_BODY), FULL_BODY)
)


async def bind(host: str, port: int) -> list[socket.socket]:
    """Open the listening sockets of a host, which may have several addresses. Raises `OSError`."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    bound: list[socket.socket] = []
    problem: OSError | None = None
    for family, _, _, _, address in dict.fromkeys(found):
        try:
            bound.append(_bind(family, address))
        except OSError as error:
            problem = error
            # A machine without IPv6 may still know `localhost` by its IPv6 address.
            if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                break
    if problem and (not bound or problem.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)):
        for each in bound:
            each.close()
        raise problem
    return bound


def _bind(family: int, address: tuple[object, ...]) -> socket.socket:
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setblocking(False)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind(address)
        opened.listen(BACKLOG)
    except OSError:
        opened.close()
        raise
    return opened


class Listener:
    """Accepts connections until it is closed."""

    def __init__(
        self, sockets: list[socket.socket], crowd: Crowd, alert: RepeatedAlert, make: Callable[[], Connection]
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._sockets = sockets
        self._crowd = crowd
        self._alert = alert
        self._make = make
        self._opening: set[asyncio.Task[object]] = set()
        self._pauses: dict[socket.socket, asyncio.TimerHandle] = {}

    def start(self) -> None:
        """Begin to accept."""
        for each in self._sockets:
            self._loop.add_reader(each, self._accept_some, each)

    def close(self) -> None:
        """Accept nothing any more."""
        for pause in self._pauses.values():
            pause.cancel()
        for each in self._sockets:
            self._loop.remove_reader(each)
            each.close()

    def _accept_some(self, listening: socket.socket) -> None:
        for _ in range(ACCEPTED_AT_ONCE):
            try:
                accepted, peer = listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionError):
                return
            except OSError:  # no descriptor or no memory is left
                self._pause(listening)
                return
            if accepted.fileno() >= highest_descriptor(self._crowd.limits):
                accepted.close()
                self._pause(listening)
                return
            self._open(accepted, str(peer[0]) if peer else "")

    def _open(self, accepted: socket.socket, address: str) -> None:
        accepted.setblocking(False)
        connection = self._admitted(address)
        if connection is None:
            _turn_away(accepted)
            return
        opening = self._loop.create_task(self._serve(connection, accepted))
        self._opening.add(opening)
        opening.add_done_callback(self._opening.discard)

    def _admitted(self, address: str) -> Connection | None:
        if self._crowd.admit(address):
            connection = self._make()
            self._crowd.enter(connection, address)
            return connection
        now = self._loop.time()
        if not self._crowd.admit_probe(now):
            return None
        connection = self._make()
        self._crowd.enter_probe(connection, now)
        return connection

    async def _serve(self, connection: Connection, accepted: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(lambda: connection, accepted)
        except OSError:
            accepted.close()
            self._crowd.leave(connection)

    def _pause(self, listening: socket.socket) -> None:
        self._alert.ring(
            "few file descriptors are left, and they are kept for the work: no new connection is accepted. "
            "Raise the limit of open files (LimitNOFILE, ulimit -n)"
        )
        self._loop.remove_reader(listening)
        self._pauses[listening] = self._loop.call_later(PAUSE_S, self._resume, listening)

    def _resume(self, listening: socket.socket) -> None:
        del self._pauses[listening]
        self._loop.add_reader(listening, self._accept_some, listening)


def _turn_away(accepted: socket.socket) -> None:
    """Say that every connection is at work, as far as the other side listens."""
    with accepted:
        try:
            accepted.send(TOO_MANY)
        except OSError:
            return
