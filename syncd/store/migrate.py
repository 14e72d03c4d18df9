"""Brings the tables to the newest revision, by Alembic, one upgrader at a time."""

import logging
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

import syncd
from syncd.store.address import Address, make_folder, parse
from syncd.store.drivers import BUSY_SECONDS, connect, make_engine
from syncd.store.errors import CannotOpenError
from syncd.store.revision import State, look, refuse_strange

UPGRADE_SECONDS = 600
"""A statement of a migration may take so long: some rewrite a large table at once."""

ADVISORY_LOCK = int.from_bytes(b"syncd", "big")
"""The number under which upgraders wait for each other on PostgreSQL; no other program uses it."""


class Upgraded(NamedTuple):
    """The revision before (none: the database was empty) and after; equal when nothing had to be done."""

    before: str | None
    after: str | None


async def current(url: str) -> tuple[State, str | None]:
    """How the tables stand to this version of syncd, and their revision. Raises StoreError."""
    address = parse(url)
    if address.path and not address.path.exists():
        return State.EMPTY, None
    return await _look(address)


async def upgrade(url: str) -> Upgraded:
    """Bring an empty or older database to the newest revision; any number may call it at once.

    It is one transaction: a failed upgrade leaves what was there. From outside a running event
    loop call it by `asyncio.run`. Raises AheadError or ForeignError for a database that it must
    not touch, and the other StoreErrors where it cannot.
    """
    address = parse(url)
    make_folder(address)
    state, before = await _look(address)
    refuse_strange((state, before), address.safe)
    if state is State.HEAD:
        return Upgraded(before, before)
    engine = make_engine(address, writing=True, seconds=UPGRADE_SECONDS)
    try:
        async with connect(engine, address) as conn, conn.begin():
            return await conn.run_sync(_upgrade_locked, address)
    finally:
        await engine.dispose()


def migrations_folder() -> Path:
    """Where the migrations are: inside an installed package, or at the top of the repository."""
    package = Path(syncd.__file__).parent
    for folder in (package / "_migrations", package.parent / "migrations"):
        if (folder / "env.py").exists():
            return folder
    raise CannotOpenError("the migrations are missing from this installation of syncd; install it again")


async def _look(address: Address) -> tuple[State, str | None]:
    engine = make_engine(address, writing=False)
    try:
        async with connect(engine, address) as conn:
            return await conn.run_sync(look)
    finally:
        await engine.dispose()


def _upgrade_locked(conn: Connection, address: Address) -> Upgraded:
    _lock(conn)
    # Another upgrader may have done it while we waited.
    state, before = look(conn)
    refuse_strange((state, before), address.safe)
    if state is State.HEAD:
        return Upgraded(before, before)
    import alembic.command  # noqa: PLC0415 - 0.1 s and 10 MB, which only an upgrade is to pay for

    # Alembic tells each step at INFO through the root logger; `upgrade` returns what came of it instead.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    alembic.command.upgrade(_config(conn), "head")
    return Upgraded(before, look(conn)[1])


def _lock(conn: Connection) -> None:
    """SQLite is locked by BEGIN IMMEDIATE already."""
    if conn.dialect.name != "postgresql":
        return
    # Waiting for another upgrader may take minutes; waiting for a table would hold up everybody else.
    conn.execute(text("SELECT set_config('lock_timeout', '0', true)"))
    conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
    conn.execute(text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": f"{BUSY_SECONDS}s"})


def _config(conn: Connection) -> Any:
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    # A ConfigParser reads it, to which a percent sign is special.
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.attributes["connection"] = conn
    return config
