"""Writes and commands, the newest first, page by page, as far back as it is kept.

A page looks at a bounded number of writes, whatever it is narrowed to: of millions, the rest comes with the
next page.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import BigInteger, ColumnElement, case, cast, extract, func, select

from syncd.model.change import Kind
from syncd.store.connection import AsyncConnection
from syncd.store.rows import load
from syncd.store.schema import price_history, writes
from syncd.store.writes import Write, write_of

WRITES_LOOKED_AT = 200_000
"""Of one page: some tens of milliseconds."""

DONE = "done"

PRICED_PERIODS = (0, 1)
"""The match and its first half."""


class ActivityFilter(msgspec.Struct, frozen=True, kw_only=True):
    """The writes that are wanted."""

    kind: Kind | None = None
    is_done: bool | None = None
    """True: carried out; False: everything else."""
    filter_id: int | None = None
    match_ids: Collection[int] | None = None
    end: datetime | None = None
    """Excluded."""


class WritesPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some writes, the newest first."""

    writes: tuple[Write, ...]
    next: int | None
    """`before` of the next page; None if nothing older is kept."""
    looked_back_to: datetime | None
    """The time of the oldest write that was looked at; None if there is none."""


async def load_page(
    conn: AsyncConnection, wanted: ActivityFilter, limit: int, before: int | None = None
) -> WritesPage:
    """Load the newest writes that are wanted, with ids below `before`."""
    if wanted.end is not None:
        before = min(before or await _id_from(conn, wanted.end), await _id_from(conn, wanted.end))
    newest = await _greatest_id(conn) + 1 if before is None else before
    floor = max(0, newest - WRITES_LOOKED_AT)
    query = (
        select(writes)
        .where(writes.c.id < newest, writes.c.id >= floor, *_conditions(wanted))
        .order_by(writes.c.id.desc())
        .limit(limit + 1)
    )
    found = await load(conn, query, write_of)
    if len(found) > limit:
        shown = found[:limit]
        return WritesPage(writes=tuple(shown), next=shown[-1].id, looked_back_to=shown[-1].at)
    oldest = await _first_from(conn, floor)
    is_end = floor == 0 or oldest is None
    return WritesPage(writes=tuple(found), next=None if is_end else floor, looked_back_to=oldest)


async def moment_of(conn: AsyncConnection, write_id: int) -> datetime | None:
    """Load the time of a write, or of the next one if it is no longer kept."""
    return await _first_from(conn, write_id)


class ActivityBucket(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of what happened in one part of a span of time."""

    start: datetime
    done: int = 0
    failed: int = 0
    price_changes: int = 0
    """Of linked events."""
    response_ms: float | None = None
    """The mean time until BetTune's response; None without a write."""
    lag_s: float | None = None
    """The median time from the change of an event's price to the raise or lower that follows it."""


class FilterWrites(msgspec.Struct, frozen=True, kw_only=True):
    """The number of writes of one filter in a span of time."""

    done: int = 0
    failed: int = 0

    @property
    def sent(self) -> int:
        """All of them: each is one request."""
        return self.done + self.failed


async def count_by_filter(conn: AsyncConnection, since: datetime) -> dict[int, FilterWrites]:
    """Count the writes from a moment on, by filter id; no entry for none."""
    failed = func.sum(case((writes.c.outcome == DONE, 0), else_=1)).label("failed")
    query = (
        select(writes.c.filter_id, func.count().label("number"), failed)
        .where(writes.c.at >= since)
        .group_by(writes.c.filter_id)
    )
    return {
        int(row.filter_id): FilterWrites(done=int(row.number) - int(row.failed), failed=int(row.failed))
        for row in await conn.execute(query)
    }


async def load_lags(
    conn: AsyncConnection, since: datetime, within: timedelta
) -> list[tuple[datetime, float]]:
    """Load the raises and lowers from a moment on, each with the seconds since its event's price changed.

    Those whose event's price has not changed `within` that time have another reason, and are left out.
    """
    changed_at = (
        select(func.max(price_history.c.at))
        .where(
            price_history.c.event_id == writes.c.event_id,
            price_history.c.number.in_(PRICED_PERIODS),
            price_history.c.at >= since - within,
            price_history.c.at <= writes.c.at,
        )
        .scalar_subquery()
        .label("changed_at")
    )
    query = select(writes.c.at, changed_at).where(
        writes.c.at >= since, writes.c.outcome == DONE, writes.c.kind.in_((Kind.RAISE, Kind.LOWER))
    )
    found = ((row.at, row.at - row.changed_at) for row in await conn.execute(query) if row.changed_at)
    return [(at, lag.total_seconds()) for at, lag in found if lag <= within]


async def count_buckets(
    conn: AsyncConnection, starts: Collection[datetime], seconds: int
) -> list[ActivityBucket]:
    """Count what happened in each of these buckets of so many seconds, which follow each other."""
    first = min(starts)
    at = _bucket(conn, writes.c.at, seconds)
    failed = func.sum(case((writes.c.outcome == DONE, 0), else_=1)).label("failed")
    query = (
        select(at, func.count().label("number"), failed, func.avg(writes.c.took_ms).label("took_ms"))
        .where(writes.c.at >= first)
        .group_by(at)
    )
    of_writes = {int(row.bucket): row for row in await conn.execute(query)}
    changed_at = _bucket(conn, price_history.c.at, seconds)
    changes = select(changed_at, func.count().label("number")).where(price_history.c.at >= first)
    of_prices = {int(row.bucket): int(row.number) for row in await conn.execute(changes.group_by(changed_at))}
    found: list[ActivityBucket] = []
    for start in sorted(starts):
        key = int(start.timestamp()) // seconds
        row = of_writes.get(key)
        failures = int(row.failed) if row else 0
        found.append(
            ActivityBucket(
                start=start,
                done=int(row.number) - failures if row else 0,
                failed=failures,
                price_changes=of_prices.get(key, 0),
                response_ms=round(float(row.took_ms), 1) if row else None,
            )
        )
    return found


def _bucket(conn: AsyncConnection, at: Any, seconds: int) -> Any:
    """The number of the bucket in which a moment lies."""
    epoch = extract("epoch", at)
    # SQLite gives whole seconds; PostgreSQL would round them.
    whole = epoch if conn.dialect.name == "sqlite" else func.floor(epoch)
    return (cast(whole, BigInteger) // seconds).label("bucket")


def _conditions(wanted: ActivityFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.kind is not None:
        found.append(writes.c.kind == wanted.kind.value)
    if wanted.is_done is not None:
        found.append(writes.c.outcome == DONE if wanted.is_done else writes.c.outcome != DONE)
    if wanted.filter_id is not None:
        found.append(writes.c.filter_id == wanted.filter_id)
    if wanted.match_ids is not None:
        found.append(writes.c.match_id.in_(list(wanted.match_ids)))
    if wanted.end is not None:
        found.append(writes.c.at < wanted.end)
    return found


async def _greatest_id(conn: AsyncConnection) -> int:
    return int((await conn.execute(select(func.max(writes.c.id)))).scalar_one_or_none() or 0)


async def _id_from(conn: AsyncConnection, end: datetime) -> int:
    """Return an id above all of the writes before this moment."""
    query = select(writes.c.id).where(writes.c.at < end).order_by(writes.c.at.desc(), writes.c.id.desc())
    found = (await conn.execute(query.limit(1))).scalar_one_or_none()
    return 0 if found is None else int(found) + 1


async def _first_from(conn: AsyncConnection, write_id: int) -> datetime | None:
    query = select(writes.c.at).where(writes.c.id >= write_id).order_by(writes.c.id).limit(1)
    found: datetime | None = (await conn.execute(query)).scalar_one_or_none()
    return found
