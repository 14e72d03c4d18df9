"""The record of every change that was sent to BetTune, with its outcome."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, exists, func, select

from syncd.model.bettune import Pair
from syncd.model.change import Cause, Change, Kind
from syncd.store.connection import AsyncConnection
from syncd.store.row_writes import RowWrite
from syncd.store.rows import load, load_in
from syncd.store.schema import matches, writes


class Write(msgspec.Struct, frozen=True, kw_only=True):
    """One change that was sent; `outcome` is a `WriteOutcome` of the writer."""

    id: int
    at: datetime
    change: Change
    """Without the kick-off, which is the match's."""
    outcome: str
    error: str = ""
    took_ms: int = 0


def row(change: Change, *, at: datetime, outcome: str, error: str = "", took_ms: int = 0) -> RowWrite:
    """The row that records that the change was sent at this time, and its outcome."""
    values = {
        "at": at,
        "kind": change.kind,
        "filter_id": change.pair.filter_id,
        "match_id": change.pair.match_id,
        "event_id": change.event_id,
        "before": change.before,
        "after": change.after,
        "cause": change.cause,
        "reason": change.reason,
        "source_price": change.source_price,
        "outcome": outcome,
        "error": error,
        "took_ms": took_ms,
    }
    return RowWrite(writes, values)


async def load_recent(conn: AsyncConnection, limit: int, *, before: int | None = None) -> list[Write]:
    """The last writes, the newest first; `before` is an id, to load the next page."""
    query = select(writes).order_by(writes.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(writes.c.id < before)
    return await load(conn, query, write_of)


async def load_of_pair(conn: AsyncConnection, pair: Pair, limit: int = 1) -> list[Write]:
    """The last writes of one pair, the newest first."""
    query = (
        select(writes)
        .where(writes.c.filter_id == pair.filter_id, writes.c.match_id == pair.match_id)
        .order_by(writes.c.at.desc(), writes.c.id.desc())
        .limit(limit)
    )
    return await load(conn, query, write_of)


async def load_of_matches(
    conn: AsyncConnection, filter_ids: Collection[int], match_ids: Collection[int]
) -> list[Write]:
    """All writes of these filters on these matches, in order of time."""
    query = select(writes).where(writes.c.filter_id.in_(filter_ids))
    found = await load_in(conn, query, writes.c.match_id, match_ids, write_of)
    return sorted(found, key=lambda each: (each.at, each.id))


async def matches_written(
    conn: AsyncConnection, filter_ids: Collection[int], kickoff_from: datetime, kickoff_to: datetime
) -> list[int]:
    """The matches between two kick-offs on which one of these filters ever wrote, in order of kick-off."""
    written = exists().where(writes.c.filter_id.in_(filter_ids), writes.c.match_id == matches.c.id)
    query = (
        select(matches.c.id)
        .where(matches.c.date >= kickoff_from, matches.c.date < kickoff_to, written)
        .order_by(matches.c.date, matches.c.id)
    )
    return await load(conn, query, lambda row: int(row.id))


async def pairs_since(conn: AsyncConnection, since: datetime) -> set[Pair]:
    """The pairs that were written from `since` on."""
    query = select(writes.c.filter_id, writes.c.match_id).where(writes.c.at >= since).distinct()
    return {Pair(*row) for row in await conn.execute(query)}


async def count_since(conn: AsyncConnection, since: datetime) -> dict[tuple[Kind, str], int]:
    """The number of writes from `since` on, by kind and outcome."""
    query = (
        select(writes.c.kind, writes.c.outcome, func.count().label("number"))
        .where(writes.c.at >= since)
        .group_by(writes.c.kind, writes.c.outcome)
    )
    return {(Kind(row.kind), row.outcome): row.number for row in await conn.execute(query)}


def write_of(row: Row[Any]) -> Write:
    """The write of a row."""
    change = Change(
        kind=Kind(row.kind),
        pair=Pair(row.filter_id, row.match_id),
        before=row.before,
        after=row.after,
        cause=Cause(row.cause),
        reason=row.reason,
        event_id=row.event_id,
        source_price=row.source_price,
    )
    return Write(
        id=row.id, at=row.at, change=change, outcome=row.outcome, error=row.error, took_ms=row.took_ms
    )
