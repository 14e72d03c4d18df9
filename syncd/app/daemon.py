"""The daemon: every component as a named task, until it is stopped or one of the tasks dies."""

import asyncio
from collections.abc import Awaitable, Coroutine
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from typing import Any, TypeVar

import structlog

from syncd.app.alert_recorder import AlertRecorder
from syncd.app.alias_file import AliasFile
from syncd.app.components import Components
from syncd.app.interpreter import tune_interpreter
from syncd.app.lease_wait import LeaseWait
from syncd.app.start import Start
from syncd.app.tasks import Tasks
from syncd.app.ticker import Ticker
from syncd.app.withdraw_only import WithdrawOnly
from syncd.app.withdrawal_note import may_have_been_withdrawn, take_note
from syncd.bettune.gateway import AWAY, REFUSED
from syncd.config.settings import Settings
from syncd.runtime import waiting
from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import Clock
from syncd.runtime.notifications import Notifications
from syncd.runtime.smooth_clock import SmoothClock
from syncd.runtime.supervisor import Supervisor, TaskDiedError
from syncd.store.database_file import opened_to_others
from syncd.store.engine import Store
from syncd.store.errors import TRANSIENT_ERRORS, LeaseHeldError, LeaseLostError, StoreError
from syncd.store.lease import Lease

log = structlog.get_logger(__name__)

T = TypeVar("T")

FINISH_WRITES_WITHIN_S = 10.0
"""Seconds that writes on their way have to finish when the daemon stops."""

DAEMON_LEASE_TTL = timedelta(seconds=10)
"""Longest time after the death of a daemon until another can take over, on PostgreSQL."""


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
        self.notifications = Notifications(self.clock)
        self.alias_file = AliasFile(self.alerts, self.clock)
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
        # Now, in case that it is not there any more when another daemon has died.
        await self._until(self._stop, self.alias_file.read(self.settings.matching.aliases))
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
            if not isinstance(cause, LeaseLostError):
                raise
            log.warning("lease_lost", reason=str(cause))
            # Of a file the lock beside it decides: whatever was written into it, nobody else works on it.
            self._was_replaced = not self.store.on_sqlite

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
        ticker = Ticker(self.clock)
        ticker.start()
        tasks = Tasks(
            self.supervisor,
            ticker,
            self.clock,
            self.store,
            running_since=self._started,
            alias_file=self.alias_file,
        )
        # First, so that the lease stays ours while anything keeps the rest from starting.
        tasks.keep_lease(lease)
        start = Start(
            self.settings,
            self.store,
            self.clock,
            self.alerts,
            ticker,
            alias_file=self.alias_file,
            notifications=self.notifications,
        )
        withdrawn_by_command = await take_note(self.store, self.clock) is not None
        # A predecessor with a slow database withdraws, and may not be able to record it.
        cut_off = lease.predecessor_silent_for is not None and not self.store.on_sqlite
        start.guard_may_work, self._withdrew = self._withdrew or withdrawn_by_command, False
        start.withdrew = start.guard_may_work or cut_off
        start.sent_blindly, self._sent_blindly = self._sent_blindly, ()
        start.after_silence = withdrawn_by_command or self._may_have_withdrawn(lease.predecessor_silent_for)
        start.after_power_failure = lease.may_miss_commits
        lease.predecessor_silent_for, lease.may_miss_commits = None, False
        try:
            async with AsyncExitStack() as stack:
                opened = await self._until(self._reload, self._unless_fatal(start.run(stack)))
                if opened:
                    await self._work_with(*opened, lease, tasks)
        finally:
            ticker.stop()
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

    async def _work_with(
        self, components: Components, recorder: AlertRecorder, lease: Lease, tasks: Tasks
    ) -> None:
        self.components = components
        self.withdraw_only = WithdrawOnly(components, self.supervisor, self.clock)
        try:
            tasks.start(components, recorder, self.withdraw_only, lease, self._load_again)
            tune_interpreter()
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
        await waiting.until(
            lambda: (
                components.idle
                or self._withdrawn_from_memory(components)
                or self._stop_at_once.is_set()
                or self.store.lease_lost
                or self._bettune_is_away(components)
            ),
            self.clock,
        )

    def _withdrawn_from_memory(self, components: Components) -> bool:
        return components.mode.withdraws_only and not components.actual.active_count

    def _bettune_is_away(self, components: Components) -> bool:
        firing = {each.subject for each in self.alerts.firing}
        return components.rest_is_refused or not firing.isdisjoint((AWAY, REFUSED))

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
