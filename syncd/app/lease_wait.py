"""The wait for the lease. A daemon that does not get it, since the database was lost, withdraws all the same.

A process that ended instead would withdraw nothing, at each start again; one that only waited, neither.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog

from syncd.app.blind_withdrawal import blind_budget, withdraw_blindly
from syncd.app.withdraw_only import WITHDRAW_ONLY
from syncd.config.settings import Settings
from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import Clock
from syncd.store.engine import Store
from syncd.store.errors import TRANSIENT_ERRORS, LeaseHeldError, StoreError
from syncd.store.lease import Lease, stand_by

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 5.0
"""Seconds between two attempts to take the lease of a file that cannot be written, and between two looks at a
server's outage."""

WITHDRAW_AGAIN_AFTER_S = 60.0


class LeaseWait:
    """Waits for the lease once. `on_wait` is called with each reason why it is not free.

    A server serves other daemons, too. One that was seen to renew its lease is at work, and withdraws itself
    if it loses the database as well: this one then deletes nothing. Where none was seen, one may have taken
    over: what it writes shows in BetTune.
    """

    def __init__(
        self,
        settings: Callable[[], Settings],
        store: Store,
        clock: Clock,
        alerts: Alerts,
        *,
        ttl: timedelta,
        on_wait: Callable[[StoreError], None],
        other_works: bool,
    ) -> None:
        """`other_works`: another daemon was seen to work before, since it took the lease over."""
        self.withdrew = False
        """True if predictions of ours may have been deleted."""
        self._settings = settings
        self._store = store
        self._clock = clock
        self._alerts = alerts
        self._ttl = ttl
        self._on_wait = on_wait
        self._budget = blind_budget(settings(), clock)
        self._first_seen: float | None = None
        self._other_works = other_works

    @property
    def sent(self) -> tuple[float, ...]:
        """When each request of the withdrawal counts, by the monotonic clock."""
        return self._budget.counted if self.withdrew else ()

    async def take(self) -> Lease:
        """Return the lease as soon as it is free. Raises `LeaseHeldError` on SQLite."""
        return await (self._take_of_file() if self._store.on_sqlite else self._take_of_server())

    async def _take_of_file(self) -> Lease:
        """Nobody else works with a file that cannot be written, but the lock beside it is taken first."""
        withdraw_at = self._clock.monotonic() + self._stale_after_s
        while True:
            try:
                return await Lease.acquire(self._store, ttl=self._ttl)
            except TRANSIENT_ERRORS as error:
                log.warning("start_delayed", reason=str(error))
                if self._clock.monotonic() >= withdraw_at:
                    await self._withdraw(str(error), unchanged_for=None)
                    withdraw_at = self._clock.monotonic() + WITHDRAW_AGAIN_AFTER_S
            await self._clock.sleep(LOOK_EVERY_S)

    async def _take_of_server(self) -> Lease:
        withdrawing = asyncio.create_task(self._withdraw_while_away())
        try:
            return await stand_by(self._store, ttl=self._ttl, on_wait=self._note)
        finally:
            withdrawing.cancel()
            await asyncio.gather(withdrawing, return_exceptions=True)

    def _note(self, error: StoreError) -> None:
        if isinstance(error, LeaseHeldError):
            now = self._clock.monotonic()
            self._first_seen = now if self._first_seen is None else self._first_seen
            # A lease that nobody renews would have ended by now.
            self._other_works |= now - self._first_seen > self._ttl.total_seconds()
            self._alerts.resolve(WITHDRAW_ONLY)
        self._on_wait(error)

    async def _withdraw_while_away(self) -> None:
        while True:
            await self._clock.sleep(LOOK_EVERY_S)
            if self._store.health.away_s > self._stale_after_s and not self._other_works:
                reason = self._store.health.reason
                await self._withdraw(reason, unchanged_for=self._settings().safety.stale_after)
                await self._clock.sleep(WITHDRAW_AGAIN_AFTER_S)

    async def _withdraw(self, reason: str, *, unchanged_for: timedelta | None) -> None:
        self.withdrew = True
        await withdraw_blindly(
            self._settings(),
            self._clock,
            self._alerts,
            self._budget,
            reason=reason,
            unchanged_for=unchanged_for,
        )

    @property
    def _stale_after_s(self) -> float:
        return self._settings().safety.stale_after.total_seconds()
