"""When the daemon is alive, and when it is ready."""

import asyncio
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient

from syncd.app.daemon import Daemon
from syncd.config.settings import Settings
from syncd.store.engine import Store
from syncd.store.errors import BusyError, LeaseHeldError, UnreachableError
from tests.web.conftest import Open
from tests.web.fixtures import HandClock

READY = {"ok": True, "reasons": [], "lacks_bettune": False, "withdraws": False}


async def test_a_daemon_at_work_is_alive_and_ready(client: TestClient) -> None:
    for path in ("/healthz", "/readyz"):
        response = await client.get(path)
        assert (response.status, await response.json()) == (
            200,
            READY | {"state": "working", "lease_holder": "pid 1 on test"},
        )


OTHER_WORKS = LeaseHeldError("another syncd (pid 7) works on this database", holder="pid 7")


async def test_a_daemon_that_stands_by_for_another_is_ready(
    filled: Store, settings: Settings, open_client: Open
) -> None:
    daemon = Daemon(settings, filled, HandClock())
    daemon._alert_standby(OTHER_WORKS)
    client = await open_client(daemon)
    for path in ("/healthz", "/readyz"):
        response = await client.get(path)
        assert (response.status, await response.json()) == (
            200,
            READY | {"state": "standing by", "lease_holder": "pid 7"},
        )


async def test_a_daemon_that_stands_by_is_not_ready_without_a_database_or_a_recent_look(
    filled: Store, settings: Settings, open_client: Open
) -> None:
    clock = HandClock()
    daemon = Daemon(settings, filled, clock)
    daemon._alert_standby(OTHER_WORKS)
    client = await open_client(daemon)
    clock.at += timedelta(seconds=21)
    assert "nothing was seen of the lease of pid 7" in await not_ready(client)
    daemon._alert_standby(UnreachableError("the server cannot be reached"))
    assert "standing by" in await not_ready(client)


async def test_a_reload_is_not_the_end_of_a_task(daemon: Daemon, client: TestClient) -> None:
    daemon.supervisor.start("writer", lambda: asyncio.sleep(0))
    await asyncio.sleep(0.01)
    daemon.is_reloading = True
    assert await not_ready(client) == "reloading: the config has changed"


async def test_a_task_that_ended_is_named(
    daemon: Daemon, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It stays in the pause before it is started again.
    monkeypatch.setattr(HandClock, "sleep", lambda *_: asyncio.Event().wait())
    daemon.supervisor.start("writer", lambda: asyncio.sleep(0))
    await asyncio.sleep(0.01)
    said = {
        "/healthz": "the task «writer» has ended, and is started again: it returned",
        "/readyz": "the task «writer» fails: it returned",
    }
    for path, reason in said.items():
        response = await client.get(path)
        assert response.status == 503
        assert (await response.json())["reasons"] == [reason]


async def not_ready(client: TestClient) -> str:
    response = await client.get("/readyz")
    assert response.status == 503
    assert (await client.get("/healthz")).status == 200
    [reason] = (await response.json())["reasons"]
    return str(reason)


async def test_before_the_first_plan_it_is_not_ready(daemon: Daemon, client: TestClient) -> None:
    assert daemon.components
    daemon.components.planner.planned_once.clear()
    assert await not_ready(client) == "nothing has been planned yet"


async def test_a_stale_feed_is_a_reason(daemon: Daemon, client: TestClient, clock: HandClock) -> None:
    assert daemon.components
    clock.at += daemon.settings.safety.stale_after
    daemon.components.gateway.ok_at = clock.at
    assert await not_ready(client) == "sport 29: no good response from Pinnacle since 31 Mar 11:59:59 UTC"
    report = await (await client.get("/readyz")).json()
    assert (report["lacks_bettune"], report["withdraws"]) == (False, True)


async def test_a_daemon_that_lacks_more_than_fresh_feeds_does_not_say_that_it_withdraws(
    daemon: Daemon, client: TestClient, clock: HandClock
) -> None:
    assert daemon.components
    assert not (await (await client.get("/readyz")).json())["withdraws"]
    clock.at += daemon.settings.safety.stale_after
    daemon.components.gateway.ok_at = clock.at
    daemon.alerts.fire("bettune.away", "it says no")
    assert not (await (await client.get("/readyz")).json())["withdraws"]


async def test_a_silent_bettune_is_a_reason(daemon: Daemon, client: TestClient) -> None:
    assert daemon.components
    daemon.components.gateway.ok_at = None
    assert await not_ready(client) == "BetTune has not responded yet"
    daemon.components.gateway.ok_at = daemon.clock.now() - timedelta(minutes=11, seconds=1)
    assert await not_ready(client) == "no good response from BetTune since 31 Mar 11:48:59 UTC"


@pytest.mark.parametrize("subject", ["bettune.away", "bettune.refused"])
async def test_an_alert_that_stops_the_work_is_a_reason(
    daemon: Daemon, client: TestClient, subject: str
) -> None:
    daemon.alerts.fire(subject, "it says no")
    assert await not_ready(client) == f"{subject}: it says no"
    assert (await (await client.get("/readyz")).json())["lacks_bettune"]


async def test_a_database_that_is_away_is_a_reason(daemon: Daemon, client: TestClient) -> None:
    with pytest.raises(BusyError):
        async with daemon.store.write():
            raise BusyError("it is locked")
    assert await not_ready(client) == "store: it is locked"


async def test_an_alert_that_does_not_stop_the_work_is_no_reason(daemon: Daemon, client: TestClient) -> None:
    daemon.alerts.fire("bettune.limited", "too often")
    daemon.alerts.fire("pinnacle.settled.29", "no response")
    assert (await client.get("/readyz")).status == 200
