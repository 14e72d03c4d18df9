"""How syncd stands: for `syncd status` from the store alone, for the pages from the daemon too."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd import __version__
from syncd.app.components import Components
from syncd.app.daemon import Daemon
from syncd.bettune.budget import LEARNT_LIMIT, LIMITED_UNTIL
from syncd.bettune.catalogue import FILTERS_READ_AT, MATCHES_READ_AT
from syncd.bettune.rate_limit import RateLimit
from syncd.bettune.window import CLOCK_MARGIN
from syncd.config.settings import Settings
from syncd.model.bettune import Pair
from syncd.model.change import Kind
from syncd.model.feed import FeedState
from syncd.runtime.clock import Clock
from syncd.store import alerts, catalogue, facts, mode, predictions, writes
from syncd.store.engine import Store
from syncd.store.lease import NAME
from syncd.store.schema import leases
from syncd.sync.freshness import conditions, load_feeds, polled
from syncd.sync.inputs import load_filters
from syncd.sync.states import FilterState
from syncd.sync.wanted_table import refusals
from syncd.views import counts as database_counts
from syncd.views.status_values import (
    BetTuneStatus,
    Counts,
    FeedStatus,
    FilterStatus,
    LeaseStatus,
    Live,
    QuarantinedStatus,
    Status,
    WithheldStatus,
    WriteStatus,
)

WRITES = 50
TROUBLES = 20
HELD = 50
REFUSED = 20
"""So many of each are told; of what is held the number too."""


async def load_status(store: Store, settings: Settings, clock: Clock) -> Status:
    """How things stand by the store alone. Raises `StoreError`."""
    now = clock.now()
    async with store.read() as conn:
        counted, by_filter = await database_counts.count_predictions(conn, now)
        scenes = await load_filters(conn, settings)
        needed = any(each.needs_specials for each in scenes.values())
        found = polled(await load_feeds(conn, settings), specials=needed)
        recent = await writes.recent(conn, WRITES)
        blocked = await predictions.load_blocked(conn, now, REFUSED)
        names = await _names(
            conn, [*(write.change.pair for write in recent), *(each.pair for each in blocked)]
        )
        return Status(
            at=now,
            version=__version__,
            mode=await mode.load(conn),
            lease=await _lease(conn, now),
            feeds=tuple(_feed(state, now) for state in found),
            stale=_stale(found, settings, now),
            bettune=await _bettune(conn, settings, now),
            counts=Counts(
                events=await database_counts.count_events(conn, settings.pinnacle.sports, now),
                matches=await database_counts.count_matches(conn, settings, now),
                links=await database_counts.count_links(conn, settings, now),
                predictions=counted,
            ),
            filters=tuple(_filter(scene, by_filter) for scene in scenes.values()),
            troubles=tuple(await alerts.load_firing(conn)),
            recent_troubles=tuple(await alerts.load_recent(conn, TROUBLES)),
            recent_writes=tuple(WriteStatus(write=write, **names.of(write.change.pair)) for write in recent),
            refused=tuple(
                QuarantinedStatus(pair=each.pair, error=each.error, until=until, **names.of(each.pair))
                for each in blocked
                if (until := each.quarantined_until)
            ),
        )


async def live_status(daemon: Daemon) -> Status:
    """The same from beside or inside the work: with what the daemon knows. Raises `StoreError`."""
    status = await load_status(daemon.store, daemon.settings, daemon.clock)
    rooms = daemon.rooms
    if rooms is None:
        return msgspec.structs.replace(status, troubles=daemon.alerts.firing + status.troubles)
    states = rooms.states
    window, now = rooms.budget.window, status.at
    return msgspec.structs.replace(
        status,
        feeds=tuple(_feed(state, now) for state in states),
        stale=_stale(states, rooms.settings, now),
        bettune=msgspec.structs.replace(
            status.bettune,
            used=window.used(now),
            limit=window.limit,
            window_s=window.span.total_seconds(),
            limited_until=_if_ahead(rooms.budget.limited_until, now),
        ),
        troubles=daemon.alerts.firing,
        live=await _live(daemon, rooms),
    )


async def _live(daemon: Daemon, rooms: Components) -> Live:
    held = sorted(rooms.planner.held.values(), key=lambda each: each.change.pair)
    shown = held[:HELD]
    async with daemon.store.read() as conn:
        names = await _names(conn, [each.change.pair for each in shown])
    waiting = Counter(change.kind for change in rooms.queue.changes())
    return Live(
        since=daemon.started_at,
        planned=rooms.planner.looked.is_set(),
        bettune_ok_at=rooms.gateway.ok_at,
        queue={kind: waiting[kind] for kind in Kind},
        unread=len(rooms.queue.unread),
        held=len(held),
        held_back=tuple(
            WithheldStatus(change=each.change, why=each.why, **names.of(each.change.pair)) for each in shown
        ),
        refusals=refusals(rooms.planner.wants.values()),
    )


# --- the parts -----------------------------------------------------------------------------------


def _feed(state: FeedState, now: datetime) -> FeedStatus:
    return FeedStatus(state=state, age_s=_age(state.ok_at, now), snapshot_age_s=_age(state.snapshot_at, now))


def _stale(states: Collection[FeedState], settings: Settings, now: datetime) -> dict[int, str]:
    return {sport: each.stale for sport, each in conditions(states, settings, now).items() if each.stale}


async def _lease(conn: AsyncConnection, now: datetime) -> LeaseStatus | None:
    row = (await conn.execute(select(leases).where(leases.c.name == NAME))).first()
    if row is None:
        return None
    return LeaseStatus(holder=row.holder, since=row.taken_at, held=row.expires_at > now)


async def _bettune(conn: AsyncConnection, settings: Settings, now: datetime) -> BetTuneStatus:
    limit = settings.bettune.limit
    limits = await facts.get(conn, LEARNT_LIMIT, RateLimit) or RateLimit(
        limit.requests, limit.window.total_seconds()
    )
    since = now - timedelta(seconds=limits.window_s) - CLOCK_MARGIN
    matches_read_at = await facts.get(conn, MATCHES_READ_AT, datetime)
    filters_read_at = await facts.get(conn, FILTERS_READ_AT, datetime)
    return BetTuneStatus(
        used=await database_counts.count_requests(conn, since),
        limit=limits.requests,
        window_s=limits.window_s,
        limited_until=_if_ahead(await facts.get(conn, LIMITED_UNTIL, datetime), now),
        matches_read_at=matches_read_at,
        matches_age_s=_age(matches_read_at, now),
        filters_read_at=filters_read_at,
        filters_age_s=_age(filters_read_at, now),
    )


def _filter(scene: FilterState, standing: Mapping[int, int]) -> FilterStatus:
    return FilterStatus(
        id=scene.filter_id,
        name=scene.filter.name if scene.filter else "",
        bet_type=scene.filter.bet_type if scene.filter else "",
        approved=bool(scene.filter and scene.filter.approved),
        rule=scene.rule.filter if scene.rule else "",
        selection=str(scene.selection or ""),
        problem=scene.problem,
        standing=standing.get(scene.filter_id, 0),
    )


class _Names(msgspec.Struct, frozen=True):
    filters: Mapping[int, str]
    matches: Mapping[int, str]

    def of(self, pair: Pair) -> dict[str, str]:
        """The names of a pair; its numbers where BetTune never told any."""
        return {
            "filter": self.filters.get(pair.filter_id, f"filter {pair.filter_id}"),
            "match": self.matches.get(pair.match_id, f"match {pair.match_id}"),
        }


async def _names(conn: AsyncConnection, pairs: Collection[Pair]) -> _Names:
    filters = await catalogue.filters_by_id(conn, {pair.filter_id for pair in pairs})
    matches = await catalogue.matches_by_id(conn, {pair.match_id for pair in pairs})
    return _Names(
        {each.id: each.name for each in filters.values()},
        {each.id: each.title for each in matches.values()},
    )


def _age(at: datetime | None, now: datetime) -> float | None:
    # A clock that was set back must not make anything younger than new.
    return None if at is None else max(0.0, (now - at).total_seconds())


def _if_ahead(at: datetime | None, now: datetime) -> datetime | None:
    return at if at and at > now else None
