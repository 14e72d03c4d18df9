"""The periods of events with their markets, as text to compare before it is decoded."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Row, Select, bindparam, select, update

from syncd.model.feed import PeriodState
from syncd.model.pinnacle import Period
from syncd.store import rows
from syncd.store.connection import AsyncConnection
from syncd.store.schema import links, periods, price_history


class _Offered(msgspec.Struct, gc=False):
    """The offer of a period, its markets not decoded."""

    moneyline: msgspec.Raw = msgspec.Raw(b"null")
    spreads: tuple[msgspec.Raw, ...] = ()
    totals: tuple[msgspec.Raw, ...] = ()
    home_totals: tuple[msgspec.Raw, ...] = ()
    away_totals: tuple[msgspec.Raw, ...] = ()


_decode = msgspec.json.Decoder(Period).decode
_decode_offered = msgspec.json.Decoder(_Offered).decode
_encode = msgspec.json.Encoder().encode


class StoredContent(NamedTuple):
    """A stored period, or the odds of a stored special, not decoded."""

    json: str
    gone: bool


class NewPeriodContent(NamedTuple):
    """A period whose content differs from the stored one."""

    event_id: int
    number: int
    sport_id: int
    league_id: int
    json: str
    has_prices: bool
    has_moneyline: bool


PeriodId = tuple[int, int]
"""(event, period number)."""


def encode(period: Period) -> str:
    """Encode a period as text: equal for equal periods."""
    return _encode(period).decode()


def decode(json: str) -> Period:
    """Decode the text of a period."""
    return _decode(json)


def has_prices(json: str) -> bool:
    """Return `Period.has_prices` of a period's text, in a fraction of the time that decoding it takes."""
    found = _decode_offered(json)
    has_lines = found.spreads or found.totals or found.home_totals or found.away_totals
    return bool(has_lines) or bytes(found.moneyline) != b"null"


async def load(conn: AsyncConnection, event_ids: Collection[int]) -> dict[int, dict[int, PeriodState]]:
    """The periods of these events, by event and number, also the ones that are gone."""
    found = await rows.load_in(conn, select(periods), periods.c.event_id, event_ids, _period_state)
    by_event: dict[int, dict[int, PeriodState]] = {}
    for state in found:
        by_event.setdefault(state.event_id, {})[state.period.number] = state
    return by_event


async def events_with_prices(conn: AsyncConnection, event_ids: Collection[int]) -> frozenset[int]:
    """Those of these events that offer a price now."""
    query = select(periods.c.event_id, periods.c.period_json).where(periods.c.gone.is_(False))
    found = await rows.load_in(
        conn,
        query,
        periods.c.event_id,
        event_ids,
        lambda row: (row.event_id, has_prices(row.period_json)),
    )
    return frozenset(event_id for event_id, is_priced in found if is_priced)


async def load_sport_contents(conn: AsyncConnection, sport_id: int) -> dict[PeriodId, StoredContent]:
    """Every period of a sport that is not gone, not decoded."""
    query = _contents().where(periods.c.sport_id == sport_id, periods.c.gone.is_(False))
    return dict(await rows.load(conn, query, _content))


async def load_contents(conn: AsyncConnection, event_ids: Collection[int]) -> dict[PeriodId, StoredContent]:
    """Every period of these events, not decoded."""
    return dict(await rows.load_in(conn, _contents(), periods.c.event_id, event_ids, _content))


async def save(conn: AsyncConnection, contents: Collection[NewPeriodContent], changed_at: datetime) -> None:
    """Save new contents, and add to the history what it keeps: see `offer_history`."""
    had = await _had_moneyline(conn, {each.event_id for each in contents if not each.has_moneyline})
    await rows.upsert(
        conn,
        periods,
        (
            {
                "event_id": each.event_id,
                "number": each.number,
                "sport_id": each.sport_id,
                "league_id": each.league_id,
                "period_json": each.json,
                "changed_at": changed_at,
                "gone": False,
                "had_moneyline": each.has_moneyline or (each.event_id, each.number) in had,
            }
            for each in contents
        ),
    )
    event_ids = {each.event_id for each in contents}
    linked = await linked_events(conn, event_ids)
    with_history = await _with_history(conn, event_ids - linked)
    history = [
        {"event_id": each.event_id, "number": each.number, "at": changed_at, "period_json": each.json}
        for each in contents
        if each.event_id in linked or (each.has_prices and (each.event_id, each.number) not in with_history)
    ]
    await rows.insert(conn, price_history, history)


async def mark_gone(conn: AsyncConnection, ids: Iterable[PeriodId], changed_at: datetime) -> None:
    """Record that these periods are not in the newest snapshot."""
    statement = (
        update(periods)
        .where(periods.c.event_id == bindparam("of_event"), periods.c.number == bindparam("of_number"))
        .values(gone=True, changed_at=changed_at)
    )
    for chunk in rows.in_chunks(ids):
        await conn.execute(statement, [{"of_event": event, "of_number": number} for event, number in chunk])


async def linked_events(conn: AsyncConnection, event_ids: Collection[int]) -> frozenset[int]:
    """Those of these events that have a link, in any state."""
    found = await rows.load_in(
        conn, select(links.c.event_id), links.c.event_id, event_ids, lambda row: int(row.event_id)
    )
    return frozenset(found)


async def _had_moneyline(conn: AsyncConnection, event_ids: Collection[int]) -> frozenset[PeriodId]:
    query = select(periods.c.event_id, periods.c.number).where(periods.c.had_moneyline)
    return frozenset(await rows.load_in(conn, query, periods.c.event_id, event_ids, _period_id))


async def _with_history(conn: AsyncConnection, event_ids: Collection[int]) -> frozenset[PeriodId]:
    query = select(price_history.c.event_id, price_history.c.number).distinct()
    return frozenset(await rows.load_in(conn, query, price_history.c.event_id, event_ids, _period_id))


def _period_id(row: Row[Any]) -> PeriodId:
    return row.event_id, row.number


def _contents() -> Select[Any]:
    return select(periods.c.event_id, periods.c.number, periods.c.period_json, periods.c.gone)


def _content(row: Row[Any]) -> tuple[PeriodId, StoredContent]:
    return (row.event_id, row.number), StoredContent(row.period_json, row.gone)


def _period_state(row: Row[Any]) -> PeriodState:
    return PeriodState(
        event_id=row.event_id,
        period=_decode(row.period_json),
        changed_at=row.changed_at,
        gone=row.gone,
        had_moneyline=row.had_moneyline,
    )
