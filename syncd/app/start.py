"""The start of the components: tried until it works, since a process that ends withdraws nothing.

A start has no memory of what is active. While it keeps failing, everything is withdrawn by BetTune's own
list.
"""

import asyncio
from contextlib import AsyncExitStack, suppress

import structlog

from syncd.app.alert_recorder import AlertRecorder
from syncd.app.blind_withdrawal import blind_budget, withdraw_blindly
from syncd.app.components import Components, open_components
from syncd.app.ticker import Ticker
from syncd.app.withdraw_only import DEATHS, WITHDRAW_ONLY
from syncd.config.settings import Settings
from syncd.runtime.alerts import Alerts
from syncd.runtime.notifier import make_notifier
from syncd.runtime.smooth_clock import SmoothClock
from syncd.store import time_shift
from syncd.store.engine import Store
from syncd.store.errors import TRANSIENT_ERRORS, LeaseLostError
from syncd.sync import written_by

log = structlog.get_logger(__name__)

START = "task.start"
"""Alert: the components cannot be started."""

PAUSE_S = 5.0
"""Seconds between two attempts to start."""


class Start:
    """Starts the components of one config."""

    def __init__(
        self, settings: Settings, store: Store, clock: SmoothClock, alerts: Alerts, ticker: Ticker
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._alerts = alerts
        self._ticker = ticker
        self._failures = 0
        self._failing_since = clock.monotonic()
        self._budget = blind_budget(settings, clock)
        self.withdrew = False
        """True if predictions of ours may have been deleted by BetTune's own list, here or by the guard."""
        self.sent_blindly: tuple[float, ...] = ()
        """When each request of a withdrawal before the store was opened counts, by the monotonic clock."""
        self._withdrew_here = False
        self.after_silence = False
        """True if a predecessor may have sent what is not recorded: from memory, or before power failed."""

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
        components = await stack.enter_async_context(
            open_components(self._settings, self._store, self._clock, self._alerts, ticker=self._ticker)
        )
        if self.after_silence:
            components.budget.fill()
        components.budget.count_unrecorded(self.sent_blindly)
        if self._withdrew_here:
            components.budget.count_unrecorded(self._budget.counted)
        if self.withdrew or self.after_silence:
            # They were deleted by us, or by the guard, and not by a user.
            components.actual.doubt_all()
        recorder = AlertRecorder(self._store, self._clock, make_notifier(self._settings.notify.addresses))
        await recorder.start(self._alerts)
        await self._note_rules()
        return components, recorder

    async def _note_rules(self) -> None:
        """Store by which rules this database is written from now on; log what differs from before."""
        async with self._store.write() as conn:
            differing = await written_by.note(conn, self._settings, self._clock.now())
        if differing:
            log.warning("rules_differ", differences=differing)

    async def _after_failure(self, error: Exception) -> None:
        self._failures += 1
        if not isinstance(error, TRANSIENT_ERRORS):
            self._report(error)
        away_s = self._clock.monotonic() - self._failing_since
        is_hopeless = not isinstance(error, TRANSIENT_ERRORS) and self._failures >= DEATHS
        if is_hopeless or away_s > self._settings.safety.stale_after.total_seconds():
            self.withdrew = self._withdrew_here = True
            await withdraw_blindly(self._settings, self._clock, self._alerts, self._budget, reason=str(error))
        with suppress(TimeoutError):
            async with asyncio.timeout(PAUSE_S):
                await self._store.health.until_back()

    def _report(self, error: Exception) -> None:
        message = f"syncd cannot start, and tries again: {type(error).__name__}: {error}"
        if self._alerts.fire(START, message, notify=True):
            log.error("start_failed", error=str(error), exc_info=error)
