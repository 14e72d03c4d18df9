"""BetTune's matches and filters as last listed.

An entry that is no longer listed is marked gone, and revived if it returns. One that a list contradicts
stays as it was, with the contradiction beside it, until a second list says the same.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Row, Table, false, select, true

from syncd.matching.results import BetTuneResult, Score
from syncd.model import bounds
from syncd.model.bettune import Filter, Match
from syncd.model.contradiction import Believed, believe, filters_contradict, matches_contradict
from syncd.model.horizon import horizon
from syncd.store.connection import AsyncConnection
from syncd.store.rows import IDS_PER_STATEMENT, in_chunks, load, load_in, upsert
from syncd.store.schema import filters, matches

T = TypeVar("T")

_read_match = msgspec.json.Decoder(Match).decode
_read_filter = msgspec.json.Decoder(Filter).decode


class CatalogueDiff(msgspec.Struct, frozen=True, kw_only=True):
    """The changes of a new list, by id. An entry that returns has appeared."""

    appeared: frozenset[int]
    changed: frozenset[int]
    gone: frozenset[int]
    contradicted: frozenset[int] = frozenset()
    """Those for which another reading has to decide."""

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
    return await _replace(conn, _list_of_matches(now), rows, of_these_days, now)


async def update_day(
    conn: AsyncConnection, day: date, listed: Iterable[Match], now: datetime
) -> CatalogueDiff:
    """Save what a day that is over lists now; a match that it no longer names stays as it is."""
    rows = {match.id: _row(day, match, now) for match in listed}
    return await _replace(conn, _list_of_matches(now), rows, false(), now)


async def replace_filters(conn: AsyncConnection, listed: Iterable[Filter], now: datetime) -> CatalogueDiff:
    """Save the complete list of filters."""
    rows = {
        filter_.id: {"id": filter_.id, "filter_json": _json(filter_), "seen_at": now, "gone_at": None}
        for filter_ in listed
    }
    return await _replace(conn, _LIST_OF_FILTERS, rows, true(), now)


async def matches_by_id(conn: AsyncConnection, ids: Collection[int]) -> dict[int, Match]:
    """The matches with these ids, gone or not."""
    found = await load_in(conn, select(matches.c.match_json), matches.c.id, ids, read_match)
    return {match.id: match for match in found if match}


async def believed_matches(conn: AsyncConnection, ids: Collection[int]) -> dict[int, Believed[Match]]:
    """The matches with these ids that are not gone, each with what contradicts it."""
    query = select(matches.c.match_json, matches.c.contradiction_json).where(matches.c.gone_at.is_(None))
    found = await load_in(
        conn, query, matches.c.id, ids, lambda row: (read_match(row), _match_of(row.contradiction_json))
    )
    return {match.id: Believed(match, contradiction) for match, contradiction in found if match}


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


async def believed_filters(conn: AsyncConnection) -> dict[int, Believed[Filter]]:
    """The same, each with what contradicts it."""
    query = select(filters.c.filter_json, filters.c.contradiction_json).where(filters.c.gone_at.is_(None))
    found = await load(conn, query, lambda row: (_filter(row), _filter_of(row.contradiction_json)))
    return {filter_.id: Believed(filter_, contradiction) for filter_, contradiction in found if filter_}


async def filters_by_id(conn: AsyncConnection, ids: Collection[int]) -> dict[int, Filter]:
    """The filters with these ids, gone or not."""
    found = await load_in(conn, select(filters.c.filter_json), filters.c.id, ids, _filter)
    return {filter_.id: filter_ for filter_ in found if filter_}


class _List(NamedTuple, Generic[T]):
    """One of BetTune's lists: where its entries are stored, and when one contradicts another."""

    table: Table
    column: str
    read: Callable[[str | None], T | None]
    contradicts: Callable[[T, T], bool]

    def row(self, known: Row[Any] | None, listed: dict[str, Any]) -> dict[str, Any]:
        """Return the row to save: the listed one, or the known one with the contradiction."""
        listed = listed | {"contradiction_json": None}
        entry = None if known is None else getattr(known, self.column)
        if known is None or entry == listed[self.column]:
            return listed
        now_listed = self.read(listed[self.column])
        if now_listed is None:
            return listed
        believed = believe(
            self.read(entry), self.read(known.contradiction_json), now_listed, self.contradicts
        )
        if believed.contradiction is None:
            return listed
        return {**known._mapping, "contradiction_json": listed[self.column]}


async def _replace(
    conn: AsyncConnection,
    listing: _List[Any],
    rows: dict[int, dict[str, Any]],
    covered: ColumnElement[bool],
    now: datetime,
) -> CatalogueDiff:
    """Save the rows; `covered` selects the stored rows that should be in this list."""
    table, query = listing.table, select(listing.table)
    known = {row.id: row for row in await load(conn, query.where(covered), _itself)}
    known |= {row.id: row for row in await load_in(conn, query, table.c.id, rows.keys() - known, _itself)}
    rows = {id_: listing.row(known.get(id_), row) for id_, row in rows.items()}
    diff = _compare({id_: {**row._mapping} for id_, row in known.items()}, rows, listing.column)
    await upsert(conn, table, rows.values())
    for chunk in in_chunks(diff.gone, IDS_PER_STATEMENT):
        gone = table.update().where(table.c.id.in_(chunk))
        await conn.execute(gone.values(gone_at=now, contradiction_json=None))
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


def _compare(
    known: Mapping[int, Mapping[str, Any]], rows: Mapping[int, Mapping[str, Any]], column: str
) -> CatalogueDiff:
    before, after = _not_gone(known, column), _not_gone(rows, column)
    return CatalogueDiff(
        appeared=frozenset(after.keys() - before.keys()),
        changed=frozenset(id_ for id_, content in after.items() if before.get(id_, content) != content),
        gone=frozenset(before.keys() - rows.keys()),
        contradicted=frozenset(id_ for id_, row in rows.items() if row["contradiction_json"]),
    )


def _not_gone(rows: Mapping[int, Mapping[str, Any]], column: str) -> dict[int, tuple[str, str | None]]:
    return {
        id_: (row[column], row["contradiction_json"]) for id_, row in rows.items() if row["gone_at"] is None
    }


def _itself(row: Row[Any]) -> Row[Any]:
    return row


def _json(value: Match | Filter) -> str:
    return msgspec.json.encode(value).decode()


def read_match(row: Row[Any]) -> Match | None:
    """The match of a row; None if it is not valid."""
    return _match_of(row.match_json)


def _match_of(text: str | None) -> Match | None:
    """The match of a text; None if it is not valid: an older version may have stored what this rejects."""
    try:
        match = _read_match(text) if text else None
        return match and msgspec.structs.replace(match, date=bounds.moment(match.date))
    except ValueError:  # of msgspec, and of the bounds
        return None


def _filter(row: Row[Any]) -> Filter | None:
    return _filter_of(row.filter_json)


def _filter_of(text: str | None) -> Filter | None:
    """The filter of a text; None if it is not one."""
    try:
        return _read_filter(text) if text else None
    except ValueError:
        return None


def _list_of_matches(now: datetime) -> _List[Match]:
    return _List(
        matches, "match_json", _match_of, lambda known, listed: matches_contradict(known, listed, now)
    )


_LIST_OF_FILTERS = _List(filters, "filter_json", _filter_of, filters_contradict)
