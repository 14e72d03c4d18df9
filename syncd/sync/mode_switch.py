"""The mode by which planner and writer work."""

from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.store import mode
from syncd.store.mode import Mode


class ModeSwitch:
    """What users asked for last, as read from the store, and whether we are leaving."""

    def __init__(self) -> None:
        self._mode = Mode.RUNNING
        self._leaving = False

    @property
    def paused(self) -> bool:
        """Whether nothing is sent to BetTune."""
        return self._mode is Mode.PAUSED

    @property
    def withdrawn(self) -> bool:
        """Whether every prediction of ours is to be deleted."""
        return self._leaving or self._mode is Mode.WITHDRAWN

    async def load(self, conn: AsyncConnection) -> bool:
        """Read the mode; returns whether it has changed."""
        before, self._mode = self._mode, await mode.load(conn)
        return self._mode is not before

    def withdraw_for_exit(self) -> None:
        """Withdraw until this process ends, without changing the mode in the store."""
        self._leaving = True
