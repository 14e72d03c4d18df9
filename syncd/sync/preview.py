"""The plan that would be made now over all pairs, from the store alone.

`syncd plan` shows it if another syncd works on the database, and `syncd explain` reads its pair from it, so
that both say the same. Nothing is requested and nothing is written, not even to the store.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from syncd.bettune.budget import LEARNT_LIMIT
from syncd.bettune.rate_limit import RateLimit
from syncd.bettune.window import Urgency, Window
from syncd.config.settings import Settings
from syncd.model.bettune import Pair
from syncd.model.change import Actual, Cause, Wanted
from syncd.model.feed import FeedState
from syncd.store import alerts, betting_status, catalogue, facts, links, mode, predictions, requests
from syncd.store.connection import AsyncConnection
from syncd.store.engine import Store
from syncd.store.lease import LeaseHolder, lease_holder
from syncd.store.mode import Mode
from syncd.store.rows import in_chunks
from syncd.sync.freshness import conditions, conditions_of, load_feeds
from syncd.sync.inputs import load_filters, load_matches
from syncd.sync.interruptions import overdue
from syncd.sync.plan import Plan, plan, policy_of
from syncd.sync.plausibility import MASS
from syncd.sync.references import References
from syncd.sync.states import Conditions, FilterState, MatchState
from syncd.sync.wanted import count_causes
from syncd.sync.wanted_table import values_of_match

MATCHES_PER_PREVIEW_LOAD = 400
"""Matches whose markets are in memory at the same time."""


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """The requests and the time that writes take of the budget."""

    requests: int
    limit: int
    window: timedelta
    used: int
    """Requests in the window already."""
    takes: timedelta
    """Time over which the budget spreads the writes, roughly; latency comes on top."""


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """All pairs at one moment, and what would be planned for them."""

    at: datetime
    mode: Mode
    feeds: tuple[FeedState, ...]
    filters: Mapping[int, FilterState]
    """Every filter that BetTune lists, by id."""
    match: MatchState | None
    """The match of the pair `also`."""
    wanted: Mapping[Pair, Wanted]
    actual: Mapping[Pair, Actual]
    plan: Plan
    no_price: dict[Cause, int]
    """Pairs of an approved filter with a rule and a match of the horizon without a price, by cause."""

    @property
    def active(self) -> int:
        """Predictions of ours that BetTune is known to hold."""
        return _count_active(self.actual)

    @property
    def reads_pending(self) -> int:
        """Pairs that must be read before they may be written.

        Without those that were never read and want nothing: the daemon does not read them either.
        """
        wanting = sum(self.wanted[pair].odds is not None for pair in self.plan.reads)
        return wanting + len(self.plan.urgent_reads)


async def preview(store: Store, settings: Settings, *, also: Pair | None = None) -> Preview:
    """Plan for every pair, and for `also` whatever it is. Raises `StoreError`.

    The running daemon alone remembers since when a mass of moves is withheld. Its alert in the store says
    the same, so a snapshot that lifts the mass for the daemon lifts it here. 50,000 pairs take about 3 s.
    """
    now, holder = store.clock.now(), await lease_holder(store)
    async with store.read() as conn:
        current_mode = await mode.load(conn)
        feeds = await load_feeds(conn, settings)
        filters = await load_filters(conn, settings)
        actual = await predictions.load_all(conn)
        horizon = set(await catalogue.matches_of_horizon(conn, now, settings.bettune.horizon))
        mass_since = await _mass_since(conn, holder)
        by_sport = conditions(
            feeds,
            settings,
            now,
            withdrawn=current_mode is Mode.WITHDRAWN,
            betting_closed=await betting_status.closed(conn, settings.pinnacle.base_url, now),
        )
        pairs = _Pairs(horizon, filters, _filters_by_match({*actual, also} if also else actual))
        wanted, match = await _load_wanted(conn, pairs, by_sport, References(store.clock), also)
    policy = policy_of(
        settings.safety,
        feeds,
        active=_count_active(actual),
        mass_since=mass_since,
        awaited=overdue(feeds, settings.pinnacle.pace.of_prices, now) if holder else (),
    )
    return Preview(
        at=now,
        mode=current_mode,
        feeds=tuple(feeds),
        filters=filters,
        match=match,
        wanted=wanted,
        actual=actual,
        plan=plan(wanted.values(), actual, policy, now),
        no_price=_no_price(wanted, horizon, filters),
    )


class _Pairs(NamedTuple):
    """The pairs to preview: filters with a rule and matches that may have a price, and named pairs."""

    horizon: set[int]
    filters: Mapping[int, FilterState]
    named: Mapping[int, set[int]]
    """Filters by match, of pairs that are known or requested, whatever the config says."""

    def filters_for(self, match_id: int) -> list[FilterState]:
        """Return the filters of the pairs of a match."""
        ids = {filter_id for filter_id, each in self.filters.items() if each.rule}
        ids |= self.named.get(match_id, set())
        return [self.filters.get(filter_id) or FilterState(filter_id=filter_id) for filter_id in ids]


async def _load_wanted(
    conn: AsyncConnection,
    pairs: _Pairs,
    by_sport: Mapping[int, Conditions],
    references: References,
    also: Pair | None,
) -> tuple[dict[Pair, Wanted], MatchState | None]:
    """Compute the wanted values of these pairs; return also the state of the match of `also`."""
    linked = {link.match_id for link in (await links.load_all(conn)).values()}
    wanted: dict[Pair, Wanted] = {}
    match = None
    for chunk in in_chunks(pairs.horizon | linked | pairs.named.keys(), MATCHES_PER_PREVIEW_LOAD):
        for state in await load_matches(conn, chunk, pairs.filters.values(), references):
            values = values_of_match(state, pairs.filters_for(state.match_id), conditions_of(state, by_sport))
            wanted |= {value.pair: value for value in values}
            if also and state.match_id == also.match_id:
                match = state
    return wanted, match


async def cost(store: Store, settings: Settings, count: int) -> Cost:
    """Return what this many writes cost, by the limit that BetTune sent last, else by the config."""
    now = store.clock.now()
    async with store.read() as conn:
        known = await facts.get(conn, LEARNT_LIMIT, RateLimit)
        limit = known.requests if known else settings.bettune.limit.requests
        window = timedelta(seconds=known.window_s) if known else settings.bettune.limit.window
        used = len(await requests.load_counted(conn, now - window))
    at_once = Window(limit, window).capacity(Urgency.CREATE)
    takes = window * (max(0, used + count - 1) // at_once) if count else timedelta(0)
    return Cost(requests=count, limit=limit, window=window, used=used, takes=takes)


async def _mass_since(conn: AsyncConnection, holder: LeaseHolder | None) -> datetime | None:
    """Return since when the running daemon withholds a mass; an earlier one's alert does not count."""
    if holder is None:
        return None
    firing = await alerts.load_firing(conn)
    return next(
        (each.fired_at for each in firing if each.subject == MASS and each.fired_at >= holder.since), None
    )


def _filters_by_match(pairs: Iterable[Pair]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for pair in pairs:
        found.setdefault(pair.match_id, set()).add(pair.filter_id)
    return found


def _no_price(
    wanted: Mapping[Pair, Wanted], horizon: set[int], filters: Mapping[int, FilterState]
) -> dict[Cause, int]:
    ours = {each.filter_id for each in filters.values() if each.is_in_use}
    return count_causes(
        value for pair, value in wanted.items() if pair.match_id in horizon and pair.filter_id in ours
    )


def _count_active(actual: Mapping[Pair, Actual]) -> int:
    return sum(each.is_active for each in actual.values())
