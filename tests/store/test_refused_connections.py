"""Whatever a server says to a connection is an outage, and the store comes back from it by itself."""

import asyncio

import asyncpg
import pytest

from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import SystemClock
from syncd.store import health
from syncd.store.engine import Store
from syncd.store.errors import TRANSIENT_ERRORS, BadAddressError, BusyError, StoreError, UnreachableError
from tests.store.test_engine import add, stored
from tests.support.databases import PostgresServer, database_of
from tests.support.refusing_postgres import refusing_postgres

CLOCK = SystemClock()

KNOWN_STATES = sorted(
    {
        each.sqlstate
        for each in vars(asyncpg.exceptions).values()
        if isinstance(each, type) and isinstance(getattr(each, "sqlstate", None), str)
    }
)
UNKNOWN_STATES = ["ZZ999", "00000", "77777"]


async def refused(url: str) -> StoreError:
    with pytest.raises(StoreError) as caught:
        await Store.open(url, CLOCK)
    assert "s3cret" not in str(caught.value)
    return caught.value


async def test_a_refusal_of_any_kind_is_an_outage() -> None:
    assert len(KNOWN_STATES) > 200
    async with refusing_postgres() as server:
        for server.state in [*KNOWN_STATES, *UNKNOWN_STATES]:
            error = await refused(server.url)
            assert isinstance(error, TRANSIENT_ERRORS), (server.state, error)


async def test_what_the_server_says_is_shown_if_syncd_does_not_know_it() -> None:
    async with refusing_postgres() as server:
        server.state = "ZZ999"
        error = await refused(server.url)
        assert isinstance(error, UnreachableError)
        assert "the server has its reasons (ZZ999)" in str(error)


@pytest.mark.parametrize(
    "raw", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"E\0\0\0\4", b"\xff" * 64, b"R\0\0\0\x08\0\0\0\x63"]
)
async def test_something_that_is_no_postgresql_is_an_outage(
    raw: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("syncd.store.drivers.CONNECT_SECONDS", 1)
    async with refusing_postgres() as server:
        server.raw = raw
        error = await refused(server.url)
        assert isinstance(error, TRANSIENT_ERRORS)
        assert not isinstance(error, BadAddressError)


async def test_a_database_that_allows_no_connections_is_back_when_it_allows_them(
    postgres_url: str, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "PROBE_EVERY_S", 0.05)
    database = database_of(postgres_url)
    async with await Store.open(postgres_url, CLOCK) as store:
        store.health.report_to(Alerts(CLOCK))
        await add(store, 1)
        await postgres_server.execute_aside(
            f"ALTER DATABASE {database} ALLOW_CONNECTIONS false",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'",
        )
        for attempt in (stored(store), add(store, 2)):
            with pytest.raises(BusyError):
                await attempt
        await asyncio.sleep(0.2)
        assert store.health.is_away
        await postgres_server.execute_aside(f"ALTER DATABASE {database} ALLOW_CONNECTIONS true")
        async with asyncio.timeout(5):
            await store.health.until_back()
        await add(store, 2)


async def test_the_probe_outlives_an_error_that_nobody_foresaw(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PROBE_EVERY_S", 0.01)
    probes = 0

    async def probe() -> None:
        nonlocal probes
        probes += 1
        if probes < 3:
            raise ZeroDivisionError
        with watched.watch("writing"):
            pass

    watched = health.StoreHealth(CLOCK, probe)
    with pytest.raises(BusyError), watched.watch("writing"):
        raise BusyError("locked")
    async with asyncio.timeout(5):
        await watched.until_back()
    await watched.close()
    assert probes == 3
