"""A backup has every row, and can be put into either database, wherever it came from."""

import asyncio
import sqlite3
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import BigInteger, Boolean, Column, Float, String, select

from syncd.runtime.clock import SystemClock
from syncd.store import facts, restore, row_copy, schema
from syncd.store.backup import back_up
from syncd.store.engine import Store
from syncd.store.errors import AheadError, CannotOpenError, DamagedError, ForeignError, StoreError
from syncd.store.lease import Lease
from syncd.store.migrate import _configured as configured
from syncd.store.migrate import current_revision, upgrade
from syncd.store.restore import NotEmptyError, put_back
from syncd.store.revision import HEAD_REVISION, RevisionState
from syncd.store.rows import insert
from syncd.store.types import Exact, MicroOdds, Utc
from tests.web.fixtures import fill, settings_of

PAUSE = timedelta(minutes=2)
TTL = timedelta(seconds=15)
MOMENT = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
Tables = dict[str, list[tuple[Any, ...]]]


async def rows_of(store: Store) -> Tables:
    """All rows of all tables."""
    async with store.read() as conn:
        return {
            table.name: [tuple(row) for row in await conn.execute(select(table).order_by(*table.primary_key))]
            for table in schema.metadata.sorted_tables
        }


def value_of(column: Column[Any], number: int) -> Any:
    """Some value of the column's type."""
    match column.type:
        case Utc():
            return MOMENT + timedelta(microseconds=number)
        case MicroOdds() | Exact():
            return Decimal(f"1.{number}5")
        case Boolean():
            return number % 2 == 0
        case String():  # Text too
            return f'{{"Ł😀": {number}}}'
        case Float():
            return number / 3
    return 2**40 + number if isinstance(column.type, BigInteger) else number


async def fill_the_rest(store: Store) -> None:
    """Some rows in each table that has none."""
    known = await rows_of(store)
    async with store.write() as conn:
        for table in schema.metadata.sorted_tables:
            if not known[table.name] and table.name != "leases":
                await insert(
                    conn,
                    table,
                    [{each.name: value_of(each, number) for each in table.columns} for number in range(1, 6)],
                )


def url_of(store: Store) -> str:
    return store.address.url.render_as_string(hide_password=False)


@pytest.fixture
async def backup(store: Store, tmp_path: Path) -> Path:
    """A backup of a database with a little of everything, of either kind."""
    await fill(store, settings_of())
    await fill_the_rest(store)
    path = tmp_path / "backup.db"
    await back_up(url_of(store), path)
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """Another database, of either kind, without rows."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/other/syncd.db"
    else:
        url = request.getfixturevalue("empty_postgres_url")
    await upgrade(url)
    async with await Store.open(url, SystemClock()) as opened:
        yield opened


@asynccontextmanager
async def leased(store: Store) -> AsyncIterator[Lease]:
    lease = await Lease.acquire(store, ttl=TTL)
    try:
        yield lease
    finally:
        await lease.release()


async def put(store: Store, path: Path, **options: Any) -> restore.Restored:
    async with leased(store) as lease:
        return await put_back(store, lease, path, pause=PAUSE, **options)


async def test_every_row_returns_in_either_database(
    store: Store, backup: Path, empty: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_copy, "ROWS_PER_READ", 2)
    before = await rows_of(store)
    await put(empty, backup)
    after = await rows_of(empty)
    for name in before.keys() - {"facts", "leases", "paces", "commands"}:
        assert after[name] == before[name], name
    assert [name for name, rows in before.items() if not rows and name != "leases"] == []
    assert len(after["paces"]) == len(before["paces"])


async def test_a_backup_is_one_file_for_this_user_alone(backup: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert [each.name for each in backup.parent.glob("*backup*")] == [backup.name]
    assert await current_revision(f"sqlite:///{backup}") == (RevisionState.HEAD, HEAD_REVISION)


async def test_a_file_that_is_there_is_not_overwritten(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "mine"
    path.write_text("mine")
    with pytest.raises(CannotOpenError, match="exists already"):
        await back_up(url_of(store), path)
    assert path.read_text() == "mine"


async def test_a_backup_has_one_moment_while_others_write(store: Store, tmp_path: Path) -> None:
    """Each transaction keeps two facts equal; no backup shows one without the other."""
    stopped, count = asyncio.Event(), 0

    async def write() -> None:
        nonlocal count
        while not stopped.is_set():
            count += 1
            async with store.write() as conn:
                for name in ("one", "two"):
                    await facts.put(conn, name, count, store.clock.now())

    writing = asyncio.create_task(write())
    try:
        for number in range(5):
            path = tmp_path / f"{number}.db"
            await back_up(url_of(store), path)
            with sqlite3.connect(path) as conn:
                seen = conn.execute("SELECT value_json FROM facts WHERE name IN ('one', 'two')").fetchall()
            conn.close()
            assert len(set(seen)) <= 1
    finally:
        stopped.set()
        await writing
    assert count > 5


async def test_new_rows_are_numbered_after_those_of_the_backup(backup: Path, empty: Store) -> None:
    await put(empty, backup)
    highest = max(row[0] for row in (await rows_of(empty))["writes"])
    async with empty.write() as conn:
        row = (await rows_of(empty))["writes"][0]
        values = dict(zip(schema.writes.columns.keys(), row, strict=True)) | {"id": None}
        del values["id"]
        await conn.execute(schema.writes.insert().values(values))
    assert max(row[0] for row in (await rows_of(empty))["writes"]) == highest + 1


async def test_a_database_with_rows_is_replaced_only_by_force(
    store: Store, backup: Path, empty: Store
) -> None:
    await put(empty, backup)
    with pytest.raises(NotEmptyError, match="is not empty"):
        await put(empty, backup)
    async with empty.write() as conn:
        await conn.execute(schema.links.delete())
    await put(empty, backup, force=True)
    assert (await rows_of(empty))["links"] == (await rows_of(store))["links"] != []


async def test_nothing_is_given_up_and_pinnacle_gets_its_pause(backup: Path, empty: Store) -> None:
    began = empty.clock.now()
    async with leased(empty) as lease:
        await put_back(empty, lease, backup, pause=PAUSE)
    await restore.look_absent(empty, lease)
    rows = await rows_of(empty)
    assert rows["paces"]
    assert all(moment >= began + PAUSE for row in rows["paces"] for moment in row[-2:])
    async with empty.read() as conn:
        noted = await facts.get(conn, facts.WITHDREW_NOW_AT, datetime)
    assert noted
    assert noted <= empty.clock.now()
    async with leased(empty) as following:
        assert following.was_free_for > timedelta(days=6)


async def test_what_was_asked_since_the_backup_still_counts(backup: Path, empty: Store) -> None:
    await put(empty, backup)
    later = empty.clock.now() + timedelta(hours=1)
    async with empty.write() as conn:
        await conn.execute(schema.paces.update().values(next_call_at=later, next_snapshot_at=later))
        await facts.put(conn, facts.LIMITED_UNTIL, later, later)
    await put(empty, backup, force=True)
    assert all(moment == later for row in (await rows_of(empty))["paces"] for moment in row[-2:])
    async with empty.read() as conn:
        assert await facts.get(conn, facts.LIMITED_UNTIL, datetime) == later


async def test_the_backup_of_an_older_syncd_is_upgraded(empty: Store, tmp_path: Path) -> None:
    url, path = f"sqlite:///{tmp_path}/old.db", tmp_path / "older.db"
    async with await Store.open(url, SystemClock(), check=False) as old, old.write() as conn:
        await conn.run_sync(lambda sync: command.upgrade(configured(Config(), sync), "0004"))
        await facts.put(conn, "known", 7, old.clock.now())
    await back_up(url, path)
    content = path.read_bytes()
    await put(empty, path)
    async with empty.read() as conn:
        assert await facts.get(conn, "known", int) == 7
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("revision", "error"), [("9999", AheadError), ("abcdef", ForeignError)], ids=["newer", "foreign"]
)
async def test_a_backup_of_another_program_or_a_newer_one_is_refused(
    backup: Path, sqlite_store: Store, revision: str, error: type[StoreError]
) -> None:
    with sqlite3.connect(backup) as conn:
        conn.execute("UPDATE alembic_version SET version_num = ?", [revision])
    conn.close()
    before = await rows_of(sqlite_store)
    async with leased(sqlite_store) as lease:
        with pytest.raises(error):
            await put_back(sqlite_store, lease, backup, pause=PAUSE, force=True)
    assert (await rows_of(sqlite_store))["links"] == before["links"]


async def test_a_file_that_is_no_backup_is_refused_before_anything_is_lost(
    backup: Path, empty: Store, tmp_path: Path
) -> None:
    await put(empty, backup)
    before = (await rows_of(empty))["links"]
    cut, text, nothing = tmp_path / "cut", tmp_path / "text", tmp_path / "nothing"
    cut.write_bytes(backup.read_bytes()[: backup.stat().st_size // 2])
    text.write_text("no database, but long enough to be read as if it were one" * 100)
    nothing.touch()
    for path, error in ((cut, DamagedError), (text, DamagedError), (nothing, CannotOpenError)):
        with pytest.raises(error):
            await put(empty, path, force=True)
    with pytest.raises(CannotOpenError, match="no file"):
        await put(empty, tmp_path / "missing", force=True)
    assert (await rows_of(empty))["links"] == before
