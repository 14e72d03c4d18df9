"""The requests to BetTune that still count in the budget, each recorded before it is sent."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.store.schema import requests

# Built once: they are executed for every request, and building one takes longer than its execution.
_INSERT = requests.insert().returning(requests.c.id)
_UPDATE = requests.update().where(requests.c.id == bindparam("of_request"))


async def record_request(conn: AsyncConnection, counted_at: datetime) -> int:
    """Record a request before it is sent, and return its id.

    `counted_at` is the latest time at which BetTune may count it.
    """
    return int((await conn.execute(_INSERT, {"counted_at": counted_at})).scalar_one())


async def record_response(conn: AsyncConnection, request: int, counted_at: datetime) -> None:
    """Record that the response has arrived: the request was counted by then at the latest."""
    await conn.execute(_UPDATE, {"of_request": request, "counted_at": counted_at})


async def load_counted(conn: AsyncConnection, since: datetime) -> dict[int, datetime]:
    """When each request was counted at the latest, by id, for those after `since`."""
    rows = await conn.execute(select(requests).where(requests.c.counted_at > since))
    return {row.id: row.counted_at for row in rows}


async def prune(conn: AsyncConnection, before: datetime) -> int:
    """Delete the requests that were counted before, and return how many."""
    return (await conn.execute(requests.delete().where(requests.c.counted_at <= before))).rowcount
