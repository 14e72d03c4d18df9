"""The prices of the past: what periods and specials offered, and since when.

The first prices of everything are kept, since any event may be linked later, and all that follow of
linked ones; `periods.save` and `special_prices.save` see to that, and `begin` to the moment of the link.
"""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.model.pinnacle import Period
from syncd.model.special import SpecialOdds
from syncd.store import periods, rows, special_prices
from syncd.store.schema import periods as now_offered
from syncd.store.schema import price_history, special_history, specials
from syncd.store.schema import special_prices as now_priced


class PastPeriod(NamedTuple):
    """What a period offered from then on, until the next one of its number."""

    id: int
    """Grows from one to the next of an event."""
    at: datetime
    period: Period


class PastOdds(NamedTuple):
    """What a special offered from then on, until the next one of its id."""

    id: int
    """Grows from one to the next of an event."""
    at: datetime
    odds: SpecialOdds


async def load_periods(
    conn: AsyncConnection, event_ids: Collection[int], *, after: int = 0
) -> dict[int, tuple[PastPeriod, ...]]:
    """What is kept of the periods of these events beyond that id, by event and in order of time."""
    query = (
        select(price_history)
        .where(price_history.c.id > after)
        .order_by(price_history.c.at, price_history.c.id)
    )
    found = await rows.load_in(
        conn,
        query,
        price_history.c.event_id,
        event_ids,
        lambda row: (int(row.event_id), PastPeriod(row.id, row.at, periods.decode(row.period_json))),
    )
    return rows.grouped(found)


async def load_specials(
    conn: AsyncConnection, event_ids: Collection[int], *, after: int = 0
) -> dict[int, tuple[PastOdds, ...]]:
    """What is kept of the specials of these events beyond that id, by event and in order of time."""
    query = (
        select(specials.c.event_id, special_history)
        .join(specials, specials.c.id == special_history.c.special_id)
        .where(special_history.c.id > after)
        .order_by(special_history.c.at, special_history.c.id)
    )
    found = await rows.load_in(
        conn,
        query,
        specials.c.event_id,
        event_ids,
        lambda row: (int(row.event_id), PastOdds(row.id, row.at, special_prices.decode(row.odds_json))),
    )
    return rows.grouped(found)


async def begin(conn: AsyncConnection, event_ids: Collection[int]) -> None:
    """Keep what these events offer now: they are linked from now on, and each later price will be kept.

    Without it a price that came between the first one and the link would be missing as soon as it changed.
    The same goes for events that open again.
    """
    for chunk in rows.in_chunks(event_ids, rows.IDS):
        await _keep_periods(conn, chunk)
        await _keep_specials(conn, specials.c.event_id.in_(chunk))


async def keep_specials(conn: AsyncConnection, special_ids: Collection[int]) -> None:
    """Keep the prices of these specials of now, as they open again."""
    for chunk in rows.in_chunks(special_ids, rows.IDS):
        await _keep_specials(conn, specials.c.id.in_(chunk))


async def _keep_periods(conn: AsyncConnection, event_ids: list[int]) -> None:
    now, kept = now_offered.c, price_history.c
    newest = exists().where(
        kept.event_id == now.event_id, kept.number == now.number, kept.at >= now.changed_at
    )
    found = select(now.event_id, now.number, now.changed_at, now.period_json).where(
        now.event_id.in_(event_ids), now.gone.is_(False), ~newest
    )
    names = ["event_id", "number", "at", "period_json"]
    await conn.execute(insert(price_history).from_select(names, found))


async def _keep_specials(conn: AsyncConnection, concerned: ColumnElement[bool]) -> None:
    now, kept = now_priced.c, special_history.c
    newest = exists().where(kept.special_id == now.special_id, kept.at >= now.changed_at)
    found = (
        select(now.special_id, now.changed_at, now.odds_json)
        .join(specials, specials.c.id == now.special_id)
        .where(concerned, now.gone.is_(False), ~newest)
    )
    names = ["special_id", "at", "odds_json"]
    await conn.execute(insert(special_history).from_select(names, found))
