"""One pass from end to end, for `once` and `plan`: poll, read the catalogue, link, plan, write."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any, Protocol

import msgspec
import structlog

from syncd.app.components import Components, open_components
from syncd.app.polling import Poller
from syncd.bettune.errors import BetTuneError
from syncd.bettune.gateway import AWAY, REFUSED
from syncd.config.settings import Settings
from syncd.matching.aliases import Aliases
from syncd.model.change import Change
from syncd.pinnacle.feed.poll import PollOutcome
from syncd.runtime import waiting
from syncd.runtime.alerts import Alert, Alerts
from syncd.runtime.clock import Clock
from syncd.runtime.supervisor import Supervisor, TaskDiedError
from syncd.store.engine import Store
from syncd.sync.freshness import have_responded
from syncd.sync.plausibility import Withheld
from syncd.sync.queue import ProposalQueue, Queue

log = structlog.get_logger(__name__)

WAIT_FOR_BETTUNE = timedelta(minutes=1)
"""Longest outage of BetTune that a pass waits out."""


class Report(Protocol):
    """Called with the progress of a pass, such as a progress bar's `update`."""

    def __call__(self, stage: str, done: int = 0, total: int = 0, /) -> None:
        """Say which stage it is in, and how many of its steps are done; `total` is 0 if unknown."""
        ...


class PassResult(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a pass."""

    changes: tuple[Change, ...]
    """The changes that would be written; after a pass that writes, those that could not be written."""
    withheld: tuple[Withheld, ...]
    alerts: tuple[Alert, ...]
    active: int
    """Number of our predictions that are active at BetTune now."""


async def once(
    settings: Settings,
    store: Store,
    clock: Clock,
    report: Report,
    *,
    aliases: Aliases | None = None,
    doubt: bool = False,
) -> PassResult:
    """Run one pass, and write until BetTune has every wanted prediction; `aliases` are the user's.

    `doubt`: what is missing at BetTune was not deleted by a user, because nobody has worked for long.
    """
    queue = Queue(settings.bettune.search_chunk)
    return await _pass(settings, store, clock, report, queue, aliases=aliases, doubt=doubt)


async def propose(
    settings: Settings,
    store: Store,
    clock: Clock,
    report: Report,
    *,
    aliases: Aliases | None = None,
    doubt: bool = False,
) -> PassResult:
    """Run one pass without writing: the changes stay in the queue. `doubt` as for `once`."""
    queue = ProposalQueue(settings.bettune.search_chunk)
    return await _pass(settings, store, clock, report, queue, aliases=aliases, doubt=doubt)


async def _pass(
    settings: Settings,
    store: Store,
    clock: Clock,
    report: Report,
    queue: Queue,
    *,
    aliases: Aliases | None,
    doubt: bool,
) -> PassResult:
    alerts = Alerts(clock)
    async with (
        open_components(settings, store, clock, alerts, queue=queue, aliases=aliases) as components,
        _running(components, components.interruptions.watch),
    ):
        if doubt:
            components.actual.doubt_all()
        await _poll_all(components, report)
        async with _running(components, components.relinker.step, components.planner.step):
            await _link_and_plan(components, report)
            await components.read_back()
            # Only now: while links still arrive country by country, each pair would be read in a request of
            # its own.
            async with _running(components, components.writer.step):
                await _write(components, report)
        return PassResult(
            changes=queue.changes(),
            withheld=tuple(components.planner.withheld.values()),
            alerts=alerts.firing,
            active=components.actual.active_count,
        )


async def _poll_all(components: Components, report: Report) -> None:
    """Read everything from Pinnacle and BetTune that pace and budget allow without waiting."""
    report("BetTune: filters and matches")
    with suppress(BetTuneError):  # the gateway has fired an alert; the store's catalogue is used
        await components.catalogue.read_until_sure()
        await components.evidence_days.read_without_waiting()
    await components.load_demand()
    for poller in components.pollers:
        report(f"Pinnacle: {poller.kind_text}")
        await _poll(poller)


async def _poll(poller: Poller) -> None:
    poll = await poller.poll()
    if poll.outcome is PollOutcome.KEPT:
        # A snapshot older than the deltas before it: the next delta brings it up to date.
        await poller.poll()


@asynccontextmanager
async def _running(components: Components, *steps: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Repeat these steps beside the body; an error of one of them ends the body, and is raised."""
    supervisor = Supervisor(components.clock, components.alerts, fatal=(Exception,))
    for step in steps:
        supervisor.start(step.__qualname__, _repeat(step))
    watch = asyncio.ensure_future(supervisor.watch())
    work = asyncio.current_task()
    watch.add_done_callback(lambda task: work.cancel() if work and not task.cancelled() else None)
    try:
        yield
    except asyncio.CancelledError:
        if watch.done() and not watch.cancelled() and (error := watch.exception()):
            raise (
                error.__cause__ if isinstance(error, TaskDiedError) and error.__cause__ else error
            ) from None
        raise
    finally:
        watch.cancel()
        await supervisor.stop()


def _repeat(step: Callable[[], Awaitable[None]]) -> Callable[[], Coroutine[Any, Any, None]]:
    async def run() -> None:
        while True:
            await step()

    return run


async def _link_and_plan(components: Components, report: Report) -> None:
    report("linking and planning")
    components.signals.invalidate(results=True)
    await waiting.until(lambda: components.relinker.idle, components.clock)
    components.signals.invalidate(everything=True)
    await waiting.until(lambda: components.relinker.idle and components.planner.idle, components.clock)


async def _write(components: Components, report: Report) -> None:
    most = 0
    if not have_responded(components.feeds.states):
        return
    while not components.idle:
        left = len(components.queue) + len(components.queue.reads)
        most = max(most, left)
        report("BetTune: predictions", most - left, most)
        if components.mode.paused or _is_waiting_useless(components):
            return
        await components.clock.sleep(waiting.CHECK_EVERY_S)


def _is_waiting_useless(components: Components) -> bool:
    """Return whether waiting is useless: BetTune refuses what is left, or has not responded for long."""
    now = components.clock.now()
    return components.rest_is_refused or any(
        each.subject == REFUSED or (each.subject == AWAY and now - each.fired_at > WAIT_FOR_BETTUNE)
        for each in components.alerts.firing
    )
