"""The odds of specials by the special's id, as text to compare before it is decoded.

They may come before their special, and those of outrights stay without one.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Row, Select, bindparam, select, update

from syncd.model.special import SpecialOdds
from syncd.store import rows
from syncd.store.connection import AsyncConnection
from syncd.store.periods import StoredContent, linked_events
from syncd.store.schema import special_history, special_prices, specials

_decode = msgspec.json.Decoder(SpecialOdds).decode
_encode = msgspec.json.Encoder().encode


class NewSpecialOdds(NamedTuple):
    """Odds of a special that differ from the stored ones."""

    special_id: int
    sport_id: int
    json: str
    has_prices: bool


def encode(odds: SpecialOdds) -> str:
    """Encode a special's odds as text: equal for equal odds."""
    return _encode(odds).decode()


def decode(json: str) -> SpecialOdds:
    """Decode the text of a special's odds."""
    return _decode(json)


async def load_sport(conn: AsyncConnection, sport_id: int) -> dict[int, StoredContent]:
    """The odds of a sport's specials that are not gone, not decoded."""
    query = _contents().where(special_prices.c.sport_id == sport_id, special_prices.c.gone.is_(False))
    return dict(await rows.load(conn, query, _content))


async def load_ids(conn: AsyncConnection, special_ids: Collection[int]) -> dict[int, StoredContent]:
    """The odds of these specials, not decoded."""
    return dict(await rows.load_in(conn, _contents(), special_prices.c.special_id, special_ids, _content))


async def save(conn: AsyncConnection, odds: Collection[NewSpecialOdds], changed_at: datetime) -> None:
    """Save new odds, and add to the history what it keeps: see `offer_history`."""
    await rows.upsert(
        conn,
        special_prices,
        (
            {
                "special_id": each.special_id,
                "sport_id": each.sport_id,
                "odds_json": each.json,
                "changed_at": changed_at,
                "gone": False,
            }
            for each in odds
        ),
    )
    ids = {each.special_id for each in odds}
    of_linked = await _of_linked_events(conn, ids)
    with_history = await _with_history(conn, ids - of_linked)
    history = [
        {"special_id": each.special_id, "at": changed_at, "odds_json": each.json}
        for each in odds
        if each.special_id in of_linked or (each.has_prices and each.special_id not in with_history)
    ]
    await rows.insert(conn, special_history, history)


async def mark_gone(conn: AsyncConnection, special_ids: Iterable[int], changed_at: datetime) -> None:
    """Record that the odds of these specials are not in the newest snapshot."""
    statement = (
        update(special_prices)
        .where(special_prices.c.special_id == bindparam("of_special"))
        .values(gone=True, changed_at=changed_at)
    )
    for chunk in rows.in_chunks(special_ids):
        await conn.execute(statement, [{"of_special": special_id} for special_id in chunk])


async def events_of(conn: AsyncConnection, special_ids: Collection[int]) -> dict[int, int]:
    """The event of each known special, by the special's id."""
    query = select(specials.c.id, specials.c.event_id)
    found = await rows.load_in(conn, query, specials.c.id, special_ids, lambda row: (row.id, row.event_id))
    return dict(found)


async def _of_linked_events(conn: AsyncConnection, special_ids: Collection[int]) -> frozenset[int]:
    event_of = await events_of(conn, special_ids)
    linked = await linked_events(conn, frozenset(event_of.values()))
    return frozenset(special_id for special_id, event_id in event_of.items() if event_id in linked)


async def _with_history(conn: AsyncConnection, special_ids: Collection[int]) -> frozenset[int]:
    query = select(special_history.c.special_id).distinct()
    found = await rows.load_in(
        conn, query, special_history.c.special_id, special_ids, lambda row: int(row.special_id)
    )
    return frozenset(found)


def _contents() -> Select[Any]:
    return select(special_prices.c.special_id, special_prices.c.odds_json, special_prices.c.gone)


def _content(row: Row[Any]) -> tuple[int, StoredContent]:
    return row.special_id, StoredContent(row.odds_json, row.gone)
