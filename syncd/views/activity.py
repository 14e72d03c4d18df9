"""The past of syncd: writes and commands, the newest first."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from statistics import median
from typing import Any

import msgspec

from syncd.app.daemon import Daemon
from syncd.linking.link_details import PairNames, load_pair_names
from syncd.model.change import Cause, Kind
from syncd.model.horizon import midnight
from syncd.store import activity, catalogue, commands
from syncd.store.activity import ActivityBucket, ActivityFilter, WritesPage
from syncd.store.commands import UserCommand
from syncd.store.connection import AsyncConnection
from syncd.store.writes import Write
from syncd.views.match_book import MatchBook, search_words

ENTRIES_PER_PAGE = 100
ENTRIES_PER_CSV_CHUNK = 500
MAX_CSV_ENTRIES = 100_000
MAX_MATCHES = 2_000
"""Matches that a search may find: more would say nothing."""

BUCKET = timedelta(minutes=5)
CHARTED = timedelta(hours=6)

BUCKETS_COUNTED_AGAIN = 2
"""Writes of the newest bucket, and of the one before it, may have been stored since they were counted."""

REACTED_WITHIN = timedelta(minutes=15)
"""A write later than this after the price changed has another reason."""


class ActivityKind(StrEnum):
    """The kinds of entries: the changes, what was not carried out, and commands."""

    DELETE = "delete"
    RAISE = "raise"
    LOWER = "lower"
    CREATE = "create"
    FAILED = "failed"
    """Writes of any kind that were not carried out."""
    COMMAND = "command"


class ActivityQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The choice of entries that a reader makes."""

    kind: ActivityKind | None = None
    filter_id: int | None = None
    match_id: int | None = None
    search: str = ""
    """Words of teams or league."""
    day: date | None = None
    """Nothing newer than this day, in UTC."""
    before: int | None = None
    """Only writes with ids below it, and what was commanded before them."""


class ActivityEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A write or a command."""

    at: datetime
    kind: str
    """A `Kind`, or `command`."""
    outcome: str
    """A `WriteOutcome`; of a command `done` or `waiting`."""
    filter_id: int | None = None
    match_id: int | None = None
    filter: str = ""
    match: str = ""
    before: Decimal | None = None
    after: Decimal | None = None
    price: Decimal | None = None
    cause: Cause | None = None
    text: str
    """The error, the reason, or the command with who gave it."""
    took_ms: int | None = None


class ActivityPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some entries, the newest first."""

    at: datetime
    entries: tuple[ActivityEntry, ...]
    next: int | None
    """`before` of the next page; None if there is nothing older."""
    looked_back_to: datetime | None
    filters: dict[int, str]
    """All that BetTune lists, by id."""
    match: str = ""
    """The name of the match that the query is about."""


class Activities:
    """Answers queries about the past of one database."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._book = MatchBook(daemon.clock, past=daemon.settings.store.history)
        self._refreshing = asyncio.Lock()
        self._counting = asyncio.Lock()
        self._buckets: list[ActivityBucket] = []

    async def page(self, query: ActivityQuery, limit: int = ENTRIES_PER_PAGE) -> ActivityPage:
        """Load a page. Raises `StoreError`."""
        async with self._daemon.store.read() as conn:
            found = await self._writes(conn, query, limit)
            asked = await self._commands(conn, query, found)
            names = await load_pair_names(conn, [write.change.pair for write in found.writes])
            listed = await catalogue.listed_filters(conn)
            about = await catalogue.matches_by_id(conn, [query.match_id] if query.match_id else [])
        entries = [*(_of_write(write, names) for write in found.writes), *map(_of_command, asked)]
        return ActivityPage(
            at=self._daemon.clock.now(),
            entries=tuple(sorted(entries, key=lambda entry: entry.at, reverse=True)),
            next=found.next,
            looked_back_to=found.looked_back_to,
            filters=dict(
                sorted(((each.id, each.name) for each in listed.values()), key=lambda each: each[1])
            ),
            match=next((each.title for each in about.values()), ""),
        )

    async def all(self, query: ActivityQuery) -> AsyncIterator[Sequence[ActivityEntry]]:
        """Yield what fits the query, at most `MAX_CSV_ENTRIES`, some at a time. Raises `StoreError`."""
        count = 0
        while count < MAX_CSV_ENTRIES:
            page = await self.page(query, ENTRIES_PER_CSV_CHUNK)
            yield page.entries
            count += len(page.entries)
            if page.next is None:
                return
            query = msgspec.structs.replace(query, before=page.next)

    async def buckets(self) -> list[ActivityBucket]:
        """Count what happened in the last hours, in steps of five minutes. Raises `StoreError`.

        What was counted before is kept: only the last two are counted again.
        """
        async with self._counting:
            starts = _bucket_starts(self._daemon.clock.now())
            old = {each.start: each for each in self._buckets[:-BUCKETS_COUNTED_AGAIN]}
            since = next(start for start in starts if start not in old)
            new = await self._count([start for start in starts if start >= since])
            self._buckets = [old[start] for start in starts if start < since] + new
            return self._buckets

    async def _count(self, starts: list[datetime]) -> list[ActivityBucket]:
        async with self._daemon.store.read() as conn:
            counted = await activity.count_buckets(conn, starts, int(BUCKET.total_seconds()))
            lags = await activity.load_lags(conn, starts[0], REACTED_WITHIN)
        by_start: dict[datetime, list[float]] = {}
        for at, lag in lags:
            by_start.setdefault(_start_of(at), []).append(lag)
        return [
            msgspec.structs.replace(each, lag_s=round(median(found), 1))
            if (found := by_start.get(each.start))
            else each
            for each in counted
        ]

    async def _writes(self, conn: AsyncConnection, query: ActivityQuery, limit: int) -> WritesPage:
        if query.kind is ActivityKind.COMMAND:
            return WritesPage(writes=(), next=None, looked_back_to=None)
        wanted = ActivityFilter(
            kind=Kind(query.kind) if query.kind and query.kind is not ActivityKind.FAILED else None,
            is_done=False if query.kind is ActivityKind.FAILED else None,
            filter_id=query.filter_id,
            match_ids=await self._match_ids(conn, query),
            end=_end_of(query),
        )
        return await activity.load_page(conn, wanted, limit, query.before)

    async def _match_ids(self, conn: AsyncConnection, query: ActivityQuery) -> list[int] | None:
        if query.match_id is not None:
            return [query.match_id]
        words = search_words(query.search)
        if not words:
            return [] if query.search.strip() else None
        async with self._refreshing:
            await self._book.refresh(conn)
        found = [each for each in self._book.copy().values() if each.has(words)]
        newest = sorted(found, key=lambda each: each.kickoff, reverse=True)
        return [each.id for each in newest[:MAX_MATCHES]]

    async def _commands(
        self, conn: AsyncConnection, query: ActivityQuery, found: WritesPage
    ) -> list[UserCommand]:
        """Load the commands of the time that the page is about; they concern no single pair."""
        if query.kind not in (None, ActivityKind.COMMAND) or query.filter_id is not None:
            return []
        if query.match_id is not None or query.search.strip():
            return []
        end = _end_of(query)
        if query.before is not None:
            end = await activity.moment_of(conn, query.before) or end
        start = found.looked_back_to if found.next is not None else None
        return await commands.load_between(conn, start, end)


def _start_of(at: datetime) -> datetime:
    """Return the beginning of the bucket in which a moment lies."""
    seconds = BUCKET.total_seconds()
    return datetime.fromtimestamp(at.timestamp() // seconds * seconds, at.tzinfo)


def _bucket_starts(now: datetime) -> list[datetime]:
    last = _start_of(now)
    return [last - BUCKET * back for back in reversed(range(CHARTED // BUCKET))]


def _end_of(query: ActivityQuery) -> datetime | None:
    return None if query.day is None else midnight(query.day) + timedelta(days=1)


def _of_write(write: Write, names: PairNames) -> ActivityEntry:
    change = write.change
    return ActivityEntry(
        at=write.at,
        kind=change.kind,
        outcome=write.outcome,
        filter_id=change.pair.filter_id,
        match_id=change.pair.match_id,
        **names.of(change.pair),
        before=change.before,
        after=change.after,
        price=change.source_price,
        cause=change.cause,
        text=write.error or change.reason,
        took_ms=write.took_ms,
    )


def _of_command(command: UserCommand) -> ActivityEntry:
    by = f"by {command.requested_by}" if command.requested_by else ""
    return ActivityEntry(
        at=command.requested_at,
        kind=ActivityKind.COMMAND,
        outcome="done" if command.done_at else "waiting",
        text=" ".join(filter(None, [command.verb, _arguments(command.arguments), by])),
    )


def _arguments(arguments: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in arguments.items())
