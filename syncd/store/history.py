"""What is old enough to be forgotten.

SQLite keeps the freed pages for what comes next, so its file stays as large as it ever was; a
VACUUM would lock the database while it copies all of it, and is left to a person.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, tuple_

from syncd.store.engine import Store
from syncd.store.schema import (
    events,
    links,
    matches,
    metadata,
    orders,
    periods,
    predictions,
    price_history,
    settlements,
    troubles,
    writes,
)

CHUNK = 5_000
"""Rows deleted in one transaction: nobody waits longer than that takes."""


async def prune(store: Store, before: datetime) -> dict[str, int]:
    """Delete what ended before; returns how many rows of each table went.

    Lessons stay: they fade by themselves, and the matches behind them may be long over.
    """
    gone: dict[str, int] = {}
    for name, condition in _old(before).items():
        while deleted := await _delete_some(store, name, condition):
            gone[name] = gone.get(name, 0) + deleted
    return gone


def _old(before: datetime) -> dict[str, ColumnElement[bool]]:
    """Children before parents: a period goes while its event still tells that it is over.

    Odds and settlements whose fixture never came go by their own age.
    """
    over_events = select(events.c.id).where(
        events.c.starts < before, or_(events.c.gone_at < before, events.c.seen_at < before)
    )
    known = select(events.c.id)
    over_matches = select(matches.c.id).where(matches.c.date < before)
    return {
        "price_history": price_history.c.at < before,
        "writes": writes.c.at < before,
        "troubles": troubles.c.until < before,
        "orders": orders.c.done_at < before,
        "settlements": or_(
            settlements.c.event_id.in_(over_events),
            and_(settlements.c.event_id.not_in(known), settlements.c.settled_at < before),
        ),
        "periods": or_(
            periods.c.event_id.in_(over_events),
            and_(periods.c.event_id.not_in(known), periods.c.changed_at < before),
        ),
        "links": and_(links.c.decided_at < before, links.c.match_id.in_(over_matches)),
        "predictions": predictions.c.match_id.in_(over_matches),
        "events": events.c.id.in_(over_events),
        "matches": matches.c.id.in_(over_matches),
    }


async def _delete_some(store: Store, name: str, condition: ColumnElement[bool]) -> int:
    table = metadata.tables[name]
    key = tuple_(*table.primary_key)
    some = select(*table.primary_key).where(condition).limit(CHUNK)
    async with store.write() as conn:
        return (await conn.execute(table.delete().where(key.in_(some)))).rowcount
