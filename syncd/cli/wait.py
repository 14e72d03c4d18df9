"""Waiting until a running daemon has carried out a user's command."""

from enum import StrEnum

from syncd.store import commands
from syncd.store.engine import Store
from syncd.store.lease import lease_holder

WAIT_AT_MOST_S = 5.0
CHECK_EVERY_S = 0.1


class CommandStatus(StrEnum):
    """The state of a command when the user gets the terminal back; the value is a sentence for the user."""

    DONE = "The running syncd has applied it."
    PENDING = f"The running syncd has not applied it within {WAIT_AT_MOST_S:g} s; it will as soon as it can."
    NO_DAEMON = "No syncd is running: it applies from the next start on."


async def wait_until_done(store: Store, command_id: int) -> CommandStatus:
    """Wait until the daemon that works on this database has carried out the command, but not for long."""
    if await lease_holder(store) is None:
        return CommandStatus.NO_DAEMON
    give_up_at = store.clock.monotonic() + WAIT_AT_MOST_S
    while store.clock.monotonic() < give_up_at:
        async with store.read() as conn:
            command = await commands.find(conn, command_id)
        if command is None or command.done_at:
            return CommandStatus.DONE
        await store.clock.sleep(CHECK_EVERY_S)
    return CommandStatus.PENDING
