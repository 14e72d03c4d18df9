"""The budget's memory: a row for each request to BetTune that still counts, written before it is sent."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.store.schema import requests

# Made once: they are executed for every single request, and making one takes longer than SQLite does.
_SPEND = requests.insert().returning(requests.c.id)
_SETTLE = requests.update().where(requests.c.id == bindparam("of_request"))


async def spend(conn: AsyncConnection, counted_at: datetime) -> int:
    """Note a request about to be sent, by the latest moment at which it may be counted; returns its id."""
    return int((await conn.execute(_SPEND, {"counted_at": counted_at})).scalar_one())


async def settle(conn: AsyncConnection, request: int, counted_at: datetime) -> None:
    """Its answer is there: it was counted by then at the latest."""
    await conn.execute(_SETTLE, {"of_request": request, "counted_at": counted_at})


async def live(conn: AsyncConnection, since: datetime) -> dict[int, datetime]:
    """The requests that may have been counted after `since`: by id, when."""
    rows = await conn.execute(select(requests).where(requests.c.counted_at > since))
    return {row.id: row.counted_at for row in rows}


async def prune(conn: AsyncConnection, before: datetime) -> int:
    """Forget those that were counted before; returns how many."""
    return (await conn.execute(requests.delete().where(requests.c.counted_at <= before))).rowcount
