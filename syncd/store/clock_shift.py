"""Moments of another clock: a successor whose clock differs translates what is stored into its own.

Paces, the budget and the age of the feeds are stored as wall time of the daemon that works. It also stores by
how much a clock that both have is ahead of its own. Whoever takes over compares: a clock that is five minutes
ahead must not make a request seem to lie five minutes further back. The common clock is that of a PostgreSQL
server; for SQLite, where both are one machine, the time since it was started, which nobody can set.
"""

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Interval, Table, literal, select

from syncd.store import facts
from syncd.store.connection import AsyncConnection
from syncd.store.rows import upsert
from syncd.store.schema import feeds, paces, predictions, requests

OFFSET_S = "clock.offset_s"
"""The common clock minus that of the daemon that works, in seconds: a key of the store's facts."""

COMMON = "clock.common"
"""The name of the common clock that the offset is by: a key of the store's facts."""

SERVER = "server"
"""The name of a server's clock."""

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

TOLERANCE_S = 0.02
"""A smaller difference is how long the query took."""

MOMENTS: dict[Table, tuple[str, ...]] = {
    paces: ("next_call_at", "next_snapshot_at"),
    requests: ("counted_at",),
    feeds: ("snapshot_at", "ok_at", "changed_at", "polled_at", "error_since"),
    predictions: ("read_at", "quarantined_until"),
}
"""The stored moments that decisions rest on."""

FACTS = (facts.LIMITED_UNTIL,)
"""The facts that are such moments."""


class CommonTime(NamedTuple):
    """This moment by a clock that predecessor and successor have in common, and the name of that clock."""

    name: str
    now: datetime


@cache
def this_boot() -> str:
    """Return a name for the time since this machine was started. Empty if the system has none."""
    try:
        return BOOT_ID.read_text().strip()
    except OSError:
        return ""


async def is_of_this_boot(conn: AsyncConnection) -> bool:
    """Return whether the daemon before worked on this machine since it was started; false if nobody knows."""
    return bool(this_boot()) and await facts.get(conn, COMMON, str) == this_boot()


async def adopt_clock(conn: AsyncConnection, common: CommonTime, own_now: datetime) -> timedelta:
    """Translate all stored moments into the clock of this process; return by how much they were moved."""
    offset_s = (common.now - own_now).total_seconds()
    stored_s = await _stored_offset_s(conn, common.name)
    shift = timedelta(seconds=0.0 if stored_s is None else stored_s - offset_s)
    if abs(shift.total_seconds()) < TOLERANCE_S:
        shift = timedelta(0)
    else:
        for table, columns in MOMENTS.items():
            await _move(conn, table, columns, shift)
        await _move_facts(conn, shift, own_now)
    if shift or stored_s is None:
        await _put_offset(conn, common.name, offset_s, own_now)
    return shift


async def note_clock(
    conn: AsyncConnection, common: CommonTime, own_now: datetime, noted_s: float | None = None
) -> float:
    """Record the offset again if this machine's clock was set: what is stored from now on goes by it.

    `noted_s` is what is recorded, if the caller knows that. Returns what is recorded now.
    """
    offset_s = (common.now - own_now).total_seconds()
    stored_s = await _stored_offset_s(conn, common.name) if noted_s is None else noted_s
    if stored_s is not None and abs(stored_s - offset_s) < TOLERANCE_S:
        return stored_s
    await _put_offset(conn, common.name, offset_s, own_now)
    return offset_s


async def _stored_offset_s(conn: AsyncConnection, name: str) -> float | None:
    """Return the offset of the daemon before. None if it was by another clock."""
    by = await facts.get(conn, COMMON, str) or SERVER
    return await facts.get(conn, OFFSET_S, float) if by == name else None


async def _put_offset(conn: AsyncConnection, name: str, offset_s: float, now: datetime) -> None:
    await facts.put(conn, OFFSET_S, offset_s, now)
    await facts.put(conn, COMMON, name, now)


async def _move(conn: AsyncConnection, table: Table, columns: tuple[str, ...], by: timedelta) -> None:
    if conn.dialect.name == "postgresql":
        moved = {name: table.c[name] + literal(by, Interval) for name in columns}
        await conn.execute(table.update().values(moved))
        return
    rows = [row._asdict() for row in await conn.execute(select(table))]
    await upsert(conn, table, [row | _moved(row, columns, by) for row in rows])


def _moved(row: dict[str, Any], columns: tuple[str, ...], by: timedelta) -> dict[str, Any]:
    return {name: row[name] + by for name in columns if row[name] is not None}


async def _move_facts(conn: AsyncConnection, by: timedelta, own_now: datetime) -> None:
    for name in FACTS:
        at = await facts.get(conn, name, datetime)
        if at is not None and at.tzinfo:
            await facts.put(conn, name, at + by, own_now)
