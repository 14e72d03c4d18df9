"""Which daemon or command works on this database now, seen from outside."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from syncd.store import lease
from syncd.store.engine import Store
from syncd.store.schema import leases


class LeaseHolder(NamedTuple):
    """Who holds the lease, and since when."""

    name: str
    since: datetime


async def lease_holder(store: Store) -> LeaseHolder | None:
    """Who works on this database; none where nobody has renewed the lease lately."""
    now = store.clock.now() if store.on_sqlite else func.clock_timestamp()
    query = select(leases.c.holder, leases.c.taken_at).where(
        leases.c.name == lease.NAME, leases.c.expires_at > now
    )
    async with store.read() as conn:
        row = (await conn.execute(query)).first()
    return LeaseHolder(row.holder, row.taken_at) if row else None
