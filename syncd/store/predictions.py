"""What we know BetTune to hold for each pair, and whose it is."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.model.bettune import Pair
from syncd.model.change import Actual, Kind, Owner
from syncd.store.rows import in_chunks, load, upsert
from syncd.store.schema import predictions

PAIRS = 2_000
"""Pairs in one statement: two parameters each."""


async def load_all(conn: AsyncConnection) -> dict[Pair, Actual]:
    """Every holding that we know of."""
    return _by_pair(await load(conn, select(predictions), _holding))


async def load_pairs(conn: AsyncConnection, pairs: Collection[Pair]) -> dict[Pair, Actual]:
    """The holdings of these pairs; a pair we know nothing of is absent."""
    found: dict[Pair, Actual] = {}
    for chunk in in_chunks(pairs, PAIRS):
        found |= _by_pair(await load(conn, select(predictions).where(_among(chunk)), _holding))
    return found


async def load_blocked(conn: AsyncConnection, now: datetime, most: int) -> list[Actual]:
    """The holdings in quarantine, the one that ends it first before the others; so many at most."""
    query = select(predictions).where(predictions.c.quarantined_until > now)
    return await load(conn, query.order_by(predictions.c.quarantined_until).limit(most), _holding)


async def put(conn: AsyncConnection, holdings: Iterable[Actual]) -> None:
    """Keep these, in place of what was known of their pairs. No pair twice."""
    await upsert(conn, predictions, map(_values, holdings))


async def forget(conn: AsyncConnection, pairs: Iterable[Pair]) -> None:
    """Know nothing of these pairs any more."""
    for chunk in in_chunks(pairs, PAIRS):
        await conn.execute(predictions.delete().where(_among(chunk)))


def _among(pairs: list[Pair]) -> Any:
    return tuple_(predictions.c.filter_id, predictions.c.match_id).in_(pairs)


def _by_pair(holdings: list[Actual]) -> dict[Pair, Actual]:
    return {holding.pair: holding for holding in holdings}


def _values(holding: Actual) -> dict[str, Any]:
    return {
        "filter_id": holding.pair.filter_id,
        "match_id": holding.pair.match_id,
        "owner": holding.owner.value,
        "odds": holding.odds,
        "read_at": holding.read_at,
        "in_doubt": holding.in_doubt,
        "respected": holding.respected,
        "quarantined_until": holding.quarantined_until,
        "refused_kind": holding.refused_kind,
        "error": holding.error,
    }


def _holding(row: Row[Any]) -> Actual:
    return Actual(
        pair=Pair(row.filter_id, row.match_id),
        owner=Owner(row.owner),
        odds=row.odds,
        read_at=row.read_at,
        in_doubt=row.in_doubt,
        respected=row.respected,
        quarantined_until=row.quarantined_until,
        refused_kind=Kind(row.refused_kind) if row.refused_kind else None,
        error=row.error,
    )
