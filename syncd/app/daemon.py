"""The daemon: every component as a named task, until it is stopped or one of the tasks dies."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import structlog

from syncd.app.alert_recorder import AlertRecorder
from syncd.app.clock_watch import ClockWatch, until_time_is_known
from syncd.app.commands import CommandRunner
from syncd.app.components import Components
from syncd.app.garbage import tune_garbage_collector
from syncd.app.housekeeping import Housekeeping
from syncd.app.lease_wait import LeaseWait
from syncd.app.polling import Poller
from syncd.app.silence import Silence, may_have_been_withdrawn
from syncd.app.start import Start
from syncd.app.takeover import TakeoverReadback
from syncd.app.ticker import Ticker
from syncd.app.withdraw_only import WithdrawOnly
from syncd.app.withdrawal_note import take_note
from syncd.bettune.gateway import AWAY, REFUSED
from syncd.config.settings import Settings
from syncd.model.feed import EVERY_SPORT
from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import Clock
from syncd.runtime.signals import WakeEvent
from syncd.runtime.smooth_clock import SmoothClock
from syncd.runtime.supervisor import Supervisor, TaskDiedError, repeat_forever
from syncd.store.database_file import opened_to_others
from syncd.store.engine import Store
from syncd.store.errors import TRANSIENT_ERRORS, LeaseHeldError, LeaseLostError, StoreError
from syncd.store.lease import Lease
from syncd.sync.freshness import have_responded
from syncd.sync.writer import DELETE_REFUSED

log = structlog.get_logger(__name__)

T = TypeVar("T")

FINISH_WRITES_WITHIN_S = 10.0
"""Seconds that writes on their way have to finish when the daemon stops."""

DAEMON_LEASE_TTL = timedelta(seconds=10)
"""Longest time after the death of a daemon until another can take over, on PostgreSQL."""

HOUSEKEEPING_EVERY = timedelta(hours=1)

COMPARE_RESULTS_EVERY = timedelta(minutes=5)

CHECK_EVERY_S = 0.02
"""Seconds between two checks for a condition that no event announces."""


class Daemon:
    """Runs the components until `stop` is called. The web pages read it; it does not know them."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        clock: Clock,
        *,
        sent_blindly: tuple[float, ...] | None = None,
    ) -> None:
        """`sent_blindly` are the requests of a withdrawal before the store could be opened; None: no such."""
        self.settings = settings
        self._withdrew = sent_blindly is not None
        """True if predictions of ours may have been deleted without a record, here or by the guard."""
        self._sent_blindly = sent_blindly or ()
        self.store = store
        self.clock = SmoothClock(clock, on_adopt=self._load_again)
        # What is stored, and compared with what was stored, must not jump either.
        store.clock = self.clock
        self.alerts = Alerts(self.clock)
        self.supervisor = Supervisor(self.clock, self.alerts, fatal=(LeaseLostError,))
        self.components: Components | None = None
        """None while another daemon has the lease."""
        self.lease_holder = ""
        """Who works on this database, as last seen: this daemon, or the one that it stands by for."""
        self.lease_seen_at = self.clock.monotonic()
        self.is_reloading = False
        self.withdraw_only: WithdrawOnly | None = None
        """The mode that only deletes. None while another daemon has the lease."""
        self._was_replaced = False
        """True if another daemon has taken the lease over from this one."""
        self.started_at = self.clock.now()
        self._started = self.clock.monotonic()
        self._stop = asyncio.Event()
        self._reload = asyncio.Event()
        self._stop_at_once = asyncio.Event()
        self._ticker = Ticker(self.clock)
        store.health.report_to(self.alerts)

    def stop(self) -> None:
        """Stop in an orderly way; a second call also ends a withdrawal."""
        if self._stop.is_set():
            self._stop_at_once.set()
        self._stop.set()
        self._reload.set()

    def reload(self, settings: Settings) -> None:
        """Finish what is on its way, and build all components again with another config."""
        self.settings = settings
        self._reload.set()

    def _load_again(self) -> None:
        """Build all components again: they hold times of a clock that was set, or names of an older file."""
        self.reload(self.settings)

    async def run(self) -> None:
        """Wait for the lease, work, and stop in an orderly way.

        Raises `StoreError` if the lease cannot be taken, `TaskDiedError` if a task ends.
        """
        if loose := list(opened_to_others(self.store.address)):
            log.warning("database_open_to_others", files=loose)
        while not self._stop.is_set():
            lease = await self._until(self._stop, self._take_lease())
            if lease is None:
                return
            self.alerts.resolve("lease")
            self.lease_holder = lease.holder
            self._withdrew |= may_have_been_withdrawn(lease.was_free_for, self.settings.guard.after)
            try:
                await self._work_with_lease(lease)
            finally:
                self.lease_holder, self.is_reloading = "", False
                await lease.release()

    async def _take_lease(self) -> Lease:
        """Wait for the lease. Raises `LeaseHeldError` on SQLite."""
        wait = LeaseWait(
            lambda: self.settings,
            self.store,
            self.clock,
            self.alerts,
            ttl=DAEMON_LEASE_TTL,
            on_wait=self._alert_standby,
            other_works=self._was_replaced,
        )
        try:
            return await wait.take()
        finally:
            if wait.withdrew:
                self._withdrew, self._sent_blindly = True, wait.sent

    async def _work_with_lease(self, lease: Lease) -> None:
        """Work until `stop`, or until another daemon has taken the lease over."""
        try:
            while not self._stop.is_set():
                self._reload.clear()
                await self._work_or_wait(lease)
        except (TaskDiedError, LeaseLostError) as error:
            cause = error.__cause__ if isinstance(error, TaskDiedError) else error
            if not isinstance(cause, LeaseLostError) or self.store.on_sqlite:
                raise
            log.warning("lease_lost", reason=str(cause))
            self._was_replaced = True

    async def _work_or_wait(self, lease: Lease) -> None:
        """Work with one config; if the database is away at the start or a reload, wait for it."""
        try:
            await self._work(lease)
        except TRANSIENT_ERRORS as error:
            # Only the start of the components: their tasks wait by themselves.
            log.warning("start_delayed", reason=str(error))
            await self._until(self._stop, self.store.health.until_back())

    def _alert_standby(self, error: StoreError) -> None:
        self.lease_holder = error.holder if isinstance(error, LeaseHeldError) else ""
        self.lease_seen_at = self.clock.monotonic()
        self.alerts.fire("lease", f"standing by: {error}")

    async def _work(self, lease: Lease) -> None:
        """Work until `stop` or `reload`, with one config."""
        self.supervisor = Supervisor(self.clock, self.alerts, fatal=(LeaseLostError,))
        self._ticker = Ticker(self.clock)
        self._ticker.start()
        # First, so that the lease stays ours while anything keeps the rest from starting.
        self._every("lease", DAEMON_LEASE_TTL / 3, lease.renew)
        start = Start(self.settings, self.store, self.clock, self.alerts, self._ticker)
        withdrawn_by_command = await take_note(self.store, self.clock) is not None
        # A predecessor with a slow database withdraws, and may not be able to record it.
        cut_off = lease.predecessor_silent_for is not None and not self.store.on_sqlite
        start.withdrew, self._withdrew = self._withdrew or withdrawn_by_command or cut_off, False
        start.sent_blindly, self._sent_blindly = self._sent_blindly, ()
        silent = self._may_have_withdrawn(lease.predecessor_silent_for)
        start.after_silence = silent or lease.may_miss_commits or withdrawn_by_command
        lease.predecessor_silent_for, lease.may_miss_commits = None, False
        try:
            async with AsyncExitStack() as stack:
                opened = await self._until(self._reload, self._unless_fatal(start.run(stack)))
                if opened:
                    await self._work_with(*opened, lease)
        finally:
            self._ticker.stop()
            self.is_reloading = self._reload.is_set() and not self._stop.is_set()
            await self.supervisor.stop()
        log.info("stopped" if self._stop.is_set() else "reloading")

    def _may_have_withdrawn(self, silent_for: timedelta | None) -> bool:
        """Return whether a predecessor may have withdrawn from memory, which it could not record.

        It does so when it has not reached the database for `stale_after`. If it is silent since a time that
        is not yet, the clock was set.
        """
        if silent_for is None:
            return False
        return not -DAEMON_LEASE_TTL <= silent_for <= self.settings.safety.stale_after

    async def _work_with(self, components: Components, recorder: AlertRecorder, lease: Lease) -> None:
        self.components = components
        self.withdraw_only = WithdrawOnly(components, self.supervisor, self.clock)
        try:
            self._start_tasks(components, recorder, self.withdraw_only, lease)
            tune_garbage_collector()
            self.is_reloading = False
            log.info("started", lease=lease.holder, database=self.store.safe_url)
            await self._until(self._reload, self.supervisor.watch())
            await self._finish(components)
        finally:
            self.is_reloading = self._reload.is_set() and not self._stop.is_set()
            await self.supervisor.stop()
            self.components = self.withdraw_only = None

    async def _unless_fatal(self, work: Coroutine[Any, Any, T]) -> T:
        """Return the result of `work`. Raises `TaskDiedError` if the lease is lost meanwhile."""
        working = asyncio.ensure_future(work)
        watching = asyncio.ensure_future(self.supervisor.watch())
        try:
            await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
            if watching.done():
                await watching
            return await working
        finally:
            for task in (working, watching):
                task.cancel()
            await asyncio.gather(working, watching, return_exceptions=True)

    def _start_tasks(
        self,
        components: Components,
        recorder: AlertRecorder,
        withdraw_only: WithdrawOnly,
        lease: Lease,
    ) -> None:
        for poller in components.pollers:
            self.supervisor.start(f"feed {poller.name}", partial(self._poll, poller))
        self._forever("catalogue", components.catalogue.step)
        self._forever("relinker", components.relinker.step)
        self._forever("writer", components.writer.step)
        runner = CommandRunner(components, self.store, self.clock, self._load_again)
        self._forever("commands", runner.step)
        self._forever("alert_recorder", recorder.step)
        self._forever("withdraw_only", withdraw_only.step)
        self._forever("silence", Silence(components, self.clock).step)
        self._forever("clock", ClockWatch(self.clock, self.alerts).step)
        self.supervisor.start("planner", lambda: self._plan_when_ready(components))
        if lease.took_over:
            after = DAEMON_LEASE_TTL + self.settings.bettune.timeout
            self._forever("takeover", TakeoverReadback(components, lease, after=after).step)
        self._every("housekeeping", HOUSEKEEPING_EVERY, lambda: self._keep_house(components))
        self._forever("evidence_days", lambda: self._read_evidence(components))
        self._every("results", COMPARE_RESULTS_EVERY, lambda: self._compare_results(components))
        self._every("readback", self.settings.bettune.resync_every, lambda: self._read_back(components))

    async def _poll(self, poller: Poller) -> None:
        """Poll, a sport only when servers have confirmed or corrected the time, if they do so soon.

        Responses of a wrong time are refused, and the pace does not allow others for minutes.
        """
        if poller.feed.sport_id != EVERY_SPORT:
            await until_time_is_known(self.clock)
        await self._repeat(poller.step)

    async def _plan_when_ready(self, components: Components) -> None:
        """Plan only after the first attempt of every feed and of the catalogue: older data may be wrong."""
        for poller in components.pollers:
            await poller.attempted.wait()
        await components.catalogue.attempted.wait()
        while not self._may_plan(components):
            await self.clock.sleep(CHECK_EVERY_S)
        await self._repeat(lambda: self._plan(components))

    async def _plan(self, components: Components) -> None:
        """Plan what has changed; until the relinker has been through once, only what it has just linked."""
        if components.links_are_decided:
            await components.planner.step()
        elif components.relinker.idle:
            components.links_are_decided = True
            components.signals.invalidate(everything=True)
        else:
            await components.planner.plan_new_links()
            await self.clock.sleep(CHECK_EVERY_S)

    def _may_plan(self, components: Components) -> bool:
        """Return whether Pinnacle has responded, or for `stale_after` has not: then its prices are stale."""
        refused = components.feeds.refused_sports
        responded = have_responded(each for each in components.feeds.states if each.sport_id not in refused)
        running_s = self.clock.monotonic() - self._started
        return responded or running_s > self.settings.safety.stale_after.total_seconds()

    async def _keep_house(self, components: Components) -> None:
        """Delete what is over, unless this machine's clock may be years ahead: the servers name the time."""
        await components.catalogue.attempted.wait()
        if self.clock.is_doubted:
            log.warning("old_data_kept", reason="no server has confirmed this machine's time")
            return
        await Housekeeping(components).run()

    async def _read_evidence(self, components: Components) -> None:
        """Read further days only once the first plan has taken what it needs of the budget."""
        await components.planner.planned_once.wait()
        await components.evidence_days.step()

    async def _compare_results(self, components: Components) -> None:
        components.signals.invalidate(results=True)

    async def _read_back(self, components: Components) -> None:
        await components.catalogue.attempted.wait()
        await components.planner.planned_once.wait()
        # Whatever no signal named is found by looking at everything.
        components.signals.invalidate(everything=True)
        await components.read_back()

    async def _finish(self, components: Components) -> None:
        log.info("stopping", queued=len(components.queue), on_stop=self.settings.safety.on_stop)
        if self._stop.is_set() and self.settings.safety.on_stop == "withdraw":
            await self._withdraw(components)
        await components.writer.finish(FINISH_WRITES_WITHIN_S)

    async def _withdraw(self, components: Components) -> None:
        """Withdraw every prediction, however long the budget makes it; a second `stop` ends it."""
        if components.mode.paused_by_user:
            log.warning(
                "not_withdrawn",
                reason="paused: nothing is written",
                predictions=components.actual.active_count,
            )
            return
        log.info("withdrawing", predictions=components.actual.active_count)
        components.withdraw_for_exit()
        while not (
            components.idle
            or self._withdrawn_from_memory(components)
            or self._stop_at_once.is_set()
            or self.store.lease_lost
            or self._bettune_is_away(components)
        ):
            await self.clock.sleep(CHECK_EVERY_S)

    def _withdrawn_from_memory(self, components: Components) -> bool:
        return components.mode.withdraws_only and not components.actual.active_count

    def _bettune_is_away(self, components: Components) -> bool:
        firing = {each.subject for each in self.alerts.firing}
        refuses_the_rest = DELETE_REFUSED in firing and components.queue.has_only_put_off
        return refuses_the_rest or not firing.isdisjoint((AWAY, REFUSED))

    # --- tasks -------------------------------------------------------------------------------

    def _forever(self, name: str, step: Callable[[], Awaitable[None]]) -> None:
        self.supervisor.start(name, lambda: self._repeat(step))

    async def _repeat(self, step: Callable[[], Awaitable[None]]) -> None:
        # One alert and one probe for all of them: see `StoreHealth`.
        await repeat_forever(step, transient=TRANSIENT_ERRORS, wait=self.store.health.until_back)

    def _every(self, name: str, span: timedelta, step: Callable[[], Awaitable[None]]) -> None:
        """Start a task that runs the step now, and then once in each `span`."""
        event = WakeEvent(self.clock)
        event.wake()

        async def run_when_due() -> None:
            await event.wait(span.total_seconds())
            try:
                await step()
            except BaseException:
                event.wake()
                raise
            self._ticker.wake_at(name, self.clock.now() + span, event)

        self._forever(name, run_when_due)

    async def _until(self, event: asyncio.Event, work: Awaitable[T]) -> T | None:
        """Return the result of `work`. None if the event came first."""
        working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(event.wait())
        try:
            await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
            return await working if working.done() else None
        finally:
            for task in (working, stopping):
                task.cancel()
            with suppress(asyncio.CancelledError):
                await stopping
