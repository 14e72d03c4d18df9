"""The mode by which planner and writer work."""

from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.store import mode
from syncd.store.mode import Mode


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
        before, self._mode = self._mode, await mode.load(conn)
        return self._mode is not before

    def withdraw_for_exit(self) -> None:
        """Withdraw until this process ends, without changing the mode in the store."""
        self._withdraws_for_exit = True
