"""The mode and the last commands of users, for the page that gives them."""

import msgspec

from syncd.store import commands, mode
from syncd.store.commands import UserCommand
from syncd.store.engine import Store
from syncd.store.mode import Mode

SHOWN_COMMANDS = 15


class Controls(msgspec.Struct, frozen=True, kw_only=True):
    """The state of what users control."""

    mode: Mode
    commands: tuple[UserCommand, ...]
    """The last ones, the newest first."""


async def load_controls(store: Store) -> Controls:
    """Load the mode and the last commands. Raises `StoreError`."""
    async with store.read() as conn:
        return Controls(
            mode=await mode.load(conn), commands=tuple(await commands.load_recent(conn, SHOWN_COMMANDS))
        )
