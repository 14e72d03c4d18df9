"""Stored moments that a request waits for, moved along when the clock that they are of was wrong."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.store.rows import upsert
from syncd.store.schema import paces, requests


async def shift(conn: AsyncConnection, by: timedelta, now: datetime) -> None:
    """Move the next requests of all feeds, and the requests that count, by so much.

    A moment that is nearer to now as it is was stored since, by the right clock.
    """

    def moved(at: datetime) -> datetime:
        return at + by if abs(at + by - now) < abs(at - now) else at

    buckets = [
        row._asdict()
        | {"next_call_at": moved(row.next_call_at), "next_snapshot_at": moved(row.next_snapshot_at)}
        for row in await conn.execute(select(paces))
    ]
    await upsert(conn, paces, buckets)
    counted = [
        {"id": row.id, "counted_at": moved(row.counted_at)} for row in await conn.execute(select(requests))
    ]
    await upsert(conn, requests, counted)
