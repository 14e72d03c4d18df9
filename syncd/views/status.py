"""Load the current status from the store alone, for `syncd status`."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import select

from syncd import __version__
from syncd.bettune.budget import LEARNT_LIMIT
from syncd.bettune.rate_limit import RateLimit
from syncd.bettune.window import WINDOW_MARGIN
from syncd.config.settings import Settings
from syncd.linking.link_details import load_pair_names
from syncd.model.feed import FeedState
from syncd.runtime.clock import Clock
from syncd.store import alerts, facts, mode, predictions, verifications, writes
from syncd.store.connection import AsyncConnection
from syncd.store.engine import Store
from syncd.store.lease import LEASE_NAME
from syncd.store.schema import leases
from syncd.sync.freshness import conditions, load_account_feeds, load_feeds, polled
from syncd.sync.inputs import load_filters
from syncd.sync.states import FilterState
from syncd.views.counts import count_events, count_links, count_matches, count_predictions, count_requests
from syncd.views.status_values import (
    BetTuneStatus,
    Counts,
    FeedStatus,
    FilterStatus,
    LeaseStatus,
    QuarantinedStatus,
    Status,
    WriteStatus,
)

MAX_RECENT_WRITES = 50
MAX_RECENT_ALERTS = 20
MAX_QUARANTINED = 20


async def load_status(store: Store, settings: Settings, clock: Clock) -> Status:
    """Load the status from the store alone. Raises `StoreError`."""
    now = clock.now()
    async with store.read() as conn:
        predictions_in_all, active_by_filter = await count_predictions(conn, now)
        filters = await load_filters(conn, settings)
        specials = any(each.needs_specials for each in filters.values())
        feeds = polled(await load_feeds(conn, settings), specials=specials)
        shown = [*feeds, *await load_account_feeds(conn, settings)]
        recent_writes = await writes.load_recent(conn, MAX_RECENT_WRITES)
        quarantined = await predictions.load_quarantined(conn, now, MAX_QUARANTINED)
        pairs = [*(write.change.pair for write in recent_writes), *(each.pair for each in quarantined)]
        names = await load_pair_names(conn, pairs)
        return Status(
            at=now,
            version=__version__,
            mode=await mode.load(conn),
            lease=await _lease(conn, now),
            feeds=tuple(feed_status(state, now) for state in shown),
            stale=stale_sports(feeds, settings, now),
            bettune=await _bettune(conn, settings, now),
            counts=Counts(
                events=await count_events(conn, settings.pinnacle.sports, now),
                matches=await count_matches(conn, settings, now),
                links=await count_links(conn, settings, now),
                results=await verifications.count(conn),
                predictions=predictions_in_all,
            ),
            filters=tuple(_filter(each, active_by_filter) for each in filters.values()),
            alerts=tuple(await alerts.load_firing(conn)),
            seen=await alerts.load_seen(conn),
            recent_alerts=tuple(await alerts.load_recent(conn, MAX_RECENT_ALERTS)),
            recent_writes=tuple(
                WriteStatus(write=write, **names.of(write.change.pair)) for write in recent_writes
            ),
            quarantined=tuple(
                QuarantinedStatus(pair=each.pair, error=each.error, until=until, **names.of(each.pair))
                for each in quarantined
                if (until := each.quarantined_until)
            ),
        )


# --- the parts -----------------------------------------------------------------------------------


def feed_status(state: FeedState, now: datetime) -> FeedStatus:
    """Return a feed's state with its ages."""
    return FeedStatus(
        state=state,
        age_s=_age(state.ok_at, now),
        snapshot_age_s=_age(state.snapshot_at, now),
    )


def stale_sports(states: Collection[FeedState], settings: Settings, now: datetime) -> dict[int, str]:
    """Return the sports whose prices are too old, each with the reason."""
    return {sport: each.stale for sport, each in conditions(states, settings, now).items() if each.stale}


async def _lease(conn: AsyncConnection, now: datetime) -> LeaseStatus | None:
    row = (await conn.execute(select(leases).where(leases.c.name == LEASE_NAME))).first()
    if row is None:
        return None
    return LeaseStatus(holder=row.holder, since=row.taken_at, is_held=row.expires_at > now)


async def _bettune(conn: AsyncConnection, settings: Settings, now: datetime) -> BetTuneStatus:
    limit = settings.bettune.limit
    limits = await facts.get(conn, LEARNT_LIMIT, RateLimit) or RateLimit(
        limit.requests, limit.window.total_seconds()
    )
    since = now - timedelta(seconds=limits.window_s) - WINDOW_MARGIN
    matches_read_at = await facts.get(conn, facts.MATCHES_READ_AT, datetime)
    filters_read_at = await facts.get(conn, facts.FILTERS_READ_AT, datetime)
    return BetTuneStatus(
        used=await count_requests(conn, since),
        limit=limits.requests,
        window_s=limits.window_s,
        limited_until=if_ahead(await facts.get(conn, facts.LIMITED_UNTIL, datetime), now),
        matches_read_at=matches_read_at,
        matches_age_s=_age(matches_read_at, now),
        filters_read_at=filters_read_at,
        filters_age_s=_age(filters_read_at, now),
    )


def _filter(state: FilterState, active_by_filter: Mapping[int, int]) -> FilterStatus:
    return FilterStatus(
        id=state.filter_id,
        name=state.filter.name if state.filter else "",
        bet_type=state.filter.bet_type if state.filter else "",
        approved=bool(state.filter and state.filter.approved),
        rule=state.rule.filter if state.rule else "",
        selection=str(state.selection or ""),
        problem=state.problem,
        active=active_by_filter.get(state.filter_id, 0),
    )


def _age(at: datetime | None, now: datetime) -> float | None:
    # A clock that was set back must not make anything younger than new.
    return None if at is None else max(0.0, (now - at).total_seconds())


def if_ahead(at: datetime | None, now: datetime) -> datetime | None:
    """Return the moment; None if it is over."""
    return at if at and at > now else None
