"""A database that answers, but too slowly for plans or writes to get through."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest

from syncd.app.components import Components
from syncd.simulator.sandbox import Sandbox
from tests.end_to_end.running import Running, asking_every, running
from tests.end_to_end.test_partitioned_leader import daemon_on, message, move_all
from tests.support.postgres_proxy import PostgresProxy

STALE_AFTER_S = 20

WITHIN_S = STALE_AFTER_S + 25
"""By then everything must be withdrawn: the deadline, a look, the deletions, and a machine that is busy."""


async def hang(*_: Any, **__: Any) -> None:
    await asyncio.sleep(600)


@pytest.mark.parametrize("delay_s", [0.4, 0.8, 2.0, 6.0])
async def test_it_is_withdrawn_without_and_all_is_right_when_it_is_quick_again(
    box: Sandbox, postgres_url: str, delay_s: float
) -> None:
    async with AsyncExitStack() as stack:
        proxy = await stack.enter_async_context(PostgresProxy(postgres_url))
        run = await stack.enter_async_context(daemon_on(box, proxy.url, stale_after_s=STALE_AFTER_S))
        await run.agrees(120)
        move_all(box)
        proxy.delay_s = delay_s
        await run.until(lambda: not box.bettune.account.odds() or not run.differences(), within=WITHIN_S)
        proxy.delay_s = 0.0
        move_all(box)
        await run.agrees(200)
        assert not message(run)


async def test_a_standby_that_reaches_it_well_takes_over(box: Sandbox, postgres_url: str) -> None:
    async with AsyncExitStack() as stack:
        proxy = await stack.enter_async_context(PostgresProxy(postgres_url))
        leader = await stack.enter_async_context(daemon_on(box, proxy.url))
        await leader.agrees(120)
        standby = await stack.enter_async_context(daemon_on(box, postgres_url))
        proxy.delay_s = 0.8
        await standby.until(lambda: standby.daemon.components is not None, within=60)
        move_all(box)
        await standby.agrees(120)
        proxy.delay_s = 0.0


async def test_a_write_that_is_never_recorded_is_a_deadline(
    box: Sandbox, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading goes on, and nothing fails: only the small writes do not come back."""
    async with running(box, sqlite_url, safety={"stale_after": "20s"}) as run:
        await run.agrees()
        monkeypatch.setattr(run.daemon.components.gateway, "charge", hang)
        move_all(box)
        await run.until(lambda: not box.bettune.account.odds(), within=30)
        assert "too slow" in message(run)
        assert not run.daemon.store.health.is_away
        monkeypatch.undo()
        for task in run.daemon.components.writer._tasks:
            task.cancel()
        await run.agrees(60)
        await run.until(lambda: not message(run))


async def test_a_reading_that_waits_to_be_recorded_keeps_no_other_waiting(
    run: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing can be sent for the pairs of a reading until it is recorded."""
    reader, began = run.daemon.components.writer.reader, []
    record = reader._record

    async def record_slowly(*values: Any) -> None:
        began.append(asyncio.get_running_loop().time())
        await asyncio.sleep(4)
        await record(*values)

    monkeypatch.setattr(reader, "_record", record_slowly)
    await run.daemon.components.read_back()
    await run.until(lambda: len(began) > 1)
    assert began[1] - began[0] < 1


async def test_a_plan_that_never_ends_is_a_deadline(
    box: Sandbox, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(box, sqlite_url, safety={"stale_after": "20s"}) as run:
        await run.agrees()
        monkeypatch.setattr(run.daemon.components.planner, "_matches_of", hang)
        move_all(box)
        await run.until(lambda: not box.bettune.account.odds(), within=30)
        assert "too slow" in message(run)


async def test_a_slow_plan_that_ends_in_time_withdraws_nothing(
    box: Sandbox, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(box, sqlite_url, safety={"stale_after": "20s"}, **asking_every(1)) as run:
        await run.agrees()
        planner = run.daemon.components.planner
        load = planner._matches_of

        async def slowly(*args: Any, **options: Any) -> Any:
            await asyncio.sleep(8)
            return await load(*args, **options)

        monkeypatch.setattr(planner, "_matches_of", slowly)
        for _ in range(20):
            box.world.move(run.game, by=0.001)
            await asyncio.sleep(3)
            assert not message(run)
        monkeypatch.undo()
        await run.agrees(60)


async def test_a_start_that_only_takes_long_is_withdrawn_for(
    box: Sandbox, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing fails: the components are still being loaded."""
    async with running(box, sqlite_url) as run:
        await run.agrees()
    load = Components.load

    async def slowly(components: Components) -> None:
        await asyncio.sleep(3 * STALE_AFTER_S)
        await load(components)

    monkeypatch.setattr(Components, "load", slowly)
    async with running(box, sqlite_url, safety={"stale_after": f"{STALE_AFTER_S}s"}) as run:
        await asyncio.sleep(STALE_AFTER_S - 1)
        assert not run.differences()
        await run.until(lambda: not box.bettune.account.odds(), within=10)
        assert "too slow for a start" in message(run)
        await run.agrees(3 * STALE_AFTER_S)
        assert not message(run)
        assert run.daemon.components
        assert not any(each.respected for each in run.daemon.components.actual.values())
    assert not box.bettune.request_log.violations
