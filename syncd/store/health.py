"""The health of the database: one alert for each outage, and one probe for which all tasks wait.

Every transaction reports how it ended. While the last one of a kind has failed, the store is away: a probe
tries every second, and whatever waits in `until_back` goes on as soon as anything succeeds.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Literal

import structlog

from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import Clock
from syncd.store.errors import TRANSIENT_ERRORS, DamagedError, LeaseExpiredError, LeaseLostError, StoreError

log = structlog.get_logger(__name__)

STORE = "store"
"""Subject of the alert."""

PROBE_EVERY_S = 1.0

SETTLED_AFTER_S = 2.0
"""The alert ends when nothing has failed for this long."""

FLAPPING_WITHIN_S = 60.0
"""An outage so soon after the last one has the same cause, as when one table is locked."""

SETTLED_AFTER_FLAPPING_S = 30.0

Kind = Literal["reading", "writing", "renewing"]
"""Reading and writing transactions, and renewals of the lease, which have to be quick."""


class StoreHealth:
    """The one judge of whether the database can be used. `probe` tries it, and raises StoreError."""

    def __init__(self, clock: Clock, probe: Callable[[], Awaitable[None]]) -> None:
        self._clock = clock
        self._probe = probe
        self._alerts: Alerts | None = None
        self._failing: dict[Kind, str] = {}
        self._is_damaged = False
        """True since the file was found damaged: that other pages of it can be read proves nothing."""
        self._back = asyncio.Event()
        self._back.set()
        self._away_since: float | None = None
        self._back_at: float | None = None
        self._resolved_at: float | None = None
        self._settled_after_s = SETTLED_AFTER_S
        self._watching: asyncio.Task[None] | None = None
        self.is_given_up = False
        """True while syncd works without it although it is there: too little gets through."""

    @property
    def is_usable(self) -> bool:
        """True if requests to BetTune are to be recorded there before they are sent."""
        return not (self.is_away or self.is_given_up)

    @property
    def is_away(self) -> bool:
        """True if the last reading or the last writing transaction failed."""
        return bool(self._failing)

    @property
    def reason(self) -> str:
        """The reason why it is away. Empty if it is not."""
        return next(iter(self._failing.values()), "")

    @property
    def away_s(self) -> float:
        """Seconds since it went away. Zero if it is not away."""
        return self._clock.monotonic() - self._away_since if self._away_since is not None else 0.0

    @property
    def well_s(self) -> float:
        """Seconds since it came back from the last outage. Infinite if there was none, zero while away."""
        if self.is_away:
            return 0.0
        return float("inf") if self._back_at is None else self._clock.monotonic() - self._back_at

    def report_to(self, alerts: Alerts) -> None:
        """Fire and resolve the alert there. Only a daemon does; a command raises the error."""
        self._alerts = alerts

    @contextmanager
    def watch(self, kind: Kind) -> Iterator[None]:
        """Report how the transaction inside ends. An outage has lasted since its first failure began."""
        began = self._clock.monotonic()
        try:
            yield
        except TRANSIENT_ERRORS as error:
            if not isinstance(error, LeaseExpiredError):
                self._failed(kind, error, began)
            raise
        except LeaseLostError:
            self._succeeded(kind)
            raise
        else:
            self._succeeded(kind)

    async def until_back(self) -> None:
        """Wait until the database can be used; at least for a moment, since something has failed."""
        if self.is_away:
            self._start_probing()
            await self._back.wait()
        else:
            await self._clock.sleep(PROBE_EVERY_S)

    async def close(self) -> None:
        """End the probing."""
        if self._watching:
            self._watching.cancel()
            await asyncio.wait({self._watching})

    def _failed(self, kind: Kind, error: StoreError, began: float) -> None:
        self._failing[kind] = str(error)
        self._is_damaged |= isinstance(error, DamagedError)
        self._back.clear()
        if self._away_since is None:
            self._away_since = began
        if self._alerts:
            self._fire(self._alerts)
            self._start_probing()

    def _start_probing(self) -> None:
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._probe_until_settled(), name="store health")

    def _succeeded(self, kind: Kind) -> None:
        if self._is_damaged:
            return
        if self._failing.pop(kind, None) is not None and not self._failing:
            self._back_at, self._away_since = self._clock.monotonic(), None
            self._back.set()

    def _fire(self, alerts: Alerts) -> None:
        if alerts.fire(STORE, self.reason, notify=True) and self._resolved_at is not None:
            soon = self._clock.monotonic() - self._resolved_at < FLAPPING_WITHIN_S
            self._settled_after_s = SETTLED_AFTER_FLAPPING_S if soon else SETTLED_AFTER_S

    async def _probe_until_settled(self) -> None:
        while self.well_s < self._settled_after_s:
            await self._clock.sleep(PROBE_EVERY_S)
            if self.is_away:
                await self._try()
        self._watching = None
        self._resolved_at = self._clock.monotonic()
        if self._alerts:
            self._alerts.resolve(STORE)

    async def _try(self) -> None:
        """Probe once. Whatever goes wrong, the next one follows: nobody else would find that it is back."""
        (result,) = await asyncio.gather(self._probe(), return_exceptions=True)
        if isinstance(result, Exception) and not isinstance(result, StoreError):
            log.warning("probe_failed", error=f"{type(result).__name__}: {result}")
