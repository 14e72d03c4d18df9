"""The start of the components: tried until it works, since a process that ends withdraws nothing.

A start has no memory of what is active. While it keeps failing, everything is withdrawn by BetTune's own
list.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from typing import Any, TypeVar

import structlog

from syncd.app.alert_recorder import AlertRecorder
from syncd.app.alias_file import AliasFile
from syncd.app.blind_withdrawal import blind_budget, withdraw_blindly
from syncd.app.components import Components, open_components
from syncd.app.ticker import Ticker
from syncd.app.withdraw_only import DEATHS, WITHDRAW_ONLY
from syncd.config.settings import Settings
from syncd.runtime.alerts import Alerts
from syncd.runtime.notifications import Notifications
from syncd.runtime.notifier import make_notifier
from syncd.runtime.smooth_clock import SmoothClock
from syncd.store import time_shift
from syncd.store.engine import Store
from syncd.store.errors import TRANSIENT_ERRORS, LeaseLostError
from syncd.sync import written_by

log = structlog.get_logger(__name__)

T = TypeVar("T")

START = "task.start"
"""Alert: the components cannot be started."""

PAUSE_S = 5.0
"""Seconds between two attempts to start."""


class Start:
    """Starts the components of one config."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        clock: SmoothClock,
        alerts: Alerts,
        ticker: Ticker,
        *,
        alias_file: AliasFile,
        notifications: Notifications,
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._alerts = alerts
        self._ticker = ticker
        self._alias_file = alias_file
        self._notifications = notifications
        self._failures = 0
        self._failing_since = clock.monotonic()
        self._budget = blind_budget(settings, clock)
        self.withdrew = False
        """True if predictions of ours may have been deleted by BetTune's own list, here or by the guard."""
        self.guard_may_work = False
        """True if nobody worked for so long that a guard may be withdrawing at this moment."""
        self.sent_blindly: tuple[float, ...] = ()
        """When each request of a withdrawal before the store was opened counts, by the monotonic clock."""
        self._withdrew_here = False
        self.after_silence = False
        """True if a predecessor may have sent to BetTune from memory what is not recorded."""
        self.after_power_failure = False
        """True if the last requests to either service may not be recorded."""

    async def run(self, stack: AsyncExitStack) -> tuple[Components, AlertRecorder]:
        """Open the components on the stack, and begin to record alerts. Raises `LeaseLostError`."""
        while True:
            try:
                opened = await self._open(stack)
            except LeaseLostError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, the process must not end by it
                await stack.aclose()
                await self._after_failure(error)
            else:
                self._alerts.resolve(START)
                self._alerts.resolve(WITHDRAW_ONLY)
                return opened

    async def _open(self, stack: AsyncExitStack) -> tuple[Components, AlertRecorder]:
        if adopted := self._clock.adopted:
            async with self._store.write() as conn:
                await time_shift.shift(conn, adopted, self._clock.now())
            self._clock.adopted -= adopted
        opening = open_components(
            self._settings,
            self._store,
            self._clock,
            self._alerts,
            aliases=await self._alias_file.read(self._settings.matching.aliases),
            ticker=self._ticker,
        )
        components = await self._withdrawing_if_slow(stack.enter_async_context(opening))
        if self.after_power_failure:
            for poller in components.pollers:
                poller.feed.pacer.end(snapshot=True)
        if self.after_silence or self.after_power_failure:
            components.budget.fill()
        components.budget.count_unrecorded(self.sent_blindly)
        if self._withdrew_here:
            components.budget.count_unrecorded(self._budget.counted)
        if self.withdrew or self.after_silence or self.after_power_failure:
            # They were deleted by us, or by the guard, and not by a user.
            components.actual.doubt_all()
        if (self.guard_may_work or self._withdrew_here) and components.actual.values():
            components.gateway.leave_window_to_guard()
        notifier = await asyncio.to_thread(make_notifier, self._settings.notify.addresses)
        self._notifications.use(notifier, self._settings.notify.quiet)
        recorder = AlertRecorder(self._store, self._clock, self._notifications)
        await recorder.start(self._alerts)
        await self._note_rules()
        return components, recorder

    async def _note_rules(self) -> None:
        """Store by which rules this database is written from now on; log what differs from before."""
        async with self._store.write() as conn:
            differing = await written_by.note(conn, self._settings, self._clock.now())
        if differing:
            log.warning("rules_differ", differences=differing)

    async def _withdrawing_if_slow(self, opening: Coroutine[Any, Any, T]) -> T:
        """Return the result of `opening`; when it has taken for too long, withdraw until it is there."""
        opened = asyncio.ensure_future(opening)
        withdrawing = asyncio.ensure_future(self._withdraw_when_late())
        try:
            await asyncio.wait({opened, withdrawing}, return_when=asyncio.FIRST_COMPLETED)
            if withdrawing.done():
                await withdrawing
            return await opened
        finally:
            for task in (opened, withdrawing):
                task.cancel()
            await asyncio.gather(opened, withdrawing, return_exceptions=True)

    async def _withdraw_when_late(self) -> None:
        """Withdraw from `stale_after` on, again and again: a database that is slow does not fail."""
        while True:
            await self._clock.sleep(max(PAUSE_S, self._seconds_left()))
            await self._withdraw("the database is too slow for a start")

    def _seconds_left(self) -> float:
        away_s = self._clock.monotonic() - self._failing_since
        return self._settings.safety.stale_after.total_seconds() - away_s

    async def _withdraw(self, reason: str) -> None:
        self.withdrew = self._withdrew_here = True
        await withdraw_blindly(self._settings, self._clock, self._alerts, self._budget, reason=reason)

    async def _after_failure(self, error: Exception) -> None:
        self._failures += 1
        if not isinstance(error, TRANSIENT_ERRORS):
            self._report(error)
        is_hopeless = not isinstance(error, TRANSIENT_ERRORS) and self._failures >= DEATHS
        if is_hopeless or self._seconds_left() < 0:
            await self._withdraw(str(error))
        with suppress(TimeoutError):
            async with asyncio.timeout(PAUSE_S):
                await self._store.health.until_back()

    def _report(self, error: Exception) -> None:
        message = f"syncd cannot start, and tries again: {type(error).__name__}: {error}"
        if self._alerts.fire(START, message, notify=True):
            log.error("start_failed", error=str(error), exc_info=error)
