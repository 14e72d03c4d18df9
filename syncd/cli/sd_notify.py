"""Notifies systemd of the daemon's state (sd_notify(3)); does nothing without systemd."""

import os
import socket
from contextlib import suppress


def sd_notify(state: str) -> None:
    """Send a line such as `READY=1` to the service manager that started us."""
    path = os.environ.get("NOTIFY_SOCKET", "")
    if not path:
        return
    address = "\0" + path[1:] if path.startswith("@") else path
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.sendto(state.encode(), address)
