"""One alert and one end for one outage, and everybody goes on together."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from syncd.runtime.alerts import Alert, Alerts
from syncd.runtime.clock import SystemClock
from syncd.runtime.supervisor import repeat_forever
from syncd.store import drivers, health
from syncd.store.engine import Store
from syncd.store.errors import TRANSIENT_ERRORS, BusyError, DamagedError, NotWritableError, StoreError
from syncd.store.lease import Lease
from tests.store.test_engine import add, stored
from tests.support.databases import PostgresServer, database_of

CLOCK = SystemClock()


@pytest.fixture
def shown(store: Store) -> list[Alert]:
    """Every alert of the store that fired or was resolved."""
    received: list[Alert] = []
    alerts = Alerts(CLOCK)
    alerts.subscribe(received.append)
    store.health.report_to(alerts)
    return received


@pytest.fixture
async def store(store_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    monkeypatch.setattr(health, "PROBE_EVERY_S", 0.02)
    monkeypatch.setattr(health, "SETTLED_AFTER_S", 0.05)
    async with await Store.open(store_url, CLOCK) as opened:
        yield opened


async def fail(store: Store, error: StoreError) -> None:
    with pytest.raises(type(error)):
        async with store.write():
            raise error


async def resolved(shown: list[Alert]) -> None:
    async with asyncio.timeout(5):
        while not shown or shown[-1].resolved_at is None:
            await asyncio.sleep(0.01)


async def test_many_failures_of_one_outage_are_one_alert_and_one_end(
    store: Store, shown: list[Alert]
) -> None:
    for _ in range(20):
        await fail(store, BusyError("locked"))
    assert [each.message for each in shown] == ["locked"]
    assert shown[0].notify
    await resolved(shown)
    assert [each.subject for each in shown] == ["store", "store"]


async def test_it_is_away_until_something_of_the_same_kind_succeeds(store: Store) -> None:
    await fail(store, BusyError("locked"))
    await stored(store)
    assert (store.health.is_away, store.health.reason) == (True, "locked")
    await add(store, 1)
    assert not store.health.is_away


async def test_whoever_succeeds_wakes_everybody(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PROBE_EVERY_S", 60.0)
    await fail(store, BusyError("locked"))
    waiting = [asyncio.create_task(store.health.until_back()) for _ in range(5)]
    await asyncio.sleep(0.02)
    assert not any(each.done() for each in waiting)
    await add(store, 1)
    async with asyncio.timeout(1):
        await asyncio.gather(*waiting)


async def test_without_any_work_a_probe_finds_that_it_is_back(store: Store) -> None:
    await Lease.acquire(store, ttl=timedelta(seconds=10))
    await fail(store, BusyError("locked"))
    async with asyncio.timeout(2):
        await store.health.until_back()


async def test_the_probe_does_not_renew_a_lease_that_was_given_back(store: Store, store_url: str) -> None:
    lease = await Lease.acquire(store, ttl=timedelta(seconds=60))
    await lease.release()
    await fail(store, BusyError("locked"))
    async with asyncio.timeout(2):
        await store.health.until_back()
    async with await Store.open(store_url, CLOCK) as other:
        await Lease.acquire(other, ttl=timedelta(seconds=60))


async def test_a_problem_that_comes_and_goes_is_shown_twice_and_then_once_for_long(
    store: Store, shown: list[Alert]
) -> None:
    for _ in range(6):
        await fail(store, BusyError("one table is locked"))
        await add_and_forget(store)
        await asyncio.sleep(0.1)
    assert len(shown) <= 3


async def add_and_forget(store: Store) -> None:
    async with store.write():
        pass


async def test_a_task_that_fails_otherwise_pauses_for_a_moment(store: Store) -> None:
    steps = 0

    async def step() -> None:
        nonlocal steps
        steps += 1
        raise BusyError("not by a transaction")

    task = asyncio.create_task(repeat_forever(step, transient=TRANSIENT_ERRORS, wait=store.health.until_back))
    await asyncio.sleep(0.11)
    task.cancel()
    assert 2 <= steps <= 6


async def test_sqlite_locked_by_another_program(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drivers, "BUSY_SECONDS", 0.05)
    monkeypatch.setattr(health, "PROBE_EVERY_S", 0.02)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    async with await Store.open(sqlite_url, CLOCK) as store:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(BusyError):
            await add(store, 1)
        waiting = asyncio.create_task(store.health.until_back())
        await asyncio.sleep(0.2)
        assert not waiting.done()
        other.execute("ROLLBACK")
        async with asyncio.timeout(2):
            await waiting
        await add(store, 1)
    other.close()


async def test_a_server_that_is_read_only_for_a_while_takes_writes_again(
    postgres_url: str, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection made meanwhile keeps its default for ever: it has to be replaced."""
    monkeypatch.setattr(health, "PROBE_EVERY_S", 0.05)
    database = database_of(postgres_url)
    async with await Store.open(postgres_url, CLOCK) as store:
        await add(store, 1)
        await postgres_server.execute_aside(
            f"ALTER DATABASE {database} SET default_transaction_read_only = on",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'",
        )
        for _ in range(3):
            with pytest.raises(NotWritableError, match="takes no writes"):
                await add(store, 2)
        await postgres_server.execute_aside(f"ALTER DATABASE {database} RESET default_transaction_read_only")
        async with asyncio.timeout(2):
            await store.health.until_back()
        await add(store, 2)
        assert await stored(store) == 2


async def test_a_damaged_file_stays_away_although_some_of_it_can_be_read(store: Store) -> None:
    await fail(store, DamagedError("the file is damaged"))
    await stored(store)
    await add(store, 1)
    await asyncio.sleep(0.2)
    assert store.health.is_away
    assert store.health.reason == "the file is damaged"
    assert store.health.away_s > 0.1
