"""Pinnacle's betting status: all betting may be closed, such as for maintenance."""

from datetime import datetime, timedelta

import msgspec

from syncd.store import facts
from syncd.store.connection import AsyncConnection

NAME = "betting_status"

BELIEVED_FOR = timedelta(hours=1)
"""An older status is ignored: a response that no other follows must not close betting for ever."""


class BettingStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One response; `closed` is the status if betting is closed, else empty."""

    host: str
    closed: str
    at: datetime


async def save(conn: AsyncConnection, status: BettingStatus) -> bool:
    """Save a response. Returns whether betting has closed or opened."""
    before = await closed(conn, status.host, status.at)
    await facts.put(conn, NAME, status, status.at)
    return before != status.closed


async def closed(conn: AsyncConnection, host: str, now: datetime) -> str:
    """Return the status by which all betting is closed now; empty if it is open, or if nothing is known."""
    status = await facts.get(conn, NAME, BettingStatus)
    if status is None or status.host.rstrip("/") != host.rstrip("/") or abs(now - status.at) > BELIEVED_FOR:
        return ""
    return status.closed
