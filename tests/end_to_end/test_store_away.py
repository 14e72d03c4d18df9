"""The database is away for a while: one alert, and all is right soon after it is back."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from syncd.model.bettune import Pair
from syncd.runtime.alerts import Alert
from syncd.simulator.sandbox import Sandbox
from syncd.store import drivers
from tests.end_to_end.running import Running, running
from tests.end_to_end.test_faults import moved
from tests.end_to_end.test_withdrawal import ours

SOON_S = 5.0


@pytest.fixture
async def run(box: Sandbox, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    monkeypatch.setattr(drivers, "BUSY_SECONDS", 0.02)
    async with running(box, sqlite_url) as run:
        await run.agrees()
        yield run


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Another program writes, and does not end."""
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def alerts_of(run: Running) -> list[Alert]:
    """Every alert that fires or is resolved from now on."""
    received: list[Alert] = []
    publish = run.daemon.alerts._publish

    def remember(alert: Alert) -> None:
        received.append(alert)
        publish(alert)

    run.daemon.alerts._publish = remember  # type: ignore[method-assign]
    return received


async def test_one_alert_and_one_end_and_all_is_right_soon_after(run: Running, sqlite_url: str):
    alerts = alerts_of(run)
    with locked(sqlite_url):
        moved(run)
        await asyncio.sleep(20)
    await run.agrees(within=SOON_S)
    await asyncio.sleep(5)
    assert [(each.subject, each.resolved_at is None) for each in alerts] == [
        ("store", True),
        ("store", False),
    ]


async def test_a_reload_waits_for_the_database(run: Running, sqlite_url: str):
    with locked(sqlite_url):
        run.daemon.reload(run.daemon.settings)
        await asyncio.sleep(10)
        assert not run.task.done()
        moved_before = run.box.bettune.account.odds()
    moved(run)
    await run.agrees(within=2 * SOON_S)
    assert run.box.bettune.account.odds() != moved_before


async def test_a_file_that_is_deleted_is_noticed_within_a_minute(run: Running, sqlite_url: str):
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    aside = path.with_name("aside.db")
    path.rename(aside)
    await run.until(lambda: any("deleted" in each.message for each in run.daemon.alerts.firing), within=60)
    aside.rename(path)
    moved(run)
    await run.agrees(within=SOON_S)


async def test_pinnacle_is_not_blamed_for_a_database_that_is_away(
    box: Sandbox, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(drivers, "BUSY_SECONDS", 0.02)
    async with running(box, sqlite_url, safety={"stale_after": "3s"}) as run:
        await run.agrees()
        alerts = alerts_of(run)
        with locked(sqlite_url):
            await asyncio.sleep(10)
        await run.agrees(within=2 * SOON_S)
        assert "pinnacle.stale" not in {each.subject for each in alerts}


async def test_a_write_of_the_predecessor_that_arrives_late_is_found(box: Sandbox, sqlite_url: str):
    async with running(box, sqlite_url) as run:
        await run.agrees()
        game = run.game
    assert game.match
    async with running(box, sqlite_url) as run:
        await run.agrees()
        await asyncio.sleep(3)
        box.bettune.account.put(Pair(run.filter("Pinnacle Home").id, game.match.id), Decimal("1.01"))
        assert run.differences()
        await run.agrees(within=20)  # well before the next look at everything


async def test_a_damaged_file_is_an_outage_and_no_task_dies_of_it(run: Running, sqlite_url: str):
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    for each in (path, Path(f"{path}-wal")):
        size = each.stat().st_size
        with each.open("r+b") as file:
            file.write(b"\xa5" * size)
    moved(run)
    await asyncio.sleep(60)

    assert run.daemon.supervisor.failing() == {}
    assert "the file is" in run.daemon.store.health.reason
    assert {each.subject for each in run.daemon.alerts.firing} >= {"store"}


async def test_a_start_that_cannot_take_the_lease_withdraws_and_goes_on(
    box: Sandbox, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(drivers, "BUSY_SECONDS", 0.02)
    async with running(box, sqlite_url) as run:
        await run.agrees()
    assert ours(box)
    with ExitStack() as until_free:
        until_free.enter_context(locked(sqlite_url))
        async with running(box, sqlite_url, safety={"stale_after": "10s"}) as run:
            await run.until(lambda: not ours(box))
            until_free.close()
            await run.agrees()
