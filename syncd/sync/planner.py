"""The planner: keeps what is wanted up to date, and the queue in step with it.

Level-triggered. It is told what may have changed, reads that from the store, and compares;
whatever it was not told of is found by the next look at everything.
"""

import asyncio
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.bettune.window import Urgency
from syncd.config.settings import Settings
from syncd.model.bettune import Pair
from syncd.model.feed import FeedState
from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import Clock
from syncd.runtime.signals import Invalidated, Signals, Task
from syncd.store import links
from syncd.store.engine import Store
from syncd.store.rows import in_chunks
from syncd.sync.actual_table import ActualTable
from syncd.sync.freshness import PRICED_FROM, SPECIALS_FROM, PolledFeeds, conditions, stale_at
from syncd.sync.guard import Withheld, is_jump
from syncd.sync.inputs import load_filters, load_matches
from syncd.sync.mode_switch import ModeSwitch
from syncd.sync.plan import Plan, Policy, plan, policy_of
from syncd.sync.queue import Queue
from syncd.sync.references import References
from syncd.sync.states import FilterState
from syncd.sync.wanted_table import WantedTable

log = structlog.get_logger(__name__)

STALE = "pinnacle.stale"
MASS = "sync.mass"

MATCHES_AT_ONCE = 200
"""Scenes in memory at the same time: a few megabytes of markets."""

AT_LEAST_EVERY = timedelta(seconds=60)
"""A look at the clock so often, whatever the alarm says: a machine may sleep, or its clock be set."""


class Planner:
    """Feeds the queue: its inbox says what may have changed, `step` works it off."""

    def __init__(
        self,
        *,
        store: Store,
        settings: Settings,
        actual: ActualTable,
        queue: Queue,
        clock: Clock,
        alerts: Alerts,
        signals: Signals,
        feeds: PolledFeeds,
        mode: ModeSwitch,
    ) -> None:
        self.settings = settings
        self.filters: dict[int, FilterState] = {}
        self.wanted = WantedTable(actual)
        self.withheld: dict[Pair, Withheld] = {}
        """What the guard holds back now."""
        self._store = store
        self._actual = actual
        self._queue = queue
        self._clock = clock
        self._alerts = alerts
        self._signals = signals
        self._feeds = feeds
        self._mode = mode
        self._inbox = signals.inbox(
            Task.PLANNER, "events", "matches", "wanted", "pairs", "everything", "withheld"
        )
        self._references = References(clock)
        self._stale: dict[tuple[int, tuple[str, str]], bool] = {}
        self._stale_at: datetime | None = None
        self._mass_since: datetime | None = None
        self._busy = False
        self.planned_once = asyncio.Event()
        """Set once it has looked at everything for the first time."""

    @property
    def idle(self) -> bool:
        """Whether it has looked at everything it was told of."""
        return self._inbox.is_empty and not self._busy

    async def step(self) -> None:
        """Wait until there is something to look at, and plan it."""
        await self._inbox.wait(self._seconds_to_wait())
        invalidated = self._inbox.take()
        self._busy = True
        try:
            await self._plan(invalidated)
            self.planned_once.set()
        except BaseException:
            # Nothing may be lost to a database that is away.
            self._inbox.put(Invalidated(everything=True))
            raise
        finally:
            self._busy = False

    def _seconds_to_wait(self) -> float:
        now = self._clock.now()
        moments = [now + AT_LEAST_EVERY, self.wanted.next_moment(), self._stale_at]
        return max(0.0, (min(moment for moment in moments if moment) - now).total_seconds())

    async def _plan(self, invalidated: Invalidated) -> None:
        now = self._clock.now()
        matches = invalidated.matches | invalidated.wanted
        matches |= self.wanted.pop_due(now) | self.wanted.match_ids_without_value(invalidated.pairs)
        if invalidated.withheld:
            matches |= {pair.match_id for pair in self.withheld}
        async with self._store.read() as conn:
            states = self._feeds.states
            everything = self._freshness_turned(states, now) or invalidated.everything
            if everything:
                await self._load_filters(conn)
                matches |= await self._every_match(conn)
            elif invalidated.events:
                found = await links.load_for_events(conn, invalidated.events)
                matches |= {link.match_id for link in found.values()}
            pairs = invalidated.pairs | await self._renew(conn, matches, states, now)
        if matches or everything or self._mass_since:
            # With new prices, everything that waits too: only together do moves show that they are a mass.
            pairs |= self._queue.pending() | self.withheld.keys()
        self._settle(pairs, states, now)

    async def _load_filters(self, conn: AsyncConnection) -> None:
        self.filters = await load_filters(conn, self.settings)
        if self._feeds.poll_specials(any(each.needs_specials for each in self.filters.values())):
            self._signals.wake(Task.FEEDS)

    async def _renew(
        self, conn: AsyncConnection, match_ids: set[int], states: list[FeedState], now: datetime
    ) -> set[Pair]:
        here = conditions(states, self.settings, now, withdrawn=self._mode.withdrawn)
        pairs: set[Pair] = set()
        for chunk in in_chunks(match_ids, MATCHES_AT_ONCE):
            scenes = await load_matches(conn, chunk, self.filters.values(), self._references)
            pairs |= await self.wanted.renew(scenes, self.filters, here)
        return pairs

    async def _every_match(self, conn: AsyncConnection) -> set[int]:
        linked = {link.match_id for link in (await links.load_all(conn)).values()}
        return linked | self.wanted.match_ids() | {pair.match_id for pair in self._actual}

    def _settle(self, pairs: set[Pair], states: list[FeedState], now: datetime) -> None:
        wanted = [self.wanted[pair] for pair in pairs if pair in self.wanted]
        result = plan(wanted, self._actual, self._policy(states), now)
        self._queue.settle(pairs, result.changes, now)
        self._queue.unread.ask(result.urgent_reads, Urgency.URGENT)
        self._queue.unread.ask(result.reads, Urgency.CREATE)
        for pair in pairs:
            self.withheld.pop(pair, None)
            self._remember_quarantine(pair, now)
        self.withheld |= {each.change.pair: each for each in result.withheld}
        self._report_mass(result, now)
        self._signals.wake(Task.WRITER)

    def _remember_quarantine(self, pair: Pair, now: datetime) -> None:
        holding = self._actual.get(pair)
        if holding and holding.quarantined_until and holding.quarantined_until > now:
            self.wanted.expire(pair.match_id, holding.quarantined_until)

    def _policy(self, feeds: list[FeedState]) -> Policy:
        return policy_of(
            self.settings.safety,
            feeds,
            active=self._actual.active_count,
            mass_since=self._mass_since,
            read_since=self._actual.loaded_at,
        )

    def _report_mass(self, result: Plan, now: datetime) -> None:
        if result.mass and self._mass_since is None:
            self._mass_since = now
            # The alert says since when, also to `syncd explain`: one of before a reload is over.
            self._alerts.resolve(MASS)
            self._alerts.fire(
                MASS,
                f"withheld: {result.mass.reason}; a snapshot taken from now on has to agree",
                notify=True,
            )
            self._signals.invalidate(snapshots=True)
        elif not result.mass and not any(
            is_jump(each, self.settings.safety.max_jump) for each in result.changes
        ):
            self._mass_since = None
            self._alerts.resolve(MASS)

    def _freshness_turned(self, states: list[FeedState], now: datetime) -> bool:
        """Whether a sport's feeds went stale or came back: then every pair has to be looked at."""
        moments = {
            (sport, kinds): stale_at(states, sport, self.settings, now, kinds)
            for sport in self.settings.pinnacle.sports
            for kinds in (PRICED_FROM, SPECIALS_FROM)
        }
        stale = {of: at is None or at <= now for of, at in moments.items()}
        self._stale_at = min((at for at in moments.values() if at and at > now), default=None)
        turned, self._stale = stale != self._stale, stale
        if any(is_stale for (_, kinds), is_stale in stale.items() if kinds is PRICED_FROM):
            self._alerts.fire(
                STALE, "no good answer from Pinnacle for too long: all is withdrawn", notify=True
            )
        else:
            self._alerts.resolve(STALE)
        return turned
