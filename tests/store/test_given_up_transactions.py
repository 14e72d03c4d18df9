"""A transaction that syncd has given up does not stay open at the server, whatever ended it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import pytest

from syncd.runtime.clock import SystemClock
from syncd.store import drivers
from syncd.store.engine import Store
from syncd.store.errors import StoreError, UnstorableError
from syncd.store.lease import Lease
from syncd.store.row_writes import RowWrite
from syncd.store.schema import leagues
from tests.store.test_engine import league, stored

CLOCK = SystemClock()

OPEN = (
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'syncd'"
    " AND datname = current_database() AND xact_start IS NOT NULL"
)


async def rows(store: Store) -> None:
    await store.write_rows([RowWrite(leagues, league(1), replaces=True)])


async def table(store: Store) -> None:
    async with store.write() as conn:
        await conn.execute(leagues.delete())


async def reading(store: Store) -> None:
    await stored(store)


@asynccontextmanager
async def locked(other: asyncpg.Connection) -> AsyncIterator[None]:
    async with other.transaction():
        await other.execute("LOCK TABLE leases, leagues IN ACCESS EXCLUSIVE MODE")
        yield


async def nothing_is_open(other: asyncpg.Connection) -> None:
    async with asyncio.timeout(3):
        while await other.fetchval(OPEN):
            await asyncio.sleep(0.05)


async def test_a_row_that_cannot_be_sent_leaves_no_transaction_open(postgres_url: str) -> None:
    """The server has prepared the statement by then, and has locked its tables for that."""
    other = await asyncpg.connect(postgres_url)
    async with await Store.open(postgres_url, CLOCK) as store:
        await Lease.acquire(store, ttl=timedelta(seconds=60))
        with pytest.raises(UnstorableError):
            await store.write_rows([RowWrite(leagues, league(1) | {"sport_id": 2**40}, replaces=True)])
        await nothing_is_open(other)
        await rows(store)
    await other.close()


async def test_a_commit_that_is_cancelled_at_any_moment_leaves_no_transaction_open(
    postgres_url: str,
) -> None:
    other = await asyncpg.connect(postgres_url)
    async with await Store.open(postgres_url, CLOCK) as store:
        for turns in range(12):
            task = asyncio.ensure_future(
                store._rows.commit([RowWrite(leagues, league(turns), replaces=turns % 2 == 0)], None)
            )
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait({task})
            await nothing_is_open(other)
        await rows(store)
    await other.close()


@pytest.mark.parametrize("ended_by", ["lock", "statement", "client", "cancel"])
@pytest.mark.parametrize("work", [rows, table, reading])
async def test_it_is_ended(
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
    ended_by: str,
    work: Callable[[Store], Awaitable[None]],
) -> None:
    monkeypatch.setitem(drivers.SERVER_SETTINGS, "lock_timeout", "300ms" if ended_by == "lock" else "20s")
    if ended_by in ("statement", "client"):
        monkeypatch.setitem(drivers.make_engine.__kwdefaults__ or {}, "seconds", 1)
    other = await asyncpg.connect(postgres_url)
    async with await Store.open(postgres_url, CLOCK) as store:
        await Lease.acquire(store, ttl=timedelta(seconds=60))
        for _ in range(3):
            async with locked(other):
                task = asyncio.ensure_future(work(store))
                await asyncio.sleep(0.2)
                if ended_by == "cancel":
                    task.cancel()
                with pytest.raises((StoreError, asyncio.CancelledError)):
                    await task
            await nothing_is_open(other)
            await work(store)
    await other.close()
