"""Opening, reading and writing on both databases, also when a task is cancelled meanwhile."""

import asyncio
import gc
import random
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from syncd.runtime.clock import SystemClock
from syncd.store import rows
from syncd.store.connection import AsyncConnection, AsyncTransaction
from syncd.store.engine import Store
from syncd.store.errors import (
    BadAddressError,
    BusyError,
    CannotOpenError,
    DamagedError,
    DiskFullError,
    NotWritableError,
)
from syncd.store.migrate import upgrade
from syncd.store.schema import leagues

CLOCK = SystemClock()


def league(number: int) -> dict[str, object]:
    return {"id": number, "sport_id": 29, "name": f"League {number}"}


async def count(conn: AsyncConnection) -> int:
    return int(await conn.scalar(select(func.count()).select_from(leagues)) or 0)


async def stored(store: Store) -> int:
    async with store.read() as conn:
        return await count(conn)


async def add(store: Store, *numbers: int) -> None:
    async with store.write() as conn:
        for number in numbers:
            await rows.insert(conn, leagues, [league(number)])


async def test_what_is_written_is_read(store: Store) -> None:
    await add(store, 1, 2)
    assert await stored(store) == 2


async def test_an_error_rolls_back_the_whole_write(store: Store) -> None:
    async def fail() -> None:
        async with store.write() as conn:
            await rows.insert(conn, leagues, [league(1)])
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await stored(store) == 0


async def test_a_read_sees_one_state_while_others_write(store: Store) -> None:
    async with store.read() as conn:
        assert await count(conn) == 0
        await add(store, 1)
        assert await count(conn) == 0
    assert await stored(store) == 1


async def test_a_read_cannot_write(store: Store) -> None:
    with pytest.raises(NotWritableError):
        async with store.read() as conn:
            await rows.insert(conn, leagues, [league(1)])


async def test_writes_take_turns(store: Store) -> None:
    inside = 0

    async def one(number: int) -> None:
        nonlocal inside
        async with store.write() as conn:
            inside += 1
            assert inside == 1
            await rows.insert(conn, leagues, [league(number)])
            inside -= 1

    await asyncio.gather(*(one(number) for number in range(10)))
    assert await stored(store) == 10


async def test_a_write_inside_a_write_is_an_error_rather_than_a_deadlock(store: Store) -> None:
    async with store.write():
        with pytest.raises(RuntimeError, match="inside a write"):
            await add(store, 1)


async def test_a_mistake_in_a_statement_is_not_translated(store: Store) -> None:
    with pytest.raises(IntegrityError):
        await add(store, 1, 1)


async def test_many_cancellations_leak_no_connection_and_leave_no_half_write(store: Store) -> None:
    chance = random.Random(7)
    for number in range(0, 120, 2):
        task = asyncio.create_task(add(store, number, number + 1))
        await asyncio.sleep(chance.random() * 0.006)
        task.cancel()
        await asyncio.wait({task})
    await add(store, 1_000, 1_001)
    assert await stored(store) % 2 == 0
    assert store._writing.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert store._reading.pool.checkedout() == 0  # type: ignore[attr-defined]


async def test_a_cancelled_commit_is_finished_before_the_cancellation(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = AsyncTransaction.commit
    started = asyncio.Event()

    async def commit_slowly(self: AsyncTransaction) -> None:
        started.set()
        await asyncio.sleep(0.02)
        await commit(self)

    monkeypatch.setattr(AsyncTransaction, "commit", commit_slowly)
    task = asyncio.create_task(add(store, 1))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await stored(store) == 1


@pytest.fixture
def _no_collection() -> Iterator[None]:
    """A full garbage collection takes 50 ms with all that is imported, whatever triggers it."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_no_collection")
async def test_thousands_of_rows_do_not_block_the_event_loop(store: Store) -> None:
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            # CPU time of the loop's own thread, which does not grow on a busy machine.
            before = time.thread_time()
            await asyncio.sleep(0.001)
            longest = max(longest, time.thread_time() - before)

    watcher = asyncio.create_task(watch())
    async with store.write() as conn:
        await rows.upsert(conn, leagues, (league(number) for number in range(20_000)))
    async with store.read() as conn:
        assert len(await rows.load(conn, select(leagues), tuple)) == 20_000
    watcher.cancel()
    assert longest < 0.05


async def test_a_store_in_memory_has_its_tables_and_leaves_no_file() -> None:
    async with await Store.open("sqlite:///:memory:", CLOCK) as store:
        await add(store, 1)
        assert await stored(store) == 1
        folder = store.address.path.parent if store.address.path else Path()
    assert not folder.exists()


async def test_a_relative_path_gets_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    await upgrade("sqlite:///data/deep/syncd.db")
    async with await Store.open("sqlite:///data/deep/syncd.db", CLOCK) as store:
        await add(store, 1)
    assert (tmp_path / "data/deep/syncd.db").exists()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://host/db", "begins with mysql"),
        ("sqlite://relative.db", "lacks a slash"),
        ("postgresql://user:secret@host", "names no database"),
        ("secret nonsense", "is not understood"),
        ("postgresql://user:se@cret@host:port/db", "is not understood"),
    ],
)
async def test_an_invalid_url_is_an_error_without_its_secret(url: str, message: str) -> None:
    with pytest.raises(BadAddressError, match=message) as caught:
        await Store.open(url, CLOCK)
    assert "secret" not in str(caught.value).replace("nonsense", "")


async def test_a_folder_is_not_a_database(tmp_path: Path) -> None:
    with pytest.raises(CannotOpenError, match="is a folder"):
        await Store.open(f"sqlite:///{tmp_path}", CLOCK)


async def test_a_folder_that_cannot_be_created_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotOpenError, match="cannot create the folder"):
        await Store.open(f"sqlite:///{tmp_path}/file/syncd.db", CLOCK)


async def test_a_file_of_another_kind_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "syncd.db").write_text("dear diary, " * 100)
    with pytest.raises(DamagedError, match="not a SQLite database"):
        await Store.open(f"sqlite:///{tmp_path}/syncd.db", CLOCK)


async def test_a_full_disk_is_an_error_and_reads_continue(sqlite_store: Store) -> None:
    async def fill() -> None:
        async with sqlite_store.write() as conn:
            await conn.exec_driver_sql("PRAGMA max_page_count=1")
            await rows.insert(conn, leagues, (league(number) for number in range(50_000)))

    with pytest.raises(DiskFullError, match="disk is full"):
        await fill()
    assert await stored(sqlite_store) == 0


async def test_a_read_only_file_is_an_error(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root may write everywhere, so SQLite itself has to open the file read-only.
    path = sqlite_url.removeprefix("sqlite:///")
    async with await Store.open(f"sqlite:///file:{path}?mode=ro&uri=true", CLOCK) as store:
        with pytest.raises(NotWritableError, match="read-only"):
            await add(store, 1)


async def test_another_process_that_never_stops_writing_is_an_error(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("syncd.store.drivers.BUSY_SECONDS", 0.05)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    async with await Store.open(sqlite_url, CLOCK) as store:
        with pytest.raises(BusyError, match="another process"):
            await add(store, 1)
        other.execute("ROLLBACK")
        await add(store, 1)
    other.close()


async def test_a_task_that_is_cancelled_inside_a_statement_stays_cancelled(store: Store) -> None:
    async def read_for_ever() -> None:
        while True:
            async with store.read() as conn:
                await conn.execute(select(1))

    for delay in range(40):
        task = asyncio.create_task(read_for_ever())
        await asyncio.sleep(delay / 10_000)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_write_that_is_cancelled_anywhere_leaves_no_lock_behind(store: Store):
    async def write_for_ever() -> None:
        while True:
            async with store.write() as conn:
                for number in range(5):
                    await conn.execute(leagues.insert().values(id=number, sport_id=29, name="x"))
                await conn.execute(leagues.delete())

    for delay in range(60):
        task = asyncio.create_task(write_for_ever())
        await asyncio.sleep(delay / 5_000)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(3), store.write() as conn:
            await conn.execute(leagues.delete())
