"""The planner: keeps the wanted values up to date, and the queue in step with them.

Level-triggered: a signal names what may have changed, the planner reads that from the store and compares.
Whatever no signal named is found by the regular look at everything.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import structlog

from syncd.bettune.window import Urgency
from syncd.config.settings import Settings
from syncd.model.bettune import Pair
from syncd.model.change import Change
from syncd.model.feed import FeedState
from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import Clock
from syncd.runtime.signals import Invalidated, Signals, Task
from syncd.store import betting_status, links
from syncd.store.connection import AsyncConnection
from syncd.store.engine import Store
from syncd.store.mode import ModeSwitch
from syncd.store.rows import in_chunks
from syncd.sync.actual_table import ActualTable
from syncd.sync.freshness import PRICED_FROM, SPECIALS_FROM, conditions, stale_at
from syncd.sync.inputs import load_filters, load_matches
from syncd.sync.interruptions import Interruptions
from syncd.sync.plan import CONFIRM_AFTER, PairComparison, Plan, Policy, policy_of
from syncd.sync.plausibility import MASS, SuspiciousMass, Withheld, is_jump
from syncd.sync.polled_feeds import PolledFeeds
from syncd.sync.queue import Queue
from syncd.sync.reactions import Reactions
from syncd.sync.references import References
from syncd.sync.stale_report import StaleReport
from syncd.sync.states import FilterState
from syncd.sync.wanted_table import WantedTable
from syncd.sync.write_log import NamesOfPair

log = structlog.get_logger(__name__)

MATCHES_PER_PLANNING_LOAD = 200
"""Matches whose markets are in memory at the same time: a few megabytes."""

PAIRS_PER_SLICE = 250
"""Pairs that are planned between two turns of the event loop: a few milliseconds of work."""

PLAN_AT_LEAST_EVERY = timedelta(seconds=60)
"""It wakes this often without a signal: a machine may sleep, or its clock may be set."""


class Planner:
    """Feeds the queue: its inbox says what may have changed, `step` plans it.

    `withheld` and the time since when a mass lasts are in memory only. A restart sees the same mass again,
    and waits for another snapshot.
    """

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
        interruptions: Interruptions,
        reactions: Reactions,
    ) -> None:
        self.filters: dict[int, FilterState] = {}
        self.wanted = WantedTable(actual)
        self.withheld: dict[Pair, Withheld] = {}
        """The changes that are withheld now."""
        self.planned_once = asyncio.Event()
        """Set after the first plan."""
        self._settings = settings
        self._store = store
        self._actual = actual
        self._queue = queue
        self._clock = clock
        self._alerts = alerts
        self._signals = signals
        self._feeds = feeds
        self._mode = mode
        self._interruptions = interruptions
        self._reactions = reactions
        self._inbox = signals.inbox(
            Task.PLANNER, "events", "repriced", "matches", "wanted_of", "pairs", "everything", "confirmed"
        )
        self._references = References(clock)
        self._stale_report = StaleReport(alerts)
        self._stale: dict[tuple[int, tuple[str, str]], bool] = {}
        self._stale_at: datetime | None = None
        self._mass_since: datetime | None = None
        self._busy = False
        self.behind_since: float | None = clock.monotonic()
        """Since when news may have waited to be planned, by the monotonic clock. None while nothing waits."""

    @property
    def idle(self) -> bool:
        """True if everything that was signalled is planned."""
        return self._inbox.is_empty and not self._busy

    async def step(self) -> None:
        """Wait until something may have changed, and plan it. Raises `StoreError`."""
        await self._inbox.wait(self._seconds_to_wait())
        invalidated = self._inbox.take()
        self._busy = True
        began = self._clock.monotonic()
        self.behind_since = began if self.behind_since is None else self.behind_since
        try:
            await self._plan(invalidated)
            self.behind_since = None if self._inbox.is_empty else began
            self.planned_once.set()
        except BaseException:
            # Nothing may be lost while the database is away.
            self._inbox.put(Invalidated(everything=True))
            raise
        finally:
            self._busy = False

    def awaits_response(self, change: Change) -> bool:
        """Return whether a change has to wait for a response, which may show another price by now."""
        wanted = self.wanted.get(change.pair)
        if change.kind.urgent or wanted is None or wanted.source is None:
            return False
        return wanted.source in self._interruptions.awaited(self._feeds.states)

    def names_of(self, pair: Pair) -> NamesOfPair:
        """Return the names of filter and match, from memory."""
        known = self.filters.get(pair.filter_id)
        return NamesOfPair(
            filter=known.filter.name if known and known.filter else f"filter {pair.filter_id}",
            match=self.wanted.title_of(pair.match_id) or f"match {pair.match_id}",
        )

    async def plan_new_links(self) -> None:
        """Plan only the matches whose links are new, and what was read or written of them: for the start.

        Links that the process before has left may break as long as the relinker is not through, so they wait
        for a plan of everything, for which the rest of the inbox is dropped. Raises `StoreError`.
        """
        invalidated = self._inbox.take()
        now, feeds, pairs = self._clock.now(), self._feeds.states, set(invalidated.pairs)
        if invalidated.wanted_of:
            async with self._store.read() as conn:
                await self._load_filters(conn)
                pairs |= await self._renew(conn, invalidated.wanted_of, feeds, now)
            pairs |= self._queue.pending() | self.withheld.keys()
        if pairs:
            await self._compare(pairs, feeds, now)

    def _seconds_to_wait(self) -> float:
        now = self._clock.now()
        moments = [now + PLAN_AT_LEAST_EVERY, self.wanted.next_moment(), self._stale_at]
        return max(0.0, (min(moment for moment in moments if moment) - now).total_seconds())

    async def _plan(self, invalidated: Invalidated) -> None:
        now, events = self._clock.now(), invalidated.events | invalidated.repriced
        self._reactions.begin_plan(events, everything=invalidated.everything)
        match_ids = invalidated.matches | invalidated.wanted_of
        match_ids |= self.wanted.pop_due(now) | self.wanted.match_ids_without_value(invalidated.pairs)
        if invalidated.confirmed:
            match_ids |= {pair.match_id for pair in self.withheld}
        feeds = self._feeds.states
        everything = self._freshness_has_changed(feeds, now) or invalidated.everything
        pairs = set(invalidated.pairs)
        if everything or match_ids or events:  # else nothing is wanted from the store
            async with self._store.read() as conn:
                match_ids |= await self._matches_of(conn, events, everything=everything)
                pairs |= await self._renew(conn, match_ids, feeds, now)
        if match_ids or everything or self._mass_since:
            # With the new prices, plan everything that is withheld too: only all moves together show that
            # they are a mass.
            pairs |= self._queue.pending() | self.withheld.keys()
        await self._compare(pairs, feeds, now)
        self._reactions.end_plan()

    async def _matches_of(self, conn: AsyncConnection, events: set[int], *, everything: bool) -> set[int]:
        """The matches that these events are linked to, or all, of every filter as it is stored now."""
        if everything:
            await self._load_filters(conn)
            return await self._load_every_match_id(conn)
        return {link.match_id for link in (await links.load_for_events(conn, events)).values()}

    async def _load_filters(self, conn: AsyncConnection) -> None:
        self.filters = await load_filters(conn, self._settings)
        if self._feeds.poll_specials(any(each.needs_specials for each in self.filters.values())):
            self._signals.wake(Task.FEEDS)

    async def _load_every_match_id(self, conn: AsyncConnection) -> set[int]:
        linked = {link.match_id for link in (await links.load_all(conn)).values()}
        return linked | self.wanted.match_ids() | {pair.match_id for pair in self._actual}

    async def _renew(
        self, conn: AsyncConnection, match_ids: set[int], feeds: list[FeedState], now: datetime
    ) -> set[Pair]:
        if not match_ids:
            return set()
        by_sport = conditions(
            feeds,
            self._settings,
            now,
            withdrawn=self._mode.withdrawn,
            betting_closed=await betting_status.closed(conn, self._settings.pinnacle.base_url, now),
        )
        pairs: set[Pair] = set()
        for chunk in in_chunks(match_ids, MATCHES_PER_PLANNING_LOAD):
            matches = await load_matches(conn, chunk, self.filters.values(), self._references)
            pairs |= await self.wanted.renew(matches, self.filters, by_sport)
        return pairs

    async def _compare(self, pairs: set[Pair], feeds: list[FeedState], now: datetime) -> None:
        """Plan these pairs, and bring the queue and `withheld` in step with the plan.

        Only so many between two turns of the event loop: writes and readings may end meanwhile.
        """
        comparison = PairComparison(self._actual, self._policy(feeds), now)
        async for chunk in _in_slices([pair for pair in pairs if pair in self.wanted]):
            comparison.add(self.wanted[pair] for pair in chunk)
        unwanted = [pair for pair in pairs if pair not in self.wanted and self._is_known(pair)]
        outdated: set[Pair] = set()
        has_jumps = False
        async for chunk in _in_slices([*unwanted, *comparison.in_order(self._queue)]):
            current = list(filter(comparison.is_current, chunk))
            outdated.update(set(chunk).difference(current))
            part = comparison.plan(current)
            self._take_over(current, part, now)
            has_jumps |= any(is_jump(each, self._settings.safety.max_jump) for each in part.changes)
        if outdated:
            self._signals.invalidate(pairs=outdated)
        self._report_mass(comparison.mass, now, lasts=has_jumps)
        self._stale_report.update(self.wanted, self._actual, paused=self._mode.paused)

    def _is_known(self, pair: Pair) -> bool:
        """Return whether anything is to be forgotten of a pair: of most matches nothing was ever wanted."""
        return pair in self._queue or pair in self.withheld or pair in self._actual

    def _take_over(self, pairs: list[Pair], part: Plan, now: datetime) -> None:
        """Bring queue and `withheld` in step with what was planned of these pairs."""
        self._queue.update(pairs, part.changes, now)
        self._reactions.queued(pairs, part.changes)
        self._queue.reads.add(part.urgent_reads, Urgency.URGENT)
        self._queue.reads.add(part.reads, Urgency.CREATE)
        for pair in pairs:
            self.withheld.pop(pair, None)
            self._plan_again_later(pair, now)
        self.withheld |= {each.change.pair: each for each in part.withheld}
        self._signals.wake(Task.WRITER)

    def _plan_again_later(self, pair: Pair, now: datetime) -> None:
        """Plan the pair again when its quarantine ends, or when a second reading can decide whose it is."""
        actual = self._actual.get(pair)
        if actual is None:
            return
        loss_confirmed_at = actual.loss.at + CONFIRM_AFTER if actual.loss else None
        for moment in (actual.quarantined_until, loss_confirmed_at):
            if moment and moment > now:
                self.wanted.expire(pair.match_id, moment)

    def _policy(self, feeds: list[FeedState]) -> Policy:
        return policy_of(
            self._settings.safety,
            feeds,
            active=self._actual.active_count,
            mass_since=self._mass_since,
            read_first=True,
            awaited=self._interruptions.awaited(feeds),
        )

    def _report_mass(self, mass: SuspiciousMass | None, now: datetime, *, lasts: bool) -> None:
        """Fire the alert, or resolve it, unless what was suspicious passes now, and so `lasts`."""
        if mass and self._mass_since is None:
            self._mass_since = now
            self._alerts.fire(
                MASS,
                f"withheld: {mass.reason}; a snapshot taken from now on has to agree",
                notify=True,
            )
            self._signals.invalidate(snapshots=True)
        elif not mass and not lasts:
            self._mass_since = None
            self._alerts.resolve(MASS)

    def _freshness_has_changed(self, feeds: list[FeedState], now: datetime) -> bool:
        """Return whether a sport's feeds went stale or came back: then every value has to be renewed."""
        moments = {
            (sport, kinds): stale_at(feeds, sport, self._settings, now, kinds)
            for sport in self._settings.pinnacle.sports
            for kinds in (PRICED_FROM, SPECIALS_FROM)
        }
        stale = {of: at is None or at <= now for of, at in moments.items()}
        self._stale_at = min((at for at in moments.values() if at and at > now), default=None)
        has_changed, self._stale = stale != self._stale, stale
        if not any(is_stale for (_, kinds), is_stale in stale.items() if kinds is PRICED_FROM):
            self._stale_report.end()
        elif not self._store_was_away(feeds):
            self._stale_report.begin()
        return has_changed

    def _store_was_away(self, feeds: list[FeedState]) -> bool:
        """Return whether the feeds are stale because nothing could be stored: not Pinnacle's fault."""
        if any(each.failures for each in feeds):
            return False
        return self._store.health.well_s < self._settings.safety.stale_after.total_seconds()


async def _in_slices(pairs: Sequence[Pair]) -> AsyncIterator[list[Pair]]:
    """Yield the pairs in lists, with a turn of the event loop between two of them."""
    for count, chunk in enumerate(in_chunks(pairs, PAIRS_PER_SLICE)):
        if count:
            await asyncio.sleep(0)
        yield chunk
