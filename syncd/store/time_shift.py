"""Stored moments that decisions rest on, moved along when the clock that they are of was wrong."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from syncd.store import facts
from syncd.store.clock_shift import FACTS
from syncd.store.connection import AsyncConnection
from syncd.store.rows import upsert
from syncd.store.schema import feeds, paces, predictions, requests

Moved = Callable[[datetime | None], datetime | None]

FEED_MOMENTS = ("snapshot_at", "ok_at", "changed_at", "polled_at", "error_since")


async def shift(conn: AsyncConnection, by: timedelta, now: datetime) -> None:
    """Move next requests, requests that count, ages of feeds and quarantines by so much.

    A moment that is nearer to now as it is was stored since, by the right clock.
    """

    def moved(at: datetime | None) -> datetime | None:
        return at + by if at and abs(at + by - now) < abs(at - now) else at

    for table, columns in ((paces, ("next_call_at", "next_snapshot_at")), (requests, ("counted_at",))):
        rows = [_row_with(row, columns, moved) for row in await conn.execute(select(table))]
        await upsert(conn, table, rows)
    await upsert(conn, feeds, [_feed(row, by, moved) for row in await conn.execute(select(feeds))])
    quarantined = select(predictions).where(predictions.c.quarantined_until.is_not(None))
    await upsert(
        conn,
        predictions,
        [_row_with(row, ("quarantined_until",), moved) for row in await conn.execute(quarantined)],
    )
    for name in FACTS:
        at = await facts.get(conn, name, datetime)
        if at is not None and at.tzinfo:
            await facts.put(conn, name, moved(at), now)


def _feed(row: Row[Any], by: timedelta, moved: Moved) -> dict[str, Any]:
    """The skew was measured by the wrong clock too."""
    skew_s = row.server_skew_s
    right_s = skew_s - by.total_seconds()
    values = _row_with(row, FEED_MOMENTS, moved)
    return values | {"server_skew_s": right_s if abs(right_s) < abs(skew_s) else skew_s}


def _row_with(row: Row[Any], columns: tuple[str, ...], moved: Moved) -> dict[str, Any]:
    return row._asdict() | {name: moved(getattr(row, name)) for name in columns}
