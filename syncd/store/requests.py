"""The requests to BetTune that still count in the budget, each recorded before it is sent."""

from datetime import datetime

from sqlalchemy import func, select

from syncd.store.connection import AsyncConnection
from syncd.store.row_writes import RowWrite
from syncd.store.schema import requests


def counted(request: int, at: datetime) -> RowWrite:
    """The row of a request. `at` is the latest time at which BetTune may count it."""
    return RowWrite(requests, {"id": request, "counted_at": at}, replaces=True)


async def highest_id(conn: AsyncConnection) -> int:
    """The highest id that is in use. Zero if there is none."""
    return int(await conn.scalar(select(func.max(requests.c.id))) or 0)


async def load_counted(conn: AsyncConnection, since: datetime) -> dict[int, datetime]:
    """When each request was counted at the latest, by id, for those after `since`."""
    rows = await conn.execute(select(requests).where(requests.c.counted_at > since))
    return {row.id: row.counted_at for row in rows}


async def prune(conn: AsyncConnection, before: datetime) -> int:
    """Delete the requests that were counted before, and return how many."""
    return (await conn.execute(requests.delete().where(requests.c.counted_at <= before))).rowcount
