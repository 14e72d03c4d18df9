"""Open the store for a command, and hold the lease for one that writes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from syncd.cli.context import CommandContext
from syncd.store import migrate, mode
from syncd.store.engine import Store
from syncd.store.lease import Lease
from syncd.store.mode import Mode

COMMAND_LEASE_TTL = timedelta(seconds=15)
"""The longest time that a killed command keeps a daemon on PostgreSQL from taking over."""


@asynccontextmanager
async def open_store(context: CommandContext, *, upgrade: bool = False) -> AsyncIterator[Store]:
    """Open the store that the config names, after an upgrade of its tables if wanted. Raises `StoreError`."""
    url = context.settings.store.url.get_secret_value()
    if upgrade:
        await migrate.upgrade(url)
    async with await Store.open(url, context.clock) as store:
        yield store


@asynccontextmanager
async def holding_lease(store: Store) -> AsyncIterator[Lease]:
    """Hold the lease: no daemon and no other command writes meanwhile. Raises `LeaseHeldError`."""
    lease = await Lease.acquire(store, ttl=COMMAND_LEASE_TTL)
    renewing = asyncio.create_task(_renew(lease, store), name="lease")
    try:
        yield lease
    finally:
        renewing.cancel()
        # If a renewal failed, the work has noticed: the store refuses its writes.
        with suppress(asyncio.CancelledError, Exception):
            await renewing
        await lease.release()


async def load_mode(store: Store) -> Mode:
    """Load the mode that a user chose last."""
    async with store.read() as conn:
        return await mode.load(conn)


async def _renew(lease: Lease, store: Store) -> None:
    while True:
        await store.clock.sleep(lease.ttl.total_seconds() / 3)
        await lease.renew()
