"""Firing and resolved alerts, for commands beside the daemon and across restarts."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from syncd.runtime.alerts import Alert
from syncd.store.commands import MAX_BY
from syncd.store.connection import AsyncConnection
from syncd.store.rows import load
from syncd.store.schema import alerts


async def record_firing(conn: AsyncConnection, alert: Alert) -> None:
    """Record that the alert is firing; if its subject is firing already, only update the message."""
    values = {"message": alert.message, "notify": alert.notify}
    is_firing = (alerts.c.subject == alert.subject) & alerts.c.resolved_at.is_(None)
    if (await conn.execute(alerts.update().where(is_firing).values(values))).rowcount == 0:
        await conn.execute(
            alerts.insert().values(subject=alert.subject, fired_at=alert.fired_at, resolved_at=None, **values)
        )


async def record_resolved(conn: AsyncConnection, subject: str, resolved_at: datetime) -> None:
    """Record that the alert of this subject is resolved."""
    is_firing = (alerts.c.subject == subject) & alerts.c.resolved_at.is_(None)
    await conn.execute(alerts.update().where(is_firing).values(resolved_at=resolved_at))


async def resolve_all(conn: AsyncConnection, resolved_at: datetime) -> None:
    """Resolve what an earlier daemon left firing; what still holds, the new daemon fires again."""
    is_firing = alerts.c.resolved_at.is_(None)
    await conn.execute(alerts.update().where(is_firing).values(resolved_at=resolved_at))


async def load_firing(conn: AsyncConnection) -> list[Alert]:
    """The alerts that are firing, the oldest first."""
    query = select(alerts).where(alerts.c.resolved_at.is_(None)).order_by(alerts.c.fired_at, alerts.c.id)
    return await load(conn, query, _alert)


async def mark_seen(conn: AsyncConnection, subject: str, now: datetime, *, by: str) -> bool:
    """Record that a user knows of this alert. Returns false if it is not firing, or was seen before."""
    is_new = (alerts.c.subject == subject) & alerts.c.resolved_at.is_(None) & alerts.c.seen_at.is_(None)
    values = {"seen_at": now, "seen_by": by[:MAX_BY]}
    return (await conn.execute(alerts.update().where(is_new).values(values))).rowcount > 0


async def load_seen(conn: AsyncConnection) -> dict[str, datetime]:
    """The alerts that are firing and that a user has seen: when, by subject."""
    query = select(alerts.c.subject, alerts.c.seen_at).where(
        alerts.c.resolved_at.is_(None), alerts.c.seen_at.is_not(None)
    )
    return {row.subject: row.seen_at for row in await conn.execute(query)}


async def load_recent(conn: AsyncConnection, limit: int) -> list[Alert]:
    """The last alerts, firing or resolved, the newest first."""
    return await load(conn, select(alerts).order_by(alerts.c.id.desc()).limit(limit), _alert)


def _alert(row: Row[Any]) -> Alert:
    return Alert(
        subject=row.subject,
        message=row.message,
        fired_at=row.fired_at,
        resolved_at=row.resolved_at,
        notify=row.notify,
    )
