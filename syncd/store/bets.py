"""Queries for the list of bets: matches that have changed, and when pairs were written last."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, func, or_, select, tuple_

from syncd.model.bettune import Match, Pair
from syncd.store.catalogue import read_match
from syncd.store.connection import AsyncConnection
from syncd.store.rows import in_chunks, load, load_in
from syncd.store.schema import matches, writes

PAIRS_PER_STATEMENT = 2_000
"""Two parameters each."""


class StoredMatch(NamedTuple):
    """A match, and whether BetTune's list of its day still names it."""

    match: Match
    listed: bool


async def matches_from(
    conn: AsyncConnection, kickoff_from: datetime, changed_since: datetime | None = None
) -> list[StoredMatch]:
    """Load the matches that kick off at this moment or later; only those that were read or left since."""
    query = _matches().where(matches.c.date >= kickoff_from)
    if changed_since is not None:
        query = query.where(or_(matches.c.seen_at >= changed_since, matches.c.gone_at >= changed_since))
    return [each for each in await load(conn, query, _stored) if each]


async def matches_by_id(conn: AsyncConnection, ids: Collection[int]) -> list[StoredMatch]:
    """Load the matches with these ids, whether they are gone or not."""
    return [each for each in await load_in(conn, _matches(), matches.c.id, ids, _stored) if each]


async def last_written(conn: AsyncConnection, pairs: Collection[Pair]) -> dict[Pair, datetime]:
    """Load when each of these pairs was written last, whatever came of it; no entry if it never was."""
    found: dict[Pair, datetime] = {}
    key = tuple_(writes.c.filter_id, writes.c.match_id)
    query = select(writes.c.filter_id, writes.c.match_id, func.max(writes.c.at).label("at"))
    for chunk in in_chunks(pairs, PAIRS_PER_STATEMENT):
        of_these = query.where(key.in_(chunk)).group_by(writes.c.filter_id, writes.c.match_id)
        rows = await load(conn, of_these, lambda row: (Pair(row.filter_id, row.match_id), row.at))
        found.update(rows)
    return found


async def filters_written(conn: AsyncConnection, match_id: int, filter_ids: Collection[int]) -> set[int]:
    """Load those of these filters for which something was ever written on a match."""
    query = select(writes.c.filter_id).where(writes.c.match_id == match_id).distinct()
    return set(await load_in(conn, query, writes.c.filter_id, filter_ids, lambda row: int(row.filter_id)))


def _matches() -> Select[Any]:
    return select(matches.c.match_json, matches.c.gone_at.is_(None).label("listed"))


def _stored(row: Row[Any]) -> StoredMatch | None:
    match = read_match(row)
    return StoredMatch(match, bool(row.listed)) if match else None
