"""Keep the tests on this machine: connections to any other are refused."""

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

LOCAL_NAMES = frozenset({None, "", "localhost", "0.0.0.0", "::"})


class OutsideRefused(RuntimeError):
    """A test tried to connect to another machine.

    Not an OSError: the code under test would take it for an outage, and the test might pass.
    """


def is_local(host: str | bytes | None) -> bool:
    """Whether this name or address is the machine itself."""
    name = host.decode() if isinstance(host, bytes) else host
    if name in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


@contextmanager
def only_loopback() -> Iterator[None]:
    """Allow connections only within this machine, and let no other name resolve."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _refuse_outside(self, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _refuse_outside(self, address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not _resolvable(host):
            # The error for an unknown name, so that "unknown host" can be tested offline.
            raise socket.gaierror(socket.EAI_NONAME, f"tests resolve no other machine: {host!r}")
        return getaddrinfo(host, *args, **kwargs)

    with (
        mock.patch.object(socket.socket, "connect", guarded_connect),
        mock.patch.object(socket.socket, "connect_ex", guarded_connect_ex),
        mock.patch.object(socket, "getaddrinfo", guarded_getaddrinfo),
    ):
        yield


def _refuse_outside(sock: socket.socket, address: Any) -> None:
    internet = sock.family in {socket.AF_INET, socket.AF_INET6}
    if internet and not is_local(address[0]):
        raise OutsideRefused(f"a test tried to connect to {address[0]}:{address[1]}")


def _resolvable(host: Any) -> bool:
    """Local names, and numeric addresses: those need no resolver, and `connect` decides about them."""
    if is_local(host):
        return True
    try:
        ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host)
    except ValueError:
        return False
    return True
