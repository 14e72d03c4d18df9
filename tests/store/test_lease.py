"""Of two daemons on one database one works, and one that has lost its lease cannot write."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from syncd.runtime.clock import SystemClock
from syncd.store.engine import Store
from syncd.store.errors import BusyError, LeaseExpiredError, LeaseHeldError, LeaseLostError, StoreError
from syncd.store.lease import Lease, stand_by
from tests.store.test_engine import add, stored

LONG = timedelta(minutes=5)
SHORT = timedelta(milliseconds=50)
HALF = timedelta(milliseconds=500)


@pytest.fixture
async def other(store: Store, store_url: str) -> AsyncIterator[Store]:
    """A second daemon's store on the same database."""
    async with await Store.open(store_url, SystemClock()) as opened:
        yield opened


def lose_lock_file(store: Store) -> None:
    """Delete the lock file of SQLite, as a careless clean-up might; PostgreSQL has none."""
    if store.address.path:
        store.address.path.with_name("syncd.db.lock").unlink()


async def test_a_second_daemon_is_refused_with_the_name_of_the_holder(store: Store, other: Store) -> None:
    lease = await Lease.acquire(store, ttl=LONG, holder="pid 7 on alpha")
    assert lease.is_held
    with pytest.raises(LeaseHeldError, match=r"another syncd .*pid 7 on alpha.* since 20"):
        await Lease.acquire(other, ttl=LONG)


async def test_a_released_lease_is_free_at_once(store: Store, other: Store) -> None:
    first = await Lease.acquire(store, ttl=LONG)
    await first.release()
    second = await Lease.acquire(other, ttl=LONG)
    assert not first.is_held
    assert second.is_held
    assert second.token > first.token


async def test_a_renewed_lease_outlives_its_first_time_to_live(store: Store, other: Store) -> None:
    lease = await Lease.acquire(store, ttl=SHORT)
    lease.ttl = LONG  # the machine may take longer than a short one between two statements
    await lease.renew()
    await asyncio.sleep(2 * SHORT.total_seconds())
    with pytest.raises(LeaseHeldError):
        await Lease.acquire(other, ttl=SHORT)


async def test_a_frozen_holder_cannot_write_after_another_took_over(store: Store, other: Store) -> None:
    frozen = await Lease.acquire(store, ttl=SHORT)
    await asyncio.sleep(0.06)
    assert not frozen.is_held
    lose_lock_file(store)
    await Lease.acquire(other, ttl=LONG, holder="the new one")
    with pytest.raises(LeaseLostError, match="the new one holds it now"):
        await add(store, 1)
    with pytest.raises(LeaseLostError):
        await frozen.renew()
    await add(other, 2)
    assert await stored(other) == 1


async def test_a_holder_that_has_lost_the_lease_knows_before_the_expiry(store: Store, other: Store) -> None:
    frozen = await Lease.acquire(store, ttl=SHORT)
    await asyncio.sleep(0.06)
    lose_lock_file(store)
    await Lease.acquire(other, ttl=LONG)
    frozen._deadline += 1_000
    with pytest.raises(LeaseLostError):
        await frozen.renew()
    assert not frozen.is_held


async def test_an_expired_lease_that_nobody_took_can_be_renewed(store: Store) -> None:
    lease = await Lease.acquire(store, ttl=SHORT)
    await asyncio.sleep(0.06)
    lease.ttl = LONG  # a busy machine may need longer than the short one for a transaction
    await lease.renew()
    assert lease.is_held


async def test_a_running_write_delays_the_take_over(store: Store, other: Store) -> None:
    await Lease.acquire(store, ttl=SHORT)
    lose_lock_file(store)
    async with store.write() as conn:
        await asyncio.sleep(0.06)
        take_over = asyncio.create_task(Lease.acquire(other, ttl=LONG))
        done, _ = await asyncio.wait({take_over}, timeout=0.2)
        assert not done
        await conn.exec_driver_sql("INSERT INTO leagues (id, sport_id, name) VALUES (1, 29, 'late')")
    await take_over
    assert await stored(other) == 1


async def test_commands_beside_the_daemon_write_without_a_lease(store: Store, other: Store) -> None:
    await Lease.acquire(store, ttl=LONG)
    await add(other, 1)
    assert await stored(store) == 1


async def test_a_lost_lease_can_be_taken_again_once_it_is_free(store: Store, other: Store) -> None:
    lost = await Lease.acquire(store, ttl=SHORT)
    await asyncio.sleep(0.06)
    lose_lock_file(store)
    winner = await Lease.acquire(other, ttl=LONG)
    with pytest.raises(LeaseLostError):
        await lost.renew()
    await lost.release()
    await winner.release()
    again = await Lease.acquire(store, ttl=LONG)
    await add(store, 1)
    assert again.is_held


async def test_on_sqlite_nobody_waits_after_a_crash_of_the_holder(
    sqlite_store: Store, sqlite_url: str
) -> None:
    crashed = await Lease.acquire(sqlite_store, ttl=LONG)
    assert crashed._lock
    crashed._lock.release()  # as the operating system does for a dead process
    async with await Store.open(sqlite_url, SystemClock()) as restarted:
        assert (await Lease.acquire(restarted, ttl=LONG)).token == crashed.token + 1


async def test_on_sqlite_there_is_no_standing_by(sqlite_store: Store, sqlite_url: str) -> None:
    await Lease.acquire(sqlite_store, ttl=LONG)
    async with await Store.open(sqlite_url, SystemClock()) as other:
        with pytest.raises(LeaseHeldError, match="stop it first"):
            await stand_by(other, ttl=SHORT, on_wait=lambda _: None)


async def test_on_postgresql_a_standby_takes_over_when_the_holder_dies(postgres_url: str) -> None:
    reasons: list[StoreError] = []
    async with (
        await Store.open(postgres_url, SystemClock()) as dying,
        await Store.open(postgres_url, SystemClock()) as standby,
    ):
        last = await Lease.acquire(dying, ttl=LONG)
        waiting = asyncio.create_task(stand_by(standby, ttl=SHORT, on_wait=reasons.append))
        while not reasons:
            await asyncio.sleep(0.005)
        last.ttl = SHORT
        await last.renew()  # for the last time
        lease = await waiting
    assert lease.token == 2
    assert isinstance(reasons[0], LeaseHeldError)


async def test_of_many_that_wait_for_an_expired_lease_one_gets_it(postgres_url: str) -> None:
    stores = [await Store.open(postgres_url, SystemClock()) for _ in range(4)]
    for number, store in enumerate(stores):
        await add(store, number)  # connected, so that all try at the same moment
    await Lease.acquire(stores[0], ttl=timedelta(milliseconds=10))
    await asyncio.sleep(0.02)
    outcomes = await asyncio.gather(
        *(Lease.acquire(store, ttl=LONG) for store in stores[1:]), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "Lease",
        "LeaseHeldError",
        "LeaseHeldError",
    ]
    for store in stores:
        await store.close()


async def test_without_the_lease_nothing_may_be_sent(store: Store, other: Store) -> None:
    store.may_send("PUT")  # a command that never took it
    lease = await Lease.acquire(store, ttl=HALF)
    store.may_send("PUT")
    await asyncio.sleep(0.5)
    for method in ("GET", "PUT", "DELETE"):
        with pytest.raises(LeaseExpiredError):
            store.may_send(method)
    await lease.renew()
    store.may_send("PUT")
    await lease.release()
    with pytest.raises(LeaseExpiredError):
        store.may_send("PUT")
    await Lease.acquire(other, ttl=LONG)
    with pytest.raises(LeaseLostError):
        await add(store, 1)
    with pytest.raises(LeaseLostError):
        store.may_send("PUT")


async def test_while_the_database_is_away_deletions_may_be_sent(store: Store) -> None:
    await Lease.acquire(store, ttl=SHORT)
    await asyncio.sleep(0.06)
    with pytest.raises(BusyError):
        async with store.write():
            raise BusyError("locked")
    store.may_send("DELETE")
    with pytest.raises(LeaseExpiredError):
        store.may_send("PUT")


@pytest.mark.parametrize(
    ("boot", "ends", "lost"),
    [
        ("first", "killed", False),
        ("second", "killed", True),
        ("", "killed", True),
        ("second", "released", False),
    ],
)
async def test_what_a_machine_may_have_lost(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, boot: str, ends: str, lost: bool
) -> None:
    monkeypatch.setattr("syncd.store.clock_shift.this_boot", lambda: "first")
    monkeypatch.setattr("syncd.store.lease.this_boot", lambda: "first")
    async with await Store.open(sqlite_url, SystemClock()) as store:
        lease = await Lease.acquire(store, ttl=LONG)
        assert not lease.may_miss_commits
        if ends == "released":
            await lease.release()
        else:
            lease._unlock()
    monkeypatch.setattr("syncd.store.clock_shift.this_boot", lambda: boot)
    monkeypatch.setattr("syncd.store.lease.this_boot", lambda: boot)
    async with await Store.open(sqlite_url, SystemClock()) as store:
        assert (await Lease.acquire(store, ttl=LONG)).may_miss_commits is lost


async def test_a_server_waits_for_its_disk(postgres_url: str) -> None:
    async with (
        await Store.open(postgres_url, SystemClock()) as store,
        await Store.open(postgres_url, SystemClock()) as other,
    ):
        lease = await Lease.acquire(store, ttl=SHORT)
        await asyncio.sleep(0.06)
        assert not (await Lease.acquire(other, ttl=LONG)).may_miss_commits
        assert not lease.is_held
