"""Whether syncd writes: running, paused, or taking everything back. A restart keeps it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.store import facts

MODE = "mode"


class Mode(StrEnum):
    """What a person ordered last."""

    RUNNING = "running"
    PAUSED = "paused"
    """Feeds go on, nothing is written."""
    WITHDRAWN = "withdrawn"
    """Every prediction of ours is deleted, and none is made."""


async def load(conn: AsyncConnection) -> Mode:
    """The mode that holds."""
    return await facts.get(conn, MODE, Mode) or Mode.RUNNING


async def put(conn: AsyncConnection, mode: Mode, now: datetime) -> None:
    """Order another mode; a running daemon takes it up within about a second."""
    await facts.put(conn, MODE, mode, now)
