"""A leader loses the database, and another daemon may have taken over: two daemons on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from syncd.app.daemon import Daemon
from syncd.app.withdraw_only import WITHDRAW_ONLY
from syncd.simulator.sandbox import Sandbox
from syncd.store import engine
from syncd.store.engine import Store
from syncd.store.errors import UnreachableError
from syncd.web.health import liveness, readiness
from tests.end_to_end.running import Running, settings_for
from tests.support.virtual_time import LoopClock

STALE_AFTER_S = 40


@pytest.fixture(autouse=True)
def _quick_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's clock is not virtual: by it the lease runs out well before `STALE_AFTER_S` has passed."""
    monkeypatch.setattr("syncd.app.daemon.DAEMON_LEASE_TTL", timedelta(seconds=4))


@asynccontextmanager
async def daemon_on(box: Sandbox, url: str, *, stale_after_s: int = STALE_AFTER_S) -> AsyncIterator[Running]:
    clock = LoopClock()
    async with await Store.open(url, clock) as store:
        safety = {"stale_after": f"{stale_after_s}s"}
        run = Running(box, Daemon(settings_for(box, url, safety=safety), store, clock))
        try:
            yield run
        finally:
            await run.stop()


def cut_off(run: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database does not respond to this daemon any more, and does to all others."""
    lost = (run.daemon.store._reading, run.daemon.store._writing)
    connect = engine.connect

    def connect_unless_lost(of: Any, address: Any) -> Any:
        if of in lost:
            raise UnreachableError("the server does not respond")
        return connect(of, address)

    async def lose(*_: object) -> None:
        raise UnreachableError("the server does not respond")

    monkeypatch.setattr(engine, "connect", connect_unless_lost)
    monkeypatch.setattr(run.daemon.store._rows, "commit", lose)


def message(run: Running) -> str:
    return next((each.message for each in run.daemon.alerts.firing if each.subject == WITHDRAW_ONLY), "")


def move_all(box: Sandbox) -> None:
    for game in box.world.open_games():
        box.world.move(game, by=0.05)


def deletes(box: Sandbox) -> int:
    return sum(each.method == "DELETE" for each in box.bettune.request_log.requests)


async def test_it_leaves_the_predictions_of_a_daemon_that_has_taken_over(
    box: Sandbox, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with AsyncExitStack() as stack:
        leader = await stack.enter_async_context(daemon_on(box, postgres_url))
        await leader.agrees()
        standby = await stack.enter_async_context(daemon_on(box, postgres_url))
        cut_off(leader, monkeypatch)
        await standby.until(lambda: standby.daemon.components is not None, within=60)
        move_all(box)
        await standby.agrees(120)
        before = deletes(box)
        await leader.until(lambda: "another syncd has taken over" in message(leader), within=120)
        active = box.bettune.account.odds().keys()
        await asyncio.sleep(10)
        assert box.bettune.account.odds().keys() == active
        assert deletes(box) == before
        # The database is back: the leader learns who works, and stands by.
        monkeypatch.undo()
        await leader.until(lambda: leader.daemon.components is None, within=60)
        move_all(box)
        await standby.agrees(120)


async def test_one_that_loses_the_database_before_it_has_the_lease_withdraws_and_goes_on(
    box: Sandbox, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with daemon_on(box, postgres_url) as first:
        await first.agrees()
    assert box.bettune.account.odds()
    async with daemon_on(box, postgres_url, stale_after_s=10) as second:
        cut_off(second, monkeypatch)
        began = second.daemon.clock.monotonic()
        await second.until(lambda: not box.bettune.account.odds(), within=40)
        assert second.daemon.clock.monotonic() - began >= 10
        await second.until(lambda: "predictions withdrawn" in message(second), within=20)
        assert liveness(second.daemon).ok
        assert not readiness(second.daemon).ok
        monkeypatch.undo()
        await second.agrees(120)
        assert box.bettune.account.odds()
        assert not message(second)


async def test_one_that_stands_by_leaves_the_predictions_of_the_one_that_works(
    box: Sandbox, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if nothing moves: no write in BetTune shows that it works."""
    async with AsyncExitStack() as stack:
        leader = await stack.enter_async_context(daemon_on(box, postgres_url))
        await leader.agrees()  # the lease is its own before the other one asks for it
        standby = await stack.enter_async_context(daemon_on(box, postgres_url, stale_after_s=10))
        await asyncio.sleep(30)
        assert standby.daemon.components is None
        cut_off(standby, monkeypatch)
        await asyncio.sleep(40)
        assert not message(standby)
        assert deletes(box) == 0


async def test_without_another_daemon_it_withdraws_everything(
    box: Sandbox, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with daemon_on(box, postgres_url, stale_after_s=10) as leader:
        await leader.agrees()
        cut_off(leader, monkeypatch)
        await leader.until(lambda: not box.bettune.account.odds(), within=120)
        await leader.until(lambda: "withdrawn: all" in message(leader), within=20)
        monkeypatch.undo()
        await leader.agrees(120)
        assert box.bettune.account.odds()
