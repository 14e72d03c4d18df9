"""Upgrade the tables to the newest revision with Alembic, one process at a time."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, text

import syncd
from syncd.store.address import Address, make_folder, parse
from syncd.store.database_file import create_private
from syncd.store.drivers import BUSY_SECONDS, connect, make_engine
from syncd.store.errors import CannotOpenError
from syncd.store.revision import RevisionState, find_revision, require_known

if TYPE_CHECKING:
    from alembic.config import Config

UPGRADE_SECONDS = 600
"""Time limit of one statement of a migration: some rewrite a large table."""

ADVISORY_LOCK = int.from_bytes(b"syncd", "big")
"""The key of the lock that upgrades take on PostgreSQL; no other program uses it."""


class UpgradeResult(NamedTuple):
    """The revision before (None if the database was empty) and after; equal if nothing had to be done."""

    before: str | None
    after: str | None


async def current_revision(url: str) -> tuple[RevisionState, str | None]:
    """The state of the tables for this version of syncd, and their revision. Raises StoreError."""
    address = parse(url)
    if address.is_missing:
        return RevisionState.EMPTY, None
    return await revision_of(address)


async def revision_of(address: Address) -> tuple[RevisionState, str | None]:
    """The same of a database that is there. Raises StoreError."""
    engine = make_engine(address, writing=False)
    try:
        async with connect(engine, address) as conn:
            return await conn.run_sync(find_revision)
    finally:
        await engine.dispose()


async def upgrade(url: str) -> UpgradeResult:
    """Bring an empty or older database to the newest revision; any number may call it at once.

    It is one transaction: a failed upgrade changes nothing. Outside a running event loop, call it with
    `asyncio.run`. Raises AheadError or ForeignError for a database that it must not change, and another
    StoreError if it cannot.
    """
    address = parse(url)
    make_folder(address)
    create_private(address)
    state, before = await revision_of(address)
    require_known((state, before), address.safe)
    if state is RevisionState.HEAD:
        return UpgradeResult(before, before)
    engine = make_engine(address, writing=True, seconds=UPGRADE_SECONDS)
    try:
        async with connect(engine, address) as conn, conn.begin():
            return await conn.run_sync(_upgrade_locked, address)
    finally:
        await engine.dispose()


def migrations_folder() -> Path:
    """The folder of the migrations: inside an installed package, or at the top of the repository.

    Raises `CannotOpenError` if neither has it.
    """
    package = Path(syncd.__file__).parent
    for folder in (package / "_migrations", package.parent / "migrations"):
        if (folder / "env.py").exists():
            return folder
    raise CannotOpenError("the migrations are missing from this installation of syncd; install it again")


def _upgrade_locked(conn: Connection, address: Address) -> UpgradeResult:
    _lock(conn)
    # Another process may have done it while we waited.
    state, before = find_revision(conn)
    require_known((state, before), address.safe)
    if state is RevisionState.HEAD:
        return UpgradeResult(before, before)
    _upgrade_with_alembic(conn)
    return UpgradeResult(before, find_revision(conn)[1])


def _lock(conn: Connection) -> None:
    """SQLite is locked by BEGIN IMMEDIATE already."""
    if conn.dialect.name != "postgresql":
        return
    # Another upgrade may take minutes; a wait for a table would hold up all other processes.
    conn.execute(text("SELECT set_config('lock_timeout', '0', true)"))
    conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
    conn.execute(text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": f"{BUSY_SECONDS}s"})


def _upgrade_with_alembic(conn: Connection) -> None:
    from alembic import command, config  # noqa: PLC0415 - 0.1 s and 10 MB, only for an upgrade

    # Alembic logs each step at INFO through the root logger; `upgrade` returns the result instead.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    command.upgrade(_configured(config.Config(), conn), "head")


def _configured(config: "Config", conn: Connection) -> "Config":
    # Read by a ConfigParser, for which a percent sign is special.
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.attributes["connection"] = conn
    return config
