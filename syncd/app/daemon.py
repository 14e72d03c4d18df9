"""The daemon: every part as a named, guarded task, until a signal or until one of them dies."""

import asyncio
import gc
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import TypeVar

import structlog

from syncd.app.alert_recorder import AlertRecorder, make_notifier
from syncd.app.commands import CommandRunner
from syncd.app.components import Components, open_components
from syncd.app.housekeeping import Housekeeping
from syncd.app.ticker import Ticker
from syncd.bettune.gateway import AWAY, REFUSED
from syncd.config.settings import Settings
from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import Clock
from syncd.runtime.signals import WakeEvent
from syncd.runtime.supervisor import Supervisor, TaskDiedError, repeat_forever
from syncd.store.engine import Store
from syncd.store.errors import TRANSIENT_ERRORS, LeaseLostError, StoreError
from syncd.store.lease import Lease, stand_by
from syncd.sync.freshness import have_responded

log = structlog.get_logger(__name__)

T = TypeVar("T")

STOP_WITHIN = 10.0
"""Seconds that the write in hand has to finish when the daemon is told to stop."""

LEASE_TTL = timedelta(seconds=10)
"""How long a daemon that died keeps another from taking over, on PostgreSQL."""

TIDY_EVERY = timedelta(hours=1)


class Daemon:
    """Runs until `stop` is called. The web room looks at it; it never looks at the web."""

    def __init__(self, settings: Settings, store: Store, clock: Clock) -> None:
        self.settings = settings
        self.store = store
        self.clock = clock
        self.crew = Supervisor()
        self.alerts = Alerts(clock)
        self.rooms: Components | None = None
        """None while another daemon holds the lease."""
        self.started_at = clock.now()
        self._stop = asyncio.Event()
        self._reload = asyncio.Event()
        self._hurry = asyncio.Event()
        self._ticker = Ticker(clock)

    def stop(self) -> None:
        """End in good order; a second call ends at once."""
        if self._stop.is_set():
            self._hurry.set()
        self._stop.set()
        self._reload.set()

    def reload(self, settings: Settings) -> None:
        """Work by another config: what is in hand is finished, and everything is wired anew."""
        self.settings = settings
        self._reload.set()

    async def run(self) -> None:
        """Wait for the lease, work, and stop in good order.

        Raises `StoreError` where the lease cannot be had, `TaskDiedError` when a task ends.
        """
        while not self._stop.is_set():
            standing_by = stand_by(self.store, ttl=LEASE_TTL, waiting=self._stands_by)
            lease = await self._until(self._stop, standing_by)
            if lease is None:
                return
            self.alerts.resolve("lease")
            try:
                await self._work_while_held(lease)
            finally:
                await lease.release()

    async def _work_while_held(self, lease: Lease) -> None:
        """Work until a signal; where another took the lease over meanwhile, go back to standing by."""
        try:
            while not self._stop.is_set():
                self._reload.clear()
                await self._work(lease)
        except TaskDiedError as error:
            if not isinstance(error.__cause__, LeaseLostError) or self.store.on_sqlite:
                raise
            log.warning("lease_lost", reason=str(error.__cause__))

    def _stands_by(self, error: StoreError) -> None:
        self.alerts.fire("lease", f"standing by: {error}")

    async def _work(self, lease: Lease) -> None:
        """Work until a signal, by one config."""
        self.crew, self._ticker = Supervisor(), Ticker(self.clock)
        async with open_components(
            self.settings, self.store, self.clock, self.alerts, ticker=self._ticker
        ) as rooms:
            self.rooms = rooms
            self._ticker.start()
            await self._start_tasks(rooms, lease)
            settle_garbage()
            log.info("started", lease=lease.holder, database=self.store.safe_url)
            try:
                await self._until(self._reload, self.crew.watch())
                await self._wind_down(rooms)
            finally:
                self._ticker.stop()
                await self.crew.stop()
                self.rooms = None
        log.info("stopped" if self._stop.is_set() else "reloading")

    async def _start_tasks(self, rooms: Components, lease: Lease) -> None:
        recorder = AlertRecorder(self.store, self.clock, make_notifier(self.settings.notify))
        await recorder.start(self.alerts)
        for poller in rooms.pollers:
            self._forever(f"feed {poller.name}", poller.step)
        self._forever("catalogue", rooms.catalogue.step)
        self._forever("relinker", rooms.relinker.step)
        self._forever("writer", rooms.writer.step)
        self._forever("orders", CommandRunner(rooms, self.store, self.clock).step)
        self._forever("alert_recorder", recorder.step)
        self.crew.start("planner", lambda: self._plan_when_ready(rooms))
        self._every("lease", LEASE_TTL / 3, lease.renew)
        self._every("housekeeping", TIDY_EVERY, Housekeeping(rooms).tidy)
        self._every("read back", self.settings.bettune.resync_every, lambda: self._read_back(rooms))

    async def _plan_when_ready(self, rooms: Components) -> None:
        """Nothing is planned on yesterday's knowledge: each part gets its first chance before."""
        for poller in rooms.pollers:
            await poller.attempted.wait()
        await rooms.catalogue.attempted.wait()
        while not rooms.relinker.idle or not self._may_judge(rooms):
            await self.clock.sleep(0.02)
        rooms.signals.invalidate(everything=True)
        await self._repeat("planner", rooms.planner.step)

    def _may_judge(self, rooms: Components) -> bool:
        """A Pinnacle that was never heard of makes nothing stale before `stale_after` has passed."""
        responded = have_responded(rooms.feeds.states)
        return responded or self.clock.now() - self.started_at > self.settings.safety.stale_after

    async def _read_back(self, rooms: Components) -> None:
        await rooms.catalogue.attempted.wait()
        await rooms.planner.looked.wait()
        # Whatever no signal named is found by looking at everything.
        rooms.signals.invalidate(everything=True)
        await rooms.read_back()

    async def _wind_down(self, rooms: Components) -> None:
        log.info("stopping", queued=len(rooms.queue), on_stop=self.settings.safety.on_stop)
        if self._stop.is_set() and self.settings.safety.on_stop == "withdraw":
            await self._withdraw(rooms)
        await rooms.writer.finish(STOP_WITHIN)

    async def _withdraw(self, rooms: Components) -> None:
        """Take everything back, however long the budget makes it; a second signal ends it."""
        if rooms.mode.paused:
            log.warning("not_withdrawn", reason="paused: nothing is written", predictions=rooms.book.standing)
            return
        log.info("withdrawing", predictions=rooms.book.standing)
        rooms.withdraw_for_exit()
        while not (rooms.idle or self._hurry.is_set() or self.crew.dead() or self._bettune_is_shut()):
            await self.clock.sleep(0.05)

    def _bettune_is_shut(self) -> bool:
        return any(each.subject in (AWAY, REFUSED) for each in self.alerts.firing)

    # --- tasks -------------------------------------------------------------------------------

    def _forever(self, name: str, step: Callable[[], Awaitable[None]]) -> None:
        self.crew.start(name, lambda: self._repeat(name, step))

    async def _repeat(self, name: str, step: Callable[[], Awaitable[None]]) -> None:
        await repeat_forever(
            step, subject=f"store.{name}", transient=TRANSIENT_ERRORS, clock=self.clock, alerts=self.alerts
        )

    def _every(self, name: str, span: timedelta, step: Callable[[], Awaitable[None]]) -> None:
        """A task that runs a step now and then at this interval."""
        event = WakeEvent(self.clock)

        async def run_when_due() -> None:
            # The ticker goes by the wall clock, which may be set back; this wait does not.
            await event.wait(1.5 * span.total_seconds())
            await step()

        self._ticker.wake_every(name, span, event)
        self._forever(name, run_when_due)

    async def _until(self, event: asyncio.Event, work: Awaitable[T]) -> T | None:
        """The result of `work`, or none when the event came first."""
        working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(event.wait())
        try:
            await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
            return await working if working.done() else None
        finally:
            for task in (working, stopping):
                task.cancel()
            with suppress(asyncio.CancelledError):
                await stopping


def settle_garbage() -> None:
    """Take what was imported and loaded out of every later collection.

    A full one would go through all of it, and hold the event loop for 50 ms and more; so would one now,
    and it would find next to nothing. The youngest are looked at often enough for that to take 10 ms.
    """
    gc.freeze()
    gc.set_threshold(30_000, 50, 1_000)
