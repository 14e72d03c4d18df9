"""BetTune's matches and filters as last listed.

An entry that is no longer listed is marked gone, and revived if it returns.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, Table, false, select, true

from syncd.matching.results import BetTuneResult, Score
from syncd.model import bounds
from syncd.model.bettune import Filter, Match
from syncd.model.horizon import horizon
from syncd.store.connection import AsyncConnection
from syncd.store.rows import IDS_PER_STATEMENT, in_chunks, load, load_in, upsert
from syncd.store.schema import filters, matches

_read_match = msgspec.json.Decoder(Match).decode
_read_filter = msgspec.json.Decoder(Filter).decode


class CatalogueDiff(msgspec.Struct, frozen=True, kw_only=True):
    """The changes of a new list, by id. An entry that returns has appeared."""

    appeared: frozenset[int]
    changed: frozenset[int]
    gone: frozenset[int]

    def __bool__(self) -> bool:
        return bool(self.appeared or self.changed or self.gone)


async def replace_days(
    conn: AsyncConnection, lists: Mapping[date, Iterable[Match]], now: datetime
) -> CatalogueDiff:
    """Save the complete lists of whole days.

    A match that is missing from the list of its day is gone, unless another day lists it. Pass all days
    of one round together, or a postponed match is gone until its new day is read.
    """
    listed = {match.id: (day, match) for day in sorted(lists) for match in lists[day]}
    rows = {match.id: _row(day, match, now) for day, match in listed.values()}
    of_these_days = matches.c.listed_on.in_(list(lists))
    return await _replace(conn, matches, rows, of_these_days, now)


async def update_day(
    conn: AsyncConnection, day: date, listed: Iterable[Match], now: datetime
) -> CatalogueDiff:
    """Save what a day that is over lists now; a match that it no longer names stays as it is."""
    rows = {match.id: _row(day, match, now) for match in listed}
    return await _replace(conn, matches, rows, false(), now)


async def replace_filters(conn: AsyncConnection, listed: Iterable[Filter], now: datetime) -> CatalogueDiff:
    """Save the complete list of filters."""
    rows = {
        filter_.id: {"id": filter_.id, "filter_json": _json(filter_), "seen_at": now, "gone_at": None}
        for filter_ in listed
    }
    return await _replace(conn, filters, rows, true(), now)


async def matches_by_id(conn: AsyncConnection, ids: Collection[int]) -> dict[int, Match]:
    """The matches with these ids, gone or not."""
    found = await load_in(conn, select(matches.c.match_json), matches.c.id, ids, read_match)
    return {match.id: match for match in found if match}


async def listed_matches(conn: AsyncConnection, ids: Collection[int]) -> dict[int, Match]:
    """The matches with these ids that are not gone."""
    query = select(matches.c.match_json).where(matches.c.gone_at.is_(None))
    return {match.id: match for match in await load_in(conn, query, matches.c.id, ids, read_match) if match}


async def results_by_id(conn: AsyncConnection, ids: Collection[int]) -> dict[int, BetTuneResult]:
    """The results of the matches with these ids, as BetTune's lists showed them last."""
    query = select(matches.c.match_json, matches.c.seen_at)
    found = await load_in(conn, query, matches.c.id, ids, lambda row: (read_match(row), row.seen_at))
    return {match.id: _result(match, seen_at) for match, seen_at in found if match}


def _result(match: Match, seen_at: datetime) -> BetTuneResult:
    known = match.home_score is not None and match.away_score is not None
    return BetTuneResult(
        finished=match.finished,
        kickoff=match.date,
        score=Score(match.home_score or 0, match.away_score or 0) if known else None,
        read_at=seen_at,
    )


async def matches_between(conn: AsyncConnection, start: datetime, end: datetime) -> dict[int, Match]:
    """The listed matches that kick off from `start` on and before `end`."""
    query = select(matches.c.match_json).where(
        matches.c.gone_at.is_(None), matches.c.date >= start, matches.c.date < end
    )
    return {match.id: match for match in await load(conn, query, read_match) if match}


async def matches_of_horizon(conn: AsyncConnection, now: datetime, ahead: timedelta) -> frozenset[int]:
    """The ids of the listed matches of today and of the days up to `now + ahead`."""
    days = horizon(now, ahead)
    return frozenset(await matches_between(conn, days.start, days.end))


async def gone_matches(conn: AsyncConnection, ids: Collection[int]) -> set[int]:
    """Load the ids of those matches that are known to be gone."""
    query = select(matches.c.id).where(matches.c.gone_at.is_not(None))
    return set(await load_in(conn, query, matches.c.id, ids, lambda row: int(row.id)))


async def count_on(conn: AsyncConnection, days: Collection[date]) -> dict[date, int]:
    """The number of listed matches of each day, to recognise a list that is suddenly empty."""
    query = select(matches.c.listed_on).where(matches.c.gone_at.is_(None), matches.c.listed_on.in_(days))
    counts = dict.fromkeys(days, 0)
    for day in await load(conn, query, lambda row: row.listed_on):
        counts[day] += 1
    return counts


async def listed_filters(conn: AsyncConnection) -> dict[int, Filter]:
    """The filters of the last list, approved or not."""
    query = select(filters.c.filter_json).where(filters.c.gone_at.is_(None))
    return {filter_.id: filter_ for filter_ in await load(conn, query, _filter) if filter_}


async def filters_by_id(conn: AsyncConnection, ids: Collection[int]) -> dict[int, Filter]:
    """The filters with these ids, gone or not."""
    found = await load_in(conn, select(filters.c.filter_json), filters.c.id, ids, _filter)
    return {filter_.id: filter_ for filter_ in found if filter_}


async def _replace(
    conn: AsyncConnection,
    table: Table,
    rows: dict[int, dict[str, Any]],
    covered: ColumnElement[bool],
    now: datetime,
) -> CatalogueDiff:
    """Save the rows; `covered` selects the stored rows that should be in this list."""
    name = "match_json" if table is matches else "filter_json"
    query = select(table.c.id, table.c[name].label("content"), table.c.gone_at)
    known = {row.id: row for row in await load(conn, query.where(covered), _itself)}
    known |= {row.id: row for row in await load_in(conn, query, table.c.id, rows.keys() - known, _itself)}
    diff = _compare(known, {id_: row[name] for id_, row in rows.items()})
    await upsert(conn, table, rows.values())
    for chunk in in_chunks(diff.gone, IDS_PER_STATEMENT):
        await conn.execute(table.update().where(table.c.id.in_(chunk)).values(gone_at=now))
    return diff


def _row(day: date, match: Match, now: datetime) -> dict[str, Any]:
    return {
        "id": match.id,
        "date": match.date,
        "finished": match.finished,
        "match_json": _json(match),
        "listed_on": day,
        "seen_at": now,
        "gone_at": None,
    }


def _compare(known: Mapping[int, Row[Any]], listed: Mapping[int, str]) -> CatalogueDiff:
    before = {id_: row.content for id_, row in known.items() if row.gone_at is None}
    return CatalogueDiff(
        appeared=frozenset(listed.keys() - before.keys()),
        changed=frozenset(id_ for id_, text in listed.items() if before.get(id_, text) != text),
        gone=frozenset(before.keys() - listed.keys()),
    )


def _itself(row: Row[Any]) -> Row[Any]:
    return row


def _json(value: Match | Filter) -> str:
    return msgspec.json.encode(value).decode()


def read_match(row: Row[Any]) -> Match | None:
    """The match of a row; None if it is not valid: an older version may have stored what this one rejects."""
    try:
        match = _read_match(row.match_json)
        return msgspec.structs.replace(match, date=bounds.moment(match.date))
    except ValueError:  # of msgspec, and of the bounds
        return None


def _filter(row: Row[Any]) -> Filter | None:
    """The filter of a row; None if it is not one."""
    try:
        return _read_filter(row.filter_json)
    except ValueError:
        return None
