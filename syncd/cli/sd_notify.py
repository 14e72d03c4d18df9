"""Notifies systemd of the daemon's state (sd_notify(3)); does nothing without systemd."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from syncd.runtime.clock import Clock


def sd_notify(state: str) -> None:
    """Send a line such as `READY=1` to the service manager that started us."""
    path = os.environ.get("NOTIFY_SOCKET", "")
    if not path:
        return
    address = "\0" + path[1:] if path.startswith("@") else path
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.sendto(state.encode(), address)


def watchdog_s() -> float | None:
    """Return after how many seconds without a sign of life systemd restarts us; None if it does not."""
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    if not microseconds.isdecimal() or os.environ.get("WATCHDOG_PID", "") not in ("", str(os.getpid())):
        return None
    return int(microseconds) / 1e6 or None


async def show_life(clock: Clock) -> None:
    """Show systemd that the event loop turns, three times as often as it asks for, until cancelled."""
    within = watchdog_s()
    while within is not None:
        sd_notify("WATCHDOG=1")
        await clock.sleep(within / 3)


@asynccontextmanager
async def shown_to_systemd(clock: Clock) -> AsyncIterator[None]:
    """Notify systemd that the process is ready, and show its life until the context ends."""
    sd_notify("READY=1")
    life = asyncio.create_task(show_life(clock))
    try:
        yield
    finally:
        life.cancel()
