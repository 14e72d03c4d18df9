"""Deletion of what is older than `store.history`.

SQLite reuses the freed pages, so its file does not shrink; a VACUUM would lock the database while it
copies all of it, and is left to the operator.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, Table, and_, exists, or_, select, tuple_

from syncd.store.engine import Store
from syncd.store.schema import (
    alerts,
    commands,
    event_openness,
    events,
    links,
    matches,
    metadata,
    periods,
    predictions,
    price_history,
    settlements,
    special_history,
    special_openness,
    special_prices,
    specials,
    verifications,
    writes,
)

ROWS_PER_TRANSACTION = 5_000
"""Other writers wait no longer than one such transaction takes."""


async def prune(store: Store, before: datetime, *, unlinked_before: datetime | None = None) -> dict[str, int]:
    """Delete what ended before, and return the number of deleted rows by table.

    The first prices of all events and their specials are kept for links that may follow. Without a link
    they are deleted once the kick-off is before `unlinked_before`.

    Lessons stay: they lose weight with time, and the matches behind them may be long over.
    """
    gone: dict[str, int] = {}
    for name, condition in _old(before, unlinked_before or before).items():
        while deleted := await _delete_some(store, name, condition):
            gone[name] = gone.get(name, 0) + deleted
    return gone


def _old(before: datetime, unlinked_before: datetime) -> dict[str, ColumnElement[bool]]:
    """Children before parents: a period is deleted while its event still shows that it is over.

    Odds and settlements whose fixture never came are deleted by their own age.
    """
    over_events = _over_events(before)
    known = select(events.c.id)
    over_matches = select(matches.c.id).where(matches.c.date < before)
    return _old_prices(before, unlinked_before) | {
        "writes": writes.c.at < before,
        "alerts": alerts.c.resolved_at < before,
        "commands": commands.c.done_at < before,
        "event_openness": event_openness.c.event_id.in_(over_events),
        "special_openness": special_openness.c.special_id.in_(
            select(specials.c.id).where(_over_specials(before, unlinked_before))
        ),
        "settlements": or_(
            settlements.c.event_id.in_(over_events),
            and_(settlements.c.event_id.not_in(known), settlements.c.settled_at < before),
        ),
        "specials": _over_specials(before, unlinked_before),
        "periods": or_(
            periods.c.event_id.in_(over_events),
            and_(periods.c.event_id.not_in(known), periods.c.changed_at < before),
        ),
        "verifications": verifications.c.kickoff < before,
        "links": and_(links.c.decided_at < before, links.c.match_id.in_(over_matches)),
        "predictions": predictions.c.match_id.in_(over_matches),
        "events": events.c.id.in_(over_events),
        "matches": matches.c.id.in_(over_matches),
    }


def _old_prices(before: datetime, unlinked_before: datetime) -> dict[str, ColumnElement[bool]]:
    """The first prices of what is not over stay, however old: rules may refer to them."""
    ahead = select(events.c.id).where(events.c.starts >= before)
    known = select(specials.c.id)
    over = known.where(_over_specials(before, unlinked_before))
    event_id, special_id = price_history.c.event_id, special_history.c.special_id
    return {
        "price_history": or_(
            event_id.in_(_unlinked_events(unlinked_before)),
            and_(
                price_history.c.at < before,
                or_(event_id.not_in(ahead), _follows(price_history, "event_id", "number")),
            ),
        ),
        "special_history": or_(
            special_id.in_(over),
            and_(
                special_history.c.at < before,
                or_(special_id.not_in(known), _follows(special_history, "special_id")),
            ),
        ),
        "special_prices": or_(
            special_prices.c.special_id.in_(over),
            and_(special_prices.c.special_id.not_in(known), special_prices.c.changed_at < before),
        ),
    }


def _over_specials(before: datetime, unlinked_before: datetime) -> ColumnElement[bool]:
    return or_(
        specials.c.event_id.in_(_over_events(before)),
        specials.c.event_id.in_(_unlinked_events(unlinked_before)),
        and_(specials.c.event_id.not_in(select(events.c.id)), specials.c.changed_at < before),
    )


def _over_events(before: datetime) -> Select[int]:
    return select(events.c.id).where(
        events.c.starts < before, or_(events.c.gone_at < before, events.c.seen_at < before)
    )


def _unlinked_events(before: datetime) -> Select[int]:
    return select(events.c.id).where(events.c.starts < before, events.c.id.not_in(select(links.c.event_id)))


def _follows(history: Table, *key: str) -> ColumnElement[bool]:
    """Return whether the history has an older entry of the same key."""
    older = history.alias()
    return exists().where(older.c.at < history.c.at, *(older.c[name] == history.c[name] for name in key))


async def _delete_some(store: Store, name: str, condition: ColumnElement[bool]) -> int:
    table = metadata.tables[name]
    key = tuple_(*table.primary_key)
    some = select(*table.primary_key).where(condition).limit(ROWS_PER_TRANSACTION)
    async with store.write() as conn:
        return (await conn.execute(table.delete().where(key.in_(some)))).rowcount
