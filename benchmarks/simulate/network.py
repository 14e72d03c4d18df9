"""A network in memory: connections with latency between the clients of the processes and the two services.

Both ends are aiohttp's own protocols, so that what is parsed, cut off, timed out and kept alive is real.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from random import Random
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import HIGH_LEVEL_SCHEMA_SET

from benchmarks.simulate.loop import PROCESS, Process, SimulatedLoop

FASTEST_S, SLOWEST_S = 0.004, 0.060
"""Bounds of the time that a message needs."""


class Connection(asyncio.Transport):
    """One end of a connection. What is written arrives at the other end later, in order."""

    def __init__(self, network: "Network", port: int, context: Context) -> None:
        super().__init__()
        self._network = network
        self._port = port
        self._context = context
        self._protocol: Any = None
        self._peer: Connection | None = None
        self._arriving: deque[bytes | Exception | None] = deque()
        self._due: float = 0.0
        self._paused = False
        self._unread: deque[bytes | Exception | None] = deque()
        self._closing = self._lost = False
        self.process: Process | None = context.get(PROCESS)
        """The process of this end; None for one of the services."""
        if self.process is not None:
            self.process.ends[self] = None

    @property
    def peer(self) -> "Connection | None":
        """The other end."""
        return self._peer

    def join(self, peer: "Connection", protocol: Any) -> None:
        """Connect with the other end."""
        self._peer, self._protocol = peer, protocol

    # --- what a protocol calls

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Only the addresses are known."""
        return ("127.0.0.1", self._port) if name in ("peername", "sockname") else default

    def is_closing(self) -> bool:
        """Whether it is closed or being closed."""
        return self._closing

    def get_protocol(self) -> Any:
        """The protocol of this end."""
        return self._protocol

    def set_protocol(self, protocol: Any) -> None:
        """Replace the protocol of this end."""
        self._protocol = protocol

    def write(self, data: Any) -> None:
        """Send."""
        if not self._closing and self._peer and data:
            self._peer.arrive(bytes(data))

    def writelines(self, list_of_data: Any) -> None:
        """Send all of it."""
        self.write(b"".join(list_of_data))

    def can_write_eof(self) -> bool:
        """Whether one direction can be closed alone."""
        return False

    def get_write_buffer_size(self) -> int:
        """Nothing waits: the network takes everything at once."""
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Nothing waits, so there is no limit."""

    def pause_reading(self) -> None:
        """Keep what arrives."""
        self._paused = True

    def resume_reading(self) -> None:
        """Deliver what was kept."""
        self._paused = False
        while self._unread and not self._paused:
            self._give(self._unread.popleft())

    def is_reading(self) -> bool:
        """Whether what arrives is delivered."""
        return not self._paused

    def close(self) -> None:
        """Close: the other end reads what was sent, then the end."""
        self._end(None)

    def abort(self) -> None:
        """Break the connection: the other end sees a reset."""
        self._end(ConnectionResetError(104, "Connection reset by peer"))

    # --- what the network does

    def arrive(self, item: bytes | Exception | None) -> None:
        """Deliver to this end after the latency of the network."""
        loop = self._network.loop
        self._arriving.append(item)
        self._due = max(self._due, loop.time() + self._network.latency(self._port))
        loop.call_at(self._due, self._deliver, context=self._context)

    def vanish(self) -> None:
        """The process of this end has gone: the other end sees a reset, this end sees nothing."""
        if not self._closing and self._peer:
            self._peer.arrive(ConnectionResetError(104, "Connection reset by peer"))
        self._closing = self._lost = True

    def _end(self, error: Exception | None) -> None:
        if self._closing:
            return
        self._closing = True
        if self._peer:
            self._peer.arrive(error)
        self._network.loop.call_soon(self._lose, None, context=self._context)

    def _deliver(self) -> None:
        if not self._arriving:
            return
        item = self._arriving.popleft()
        if self._paused:
            self._unread.append(item)
        else:
            self._give(item)

    def _give(self, item: bytes | Exception | None) -> None:
        if self._lost or self._closing:
            return
        if isinstance(item, bytes):
            self._protocol.data_received(item)
        elif item is not None or not self._protocol.eof_received():
            self._closing = True
            self._lose(item)

    def _lose(self, error: Exception | None) -> None:
        if not self._lost:
            self._lost = True
            if self.process is not None:
                self.process.ends.pop(self, None)
            self._protocol.connection_lost(error)


class Network:
    """Where servers listen. `down`: ports that refuse; `slowness`: seconds added for a port.

    `leads_to`: a port whose connections go to another one, as through a load balancer.
    """

    def __init__(self, loop: SimulatedLoop, rng: Random) -> None:
        self.loop = loop
        self.down: set[int] = set()
        self.slowness: dict[int, float] = {}
        self.leads_to: dict[int, Callable[[], int]] = {}
        self._rng = rng
        self._servers: dict[int, tuple[Callable[[], Any], Context]] = {}

    def listen(self, port: int, protocol: Callable[[], Any]) -> Callable[[], None]:
        """Serve a port until the function that is returned is called, or the process has ended."""
        served = self._servers[port] = (protocol, copy_context())

        def close() -> None:
            if self._servers.get(port) is served:
                del self._servers[port]

        process = PROCESS.get()
        if process is not None:
            process.on_kill.append(close)
        return close

    async def connect(self, port: int, protocol: Callable[[], Any]) -> Any:
        """Connect to a port, and return the protocol of the client. Raises OSError."""
        await asyncio.sleep(self.latency(port))
        port = self.leads_to.get(port, lambda: port)()
        if port in self.down or port not in self._servers:
            raise ConnectionRefusedError(111, "Connect call failed")
        make_server, context = self._servers[port]
        ours, theirs = Connection(self, port, copy_context()), Connection(self, port, context)
        client = protocol()
        ours.join(theirs, client)
        theirs.join(ours, context.run(make_server))
        client.connection_made(ours)
        # The kernel accepts for a process that is frozen, which learns of it when it goes on.
        self.loop.call_soon(theirs.get_protocol().connection_made, theirs, context=context)
        return client

    def latency(self, port: int) -> float:
        """Seconds that the next message needs."""
        return self._rng.uniform(FASTEST_S, SLOWEST_S) + self.slowness.get(port, 0.0)


class SimulatedConnector(aiohttp.BaseConnector):
    """aiohttp's connector, on the simulated network of its loop."""

    allowed_protocol_schema_set = HIGH_LEVEL_SCHEMA_SET | frozenset({"tcp"})
    network: Network
    """Set for the whole run."""

    def __init__(self, **options: Any) -> None:
        known = ("keepalive_timeout", "force_close", "limit", "limit_per_host", "loop")
        super().__init__(**{name: options[name] for name in known if name in options})

    async def _create_connection(self, req: Any, traces: Any, timeout: Any) -> ResponseHandler:  # noqa: ASYNC109
        try:
            async with asyncio.timeout(timeout.sock_connect):
                found: ResponseHandler = await self.network.connect(req.url.port, self._factory)
                return found
        except TimeoutError:
            raise
        except OSError as error:
            raise aiohttp.ClientConnectorError(req.connection_key, error) from error
