"""The budget's memory: a row for each request to BetTune that still counts, written before it is sent."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.store.schema import requests


async def spend(conn: AsyncConnection, counted_at: datetime) -> int:
    """Note a request about to be sent, by the latest moment at which it may be counted; returns its id."""
    statement = requests.insert().values(counted_at=counted_at).returning(requests.c.id)
    return int((await conn.execute(statement)).scalar_one())


async def settle(conn: AsyncConnection, request: int, counted_at: datetime) -> None:
    """Its answer is there: it was counted by then at the latest."""
    await conn.execute(requests.update().where(requests.c.id == request).values(counted_at=counted_at))


async def live(conn: AsyncConnection, since: datetime) -> dict[int, datetime]:
    """The requests that may have been counted after `since`: by id, when."""
    rows = await conn.execute(select(requests).where(requests.c.counted_at > since))
    return {row.id: row.counted_at for row in rows}


async def prune(conn: AsyncConnection, before: datetime) -> int:
    """Forget those that were counted before; returns how many."""
    return (await conn.execute(requests.delete().where(requests.c.counted_at <= before))).rowcount
