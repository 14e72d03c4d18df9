"""Ports for servers that a test starts as a process."""

import random
import socket
from contextlib import suppress

BELOW_OUTGOING = range(15_000, 32_000)
"""Linux takes the ports of outgoing connections from 32768 on: one of those may be taken in between."""


def free_port() -> int:
    """Return a port of loopback that nobody listens at."""
    for port in random.SystemRandom().sample(BELOW_OUTGOING, 100):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise RuntimeError("no free port")
