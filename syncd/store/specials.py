"""The specials of events: their listing, as text to compare before it is decoded, and their state."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Row, bindparam, or_, select

from syncd.model.feed import Gone
from syncd.model.special import Special, SpecialState
from syncd.store import offer_history, rows, special_prices
from syncd.store.connection import AsyncConnection
from syncd.store.offer_history import Openness
from syncd.store.predicates import special_is_ahead
from syncd.store.schema import special_prices as prices
from syncd.store.schema import specials

_decode = msgspec.json.Decoder(Special).decode
_encode = msgspec.json.Encoder().encode


class StoredSpecial(NamedTuple):
    """A stored special, not decoded: thousands are compared to find a few that have changed."""

    json: str
    listed: bool


def encode(special: Special) -> str:
    """Encode a special as text: equal for equal specials."""
    return _encode(special).decode()


def decode(json: str) -> Special:
    """Decode the text of a special."""
    return _decode(json)


async def load(conn: AsyncConnection, event_ids: Collection[int]) -> dict[int, tuple[SpecialState, ...]]:
    """The specials of these events with their prices, by event, tombstones too."""
    query = (
        select(
            specials,
            prices.c.odds_json,
            prices.c.changed_at.label("odds_changed_at"),
            prices.c.gone.label("odds_gone"),
        )
        .outerjoin(prices, prices.c.special_id == specials.c.id)
        .order_by(specials.c.id)
    )
    found = await rows.load_in(
        conn, query, specials.c.event_id, event_ids, lambda row: (int(row.event_id), _with_odds(row))
    )
    return rows.grouped(found)


async def load_ids(conn: AsyncConnection, ids: Collection[int]) -> dict[int, SpecialState]:
    """The known specials with these ids, tombstones too, without their prices."""
    found = await rows.load_in(conn, select(specials), specials.c.id, ids, _state)
    return {state.special.id: state for state in found}


async def load_listing(conn: AsyncConnection, sport_id: int) -> dict[int, StoredSpecial]:
    """The specials whose absence from a snapshot would be a change, not decoded.

    These are the ones that are not gone, and the settled ones that were still listed.
    """
    not_gone = specials.c.gone_at.is_(None).label("not_gone")
    query = select(specials.c.id, specials.c.special_json, specials.c.missed, not_gone).where(
        specials.c.sport_id == sport_id, or_(specials.c.gone_at.is_(None), specials.c.missed == 0)
    )
    return dict(await rows.load(conn, query, _listed))


async def open_ids(conn: AsyncConnection, sport_id: int, now: datetime) -> frozenset[int]:
    """The specials of a sport that are listed and whose cutoff, by the server's clock, lies ahead."""
    query = select(specials.c.id).where(specials.c.sport_id == sport_id, special_is_ahead(now))
    return frozenset(await rows.load(conn, query, lambda row: int(row.id)))


async def load_settlement_ids(conn: AsyncConnection, ids: Collection[int]) -> dict[int, int]:
    """The newest settlement of each of these specials: 0 if there is none. Unknown specials are absent."""
    query = select(specials.c.id, specials.c.settlement_id)
    return dict(
        await rows.load_in(conn, query, specials.c.id, ids, lambda row: (row.id, row.settlement_id or 0))
    )


async def save(conn: AsyncConnection, states: Iterable[SpecialState]) -> None:
    """Save the state of these specials without their prices, and record which of them open or close.

    The history keeps what a special offers when it opens again. Each must belong to an event.
    """
    after = {state.special.id: state for state in states}
    before = {id_: state.takes_bets for id_, state in (await load_ids(conn, after)).items()}
    now = {id_: Openness(state.changed_at, state.takes_bets) for id_, state in after.items()}
    reopened = await offer_history.record_special_openness(conn, before, now)
    await offer_history.keep_current_special_odds(conn, reopened)
    await rows.upsert(conn, specials, (_row(state) for state in after.values()))


async def save_settlement_ids(conn: AsyncConnection, settlement_ids: Mapping[int, int]) -> None:
    """Save the newest settlement of each of these specials, which must be known."""
    statement = (
        specials.update()
        .where(specials.c.id == bindparam("of_special"))
        .values(settlement_id=bindparam("newest"))
    )
    for chunk in rows.in_chunks(settlement_ids.items()):
        await conn.execute(statement, [{"of_special": id_, "newest": newest} for id_, newest in chunk])


def _listed(row: Row[Any]) -> tuple[int, StoredSpecial]:
    return row.id, StoredSpecial(row.special_json, listed=row.not_gone and row.missed == 0)


def _state(row: Row[Any]) -> SpecialState:
    return SpecialState(
        special=_decode(row.special_json),
        changed_at=row.changed_at,
        missed=row.missed,
        gone_at=row.gone_at,
        gone_because=Gone(row.gone_because) if row.gone_because else None,
    )


def _with_odds(row: Row[Any]) -> SpecialState:
    if row.odds_json is None:
        return _state(row)
    return msgspec.structs.replace(
        _state(row),
        odds=special_prices.decode(row.odds_json),
        odds_changed_at=row.odds_changed_at,
        odds_gone=row.odds_gone,
    )


def _row(state: SpecialState) -> Mapping[str, Any]:
    special = state.special
    return {
        "id": special.id,
        "sport_id": special.sport_id,
        "league_id": special.league_id,
        "event_id": special.event_id,
        "cutoff": special.cutoff,
        "special_json": encode(special),
        "changed_at": state.changed_at,
        "missed": state.missed,
        "gone_at": state.gone_at,
        "gone_because": state.gone_because.value if state.gone_because else None,
    }
