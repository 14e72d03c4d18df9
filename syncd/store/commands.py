"""What a person asked of the running daemon: written by a command or the dashboard, done by the daemon."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.store.rows import load
from syncd.store.schema import orders

RESYNC = "resync"
LINKS_CHANGED = "links_changed"
"""A user linked, unlinked or rejected: the decisions themselves are in the tables of links."""


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A verb such as `resync` with its arguments; `done_at` is none until the daemon has done it."""

    id: int
    verb: str
    arguments: dict[str, Any]
    asked_at: datetime
    done_at: datetime | None = None


async def ask(conn: AsyncConnection, verb: str, now: datetime, **arguments: Any) -> int:
    """Ask; returns the order's id. The arguments are kept as JSON."""
    values = {"verb": verb, "arguments_json": msgspec.json.encode(arguments).decode(), "asked_at": now}
    return int((await conn.execute(orders.insert().values(values).returning(orders.c.id))).scalar_one())


async def pending(conn: AsyncConnection) -> list[Command]:
    """What is still to be done, in the order in which it was asked."""
    return await load(conn, select(orders).where(orders.c.done_at.is_(None)).order_by(orders.c.id), _order)


async def find(conn: AsyncConnection, order_id: int) -> Command | None:
    """One order, for those who wait until it is done."""
    found = await load(conn, select(orders).where(orders.c.id == order_id), _order)
    return found[0] if found else None


async def done(conn: AsyncConnection, order_id: int, now: datetime) -> None:
    """It has been done."""
    await conn.execute(orders.update().where(orders.c.id == order_id).values(done_at=now))


def _order(row: Row[Any]) -> Command:
    return Command(
        id=row.id,
        verb=row.verb,
        arguments=msgspec.json.decode(row.arguments_json),
        asked_at=row.asked_at,
        done_at=row.done_at,
    )
