"""The components of the daemon and of a single pass, built from settings and store."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog

from syncd.app.polling import Poller
from syncd.app.recording import NoRecorder, recording
from syncd.app.ticker import Ticker
from syncd.bettune.budget import Budget
from syncd.bettune.catalogue import Catalogue
from syncd.bettune.client import BetTuneClient, ResponseInfo
from syncd.bettune.evidence_days import EvidenceDays
from syncd.bettune.gateway import BetTuneGateway
from syncd.config.settings import Settings
from syncd.linking.relinker import Relinker
from syncd.linking.translator import Translator
from syncd.matching.aliases import Aliases
from syncd.matching.knowledge import shipped_with
from syncd.matching.linker import Linker
from syncd.model.feed import EVERY_SPORT, FeedState
from syncd.pinnacle.client import PinnacleClient
from syncd.pinnacle.feed.factory import feeds_of_account, feeds_of_sport
from syncd.pinnacle.feed.feed import Feed
from syncd.pinnacle.feed.on_demand import Demand
from syncd.record.recorder import Recorder
from syncd.runtime.alerts import Alerts
from syncd.runtime.before_send import BeforeSend, ask_nothing
from syncd.runtime.clock import Clock
from syncd.runtime.exchange import RecordExchange, record_nothing
from syncd.runtime.gate import Gate
from syncd.runtime.measures import CountRequest, RequestCounts, count_nothing
from syncd.runtime.signals import Signals, Task
from syncd.store import catalogue
from syncd.store.engine import Store
from syncd.store.mode import ModeSwitch
from syncd.sync.actual_table import ActualTable
from syncd.sync.inputs import load_filters
from syncd.sync.interruptions import Interruptions
from syncd.sync.planner import Planner
from syncd.sync.polled_feeds import PolledFeeds
from syncd.sync.queue import Queue
from syncd.sync.reactions import Reactions
from syncd.sync.reads import request_readback
from syncd.sync.writer import DELETE_REFUSED, Writer

log = structlog.get_logger(__name__)


class Components:
    """The components of syncd, connected by signals."""

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
        ticker: Ticker | None,
        aliases: Aliases,
        linker: Linker,
        requests: RequestCounts,
        recorder: Recorder | NoRecorder,
    ) -> None:
        self.settings = settings
        self.aliases = aliases
        self.store = store
        self.clock = clock
        self.alerts = alerts
        self.mode = ModeSwitch()
        self.signals = Signals(clock)
        self.reactions = Reactions(clock)
        self.requests = requests
        self.recorder = recorder
        self.links_are_decided = False
        """True once the relinker has decided about everything that was there at the start."""
        self.queue = queue
        self.budget = budget
        specials = Demand()
        feeds = feeds_of(settings, pinnacle, store, clock, specials)
        self.feeds = PolledFeeds(feeds, specials)
        self.actual = ActualTable(store)
        self.interruptions = Interruptions(clock, store.health, settings.pinnacle.pace.of_prices)
        self.gateway = BetTuneGateway(bettune, budget, store, alerts, clock)
        self.planner = Planner(
            store=store,
            settings=settings,
            actual=self.actual,
            queue=queue,
            clock=clock,
            alerts=alerts,
            signals=self.signals,
            feeds=self.feeds,
            mode=self.mode,
            interruptions=self.interruptions,
            reactions=self.reactions,
        )
        self.relinker = Relinker(
            store=store,
            settings=settings,
            linker=linker,
            aliases=self.aliases,
            clock=clock,
            alerts=alerts,
            signals=self.signals,
        )
        self.catalogue = Catalogue(
            store=store,
            settings=settings,
            gateway=self.gateway,
            clock=clock,
            signals=self.signals,
        )
        self.evidence_days = EvidenceDays(
            store=store,
            settings=settings,
            gateway=self.gateway,
            clock=clock,
            signals=self.signals,
        )
        self.translator = Translator(
            client=pinnacle,
            store=store,
            clock=clock,
            signals=self.signals,
            pace=settings.pinnacle.pace,
            unknown=self.relinker.unknown_names,
        )
        self.writer = Writer(
            queue=queue,
            actual=self.actual,
            gateway=self.gateway,
            store=store,
            clock=clock,
            alerts=alerts,
            manual_delete=settings.safety.manual_delete,
            signals=self.signals,
            mode=self.mode,
            interruptions=self.interruptions,
            reactions=self.reactions,
            awaits_response=self.planner.awaits_response,
            names_of=self.planner.names_of,
        )
        of_account = feeds_of_account(client=pinnacle, store=store, clock=clock, pace=settings.pinnacle.pace)
        self.pollers = [
            Poller(
                feed,
                clock=clock,
                alerts=alerts,
                signals=self.signals,
                ticker=ticker,
                reactions=self.reactions,
            )
            for feed in (*of_account, *feeds)
        ]

    @property
    def account_feeds(self) -> list[FeedState]:
        """The states of the feeds that are about every sport."""
        states = [poller.feed.state for poller in self.pollers]
        return [state for state in states if state.sport_id == EVERY_SPORT]

    @property
    def idle(self) -> bool:
        """True if nothing waits to be linked, planned or written."""
        return self.relinker.idle and self.planner.idle and self.queue.idle

    @property
    def rest_is_refused(self) -> bool:
        """True if BetTune refuses to delete all that is left: waiting for it is useless."""
        is_refused = any(each.subject == DELETE_REFUSED for each in self.alerts.firing)
        return is_refused and self.queue.has_only_put_off

    async def load(self) -> None:
        """Load the state of every component from the store."""
        await self.budget.load()
        await self.actual.load()
        for poller in self.pollers:
            await poller.feed.load()
        await self.load_demand()
        await self.evidence_days.load()
        await self.translator.load()
        await self.relinker.load()
        await self.load_mode()

    async def load_demand(self) -> None:
        """Poll the feeds of specials if one of the known filters needs them."""
        async with self.store.read() as conn:
            filters = await load_filters(conn, self.settings)
        if self.feeds.poll_specials(any(each.needs_specials for each in filters.values())):
            self.signals.wake(Task.FEEDS)

    async def load_mode(self) -> None:
        """Load the mode from the store, and apply it if it has changed.

        A pause changes no wanted value: only the writer has to know.
        """
        was_withdrawn = self.mode.withdrawn
        async with self.store.read() as conn:
            changed = await self.mode.load(conn)
        if self.mode.withdrawn is not was_withdrawn:
            self.signals.invalidate(everything=True)
        if changed:
            self.signals.wake(Task.WRITER)

    def withdraw_for_exit(self) -> None:
        """Withdraw every prediction of ours, and drop the waiting reads, which would delay the deletions."""
        self.mode.withdraw_for_exit()
        self.queue.reads.clear()
        self.signals.invalidate(everything=True)

    async def read_back(self) -> int:
        """Queue a read of every pair of a ruled filter and a match of the horizon; return how many."""
        async with self.store.read() as conn:
            matches = await catalogue.matches_of_horizon(
                conn, self.clock.now(), self.settings.bettune.horizon
            )
        count = 0
        filters = list(self.planner.filters.values())
        for added in request_readback(matches, filters, self.actual, self.queue.reads):
            count += added
            self.signals.wake(Task.WRITER)
            await asyncio.sleep(0)
        return count


@asynccontextmanager
async def open_components(
    settings: Settings,
    store: Store,
    clock: Clock,
    alerts: Alerts,
    *,
    aliases: Aliases | None = None,
    queue: Queue | None = None,
    ticker: Ticker | None = None,
) -> AsyncIterator[Components]:
    """Open the clients, build the components and load them from the store; `aliases` are the user's."""
    aliases = aliases or Aliases()
    # In a thread: reading what ships with the linker takes longer than the event loop may be blocked.
    linker = await asyncio.to_thread(linker_of, settings, aliases)
    budget = Budget(
        store,
        clock,
        limit=settings.bettune.limit.requests,
        span=settings.bettune.limit.window,
        deadline=settings.bettune.timeout,
    )
    requests = RequestCounts()
    async with (
        recording(settings.record) as recorder,
        pinnacle_of(
            settings,
            clock,
            before_send=store.may_send,
            count=requests.of("pinnacle"),
            record=recorder.of("pinnacle"),
        ) as pinnacle,
        bettune_of(
            settings,
            clock,
            budget,
            before_send=store.may_send,
            count=requests.of("bettune"),
            record=recorder.of("bettune"),
        ) as bettune,
    ):
        components = Components(
            settings,
            store,
            clock,
            alerts,
            pinnacle=pinnacle,
            bettune=bettune,
            budget=budget,
            queue=Queue(settings.bettune.search_chunk) if queue is None else queue,
            ticker=ticker,
            aliases=aliases,
            linker=linker,
            requests=requests,
            recorder=recorder,
        )
        await components.load()
        yield components


def pinnacle_of(
    settings: Settings,
    clock: Clock,
    *,
    before_send: BeforeSend = ask_nothing,
    count: CountRequest = count_nothing,
    record: RecordExchange = record_nothing,
) -> PinnacleClient:
    """Return Pinnacle's client as configured."""
    return PinnacleClient(
        base_url=settings.pinnacle.base_url,
        username=settings.pinnacle.username,
        password=settings.pinnacle.password.get_secret_value(),
        versions=settings.pinnacle.paths,
        clock=clock,
        timeout_s=settings.pinnacle.timeout.total_seconds(),
        before_send=before_send,
        count=count,
        record=record,
    )


def bettune_of(
    settings: Settings,
    clock: Clock,
    budget: Budget,
    *,
    before_send: BeforeSend = ask_nothing,
    count: CountRequest = count_nothing,
    record: RecordExchange = record_nothing,
) -> BetTuneClient:
    """Return BetTune's client as configured; a limit that a response names corrects the budget."""

    def learn_limit(response: ResponseInfo) -> None:
        if budget.learn(response.limit_headers):
            log.info("limit_learnt", requests=budget.kept.requests, window_s=budget.kept.window_s)

    return BetTuneClient.from_settings(
        settings.bettune,
        clock=clock,
        on_response=learn_limit,
        before_send=before_send,
        count=count,
        record=record,
    )


def feeds_of(
    settings: Settings, client: PinnacleClient, store: Store, clock: Clock, specials: Demand
) -> list[Feed[Any]]:
    """Return the feeds of all sports; they share one gate, because Pinnacle refuses an account as a whole."""
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


def linker_of(settings: Settings, aliases: Aliases) -> Linker:
    """Return the linker as configured, with the user's aliases."""
    return Linker(
        tolerance=settings.matching.kickoff_tolerance,
        aliases=aliases,
        knowledge=shipped_with(aliases.names),
    )
