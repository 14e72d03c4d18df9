"""The actual prediction of each pair at BetTune, as far as we know, and whose it is."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, tuple_

from syncd.model.bettune import Pair
from syncd.model.change import Actual, Kind, Owner
from syncd.store.connection import AsyncConnection
from syncd.store.row_writes import RowWrite
from syncd.store.rows import in_chunks, load
from syncd.store.schema import predictions

PAIRS_PER_STATEMENT = 2_000
"""Two parameters each."""


async def load_all(conn: AsyncConnection) -> dict[Pair, Actual]:
    """All known pairs."""
    return {actual.pair: actual for actual in await load(conn, select(predictions), _actual)}


async def load_of_match(conn: AsyncConnection, match_id: int) -> dict[Pair, Actual]:
    """The known pairs of one match."""
    found = await load(conn, select(predictions).where(predictions.c.match_id == match_id), _actual)
    return {actual.pair: actual for actual in found}


async def load_quarantined(conn: AsyncConnection, now: datetime, limit: int) -> list[Actual]:
    """At most `limit` quarantined pairs, the one whose quarantine ends first before the others."""
    query = select(predictions).where(predictions.c.quarantined_until > now)
    return await load(conn, query.order_by(predictions.c.quarantined_until).limit(limit), _actual)


def row(actual: Actual) -> RowWrite:
    """The row of a pair, in place of what was known of it."""
    return RowWrite(predictions, _values(actual), replaces=True)


async def delete(conn: AsyncConnection, pairs: Iterable[Pair]) -> None:
    """Forget these pairs."""
    for chunk in in_chunks(pairs, PAIRS_PER_STATEMENT):
        await conn.execute(predictions.delete().where(_among(chunk)))


def _among(pairs: list[Pair]) -> Any:
    return tuple_(predictions.c.filter_id, predictions.c.match_id).in_(pairs)


def _values(actual: Actual) -> dict[str, Any]:
    return {
        "filter_id": actual.pair.filter_id,
        "match_id": actual.pair.match_id,
        "owner": actual.owner.value,
        "odds": actual.odds,
        "read_at": actual.read_at,
        "in_doubt": actual.in_doubt,
        "respected": actual.respected,
        "quarantined_until": actual.quarantined_until,
        "rejected_kind": actual.rejected_kind,
        "error": actual.error,
    }


def _actual(row: Row[Any]) -> Actual:
    return Actual(
        pair=Pair(row.filter_id, row.match_id),
        owner=Owner(row.owner),
        odds=row.odds,
        read_at=row.read_at,
        in_doubt=row.in_doubt,
        respected=row.respected,
        quarantined_until=row.quarantined_until,
        rejected_kind=Kind(row.rejected_kind) if row.rejected_kind else None,
        error=row.error,
    )
