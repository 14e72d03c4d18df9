"""Commands of users to the running daemon: written by the CLI or the page, carried out by the daemon."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Row, select

from syncd.store.connection import AsyncConnection
from syncd.store.rows import load
from syncd.store.schema import commands

MAX_BY = 120
"""Characters of who gave a command."""


class Verb(StrEnum):
    """The kinds of commands."""

    PAUSE = "pause"
    RESUME = "resume"
    WITHDRAW = "withdraw"
    RESYNC = "resync"
    RELOAD = "reload"
    """The config was read again by the process that was asked: recorded when it is done."""
    LINKS_CHANGED = "links_changed"
    """A user linked, unlinked or rejected: the decisions themselves are in the tables of links."""
    RESTORE = "restore"
    """A user takes a pair up again that was left alone: `filter_id`, `match_id`."""
    ALIASES_CHANGED = "aliases_changed"
    """A user imported names: the alias file has new rows."""


class UserCommand(msgspec.Struct, frozen=True, kw_only=True):
    """A verb with its arguments; `done_at` is None until the daemon has carried it out."""

    id: int
    verb: str
    """A `Verb`, or one that only a newer syncd knows."""
    arguments: dict[str, Any]
    requested_at: datetime
    done_at: datetime | None = None
    requested_by: str = ""
    """Who gave it: `cli NAME`, `page ADDRESS`; empty from a syncd before 0.2."""


async def request(conn: AsyncConnection, verb: str, now: datetime, *, by: str = "", **arguments: Any) -> int:
    """Add a command of a user and return its id. The arguments are kept as JSON."""
    values = {
        "verb": verb,
        "arguments_json": msgspec.json.encode(arguments).decode(),
        "requested_at": now,
        "requested_by": by[:MAX_BY],
    }
    return int((await conn.execute(commands.insert().values(values).returning(commands.c.id))).scalar_one())


async def load_pending(conn: AsyncConnection) -> list[UserCommand]:
    """The commands that are not done yet, in the order of their requests."""
    query = select(commands).where(commands.c.done_at.is_(None)).order_by(commands.c.id)
    return await load(conn, query, _command)


async def find(conn: AsyncConnection, command_id: int) -> UserCommand | None:
    """One command, to see whether it is done. None if it is unknown, such as one done long ago."""
    found = await load(conn, select(commands).where(commands.c.id == command_id), _command)
    return found[0] if found else None


async def load_recent(conn: AsyncConnection, limit: int) -> list[UserCommand]:
    """The last commands, done or not, the newest first."""
    return await load(conn, select(commands).order_by(commands.c.id.desc()).limit(limit), _command)


async def mark_done(conn: AsyncConnection, command_id: int, now: datetime) -> None:
    """Record that the command has been carried out."""
    await conn.execute(commands.update().where(commands.c.id == command_id).values(done_at=now))


async def load_between(
    conn: AsyncConnection, start: datetime | None, end: datetime | None
) -> list[UserCommand]:
    """The commands that were requested from `start` on and before `end`, the newest first."""
    query = select(commands).order_by(commands.c.requested_at.desc(), commands.c.id.desc())
    if start is not None:
        query = query.where(commands.c.requested_at >= start)
    if end is not None:
        query = query.where(commands.c.requested_at < end)
    return await load(conn, query, _command)


def _command(row: Row[Any]) -> UserCommand:
    return UserCommand(
        id=row.id,
        verb=row.verb,
        arguments=msgspec.json.decode(row.arguments_json),
        requested_at=row.requested_at,
        done_at=row.done_at,
        requested_by=row.requested_by or "",
    )
