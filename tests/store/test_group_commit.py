"""Small writes that share a transaction."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from syncd.runtime.clock import SystemClock
from syncd.store.engine import Store
from syncd.store.errors import LeaseLostError, UnreachableError, UnstorableError
from syncd.store.lease import Lease
from syncd.store.requests import counted
from syncd.store.row_writes import RowWrite
from syncd.store.schema import leagues, leases, requests
from tests.store.test_records import LATER

TTL = timedelta(seconds=10)

WRONG = RowWrite(requests, {"id": 1, "counted_at": LATER})
"""Its id is in use as soon as it was written once."""


async def count(store: Store) -> int:
    async with store.read() as conn:
        return int((await conn.execute(select(func.count()).select_from(requests))).scalar_one())


async def test_a_write_returns_once_it_is_committed(store: Store):
    async def write_and_count(number: int) -> int:
        await store.write_rows([counted(number, LATER)])
        return await count(store)

    assert all(await asyncio.gather(*(write_and_count(number) for number in range(1, 6))))
    assert await count(store) == 5


async def test_writes_at_the_same_moment_share_a_transaction(store: Store, monkeypatch: pytest.MonkeyPatch):
    transactions, commit = list[int](), store._rows.commit

    async def noted(rows: Sequence[RowWrite], fence: object) -> None:
        transactions.append(len(rows))
        await commit(rows, fence)  # type: ignore[arg-type]

    monkeypatch.setattr(store._rows, "commit", noted)
    await asyncio.gather(*(store.write_rows([counted(number, LATER)]) for number in range(1, 11)))
    assert transactions == [10]


async def test_a_fault_of_one_does_not_lose_the_writes_of_the_others(store: Store):
    await store.write_rows([counted(1, LATER)])
    found = await asyncio.gather(
        *(store.write_rows([row]) for row in (counted(2, LATER), WRONG, counted(3, LATER))),
        return_exceptions=True,
    )
    assert [each is None for each in found] == [True, False, True]
    assert await count(store) == 3


@pytest.mark.parametrize("values", [{"id": 2**63}, {"id": -(10**400)}, {"name": "a\ud800b"}])
async def test_a_value_that_cannot_be_stored_is_not_an_outage(store: Store, values: dict[str, object]):
    wrong = RowWrite(leagues, {"id": 1, "sport_id": 29, "name": "x"} | values)
    found = await asyncio.gather(
        *(store.write_rows([row]) for row in (counted(2, LATER), wrong, counted(3, LATER))),
        return_exceptions=True,
    )
    assert [type(each) for each in found] == [type(None), UnstorableError, type(None)]
    assert not store.health.is_away


async def test_an_outage_is_raised_by_all_and_tried_once(store: Store, monkeypatch: pytest.MonkeyPatch):
    tried = 0

    async def away(*_: object) -> None:
        nonlocal tried
        tried += 1
        raise UnreachableError("gone")

    monkeypatch.setattr(store._rows, "commit", away)
    found = await asyncio.gather(
        *(store.write_rows([counted(number, LATER)]) for number in (1, 2, 3)), return_exceptions=True
    )
    assert [type(each) for each in found] == [UnreachableError] * 3
    assert (tried, await count(store)) == (1, 0)
    assert store.health.is_away


async def test_after_another_has_taken_over_nothing_is_written(store: Store):
    await Lease.acquire(store, ttl=TTL)
    await store.write_rows([counted(1, LATER)])
    async with store.write(fenced=False) as conn:
        await conn.execute(leases.update().values(token=leases.c.token + 1, holder="another"))
    with pytest.raises(LeaseLostError, match="another holds it now"):
        await store.write_rows([counted(2, LATER)])
    assert store.lease_lost
    assert await count(store) == 1


async def test_a_take_over_that_commits_while_rows_wait_for_it_lets_none_through(store: Store):
    await Lease.acquire(store, ttl=TTL)
    other = await Store.open(store.address.url.render_as_string(hide_password=False), SystemClock())
    async with other:
        async with other.write(fenced=False) as conn:
            await conn.execute(leases.update().values(token=leases.c.token + 1, holder="another"))
            writing = asyncio.create_task(store.write_rows([counted(1, LATER)]))
            await asyncio.sleep(0.2)
            assert not writing.done()
        with pytest.raises(LeaseLostError):
            await writing
    assert await count(store) == 0


async def test_a_cancelled_task_withdraws_only_its_own_work(store: Store):
    async with store.write():
        tasks = [asyncio.create_task(store.write_rows([counted(number, LATER)])) for number in (1, 2, 3)]
        await asyncio.sleep(0.01)
        tasks[1].cancel()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(done[1], asyncio.CancelledError)
    assert await count(store) == 2


async def test_closing_waits_for_a_running_write(sqlite_url: str):
    store = await Store.open(sqlite_url, SystemClock())
    task = asyncio.create_task(store.write_rows([counted(1, LATER)]))
    await asyncio.sleep(0)
    await store.close()
    await task
