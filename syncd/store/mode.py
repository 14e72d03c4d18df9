"""The mode, which a restart keeps: running, paused or withdrawn."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.store import facts

MODE = "mode"


class Mode(StrEnum):
    """The mode that users have commanded last."""

    RUNNING = "running"
    PAUSED = "paused"
    """Feeds continue, nothing is written."""
    WITHDRAWN = "withdrawn"
    """Every prediction of ours is deleted, and none is created."""


async def load(conn: AsyncConnection) -> Mode:
    """The current mode."""
    return await facts.get(conn, MODE, Mode) or Mode.RUNNING


async def save(conn: AsyncConnection, mode: Mode, now: datetime) -> None:
    """Change the mode. A running daemon reads it about once a second."""
    await facts.put(conn, MODE, mode, now)
