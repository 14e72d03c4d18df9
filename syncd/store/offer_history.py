"""Pinnacle's offers in the past: prices since when, and when bets were taken.

The first prices of everything are kept, since any event may be linked later, and all later ones of linked
events. `periods.save` and `special_prices.save` see to that, and `keep_current_offers` at the moment of
the link. Prices from a time without bets were no offer, so the history also has each time that an event
or a special closed or opened. Most are open from the first moment on: nothing is written until they close.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Row, Table, exists, insert, select

from syncd.model.pinnacle import Period
from syncd.model.special import SpecialOdds
from syncd.store import periods, rows, special_prices
from syncd.store.connection import AsyncConnection
from syncd.store.schema import (
    event_openness,
    price_history,
    special_history,
    special_openness,
    specials,
)
from syncd.store.schema import periods as current_periods
from syncd.store.schema import special_prices as current_special_odds

T = TypeVar("T")

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
"""Since when something was closed that was closed when it was first seen."""


class PastPeriod(NamedTuple):
    """The offer of a period from `at` on, until the next one of its number."""

    id: int
    """Later ones of an event have greater ids."""
    at: datetime
    period: Period


class PastSpecialOdds(NamedTuple):
    """The offer of a special from `at` on, until the next one of its id."""

    id: int
    """Later ones of an event have greater ids."""
    at: datetime
    odds: SpecialOdds


class OpennessChange(NamedTuple):
    """From `at` on bets were taken, or were not."""

    id: int
    """Later ones of an event have greater ids."""
    at: datetime
    of: int
    """The event or the special."""
    open: bool


class Openness(NamedTuple):
    """The state of an event or a special: whether bets are taken, and since when at the latest."""

    at: datetime
    open: bool


async def load_periods(
    conn: AsyncConnection, event_ids: Collection[int], *, after: int = 0
) -> dict[int, tuple[PastPeriod, ...]]:
    """The past periods of these events with ids above `after`, by event and in order of time."""
    return await _load(conn, price_history, event_ids, after, _past_period)


async def load_special_odds(
    conn: AsyncConnection, event_ids: Collection[int], *, after: int = 0
) -> dict[int, tuple[PastSpecialOdds, ...]]:
    """The past odds of the specials of these events with ids above `after`, by event and in order of time."""
    return await _load(conn, special_history, event_ids, after, _past_special_odds)


async def load_event_openness(
    conn: AsyncConnection, event_ids: Collection[int], *, after: int = 0
) -> dict[int, tuple[OpennessChange, ...]]:
    """When these events opened and closed, with ids above `after`, by event and in order of time."""
    return await _load(
        conn,
        event_openness,
        event_ids,
        after,
        lambda row: OpennessChange(row.id, row.at, row.event_id, row.open),
    )


async def load_special_openness(
    conn: AsyncConnection, event_ids: Collection[int], *, after: int = 0
) -> dict[int, tuple[OpennessChange, ...]]:
    """When the specials of these events opened and closed; otherwise as `load_event_openness`."""
    return await _load(
        conn,
        special_openness,
        event_ids,
        after,
        lambda row: OpennessChange(row.id, row.at, row.special_id, row.open),
    )


async def record_event_openness(
    conn: AsyncConnection, before: Mapping[int, bool], now: Mapping[int, Openness]
) -> set[int]:
    """Record which events open or close; return those that open again.

    `before` says whether they were open, without those that are new.
    """
    return await _record_openness(conn, event_openness, "event_id", before, now)


async def record_special_openness(
    conn: AsyncConnection, before: Mapping[int, bool], now: Mapping[int, Openness]
) -> set[int]:
    """Record which specials open or close, as `record_event_openness` does."""
    return await _record_openness(conn, special_openness, "special_id", before, now)


async def keep_current_offers(conn: AsyncConnection, event_ids: Collection[int]) -> None:
    """Copy what these events offer now into the history: they have just been linked, or open again.

    All later prices will be kept. Without this, the one between the first price and the link would be
    lost with the next change.
    """
    for chunk in rows.in_chunks(event_ids, rows.IDS_PER_STATEMENT):
        await _keep_periods(conn, chunk)
        await _keep_special_odds(conn, specials.c.event_id.in_(chunk))


async def keep_current_special_odds(conn: AsyncConnection, special_ids: Collection[int]) -> None:
    """Copy what these specials offer now into the history: they open again."""
    for chunk in rows.in_chunks(special_ids, rows.IDS_PER_STATEMENT):
        await _keep_special_odds(conn, specials.c.id.in_(chunk))


def _past_period(row: Row[Any]) -> PastPeriod:
    return PastPeriod(row.id, row.at, periods.decode(row.period_json))


def _past_special_odds(row: Row[Any]) -> PastSpecialOdds:
    return PastSpecialOdds(row.id, row.at, special_prices.decode(row.odds_json))


async def _load(
    conn: AsyncConnection,
    table: Table,
    event_ids: Collection[int],
    after: int,
    build: Callable[[Row[Any]], T],
) -> dict[int, tuple[T, ...]]:
    """Build what the table has of these events; a table of specials is joined to their events."""
    query = select(table).where(table.c.id > after).order_by(table.c.at, table.c.id)
    event_id = table.c.get("event_id")
    if event_id is None:
        event_id = specials.c.event_id
        query = query.add_columns(event_id).join(specials, specials.c.id == table.c.special_id)
    found = await rows.load_in(conn, query, event_id, event_ids, lambda row: (int(row.event_id), build(row)))
    return rows.grouped(found)


async def _record_openness(
    conn: AsyncConnection, table: Table, key: str, before: Mapping[int, bool], now: Mapping[int, Openness]
) -> set[int]:
    changed = {id_: each for id_, each in now.items() if before.get(id_, True) != each.open}
    entries = [
        {key: id_, "at": each.at if id_ in before else ALWAYS, "open": each.open}
        for id_, each in changed.items()
    ]
    await rows.insert(conn, table, entries)
    return {id_ for id_, each in changed.items() if each.open}


async def _keep_periods(conn: AsyncConnection, event_ids: list[int]) -> None:
    now, kept = current_periods.c, price_history.c
    newest = exists().where(
        kept.event_id == now.event_id, kept.number == now.number, kept.at >= now.changed_at
    )
    found = select(now.event_id, now.number, now.changed_at, now.period_json).where(
        now.event_id.in_(event_ids), now.gone.is_(False), ~newest
    )
    names = ["event_id", "number", "at", "period_json"]
    await conn.execute(insert(price_history).from_select(names, found))


async def _keep_special_odds(conn: AsyncConnection, concerned: ColumnElement[bool]) -> None:
    now, kept = current_special_odds.c, special_history.c
    newest = exists().where(kept.special_id == now.special_id, kept.at >= now.changed_at)
    found = (
        select(now.special_id, now.changed_at, now.odds_json)
        .join(specials, specials.c.id == now.special_id)
        .where(concerned, now.gone.is_(False), ~newest)
    )
    names = ["special_id", "at", "odds_json"]
    await conn.execute(insert(special_history).from_select(names, found))
