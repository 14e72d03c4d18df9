"""Small writes that share a transaction."""

import asyncio

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.runtime.clock import SystemClock
from syncd.store.engine import Store
from syncd.store.errors import UnreachableError, UnstorableError
from syncd.store.requests import record_request
from syncd.store.schema import leagues, requests
from tests.store.test_records import LATER


async def count(store: Store) -> int:
    async with store.read() as conn:
        return int((await conn.execute(select(func.count()).select_from(requests))).scalar_one())


async def record(conn: AsyncConnection) -> int:
    return await record_request(conn, LATER)


async def fail(_: AsyncConnection) -> int:
    raise ValueError("a failure of this work")


async def test_each_task_gets_its_own_result_once_it_is_committed(store: Store):
    async def write_and_count() -> tuple[int, int]:
        return await store.write_grouped(record), await count(store)

    found = await asyncio.gather(*(write_and_count() for _ in range(5)))
    assert len({number for number, _ in found}) == 5
    assert all(seen >= 1 for _, seen in found)
    assert await count(store) == 5


async def test_writes_at_the_same_moment_share_a_transaction(sqlite_store: Store):
    connections = set[int]()

    async def look(conn: AsyncConnection) -> None:
        connections.add(id(conn))

    await asyncio.gather(*(sqlite_store.write_grouped(look) for _ in range(10)))
    assert len(connections) == 1


async def test_a_fault_of_one_does_not_lose_the_writes_of_the_others(store: Store):
    found = await asyncio.gather(
        *(store.write_grouped(work) for work in (record, fail, record)), return_exceptions=True
    )
    assert [type(each) for each in found] == [int, ValueError, int]
    assert await count(store) == 2


@pytest.mark.parametrize("row", [{"id": 2**63}, {"id": -(10**400)}, {"name": "a\ud800b"}])
async def test_a_value_that_cannot_be_stored_is_not_an_outage(store: Store, row: dict[str, object]):
    async def write(conn: AsyncConnection) -> int:
        await conn.execute(leagues.insert(), {"id": 1, "sport_id": 29, "name": "x"} | row)
        return 0

    found = await asyncio.gather(
        *(store.write_grouped(work) for work in (record, write, record)), return_exceptions=True
    )
    assert [type(each) for each in found] == [int, UnstorableError, int]
    assert not store.health.is_away


async def test_an_outage_is_raised_by_all_and_tried_once(store: Store):
    tried = 0

    async def away(_: AsyncConnection) -> int:
        nonlocal tried
        tried += 1
        raise UnreachableError("gone")

    found = await asyncio.gather(
        *(store.write_grouped(work) for work in (record, away, record)), return_exceptions=True
    )
    assert [type(each) for each in found] == [UnreachableError] * 3
    assert (tried, await count(store)) == (1, 0)


async def test_a_cancelled_task_withdraws_only_its_own_work(store: Store):
    async with store.write():
        tasks = [asyncio.create_task(store.write_grouped(record)) for _ in range(3)]
        await asyncio.sleep(0.01)
        tasks[1].cancel()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(done[1], asyncio.CancelledError)
    assert await count(store) == 2


async def test_closing_waits_for_a_running_write(sqlite_url: str):
    store = await Store.open(sqlite_url, SystemClock())
    task = asyncio.create_task(store.write_grouped(record))
    await asyncio.sleep(0)
    await store.close()
    assert await task
