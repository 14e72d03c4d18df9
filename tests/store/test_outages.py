"""Outages of PostgreSQL: clear errors meanwhile, and no restart of syncd afterwards."""

import asyncio
import socket

import asyncpg
import pytest
from sqlalchemy import text

from syncd.runtime.clock import SystemClock
from syncd.store import drivers, rows
from syncd.store.address import parse
from syncd.store.engine import Store
from syncd.store.errors import (
    AccessDeniedError,
    BadAddressError,
    BusyError,
    CannotOpenError,
    UnreachableError,
    UnstorableError,
)
from syncd.store.failures import breaks_connection, translate
from syncd.store.schema import leagues
from tests.store.test_engine import add, league, stored
from tests.support.databases import PostgresServer, database_of
from tests.support.postgres_proxy import PostgresProxy

CLOCK = SystemClock()
KILL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'syncd_%'"


@pytest.mark.parametrize("kind", ["read", "write"])
async def test_a_server_that_hangs_costs_the_time_limit_of_a_statement_once(
    postgres_url: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drivers, "CONNECT_SECONDS", 1)
    monkeypatch.setitem(drivers.make_engine.__kwdefaults__ or {}, "seconds", 1)
    async with PostgresProxy(postgres_url) as proxy, await Store.open(proxy.url, CLOCK) as store:
        await add(store, 1)
        proxy.hang()
        began = CLOCK.monotonic()
        with pytest.raises(UnreachableError):
            await (stored(store) if kind == "read" else add(store, 2))
        assert CLOCK.monotonic() - began < 4
        # The outage has lasted since the statement was sent.
        assert store.health.away_s > 0.9
        proxy.go_on()
        began = CLOCK.monotonic()
        await add(store, 3)
        assert CLOCK.monotonic() - began < 2


async def test_a_server_that_vanishes_is_noticed_by_the_kernel(postgres_url: str) -> None:
    async with (
        PostgresProxy(postgres_url) as proxy,
        await Store.open(proxy.url, CLOCK) as store,
        store.read() as conn,
    ):
        raw = await conn.get_raw_connection()
        opened = raw.driver_connection._transport.get_extra_info("socket")
        assert opened.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 15_000


async def kill_connections(server: PostgresServer) -> None:
    await asyncio.to_thread(server.execute, KILL)


async def test_connections_cut_between_transactions_are_not_noticed(
    postgres_url: str, postgres_server: PostgresServer
) -> None:
    async with await Store.open(postgres_url, CLOCK) as store:
        await add(store, 1)
        await kill_connections(postgres_server)
        await add(store, 2)
        await kill_connections(postgres_server)
        assert await stored(store) == 2


async def test_a_connection_cut_within_a_write_fails_it_and_the_next_one_works(
    postgres_url: str, postgres_server: PostgresServer
) -> None:
    async with await Store.open(postgres_url, CLOCK) as store:

        async def cut() -> None:
            async with store.write() as conn:
                await kill_connections(postgres_server)
                await conn.execute(text("SELECT 1"))

        with pytest.raises(UnreachableError):
            await cut()
        await add(store, 1)
        assert await stored(store) == 1


async def test_a_connection_cut_before_the_commit_is_an_error(
    postgres_url: str, postgres_server: PostgresServer
) -> None:
    async with await Store.open(postgres_url, CLOCK) as store:

        async def cut() -> None:
            async with store.write() as conn:
                await rows.insert(conn, leagues, [league(1)])
                await kill_connections(postgres_server)

        with pytest.raises(UnreachableError):
            await cut()
        assert await stored(store) == 0


async def test_a_restarted_server_is_found_again(postgres_url: str, postgres_server: PostgresServer) -> None:
    async with await Store.open(postgres_url, CLOCK) as store:
        await add(store, 1)
        await asyncio.to_thread(postgres_server.stop)
        try:
            for attempt in (add(store, 2), stored(store)):
                with pytest.raises(UnreachableError, match="server"):
                    await attempt
        finally:
            await asyncio.to_thread(postgres_server.start)
        await add(store, 3)
        assert await stored(store) == 2


async def test_the_wait_for_a_lock_of_another_process_ends(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(drivers.SERVER_SETTINGS, "lock_timeout", "50ms")
    async with await Store.open(postgres_url, CLOCK) as one, await Store.open(postgres_url, CLOCK) as two:
        async with one.write() as conn:
            await conn.execute(text("LOCK TABLE leagues"))
            with pytest.raises(BusyError, match="held a lock"):
                await add(two, 1)
        await add(two, 1)


@pytest.mark.parametrize("row", [{"sport_id": 2**31}, {"name": "a\0b"}])
async def test_a_value_that_postgresql_refuses_is_not_an_outage(
    postgres_url: str, row: dict[str, object]
) -> None:
    async with await Store.open(postgres_url, CLOCK) as store:
        with pytest.raises(UnstorableError, match="takes no such value"):
            async with store.write() as conn:
                await conn.execute(leagues.insert(), league(1) | row)
        assert not store.health.is_away
        await add(store, 1)


async def test_an_absent_server_is_an_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(UnreachableError, match="cannot be reached") as caught:
            await Store.open(f"postgresql://me:s3cret@127.0.0.1:{port}/syncd", CLOCK)
    assert "s3cret" not in str(caught.value)


async def test_an_unknown_host_is_an_error() -> None:
    with pytest.raises(UnreachableError, match="cannot be reached"):
        await Store.open("postgresql://me:s3cret@nowhere.invalid/syncd", CLOCK)


async def test_an_absent_database_is_an_error(postgres_server: PostgresServer) -> None:
    with pytest.raises(CannotOpenError, match="no database of this name"):
        await Store.open(postgres_server.url("absent"), CLOCK)


async def test_an_unknown_user_is_an_error(postgres_url: str) -> None:
    with pytest.raises(AccessDeniedError, match="does not accept this user") as caught:
        await Store.open(postgres_url.replace("postgres@", "nobody:s3cret@"), CLOCK)
    assert "s3cret" not in str(caught.value)


def test_a_driver_in_a_wrong_state_of_its_protocol_breaks_the_connection() -> None:
    error = asyncpg.InternalClientError("cannot switch to state 15; another operation (2) is in progress")
    assert breaks_connection(error)
    assert isinstance(translate(error, parse("postgresql://host/db"), lost=True), UnreachableError)


@pytest.mark.parametrize("option", ["colour=red", "sslmode=perhaps"])
async def test_an_unknown_option_is_an_error(postgres_url: str, option: str) -> None:
    with pytest.raises(BadAddressError, match="an option is not understood"):
        await Store.open(f"{postgres_url}&{option}", CLOCK)


async def test_sslmode_is_accepted_as_libpq_spells_it(postgres_url: str) -> None:
    async with await Store.open(f"{postgres_url}&sslmode=prefer", CLOCK) as store:
        await add(store, 1)


async def test_tables_that_are_missing_for_a_while_are_an_outage(
    postgres_url: str, postgres_server: PostgresServer
) -> None:
    async def rename(old: str, new: str) -> None:
        await postgres_server.execute_aside(
            f"ALTER SCHEMA {old} RENAME TO {new}", database=database_of(postgres_url)
        )

    async with await Store.open(postgres_url, CLOCK) as store:
        await add(store, 1)
        await rename("public", "aside")
        for attempt in (add(store, 2), stored(store)):
            with pytest.raises(CannotOpenError, match="tables are missing"):
                await attempt
        assert store.health.is_away
        await rename("aside", "public")
        await add(store, 2)
        assert await stored(store) == 2
