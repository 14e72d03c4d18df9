"""The tests' own tools do what the other tests rely on."""

import asyncio
import io
import logging
import os
import selectors
import socket
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import aiosqlite
import pytest
import structlog
from aioresponses import aioresponses
from sqlalchemy.dialects import postgresql, sqlite

from syncd.runtime import logs
from syncd.runtime.clock import SystemClock
from syncd.store.engine import Store
from syncd.store.events import load_ids
from tests.support.direct_sqlite import direct_sqlite
from tests.support.log_setup import restored_logs
from tests.support.network import OutsideRefused
from tests.support.raw_server import http_response, raw_server
from tests.support.shared_statements import SharedStatements
from tests.support.virtual_time import SPEED, LoopClock, VirtualTimeLoop, virtual_libraries


async def test_aioresponses_answers_with_the_shim():
    async with aiohttp.ClientSession() as session:
        with aioresponses() as fake:
            fake.get("http://pinnacle.test/v1/sports", payload={"sports": []})
            async with session.get("http://pinnacle.test/v1/sports") as response:
                assert await response.json() == {"sports": []}


async def test_aioresponses_still_needs_the_shim(monkeypatch):
    """Fails once upstream knows aiohttp 3.14: then delete tests/support/aiohttp_fakes.py and this test."""
    monkeypatch.setattr("aioresponses.core.ClientResponse", aiohttp.ClientResponse)
    async with aiohttp.ClientSession() as session:
        with aioresponses() as fake:
            fake.get("http://pinnacle.test/v1/sports", payload={})
            with pytest.raises(TypeError, match="stream_writer"):
                await session.get("http://pinnacle.test/v1/sports")


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80)])
def test_a_socket_to_another_machine_is_refused(address):
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as sock, pytest.raises(OutsideRefused):
        sock.connect(address)


async def test_asyncio_does_not_get_out_either():
    with pytest.raises(OutsideRefused):
        await asyncio.open_connection("192.0.2.1", 80)


async def test_another_name_is_as_unknown_as_without_a_network():
    with pytest.raises(socket.gaierror):
        await asyncio.open_connection("api.pinnacle.com", 443)


async def test_loopback_and_unix_sockets_work(tmp_path):
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        writer.close()
        await writer.wait_closed()

    tcp = await asyncio.start_server(greet, "localhost", 0)
    unix = await asyncio.start_unix_server(greet, tmp_path / "s")
    async with tcp, unix:
        port = tcp.sockets[0].getsockname()[1]
        for connecting in (
            asyncio.open_connection("localhost", port),
            asyncio.open_unix_connection(tmp_path / "s"),
        ):
            reader, writer = await connecting
            assert await reader.read() == b"hello"
            writer.close()
            await writer.wait_closed()


def test_no_setting_leaks_in_from_the_environment():
    assert not [name for name in os.environ if name.startswith("SYNCD_")]


@pytest.fixture
def virtual_loop() -> Iterator[VirtualTimeLoop]:
    loop = VirtualTimeLoop()
    with virtual_libraries():
        yield loop
    loop.close()


def test_virtual_time_jumps_over_an_hour(virtual_loop: VirtualTimeLoop):
    began = time.monotonic()
    virtual_loop.run_until_complete(LoopClock().sleep(3600))
    assert virtual_loop.time() == pytest.approx(3600)
    assert time.monotonic() - began < 10


def test_virtual_time_stops_while_a_thread_works(virtual_loop: VirtualTimeLoop):
    async def work() -> None:
        async with asyncio.timeout(0.01):
            await asyncio.to_thread(time.sleep, 0.1)

    virtual_loop.run_until_complete(work())


def test_virtual_time_stops_while_sqlite_works(virtual_loop: VirtualTimeLoop):
    async def work() -> None:
        async with asyncio.timeout(0.01), aiosqlite.connect(":memory:") as connection:
            await connection.create_function("nap", 0, lambda: time.sleep(0.1))
            await connection.execute("SELECT nap()")

    virtual_loop.run_until_complete(work())


def test_virtual_time_stops_while_bytes_travel_between_sockets(virtual_loop: VirtualTimeLoop):
    async def work() -> None:
        async with raw_server(http_response()) as server, asyncio.timeout(0.01):
            reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))
            writer.write(b"GET / HTTP/1.1\r\n\r\n")
            assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
            writer.close()

    virtual_loop.run_until_complete(work())


def test_virtual_time_runs_beside_another_process(virtual_loop: VirtualTimeLoop):
    virtual_loop.forbid_jumps()
    began = time.monotonic()
    virtual_loop.run_until_complete(asyncio.sleep(0.2 * SPEED))
    assert time.monotonic() - began > 0.15


async def _writes_while_another_writes(path: Path) -> list[str]:
    """Two connections to one file write at once; the second one waits for the lock of the first."""
    done: list[str] = []

    async def write(name: str, connection: aiosqlite.Connection, turns: int) -> None:
        await connection.execute("BEGIN IMMEDIATE")
        await connection.execute("INSERT INTO t VALUES (?)", (name,))
        for _ in range(turns):
            await asyncio.sleep(0)
        await connection.commit()
        done.append(name)

    options = {"isolation_level": None, "timeout": 30}
    async with aiosqlite.connect(path, **options) as one, aiosqlite.connect(path, **options) as other:
        await one.execute("CREATE TABLE t (name TEXT)")
        await asyncio.gather(write("one", one, 50), write("other", other, 0))
        async with one.execute("SELECT count(*) FROM t") as cursor:
            assert await cursor.fetchone() == (2,)
    return done


def test_sqlite_without_threads_waits_for_a_lock_and_lets_its_holder_go_on(tmp_path: Path):
    with direct_sqlite():
        assert asyncio.run(_writes_while_another_writes(tmp_path / "file.db")) == ["one", "other"]


def test_sqlite_without_threads_gives_way_after_each_statement():
    turns: list[int] = []

    async def count() -> None:
        for turn in range(100):
            turns.append(turn)
            await asyncio.sleep(0)

    async def work() -> None:
        async with aiosqlite.connect(":memory:") as connection:
            counting = asyncio.create_task(count())
            for _ in range(10):
                await connection.execute("SELECT 1")
            counting.cancel()

    with direct_sqlite():
        asyncio.run(work())
    assert 9 <= len(turns) <= 30


def test_a_lock_that_is_never_released_is_reported(tmp_path: Path):
    async def work() -> None:
        async with (
            aiosqlite.connect(tmp_path / "file.db", isolation_level=None) as one,
            aiosqlite.connect(tmp_path / "file.db", isolation_level=None, timeout=0.05) as other,
        ):
            await one.execute("BEGIN IMMEDIATE")
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                await other.execute("BEGIN IMMEDIATE")

    with direct_sqlite():
        asyncio.run(work())


def test_virtual_time_waits_for_the_kernel_only_where_something_is_on_its_way(
    virtual_loop: VirtualTimeLoop, monkeypatch: pytest.MonkeyPatch
):
    select = selectors.DefaultSelector.select
    waits: list[float] = []

    def counted(self: selectors.DefaultSelector, timeout: float | None = None) -> object:
        waits.extend([timeout] if timeout else [])
        return select(self, timeout)

    async def work() -> None:
        for _ in range(100):
            await asyncio.sleep(1)

    monkeypatch.setattr(selectors.DefaultSelector, "select", counted)
    virtual_loop.run_until_complete(work())
    assert len(waits) <= 2
    one, other = socket.socketpair()
    with one, other:
        one.send(b"!")
    virtual_loop.run_until_complete(work())
    assert 1 <= len(waits) <= 4


def test_a_set_up_of_the_log_does_not_outlive_its_test():
    ours = logging.getLogger("syncd.runtime.alerts")
    before = structlog.is_configured(), logging.root.level, ours.level, list(logs.masks)
    with restored_logs():
        logs.set_up(level="debug", secrets=["hunter2"], stream=io.StringIO())
        ours.setLevel(logging.CRITICAL)
        assert structlog.is_configured()
    assert (structlog.is_configured(), logging.root.level, ours.level, list(logs.masks)) == before
    assert logs.ROOT_LOGGER not in {each.get_name() for each in logging.root.handlers}


@pytest.mark.parametrize("kind", [sqlite.dialect, postgresql.dialect])
def test_what_was_compiled_is_shared_by_engines_of_one_kind_alone(kind):
    shared = SharedStatements()
    shared[sqlite.dialect(), "SELECT 1"] = "compiled"
    found = shared.get((kind(), "SELECT 1"))
    assert found == ("compiled" if kind is sqlite.dialect else None)


async def test_a_second_store_compiles_nothing_again(sqlite_url):
    async def compiled() -> int:
        async with await Store.open(sqlite_url, SystemClock()) as store, store.read() as conn:
            await load_ids(conn, [1])
            shared = conn.engine.sync_engine._compiled_cache
            assert isinstance(shared, SharedStatements)
            return len(shared)

    assert await compiled() == await compiled()
