"""Opening the store for a command, and holding the lease for one that works."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from syncd.cli.context import App
from syncd.store import migrate
from syncd.store.engine import Store
from syncd.store.lease import Lease

LEASE_TTL = timedelta(seconds=15)
"""How long a command that was killed keeps a daemon on PostgreSQL from taking over."""


@asynccontextmanager
async def open_store(app: App, *, upgrade: bool = False) -> AsyncIterator[Store]:
    """The store of the config, its tables brought up to date first if asked. Raises `StoreError`."""
    url = app.settings.store.url.get_secret_value()
    if upgrade:
        await migrate.upgrade(url)
    async with await Store.open(url, app.clock) as store:
        yield store


@asynccontextmanager
async def holding_lease(store: Store) -> AsyncIterator[Lease]:
    """Work alone: no daemon and no other command writes to BetTune meanwhile. Raises `LeaseHeldError`."""
    lease = await Lease.acquire(store, ttl=LEASE_TTL)
    renewing = asyncio.create_task(_renew(lease, store), name="lease")
    try:
        yield lease
    finally:
        renewing.cancel()
        # One that failed was noticed by the work itself: its writes are refused.
        with suppress(asyncio.CancelledError, Exception):
            await renewing
        await lease.release()


async def _renew(lease: Lease, store: Store) -> None:
    while True:
        await store.clock.sleep(lease.ttl.total_seconds() / 3)
        await lease.renew()
