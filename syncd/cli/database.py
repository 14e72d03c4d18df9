"""The store for a command: open it, hold the lease, wait until the daemon has carried out a command."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from enum import StrEnum

from syncd.app.withdrawal_note import note_gap
from syncd.cli.context import CommandContext
from syncd.cli.output import print_warning
from syncd.store import commands, migrate, mode
from syncd.store.engine import Store
from syncd.store.lease import Lease, lease_holder
from syncd.store.mode import Mode
from syncd.sync import written_by

COMMAND_LEASE_TTL = timedelta(seconds=15)
"""The longest time that a killed command keeps a daemon on PostgreSQL from taking over."""

WAIT_AT_MOST_S = 5.0
CHECK_EVERY_S = 0.1

MAX_DIFFERENCES = 6
"""Named of the differences between two configs."""


class CommandStatus(StrEnum):
    """The state of a command when the user gets the terminal back; the value is a sentence for the user."""

    DONE = "The running syncd has applied it."
    PENDING = f"The running syncd has not applied it within {WAIT_AT_MOST_S:g} s; it will as soon as it can."
    NO_DAEMON = "No syncd is running: it applies from the next start on."


@asynccontextmanager
async def open_store(
    context: CommandContext, *, upgrade: bool = False, durable: bool = True
) -> AsyncIterator[Store]:
    """Open the store that the config names, after an upgrade of its tables if wanted. Raises `StoreError`.

    What a user has decided survives a power failure, unless not `durable`.
    """
    url = context.settings.store.url.get_secret_value()
    if upgrade:
        await migrate.upgrade(url)
    async with await Store.open(url, context.clock, durable=durable) as store:
        yield store


@asynccontextmanager
async def holding_lease(context: CommandContext, store: Store) -> AsyncIterator[Lease]:
    """Hold the lease: no daemon and no other command writes meanwhile. Raises `LeaseHeldError`."""
    lease = await Lease.acquire(store, ttl=COMMAND_LEASE_TTL)
    renewing = asyncio.create_task(_renew(lease, store), name="lease")
    try:
        await note_gap(store, lease.was_free_for, context.settings.guard.after)
        yield lease
    finally:
        renewing.cancel()
        # If a renewal failed, the work has noticed: the store refuses its writes.
        with suppress(asyncio.CancelledError, Exception):
            await renewing
        await lease.release()


async def warn_of_other_rules(context: CommandContext, store: Store) -> None:
    """Say on standard error how the config differs from what this database was last written by."""
    async with store.read() as conn:
        differing = await written_by.load_differences(conn, context.settings)
    if differing:
        print_warning(other_rules_text(differing))


def other_rules_text(differing: Sequence[str]) -> str:
    """Say what differs between the config and the rules that wrote last."""
    shown = "; ".join(differing[:MAX_DIFFERENCES])
    more = f"; and {len(differing) - MAX_DIFFERENCES} more" if len(differing) > MAX_DIFFERENCES else ""
    return f"Other rules wrote to this database last: {shown}{more}. Is this the config that you mean?"


async def load_mode(store: Store) -> Mode:
    """Load the mode that a user chose last."""
    async with store.read() as conn:
        return await mode.load(conn)


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


async def _renew(lease: Lease, store: Store) -> None:
    while True:
        await store.clock.sleep(lease.ttl.total_seconds() / 3)
        await lease.renew()
