"""What is wrong now and what was, so that commands beside the daemon can tell, and a restart remembers."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.runtime.alerts import Alert
from syncd.store.rows import load
from syncd.store.schema import troubles


async def begin(conn: AsyncConnection, trouble: Alert) -> None:
    """Note that it is wrong now; of a subject that is wrong already only the words change."""
    values = {"message": trouble.message, "loud": trouble.loud}
    still_open = troubles.update().where(troubles.c.subject == trouble.subject, troubles.c.until.is_(None))
    if (await conn.execute(still_open.values(values))).rowcount == 0:
        await conn.execute(
            troubles.insert().values(subject=trouble.subject, since=trouble.since, until=None, **values)
        )


async def end(conn: AsyncConnection, subject: str, until: datetime) -> None:
    """It is well again."""
    wrong = (troubles.c.subject == subject) & troubles.c.until.is_(None)
    await conn.execute(troubles.update().where(wrong).values(until=until))


async def end_all(conn: AsyncConnection, until: datetime) -> None:
    """A new daemon starts: what its predecessor found wrong it will find again, or it is well."""
    await conn.execute(troubles.update().where(troubles.c.until.is_(None)).values(until=until))


async def load_open(conn: AsyncConnection) -> list[Alert]:
    """What is wrong now, the oldest first."""
    query = select(troubles).where(troubles.c.until.is_(None)).order_by(troubles.c.since, troubles.c.id)
    return await load(conn, query, _trouble)


async def recent(conn: AsyncConnection, limit: int) -> list[Alert]:
    """The last troubles, over or not, the newest first."""
    return await load(conn, select(troubles).order_by(troubles.c.id.desc()).limit(limit), _trouble)


def _trouble(row: Row[Any]) -> Alert:
    return Alert(subject=row.subject, message=row.message, since=row.since, until=row.until, loud=row.loud)
