"""Putting a backup back: all rows of a database are replaced by those of the backup, in one transaction.

What was sent since the backup is recorded nowhere. So each pace begins with a whole gap, the
lease looks as old as after a long absence, and the note of a withdrawal makes the next daemon read
everything, and give nothing up.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from sqlalchemy import func, literal, select

from syncd.store import facts, migrate, revision, schema
from syncd.store.address import Address, parse
from syncd.store.backup import Report, count_rows, ignore_report
from syncd.store.connection import AsyncConnection
from syncd.store.drivers import connect, make_engine
from syncd.store.engine import Store
from syncd.store.errors import CannotOpenError, DamagedError, LeaseLostError, StoreError
from syncd.store.lease import LEASE_NAME, Lease
from syncd.store.migrate import UPGRADE_SECONDS
from syncd.store.row_copy import copy_rows
from syncd.store.schema import metadata

LIMITS = (schema.paces, schema.requests)
"""Tables of what may be asked when, and of what was asked: a database that has them knows it better."""

OF_NO_WEIGHT = frozenset({"leases", "facts"})
"""Tables that also an unused database has rows of."""

LOOKS_FREE_FOR = timedelta(days=7)
"""For so long nobody seems to have worked after a backup was put back: what is missing, no user deleted."""


class NotEmptyError(StoreError):
    """The database has rows that would be lost."""


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """The result of putting a backup back."""

    rows: int
    worked_until: datetime | None
    """When a daemon last worked on what was backed up. None if none ever did."""


async def put_back(
    store: Store,
    lease: Lease,
    path: Path,
    *,
    pause: timedelta,
    force: bool = False,
    report: Report = ignore_report,
) -> Restored:
    """Replace all rows of the database, of which we have the lease, by those of a backup.

    `pause` is how long Pinnacle gets no request afterwards. Raises StoreError; `NotEmptyError` if the
    database has rows, unless `force`; `AheadError` for a backup of a newer syncd.
    """
    _require_whole(path)
    async with _usable(parse(f"sqlite:///{path}")) as backup:
        async with store.read() as conn:
            known = await count_rows(conn, OF_NO_WEIGHT)
        if known and not force:
            raise NotEmptyError(f"database {store.safe_url} is not empty ({known:,} rows)")
        return await _replace(store, lease, backup, pause, report)


async def look_absent(store: Store, lease: Lease) -> None:
    """Make our lease, which is released, look as old as after a long absence."""
    leases = schema.leases
    old = store.clock.now() - LOOKS_FREE_FOR
    async with store.write(fenced=False) as conn:
        ours = leases.update().where(leases.c.name == LEASE_NAME, leases.c.token == lease.token)
        await conn.execute(ours.values(expires_at=old))


def _require_whole(path: Path) -> None:
    """Raise StoreError unless the file is a database in which SQLite finds no fault."""
    if not path.is_file():
        raise CannotOpenError(f"there is no file {path}")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as conn:
            fault = conn.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        fault = str(error)
    if fault != "ok":
        raise DamagedError(f"{path} is no whole backup: {fault}")


@asynccontextmanager
async def _usable(backup: Address) -> AsyncIterator[Address]:
    """Check the revision; the backup of an older syncd is upgraded as a copy. Raises StoreError."""
    state, found = await migrate.revision_of(backup)
    if state is revision.RevisionState.EMPTY:
        raise CannotOpenError(f"{backup.path} has no tables: it is no backup")
    revision.require_known((state, found), backup.safe)
    if state is revision.RevisionState.HEAD:
        yield backup
        return
    with tempfile.TemporaryDirectory(prefix="syncd-") as folder:
        copy = f"sqlite:///{shutil.copy(str(backup.path), f'{folder}/older.db')}"
        await migrate.upgrade(copy)
        yield parse(copy)


async def _replace(store: Store, lease: Lease, backup: Address, pause: timedelta, report: Report) -> Restored:
    source = make_engine(backup, writing=False)
    target = make_engine(store.address, writing=True, seconds=UPGRADE_SECONDS, durable=True)
    try:
        async with (
            connect(source, backup) as old,
            old.begin(),
            connect(target, store.address) as new,
            new.begin(),
        ):
            await _replace_rows(old, new, report)
            worked_until = await old.scalar(select(func.max(schema.leases.c.expires_at)))
            now = store.clock.now()
            await _pause(new, now + pause)
            await _end_commands(new, now)
            gone_since = min(worked_until or now, now)
            await facts.put(new, facts.WITHDREW_NOW_AT, gone_since, now)
            rows = await count_rows(new, OF_NO_WEIGHT)
            await _require_lease(new, lease)
        return Restored(rows=rows, worked_until=worked_until)
    finally:
        await source.dispose()
        await target.dispose()


async def _replace_rows(old: AsyncConnection, new: AsyncConnection, report: Report) -> None:
    kept = {schema.leases.name}
    for table in LIMITS:
        if await new.scalar(select(func.count()).select_from(table)):
            kept.add(table.name)
    replaced = [table for table in metadata.sorted_tables if table.name not in kept]
    limited_until = await facts.get(new, facts.LIMITED_UNTIL, datetime)
    for table in reversed(replaced):
        await new.execute(table.delete())
    await copy_rows(old, new, replaced, report)
    if limited_until:
        await facts.put(new, facts.LIMITED_UNTIL, limited_until, limited_until)


async def _pause(conn: AsyncConnection, until: datetime) -> None:
    paces = schema.paces
    for column in (paces.c.next_call_at, paces.c.next_snapshot_at):
        await conn.execute(paces.update().where(column < until).values({column: until}))


async def _end_commands(conn: AsyncConnection, now: datetime) -> None:
    """Let no command wait that a user gave before the backup."""
    commands = schema.commands
    await conn.execute(commands.update().where(commands.c.done_at.is_(None)).values(done_at=now))


async def _require_lease(conn: AsyncConnection, lease: Lease) -> None:
    leases = schema.leases
    ours = leases.c.token == literal(lease.token), leases.c.name == LEASE_NAME
    if await conn.scalar(select(leases.c.token).where(*ours).with_for_update(read=True)) is None:
        raise LeaseLostError("another syncd has taken over meanwhile: nothing was put back")
