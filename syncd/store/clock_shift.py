"""Moments of another machine's clock: a successor whose clock differs translates what is stored into its own.

Paces, the budget and the age of the feeds are stored as wall time of the daemon that works. It also stores by
how much the database's clock is ahead of its own. Whoever takes over compares: a clock that is five minutes
ahead must not make a request seem to lie five minutes further back.
"""

from datetime import datetime, timedelta

from sqlalchemy import Interval, Table, literal
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.store import facts
from syncd.store.schema import feeds, paces, predictions, requests

OFFSET_S = "clock.offset_s"
"""The database's clock minus that of the daemon that works, in seconds: a key of the store's facts."""

TOLERANCE_S = 0.02
"""A smaller difference is how long the query took."""

MOMENTS: dict[Table, tuple[str, ...]] = {
    paces: ("next_call_at", "next_snapshot_at"),
    requests: ("counted_at",),
    feeds: ("snapshot_at", "ok_at", "changed_at", "polled_at", "error_since"),
    predictions: ("read_at", "quarantined_until"),
}
"""The stored moments that decisions rest on."""


async def adopt_clock(conn: AsyncConnection, database_now: datetime, own_now: datetime) -> timedelta:
    """Translate all stored moments into the clock of this process; return by how much they were moved."""
    offset_s = (database_now - own_now).total_seconds()
    stored_s = await facts.get(conn, OFFSET_S, float)
    shift = timedelta(seconds=0.0 if stored_s is None else stored_s - offset_s)
    if abs(shift.total_seconds()) < TOLERANCE_S:
        shift = timedelta(0)
    else:
        for table, columns in MOMENTS.items():
            by = literal(shift, Interval)
            await conn.execute(table.update().values({name: table.c[name] + by for name in columns}))
    if shift or stored_s is None:
        await facts.put(conn, OFFSET_S, offset_s, own_now)
    return shift


async def note_clock(conn: AsyncConnection, database_now: datetime, own_now: datetime) -> None:
    """Record the offset again if this machine's clock was set: what is stored from now on goes by it."""
    offset_s = (database_now - own_now).total_seconds()
    stored_s = await facts.get(conn, OFFSET_S, float)
    if stored_s is None or abs(stored_s - offset_s) >= TOLERANCE_S:
        await facts.put(conn, OFFSET_S, offset_s, own_now)
