"""The mode, which a restart keeps: running, paused or withdrawn; and how planner and writer see it."""

from datetime import datetime
from enum import StrEnum

from syncd.store import facts
from syncd.store.connection import AsyncConnection

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


class ModeSwitch:
    """The mode that a user has set, as last read, and whether this process withdraws before it ends."""

    def __init__(self) -> None:
        self._mode = Mode.RUNNING
        self._withdraws_for_exit = False
        self.withdraws_only = False
        """True while `app/withdraw_only.py` deletes from memory, and the writer sends nothing."""

    @property
    def paused(self) -> bool:
        """True if the writer sends nothing to BetTune."""
        return self.paused_by_user or self.withdraws_only

    @property
    def paused_by_user(self) -> bool:
        """True if a user wants that nothing is sent."""
        return self._mode is Mode.PAUSED

    @property
    def withdrawn(self) -> bool:
        """True if every prediction of ours is to be deleted."""
        return self._withdraws_for_exit or self._mode is Mode.WITHDRAWN

    async def load(self, conn: AsyncConnection) -> bool:
        """Read the mode; returns whether it has changed."""
        before, self._mode = self._mode, await load(conn)
        return self._mode is not before

    def withdraw_for_exit(self) -> None:
        """Withdraw until this process ends, without changing the mode in the store."""
        self._withdraws_for_exit = True
