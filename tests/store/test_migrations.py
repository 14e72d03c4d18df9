"""Migrations lead from an empty database to the models, on both databases, however often they run."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, inspect, select

from syncd.model.bettune import Pair
from syncd.model.change import Kind
from syncd.model.link import Evidence
from syncd.model.pinnacle import Moneyline, Period
from syncd.runtime.alerts import Alert
from syncd.runtime.clock import SystemClock
from syncd.store import (
    alerts,
    commands,
    facts,
    feeds,
    lessons,
    links,
    mode,
    periods,
    predictions,
    revision,
    schema,
    writes,
)
from syncd.store.commands import UserCommand, Verb
from syncd.store.engine import Store
from syncd.store.errors import AheadError, BehindError, ForeignError
from syncd.store.migrate import UpgradeResult, current_revision, migrations_folder, upgrade
from syncd.store.migrate import _configured as configured
from syncd.store.mode import Mode
from syncd.store.revision import HEAD_REVISION, RevisionState
from syncd.sync.outcome import WriteOutcome

MARCH_31 = datetime(2025, 3, 31, tzinfo=UTC)
APRIL_1 = datetime(2025, 4, 1, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/data/syncd.db"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


async def execute(url: str, *statements: str) -> None:
    async with await Store.open(url, SystemClock(), check=False) as store, store.write() as conn:
        for statement in statements:
            await conn.exec_driver_sql(statement)


def differences(conn: Connection) -> list[object]:
    context = MigrationContext.configure(conn, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, schema.metadata))


async def test_the_sum_of_the_migrations_is_the_schema(store: Store) -> None:
    async with store.read() as conn:
        assert await conn.run_sync(differences) == []


def test_the_head_we_check_for_is_the_last_migration() -> None:
    scripts = ScriptDirectory(str(migrations_folder()))
    assert scripts.get_heads() == [HEAD_REVISION]


async def test_an_empty_database_is_upgraded_once(empty_url: str) -> None:
    assert await current_revision(empty_url) == (RevisionState.EMPTY, None)
    assert await upgrade(empty_url) == UpgradeResult(None, HEAD_REVISION)
    assert await upgrade(empty_url) == UpgradeResult(HEAD_REVISION, HEAD_REVISION)
    assert await current_revision(empty_url) == (RevisionState.HEAD, HEAD_REVISION)


async def test_three_upgrades_at_once_run_once(empty_url: str) -> None:
    outcomes = await asyncio.gather(*(upgrade(empty_url) for _ in range(3)))
    assert sorted(outcome.before or "" for outcome in outcomes) == ["", HEAD_REVISION, HEAD_REVISION]
    assert {outcome.after for outcome in outcomes} == {HEAD_REVISION}


async def test_it_runs_beside_a_busy_event_loop_and_from_outside_one(sqlite_url: str, tmp_path: Path) -> None:
    await asyncio.to_thread(lambda: asyncio.run(upgrade(f"sqlite:///{tmp_path}/other.db")))
    assert await current_revision(f"sqlite:///{tmp_path}/other.db") == (RevisionState.HEAD, HEAD_REVISION)


async def migrate(url: str, direction: Callable[[Config, str], None], revision: str) -> None:
    async with await Store.open(url, SystemClock(), check=False) as store, store.write() as conn:
        await conn.run_sync(lambda sync_conn: direction(configured(Config(), sync_conn), revision))


async def test_a_database_of_the_first_revision_keeps_its_content(empty_url: str) -> None:
    await migrate(empty_url, command.upgrade, "0001")
    period = "INSERT INTO periods VALUES ({}, 0, 29, 7, '{}', '2025-03-31 00:00:00+00:00', false)"
    with_moneyline = periods.encode(Period(number=0, moneyline=Moneyline(home=Decimal("2.5"))))
    await execute(
        empty_url,
        period.format(1, with_moneyline),
        period.format(2, periods.encode(Period(number=0))),
    )
    assert await upgrade(empty_url) == UpgradeResult("0001", HEAD_REVISION)
    async with await Store.open(empty_url, SystemClock()) as store, store.read() as conn:
        assert await conn.run_sync(differences) == []
        known = await periods.load(conn, [1, 2])
    assert [known[event][0].had_moneyline for event in (1, 2)] == [True, False]


LINK_JSON = (
    '{"event_id":1,"match_id":2,"state":"auto","confidence":0.99,'
    r'"evidence":[{"kind":"home","words":"\"words\": Ruch","weight":4.5}]}'
)
OF_THE_SECOND_REVISION = (
    "INSERT INTO troubles VALUES (4, 'bettune.away', 'no answer', '2025-03-31', '2025-04-01', true)",
    "INSERT INTO troubles VALUES (5, 'pinnacle.odds.29', 'timeout', '2025-04-01', NULL, false)",
    """INSERT INTO orders VALUES (7, 'words', '{"event_id":1}', '2025-04-01', NULL)""",
    "INSERT INTO orders VALUES (8, 'resync', '{}', '2025-04-01', '2025-04-02')",
    "INSERT INTO memories VALUES (3, 'team', 'pl', 'ruch', 7, 1, false, '2025-04-01')",
    """INSERT INTO settings VALUES ('mode', '"paused"', '2025-04-01')""",
    """INSERT INTO settings VALUES ('bettune.held_until', '"2025-04-01T00:00:00Z"', '2025-04-01')""",
    "INSERT INTO predictions VALUES (1, 2, 'ours', 2050000, NULL, true, false, '2025-04-01', 'raise', '400')",
    "INSERT INTO writes VALUES (6, '2025-04-01', 'create', 1, 2, 1, NULL, 2050000, 'priced',"
    " 'moneyline home', '2.05', 'done', '', 40)",
    "INSERT INTO writes VALUES (7, '2025-03-31', 'raise', 1, 2, 1, 2050000, 2100000, 'priced',"
    " 'moneyline home', '2.10', 'refused', '400', 40)",
    "INSERT INTO feeds (host, path, sport_id, leagues, kind, server_skew_s, doubt_json, failures)"
    """ VALUES ('h', '/v1/odds', 29, '', 'odds', 0, '"lost"', 0)""",
    f"INSERT INTO links VALUES (1, 2, 'auto', 0.99, '{LINK_JSON}', '2025-04-01')",
)


@pytest.fixture
async def url_of_second_revision(empty_url: str) -> str:
    await migrate(empty_url, command.upgrade, "0002")
    await execute(empty_url, *OF_THE_SECOND_REVISION)
    return empty_url


async def test_a_database_of_the_second_revision_keeps_its_content(url_of_second_revision: str) -> None:
    assert await upgrade(url_of_second_revision) == UpgradeResult("0002", HEAD_REVISION)
    async with await Store.open(url_of_second_revision, SystemClock()) as store, store.write() as conn:
        assert await conn.run_sync(differences) == []
        firing = Alert(subject="pinnacle.odds.29", message="timeout", fired_at=APRIL_1)
        resolved = Alert(
            subject="bettune.away", message="no answer", fired_at=MARCH_31, resolved_at=APRIL_1, notify=True
        )
        assert await alerts.load_recent(conn, 5) == [firing, resolved]
        [pending] = await commands.load_pending(conn)
        assert pending == UserCommand(
            id=7, verb=Verb.LINKS_CHANGED, arguments={"event_id": 1}, requested_at=APRIL_1
        )
        assert await commands.request(conn, Verb.RESYNC, APRIL_1) == 9
        [lesson] = await lessons.load_all(conn)
        assert lesson.name == "ruch"
        assert await mode.load(conn) is Mode.PAUSED
        assert await facts.get(conn, "bettune.limited_until", datetime) == APRIL_1
        actual = (await predictions.load_all(conn))[Pair(1, 2)]
        assert (actual.in_doubt, actual.quarantined_until, actual.rejected_kind) == (
            True,
            APRIL_1,
            Kind.RAISE,
        )
        write, rejected = sorted(await writes.load_recent(conn, 5), key=lambda each: each.outcome)
        assert (write.change.reason, write.change.source_price) == ("moneyline home", Decimal("2.05"))
        assert (write.outcome, rejected.outcome) == (WriteOutcome.DONE, WriteOutcome.REJECTED)
        [(_, feed)] = await feeds.load_all(conn)
        assert feed.suspect == "lost"
        [evidence] = (await links.load_all(conn))[1].evidence
        assert evidence == Evidence(kind="home", text='"words": Ruch', weight=4.5)


async def test_an_upgrade_can_be_undone(url_of_second_revision: str) -> None:
    before = await everything(url_of_second_revision)
    await upgrade(url_of_second_revision)
    await migrate(url_of_second_revision, command.downgrade, "0002")
    assert await everything(url_of_second_revision) == before
    await migrate(url_of_second_revision, command.downgrade, "base")
    assert await everything(url_of_second_revision) == {"alembic_version": ()}


OF_THE_THIRD_REVISION = (
    "INSERT INTO lessons VALUES (3, 'team', 'pl', 'ruch', 7, 1, false, '2025-04-01')",
    f"INSERT INTO links VALUES (1, 2, 'auto', 0.99, '{LINK_JSON.replace('words', 'text')}', '2025-04-01')",
    "INSERT INTO settlements VALUES (1, 0, 5, 1, '2025-04-01', 2, 1, NULL)",
)
REFUTED = "INSERT INTO lessons VALUES (4, 'refuted', 'pl', 'ruch', 7, 1, false, '2025-04-01', 0)"


async def test_a_database_of_the_third_revision_gains_results_and_loses_them_again(empty_url: str) -> None:
    await migrate(empty_url, command.upgrade, "0003")
    await execute(empty_url, *OF_THE_THIRD_REVISION)
    before = await everything(empty_url)
    assert await upgrade(empty_url) == UpgradeResult("0003", HEAD_REVISION)
    async with await Store.open(empty_url, SystemClock()) as store, store.read() as conn:
        assert await conn.run_sync(differences) == []
        assert [lesson.proven for lesson in await lessons.load_all(conn)] == [0.0]
    await execute(empty_url, REFUTED)
    await migrate(empty_url, command.downgrade, "0003")
    assert await everything(empty_url) == before


async def everything(url: str) -> dict[str, tuple[object, ...]]:
    """The columns, keys and indexes of each table, and its rows."""
    async with await Store.open(url, SystemClock(), check=False) as store, store.read() as conn:
        return await conn.run_sync(_everything)


def _everything(conn: Connection) -> dict[str, tuple[object, ...]]:
    found = {}
    for name in inspect(conn).get_table_names():
        table = Table(name, MetaData(), autoload_with=conn)
        rows = conn.execute(select(table).order_by(*table.primary_key.columns)).all()
        if rows or name != "alembic_version":
            shape = [(column.name, str(column.type), column.nullable) for column in table.columns]
            names = sorted(str(each.name) for each in (*table.indexes, *table.constraints))
            found[name] = (shape, names, rows)
    return found or {"alembic_version": ()}


async def test_an_empty_database_is_not_opened(empty_url: str) -> None:
    with pytest.raises(BehindError, match="is empty; run: syncd db upgrade"):
        await Store.open(empty_url, SystemClock())


async def test_an_older_database_is_not_opened(store_url: str) -> None:
    await execute(store_url, "UPDATE alembic_version SET version_num = '0000'")
    assert await current_revision(store_url) == (RevisionState.BEHIND, "0000")
    with pytest.raises(BehindError, match="at revision 0000, behind"):
        await Store.open(store_url, SystemClock())


async def test_a_newer_database_is_not_changed(store_url: str) -> None:
    await execute(store_url, "UPDATE alembic_version SET version_num = '9999'")
    for attempt in (upgrade(store_url), Store.open(store_url, SystemClock())):
        with pytest.raises(AheadError, match="revision 9999, newer than"):
            await attempt


@pytest.mark.parametrize(
    "theirs",
    [
        ["CREATE TABLE events (id integer)"],
        [
            "CREATE TABLE alembic_version (version_num varchar(32))",
            "INSERT INTO alembic_version VALUES ('a1b2c3d4e5f6')",
        ],
    ],
    ids=["a table with a name of ours", "another program's revision"],
)
async def test_the_database_of_another_program_is_not_changed(empty_url: str, theirs: list[str]) -> None:
    await execute(empty_url, *theirs)
    assert (await current_revision(empty_url))[0] is RevisionState.FOREIGN
    with pytest.raises(ForeignError, match="a database of its own"):
        await upgrade(empty_url)


async def test_a_failed_upgrade_changes_nothing(
    empty_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "migrations"
    (broken / "versions").mkdir(parents=True)
    (broken / "env.py").write_text((migrations_folder() / "env.py").read_text())
    (broken / "versions" / "0001_broken.py").write_text(
        "from alembic import op\nrevision, down_revision = '0001', None\n"
        "def upgrade():\n    op.execute('CREATE TABLE half (id integer)')\n    raise RuntimeError('torn')\n"
    )
    monkeypatch.setattr("syncd.store.migrate.migrations_folder", lambda: broken)
    with pytest.raises(RuntimeError, match="torn"):
        await upgrade(empty_url)
    async with await Store.open(empty_url, SystemClock(), check=False) as store, store.read() as conn:
        assert await conn.run_sync(lambda c: c.dialect.get_table_names(c)) == []


async def test_a_private_database_needs_no_upgrade() -> None:
    async with await Store.open("sqlite:///:memory:", SystemClock()) as store, store.read() as conn:
        assert await conn.run_sync(revision.find_revision) == (RevisionState.HEAD, HEAD_REVISION)
        assert await conn.run_sync(differences) == []
