"""The current status for the pages: from the store, with what the running daemon itself knows."""

from collections import Counter
from datetime import datetime

import msgspec

from syncd.app.components import Components
from syncd.app.daemon import Daemon
from syncd.app.polling import Poller
from syncd.linking.link_details import load_pair_names
from syncd.model.change import Kind
from syncd.model.feed import FeedState
from syncd.sync.wanted import count_causes
from syncd.views.status import feed_status, if_ahead, load_status, stale_sports
from syncd.views.status_values import FeedStatus, LiveStatus, Status, WithheldStatus

MAX_WITHHELD_IN_STATUS = 50


async def live_status(daemon: Daemon) -> Status:
    """Load the status from the store, with what the daemon itself knows. Raises `StoreError`."""
    status = await load_status(daemon.store, daemon.settings, daemon.clock)
    components = daemon.components
    if components is None:
        return msgspec.structs.replace(status, alerts=daemon.alerts.firing + status.alerts)
    feeds = components.feeds.states
    window, now = components.budget.window, status.at
    pollers = {(each.feed.kind, each.feed.sport_id): each for each in components.pollers}
    return msgspec.structs.replace(
        status,
        feeds=tuple(
            _feed(state, now, pollers.get((state.kind, state.sport_id)))
            for state in (*feeds, *components.account_feeds)
        ),
        stale=stale_sports(feeds, components.settings, now),
        bettune=msgspec.structs.replace(
            status.bettune,
            used=components.budget.used,
            limit=window.limit,
            window_s=window.span.total_seconds(),
            limited_until=if_ahead(components.budget.limited_until, now),
        ),
        alerts=daemon.alerts.firing,
        live=await _live(daemon, components),
    )


def _feed(state: FeedState, now: datetime, poller: Poller | None) -> FeedStatus:
    status = feed_status(state, now)
    if poller is None:
        return status
    return msgspec.structs.replace(
        status,
        next_at=poller.feed.next_at(),
        calls=poller.calls,
        gap_s=poller.feed.pacer.gap(snapshot=False).total_seconds(),
    )


async def _live(daemon: Daemon, components: Components) -> LiveStatus:
    withheld = sorted(components.planner.withheld.values(), key=lambda each: each.change.pair)
    shown = withheld[:MAX_WITHHELD_IN_STATUS]
    async with daemon.store.read() as conn:
        names = await load_pair_names(conn, [each.change.pair for each in shown])
    waiting = Counter(change.kind for change in components.queue.changes())
    return LiveStatus(
        since=daemon.started_at,
        planned=components.planner.planned_once.is_set(),
        bettune_ok_at=components.gateway.ok_at,
        queue={kind: waiting[kind] for kind in Kind},
        reads_pending=len(components.queue.reads),
        withheld=tuple(
            WithheldStatus(change=each.change, reason=each.reason, **names.of(each.change.pair))
            for each in shown
        ),
        withheld_count=len(withheld),
        oldest_since=components.queue.oldest_since,
        exposed_since=components.queue.exposed_since,
        no_price=count_causes(components.planner.wanted.values()),
    )
