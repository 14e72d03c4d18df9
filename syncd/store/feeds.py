"""The state of the feeds, and the times of the next requests that their pace allows."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Row, Table, and_, select

from syncd.model.feed import FeedState
from syncd.store import rows
from syncd.store.connection import AsyncConnection
from syncd.store.row_writes import RowWrite
from syncd.store.schema import feeds, paces

MAX_FILTER_KEY = 1000
"""The longest league filter, in characters, that is a key as it is; a longer one is digested."""


class FeedKey(NamedTuple):
    """The scope of a cursor, which is never used for another host, path, sport or league filter."""

    host: str
    path: str
    sport_id: int
    leagues: str
    """The ids of the filter in order. Empty for all leagues."""


class Bucket(NamedTuple):
    """The scope of a rate limit: filters and versions share one bucket."""

    host: str
    endpoint: str
    sport_id: int


class NextTimes(NamedTuple):
    """The earliest times of any request, and of a snapshot."""

    call_at: datetime
    snapshot_at: datetime


def filter_key(leagues: Collection[int]) -> str:
    """A league filter as part of a cursor's key: equal for equal filters."""
    text = ",".join(str(league) for league in sorted(set(leagues)))
    if len(text) <= MAX_FILTER_KEY:
        return text
    return "blake2b:" + blake2b(text.encode(), digest_size=20).hexdigest()


async def load(conn: AsyncConnection, key: FeedKey, kind: str) -> FeedState:
    """The state of a feed; a new one is empty."""
    row = (await conn.execute(select(feeds).where(_is(feeds, key._asdict())))).first()
    return _state(row) if row else FeedState(kind=kind, sport_id=key.sport_id, path=key.path)


async def load_all(conn: AsyncConnection) -> list[tuple[FeedKey, FeedState]]:
    """The state of every feed, also of those from earlier configs."""
    query = select(feeds).order_by(feeds.c.sport_id, feeds.c.kind)
    return await rows.load(
        conn, query, lambda row: (FeedKey(row.host, row.path, row.sport_id, row.leagues), _state(row))
    )


async def save(conn: AsyncConnection, key: FeedKey, state: FeedState) -> None:
    """Save the state of a feed, in the transaction of the data that its cursor covers."""
    await rows.write(conn, [state_row(key, state)])


def state_row(key: FeedKey, state: FeedState) -> RowWrite:
    """The row of the state of a feed, in place of the one before."""
    row = key._asdict() | {
        "kind": state.kind,
        "cursor": state.cursor,
        "snapshot_at": state.snapshot_at,
        "ok_at": state.ok_at,
        "changed_at": state.changed_at,
        "polled_at": state.polled_at,
        "server_skew_s": state.skew.total_seconds(),
        "suspect_json": msgspec.json.encode(state.suspect).decode() if state.suspect else None,
        "failures": state.failures,
        "error": state.error or None,
        "error_since": state.error_since,
    }
    return RowWrite(feeds, row, replaces=True)


async def load_next_times(conn: AsyncConnection, bucket: Bucket) -> NextTimes | None:
    """The next times of a bucket. None if it was never used."""
    query = select(paces.c.next_call_at, paces.c.next_snapshot_at).where(_is(paces, bucket._asdict()))
    row = (await conn.execute(query)).first()
    return NextTimes(*row) if row else None


async def save_next_times(conn: AsyncConnection, bucket: Bucket, times: NextTimes) -> None:
    """Save the next times of a bucket."""
    await rows.write(conn, [times_row(bucket, times)])


def times_row(bucket: Bucket, times: NextTimes) -> RowWrite:
    """The row of the next times of a bucket: saved before each request, so that no crash breaks a limit."""
    row = bucket._asdict() | {"next_call_at": times.call_at, "next_snapshot_at": times.snapshot_at}
    return RowWrite(paces, row, replaces=True)


def _is(table: Table, key: Mapping[str, Any]) -> ColumnElement[bool]:
    return and_(*(table.c[name] == value for name, value in key.items()))


def _state(row: Row[Any]) -> FeedState:
    return FeedState(
        kind=row.kind,
        sport_id=row.sport_id,
        path=row.path,
        cursor=row.cursor,
        snapshot_at=row.snapshot_at,
        ok_at=row.ok_at,
        changed_at=row.changed_at,
        polled_at=row.polled_at,
        skew=timedelta(seconds=row.server_skew_s),
        failures=row.failures,
        error=row.error or "",
        error_since=row.error_since,
        suspect=msgspec.json.decode(row.suspect_json, type=str) if row.suspect_json else "",
    )
