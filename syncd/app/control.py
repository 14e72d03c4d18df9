"""Commands of users, for terminal and page alike: the mode, and reading everything again."""

from collections.abc import Mapping
from typing import Final

from syncd.store import commands, mode
from syncd.store.commands import Verb
from syncd.store.engine import Store
from syncd.store.lease import lease_holder
from syncd.store.mode import Mode

VERBS: Final[Mapping[Mode, Verb]] = {
    Mode.RUNNING: Verb.RESUME,
    Mode.PAUSED: Verb.PAUSE,
    Mode.WITHDRAWN: Verb.WITHDRAW,
}
"""The command that makes a running daemon apply a mode."""


async def change_mode(store: Store, new: Mode, *, by: str) -> int | None:
    """Save the mode, which outlives a restart, and have a running daemon apply it now.

    Returns the id of the command. None if no daemon works: the next one reads the mode when it starts.
    Raises `StoreError`.
    """
    now, has_daemon = store.clock.now(), await lease_holder(store) is not None
    async with store.write() as conn:
        await mode.save(conn, new, now)
        return await commands.request(conn, VERBS[new], now, by=by) if has_daemon else None


async def record_reload(store: Store, *, by: str) -> None:
    """Record that the config was read again, for the activity. Raises `StoreError`."""
    now = store.clock.now()
    async with store.write() as conn:
        await commands.mark_done(conn, await commands.request(conn, Verb.RELOAD, now, by=by), now)


async def request_resync(store: Store, *, by: str) -> int | None:
    """Have a running daemon read everything again. Returns the id of the command; None if no daemon works.

    Raises `StoreError`.
    """
    if await lease_holder(store) is None:
        return None
    async with store.write() as conn:
        return await commands.request(conn, Verb.RESYNC, store.clock.now(), by=by)
