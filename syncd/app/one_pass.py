"""One pass from end to end, for `once` and `plan`: poll, read the catalogue, link, plan, write."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import msgspec
import structlog

from syncd.app.components import Components, open_components
from syncd.app.polling import Poller
from syncd.bettune.errors import BetTuneError
from syncd.bettune.gateway import AWAY, REFUSED
from syncd.config.settings import Settings
from syncd.model.change import Change
from syncd.pinnacle.feed.feed import PollOutcome
from syncd.runtime.alerts import Alert, Alerts
from syncd.runtime.clock import Clock
from syncd.runtime.supervisor import Supervisor, TaskDiedError
from syncd.store.engine import Store
from syncd.sync.freshness import have_responded
from syncd.sync.guard import Withheld
from syncd.sync.queue import ProposalQueue, Queue

log = structlog.get_logger(__name__)

PATIENCE = timedelta(minutes=1)
"""How long one pass waits for a BetTune that does not answer."""

LOOK_EVERY = 0.02
"""Seconds between two looks whether all is done."""


class PassProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a pass has come, for a progress bar."""

    stage: str
    done: int = 0
    of: int = 0


Report = Callable[[PassProgress], None]


class PassResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a pass came to."""

    changes: tuple[Change, ...]
    """What would be written, or after a pass that writes: what could not be."""
    held: tuple[Withheld, ...]
    alerts: tuple[Alert, ...]
    standing: int
    """Predictions of ours that BetTune holds now."""


async def once(settings: Settings, store: Store, clock: Clock, report: Report) -> PassResult:
    """Do everything once, and write until BetTune holds what it ought to."""
    return await _pass(settings, store, clock, report, Queue(settings.bettune.search_chunk))


async def propose(settings: Settings, store: Store, clock: Clock, report: Report) -> PassResult:
    """Do everything once but the writing: the queue takes changes in and gives none away."""
    return await _pass(settings, store, clock, report, ProposalQueue(settings.bettune.search_chunk))


async def _pass(settings: Settings, store: Store, clock: Clock, report: Report, queue: Queue) -> PassResult:
    alerts = Alerts(clock)
    async with open_components(settings, store, clock, alerts, queue=queue) as rooms:
        await _gather(rooms, report)
        async with _at_work(rooms.relinker.step, rooms.planner.step):
            await _linked_and_planned(rooms, report)
            await rooms.read_back()
            # Only now: while links come country by country, each would be read in a request of its own.
            async with _at_work(rooms.writer.step):
                await _written(rooms, report)
        return PassResult(
            changes=queue.changes(),
            held=tuple(rooms.planner.held.values()),
            alerts=alerts.firing,
            standing=rooms.book.standing,
        )


async def _gather(rooms: Components, report: Report) -> None:
    """What Pinnacle and BetTune say now, as far as pace and budget allow without waiting."""
    report(PassProgress(stage="BetTune: filters and matches"))
    with suppress(BetTuneError):  # told by the door already; what the store knows still holds
        await rooms.catalogue.read_what_is_due()
    await rooms.load_demand()
    for poller in rooms.pollers:
        report(PassProgress(stage=f"Pinnacle: {poller.feed.kind.replace('_', ' ')}"))
        await _poll(poller)


async def _poll(poller: Poller) -> None:
    poll = await poller.poll()
    if poll.outcome is PollOutcome.KEPT:
        # A snapshot older than the deltas before it: the next delta brings it up to date.
        await poller.poll()


@asynccontextmanager
async def _at_work(*steps: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Repeat these steps beside the body; what breaks one of them ends the body."""
    crew = Supervisor()
    for step in steps:
        crew.start(step.__qualname__, _endless(step))
    watch = asyncio.ensure_future(crew.watch())
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
        await crew.stop()


def _endless(step: Callable[[], Awaitable[None]]) -> Callable[[], Coroutine[Any, Any, None]]:
    async def run() -> None:
        while True:
            await step()

    return run


async def _linked_and_planned(rooms: Components, report: Report) -> None:
    report(PassProgress(stage="linking and planning"))
    await _until(lambda: rooms.relinker.idle, rooms)
    rooms.signals.invalidate(everything=True)
    await _until(lambda: rooms.relinker.idle and rooms.planner.idle, rooms)


async def _written(rooms: Components, report: Report) -> None:
    most = 0
    if not have_responded(rooms.feeds.states):
        return
    while not rooms.idle:
        left = len(rooms.queue) + len(rooms.queue.unread)
        most = max(most, left)
        report(PassProgress(stage="BetTune: predictions", done=most - left, of=most))
        if rooms.mode.paused or _blocked(rooms):
            return
        await rooms.clock.sleep(LOOK_EVERY)


def _blocked(rooms: Components) -> bool:
    """Whether waiting is useless: BetTune refuses us, or has not answered for long."""
    now = rooms.clock.now()
    return any(
        each.subject == REFUSED or (each.subject == AWAY and now - each.fired_at > PATIENCE)
        for each in rooms.alerts.firing
    )


async def _until(done: Callable[[], bool], rooms: Components) -> None:
    while not done():
        await rooms.clock.sleep(LOOK_EVERY)
