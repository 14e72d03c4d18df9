"""The driver of SQLite: what a statement gives, when a transaction begins, how often a thread is visited."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from syncd.runtime.clock import SystemClock
from syncd.store.connection import AsyncConnection
from syncd.store.engine import Store
from syncd.store.sqlite_driver import OneVisitConnection, open_connection


@pytest.fixture
async def connection(tmp_path: Path) -> AsyncIterator[OneVisitConnection]:
    opened = await open_connection(str(tmp_path / "file.db"), isolation_level=None, check_same_thread=False)
    yield opened
    await opened.close()


async def run(connection: OneVisitConnection, statement: str, *parameters: object):
    cursor = connection.cursor()
    await cursor.execute(statement, parameters)
    return cursor


async def test_a_statement_gives_what_sqlite_gives(connection: OneVisitConnection) -> None:
    await run(connection, "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT)")
    cursor = connection.cursor()
    await cursor.executemany("INSERT INTO t (x) VALUES (?)", [("a",), ("b",)])
    assert cursor.rowcount == 2
    added = await run(connection, "INSERT INTO t (x) VALUES ('c') RETURNING id, x")
    assert (await added.fetchall(), added.lastrowid, added.rowcount) == ([(3, "c")], 3, 1)
    changed = await run(connection, "UPDATE t SET x = ? WHERE id > ?", "z", 1)
    assert (changed.rowcount, changed.description, await changed.fetchall()) == (2, None, [])
    found = await run(connection, "SELECT x FROM t ORDER BY id")
    assert [each[0] for each in found.description] == ["x"]
    assert await found.fetchall() == [("a",), ("z",), ("z",)]


async def test_a_transaction_begins_with_its_first_statement(connection: OneVisitConnection) -> None:
    await run(connection, "CREATE TABLE t (x)")
    connection.begin_with_next("BEGIN IMMEDIATE")
    assert not connection.in_transaction
    await run(connection, "INSERT INTO t VALUES (1)")
    assert connection.in_transaction
    await connection.rollback()
    assert await (await run(connection, "SELECT * FROM t")).fetchall() == []


@pytest.mark.parametrize("end", ["commit", "rollback"])
async def test_a_transaction_without_a_statement_never_begins(
    connection: OneVisitConnection, end: str
) -> None:
    connection.begin_with_next("BEGIN IMMEDIATE")
    await getattr(connection, end)()
    await run(connection, "CREATE TABLE t (x)")
    assert not connection.in_transaction


async def test_what_follows_a_commit_is_rolled_back(connection: OneVisitConnection) -> None:
    await run(connection, "CREATE TABLE t (x)")
    await connection.commit()
    connection.begin_with_next("BEGIN")
    await run(connection, "INSERT INTO t VALUES (1)")
    await connection.rollback()
    assert await (await run(connection, "SELECT * FROM t")).fetchall() == []


async def test_an_error_of_sqlite_comes_as_it_is(connection: OneVisitConnection) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await run(connection, "SELECT * FROM absent")


async def test_one_visit_for_each_statement_and_one_for_the_end(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits = []
    execute = OneVisitConnection._execute

    async def count(self, work, *args, **kwargs):
        visits.append(work)
        return await execute(self, work, *args, **kwargs)

    async def three_statements(conn: AsyncConnection) -> None:
        for number in range(3):
            assert (await conn.exec_driver_sql(f"SELECT {number}")).scalar() == number

    async with await Store.open(sqlite_url, SystemClock()) as store:
        async with store.read() as conn:
            await three_statements(conn)
        monkeypatch.setattr(OneVisitConnection, "_execute", count)
        async with store.read() as conn:
            await three_statements(conn)
        assert len(visits) == 3 + 1


@pytest.mark.parametrize(("durable", "synchronous"), [(True, 2), (False, 1)])
async def test_only_who_needs_it_waits_for_the_disk(sqlite_url: str, durable: bool, synchronous: int) -> None:
    async with (
        await Store.open(sqlite_url, SystemClock(), durable=durable) as store,
        store.write() as conn,
    ):
        assert (await conn.exec_driver_sql("PRAGMA synchronous")).scalar() == synchronous
