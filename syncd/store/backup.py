"""A backup of the database: one SQLite file, whichever database it is of, made while syncd runs.

A file of SQLite is copied as it is. Of PostgreSQL the rows of one moment are copied, so that a backup can be
put back into either.
"""

import asyncio
import os
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import func, select

from syncd.config.plain_file import make_private_folder
from syncd.store import revision
from syncd.store.address import Address, parse
from syncd.store.connection import AsyncConnection
from syncd.store.drivers import connect, make_engine
from syncd.store.errors import BehindError, CannotOpenError
from syncd.store.failures import translate
from syncd.store.migrate import UPGRADE_SECONDS, revision_of
from syncd.store.revision import HEAD_REVISION, RevisionState
from syncd.store.row_copy import copy_rows
from syncd.store.schema import metadata

Report = Callable[[str], None]
"""Called with the name of each table before it is copied."""


def ignore_report(_: str) -> None:
    """Default `Report`."""


async def back_up(url: str, path: Path, report: Report = ignore_report) -> int:
    """Write a backup of the database to a new file, for this user alone; return its size in bytes.

    The file is there whole or not at all. Raises StoreError, also if there is such a file already.
    """
    address = parse(url)
    if address.is_missing:
        raise CannotOpenError(f"there is no database {address.safe}")
    unfinished = _unfinished(path)
    try:
        if address.path:
            revision.require_known(await revision_of(address), address.safe)
            await _in_thread(_copy_file, address.path, unfinished, of=address)
        else:
            await _copy_server(address, unfinished, report)
        return await _in_thread(_finish, unfinished, path, of=parse(f"sqlite:///{path}"))
    finally:
        for each in (unfinished, Path(f"{unfinished}-wal"), Path(f"{unfinished}-shm")):
            each.unlink(missing_ok=True)


def _unfinished(path: Path) -> Path:
    """Create an empty file beside the one to be, with mode 0600."""
    if path.exists():
        raise CannotOpenError(f"{path} exists already; name another file, or remove it")
    try:
        make_private_folder(path.absolute().parent)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.absolute().parent)
    except OSError as error:
        raise CannotOpenError(f"cannot write {path}: {error.strerror}") from error
    os.close(descriptor)
    return Path(name)


async def _in_thread(work: Callable[[Path, Path], int], source: Path, target: Path, *, of: Address) -> int:
    try:
        return await asyncio.to_thread(work, source, target)
    except sqlite3.Error as error:
        raise translate(error, of) or error from error
    except OSError as error:
        raise CannotOpenError(f"cannot write {target}: {error.strerror}") from error


def _copy_file(source: Path, target: Path) -> int:
    """Copy all pages in one read transaction: in steps, it would begin again with each commit of others."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
    return 0


async def _copy_server(address: Address, path: Path, report: Report) -> None:
    source = make_engine(address, writing=False, seconds=UPGRADE_SECONDS)
    copy = parse(f"sqlite:///{path}")
    target = make_engine(copy, writing=True)
    try:
        async with connect(source, address) as old, old.begin():
            _require_head(await old.run_sync(revision.find_revision), address)
            async with connect(target, copy) as new, new.begin():
                await new.run_sync(metadata.create_all)
                await new.run_sync(revision.stamp)
                await copy_rows(old, new, metadata.sorted_tables, report)
    finally:
        await source.dispose()
        await target.dispose()


def _require_head(found: tuple[RevisionState, str | None], address: Address) -> None:
    if found[0] is RevisionState.BEHIND:
        raise BehindError(
            f"database {address.safe} is at revision {found[1]}, behind {HEAD_REVISION}: back it up with the "
            "syncd that wrote it, or run `syncd db upgrade` first"
        )
    revision.require_head(found, address.safe)


def _finish(unfinished: Path, path: Path) -> int:
    """Make it a single file that is on the disk, under its own name; return its size."""
    with closing(sqlite3.connect(unfinished)) as new:
        new.execute("PRAGMA journal_mode=DELETE")
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    return unfinished.replace(path).stat().st_size


async def count_rows(conn: AsyncConnection, names: frozenset[str]) -> int:
    """Count the rows of all tables but these."""
    counted = [table for table in metadata.sorted_tables if table.name not in names]
    return sum([await conn.scalar(select(func.count()).select_from(table)) or 0 for table in counted])
