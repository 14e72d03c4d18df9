"""Everything that one pass or the daemon works with, built once from settings and store."""

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import structlog

from syncd.app.polling import Nudge, Poller
from syncd.bettune.budget import Budget
from syncd.bettune.catalogue import Catalogue
from syncd.bettune.client import BetTuneClient, ResponseInfo
from syncd.bettune.gateway import BetTuneGateway
from syncd.config.settings import Settings
from syncd.linking.relinker import Relinker, aliases_of
from syncd.matching.linker import Linker
from syncd.model.feed import FeedState
from syncd.pinnacle.client import PinnacleClient
from syncd.pinnacle.feed.factory import feeds_of_sport
from syncd.pinnacle.feed.feed import Feed
from syncd.pinnacle.feed.on_demand import Demand
from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import Clock
from syncd.runtime.gate import Gate
from syncd.store import catalogue, mode
from syncd.store.catalogue import Listing
from syncd.store.engine import Store
from syncd.store.mode import Mode
from syncd.sync.actual_table import ActualTable
from syncd.sync.freshness import polled
from syncd.sync.inputs import load_filters
from syncd.sync.planner import Planner
from syncd.sync.queue import Queue
from syncd.sync.readback import ask_for_all
from syncd.sync.states import FilterState
from syncd.sync.writer import Writer

log = structlog.get_logger(__name__)


def no_nudge(_name: str, _when: datetime, _ring: Callable[[], None]) -> None:
    """For a single pass, which asks each feed itself."""


class Components:
    """The parts of syncd, wired to one another: what one tells, the other hears."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        clock: Clock,
        alerts: Alerts,
        *,
        pinnacle: PinnacleClient,
        bettune: BetTuneClient,
        budget: Budget,
        queue: Queue,
        nudge: Nudge,
    ) -> None:
        self.settings = settings
        self.store = store
        self.clock = clock
        self.alerts = alerts
        self.mode = Mode.RUNNING
        self.queue = queue
        self.budget = budget
        self.specials = Demand()
        """Whether any filter may be priced from a special."""
        self.book = ActualTable(store)
        self.gateway = BetTuneGateway(bettune, budget, store, alerts, clock)
        self.planner = Planner(
            store=store,
            settings=settings,
            book=self.book,
            queue=queue,
            clock=clock,
            alerts=alerts,
            states=lambda: self.states,
            queued=self._queued,
            snapshot=self.snapshot,
            filters_loaded=self._see_needs,
        )
        self.relinker = Relinker(
            store=store,
            settings=settings,
            linker=linker_of(settings),
            clock=clock,
            alerts=alerts,
            relinked=lambda matches: self.planner.touch(matches=matches),
        )
        self.catalogue = Catalogue(
            store=store,
            settings=settings,
            gateway=self.gateway,
            clock=clock,
            matches_changed=self._matches_changed,
            filters_changed=self._filters_changed,
        )
        self.writer = Writer(
            queue=queue,
            book=self.book,
            gateway=self.gateway,
            store=store,
            clock=clock,
            manual_delete=settings.safety.manual_delete,
            review=lambda pairs: self.planner.touch(pairs=pairs),
            not_found=self.catalogue.refresh_after_not_found,
        )
        self.pollers = [
            Poller(
                feed,
                planner=self.planner,
                relinker=self.relinker,
                clock=clock,
                alerts=alerts,
                nudge=nudge,
            )
            for feed in feeds_of(settings, pinnacle, store, clock, self.specials)
        ]

    @property
    def idle(self) -> bool:
        """Whether everything that is known has been linked, planned and written."""
        return self.relinker.idle and self.planner.idle and self.queue.idle

    @property
    def states(self) -> list[FeedState]:
        """How the feeds stand that are polled now."""
        return polled((poller.feed.state for poller in self.pollers), specials=self.specials.needed)

    async def load(self) -> None:
        """Take up what the store knows."""
        await self.budget.load()
        await self.book.load()
        for poller in self.pollers:
            await poller.feed.load()
        await self.load_needs()
        await self.relinker.load()
        await self.obey()

    async def load_needs(self) -> None:
        """See by the filters that are known which feeds have to be polled."""
        async with self.store.read() as conn:
            filters = await load_filters(conn, self.settings)
        self._see_needs(filters.values())

    async def obey(self) -> None:
        """Take up the mode that a person ordered."""
        async with self.store.read() as conn:
            ordered = await mode.load(conn)
        if ordered is self.mode:
            return
        self.mode = ordered
        self.writer.paused = ordered is Mode.PAUSED
        self.planner.withdrawn = ordered is Mode.WITHDRAWN
        self.planner.touch(everything=True)
        self.writer.wake()

    def snapshot(self) -> None:
        """Ask for everything anew, as soon as the pace allows."""
        for poller in self.pollers:
            poller.feed.request_snapshot()
            poller.ring()

    async def read_back(self) -> int:
        """Ask BetTune for everything that we believe it to hold; returns how many pairs."""
        async with self.store.read() as conn:
            matches = await catalogue.matches_of_horizon(
                conn, self.clock.now(), self.settings.bettune.horizon
            )
        count = ask_for_all(matches, self.planner.filters.values(), self.book, self.queue)
        self.writer.wake()
        return count

    def _see_needs(self, filters: Collection[FilterState]) -> None:
        needed = any(each.needs_specials for each in filters)
        if needed != self.specials.needed:
            log.info("specials_needed" if needed else "specials_not_needed")
            self.specials.needed = needed
            for poller in self.pollers:
                poller.ring()

    def _queued(self) -> None:
        self.writer.wake()

    def _matches_changed(self, listing: Listing) -> None:
        changed = listing.appeared | listing.changed | listing.gone
        self.relinker.touch(matches=changed)
        self.planner.touch(matches=changed)

    def _filters_changed(self, _: Listing) -> None:
        self.planner.touch(everything=True)


@asynccontextmanager
async def open_components(
    settings: Settings,
    store: Store,
    clock: Clock,
    alerts: Alerts,
    *,
    queue: Queue | None = None,
    nudge: Nudge = no_nudge,
) -> AsyncIterator[Components]:
    """The rooms with their clients, loaded from the store."""
    budget = Budget(
        store,
        clock,
        limit=settings.bettune.limit.requests,
        span=settings.bettune.limit.window,
        deadline=settings.bettune.timeout,
    )
    async with pinnacle_of(settings, clock) as pinnacle, bettune_of(settings, clock, budget) as bettune:
        rooms = Components(
            settings,
            store,
            clock,
            alerts,
            pinnacle=pinnacle,
            bettune=bettune,
            budget=budget,
            queue=Queue(settings.bettune.search_chunk) if queue is None else queue,
            nudge=nudge,
        )
        await rooms.load()
        yield rooms


def pinnacle_of(settings: Settings, clock: Clock) -> PinnacleClient:
    """Pinnacle's client as configured."""
    return PinnacleClient(
        base_url=settings.pinnacle.base_url,
        username=settings.pinnacle.username,
        password=settings.pinnacle.password.get_secret_value(),
        versions=settings.pinnacle.paths,
        clock=clock,
        timeout_s=settings.pinnacle.timeout.total_seconds(),
    )


def bettune_of(settings: Settings, clock: Clock, budget: Budget) -> BetTuneClient:
    """BetTune's client as configured; the limit that it hears of corrects the budget."""

    def hear(response: ResponseInfo) -> None:
        if budget.learn(response.rate_limit) and response.rate_limit:
            log.info(
                "limit_learnt", requests=response.rate_limit.requests, window_s=response.rate_limit.window_s
            )

    return BetTuneClient(
        settings.bettune.base_url,
        settings.bettune.token.get_secret_value(),
        clock=clock,
        on_response=hear,
        timeout_s=settings.bettune.timeout.total_seconds(),
    )


def feeds_of(
    settings: Settings, client: PinnacleClient, store: Store, clock: Clock, specials: Demand
) -> list[Feed[Any]]:
    """The feeds of every sport; one gate for the account, since it is refused as one."""
    gate = Gate()
    return [
        feed
        for sport_id in settings.pinnacle.sports
        for feed in feeds_of_sport(
            sport_id,
            client=client,
            store=store,
            clock=clock,
            gate=gate,
            pace=settings.pinnacle.pace,
            leagues=settings.pinnacle.leagues,
            specials=specials,
        )
    ]


def linker_of(settings: Settings) -> Linker:
    """The linker as configured, with the aliases of the user's own."""
    return Linker(tolerance=settings.matching.kickoff_tolerance, aliases=aliases_of(settings))
