"""The one way to BetTune: each request needs a permit, and its result teaches gates, budget and alerts."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import NamedTuple, TypeVar

from syncd.bettune.area_gate import AreaGate
from syncd.bettune.budget import Budget
from syncd.bettune.client import BetTuneClient
from syncd.bettune.errors import BetTuneError, RateLimitedError
from syncd.bettune.window import Urgency
from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import Clock
from syncd.runtime.gate import Ticket
from syncd.runtime.steady import from_wall, steady_now, to_wall
from syncd.store.engine import Store
from syncd.store.row_writes import RowWrite

T = TypeVar("T")

REFUSED = "bettune.refused"
AWAY = "bettune.away"
LIMITED = "bettune.limited"
WAITING = "bettune.waiting"
LIMIT_HEADER = "bettune.headers"

OUTAGE_SHARE = 0.6
"""The share of the limit that may be used to try whether BetTune is back."""

TRIES_OF_OTHERS = 0.2
"""The share of the limit that a guard may have used for its own tries, just before BetTune was back."""


GUARD_NOTICES_WITHIN = timedelta(seconds=3)
"""Until a guard that withdraws has seen that the daemon is back, and sends no more: it looks every second."""


class Area(StrEnum):
    """Requests that are refused together: without PRO, for example, only the catalogue can be read."""

    CATALOGUE = "catalogue"
    READING = "reading"
    WRITING = "writing"


class Permit(NamedTuple):
    """Permission for one request: the area's gate is open, and the request counts in the budget.

    `request` is its id in the budget.
    """

    request: int
    area: Area
    ticket: Ticket


class BetTuneGateway:
    """One budget for all requests of a BetTune account, and a gate for each area.

    A request goes through `permit`, `charge` and `send`, in this order; `call` does all three.
    """

    def __init__(
        self, client: BetTuneClient, budget: Budget, store: Store, alerts: Alerts, clock: Clock
    ) -> None:
        self.client = client
        self.budget = budget
        self._store = store
        self._alerts = alerts
        self._clock = clock
        self._gates = {area: AreaGate() for area in Area}
        self._ok_at: datetime | None = None
        self._tried_at: datetime | None = None
        """When a request was last sent of an area that is away."""
        self._guard_may_work = False
        """True from a time in which a guard may have begun until a lower or a creation is to be sent."""
        self._left_to_guard_until: datetime | None = None

    @property
    def ok_at(self) -> datetime | None:
        """Time of the last successful response; None before the first."""
        return self._ok_at and to_wall(self._clock, self._ok_at)

    @ok_at.setter
    def ok_at(self, moment: datetime | None) -> None:
        self._ok_at = moment and from_wall(self._clock, moment, at_most_ahead=timedelta(0))

    def wait_s(self, urgency: Urgency, area: Area, *, may_probe: bool = False) -> float:
        """Return the seconds until gate and budget allow a request of this urgency."""
        free = self.budget.free_at(urgency, may_probe=may_probe)
        return self._seconds_until(max(free, self._opens_at(area), self._left_until(urgency)))

    def leave_window_to_guard(self) -> None:
        """Let the next lower or creation wait for a window: until prices are fresh a guard may withdraw.

        Deletes and raises do not wait.
        """
        self._guard_may_work = True

    def _left_until(self, urgency: Urgency) -> datetime:
        now = self._now()
        if urgency not in (Urgency.LOWER, Urgency.CREATE):
            return now
        if self._guard_may_work:
            self._guard_may_work = False
            self._left_to_guard_until = now + self.budget.window.span + GUARD_NOTICES_WITHIN
        return max(now, self._left_to_guard_until or now)

    def gate_wait_s(self, area: Area) -> float:
        """Return the seconds until the gate allows a request, whatever the budget."""
        return self._seconds_until(self._opens_at(area))

    def is_open(self, area: Area) -> bool:
        """Return whether the gate allows a request now, whatever the budget."""
        return self._opens_at(area) <= self._now()

    def _opens_at(self, area: Area) -> datetime:
        """While an area is away the tries leave a part of the limit to a guard, which tries it too."""
        opens_at = self._gates[area].opens_at(self._now())
        if self._gates[area].away and self._tried_at is not None:
            window = self.budget.window
            opens_at = max(opens_at, self._tried_at + window.span / (window.limit * OUTAGE_SHARE))
        return opens_at

    @property
    def is_away(self) -> bool:
        """True while BetTune gives no usable response to the requests of an area."""
        return bool(self._away)

    @property
    def is_refused(self) -> bool:
        """True while BetTune refuses the requests of an area."""
        return any(gate.refused for gate in self._gates.values())

    @property
    def _away(self) -> set[Area]:
        return {area for area, gate in self._gates.items() if gate.away}

    def note_waiting(self, count: int) -> None:
        """Say how many deletes and raises wait: while only probes are sent, a user has to know."""
        if count and self.budget.allows_probes_only:
            self._alerts.fire(
                WAITING,
                f"{count} deletes and raises wait, because BetTune names a limit or a pause that is too"
                " long; the most urgent one is tried every minute",
                notify=True,
            )
        else:
            self._alerts.resolve(WAITING)

    def permit(self, area: Area) -> Permit | None:
        """Reserve one request, which counts from now on. None if the gate is closed after all."""
        if not self.is_open(area):
            return None
        ticket = self._gates[area].admit(self._now())
        if ticket and self._gates[area].away:
            self._tried_at = self._now()
        return Permit(self.budget.reserve(), area, ticket) if ticket else None

    async def charge(self, permit: Permit, changes: Sequence[RowWrite] = ()) -> None:
        """Record the charge in the store, with what may change. Send the request only after this returns."""
        try:
            # Checked again right before the bytes leave (`Store.may_send`); here it saves the charge.
            self._store.require_lease()
            await self.budget.charge(permit.request, changes)
        except BaseException:
            self.abandon(permit)
            raise

    def abandon(self, permit: Permit) -> None:
        """Give up a permit whose request is not sent."""
        self.budget.give_up(permit.request)
        self._gates[permit.area].undecided(permit.ticket, self._now())

    async def send(self, permit: Permit, request: Callable[[], Awaitable[T]]) -> T:
        """Send a charged request, and learn from its result. Raises `BetTuneError`.

        The caller records the response with `Budget.response_rows`, together with what it learnt.
        """
        gate, sent_at = self._gates[permit.area], self._now()
        try:
            result = await request()
        except BetTuneError as error:
            gate.failed(permit.ticket, error, self._now())
            self._alert(error)
            raise
        except BaseException:
            gate.undecided(permit.ticket, self._now())
            raise
        else:
            away_before = self._away
            self._ok_at = self._now()
            gate.succeeded(permit.ticket)
            self.budget.succeeded(sent_at)
            for each in self._gates.values():
                each.forget_unused(self._now())
            if self._away < away_before:
                self._count_tries_of_others()
            self._resolve_alerts()
            return result
        finally:
            self.budget.response_received(permit.request)
            self._alert_doubt()

    def _count_tries_of_others(self) -> None:
        """Count what a guard may have sent during the outage of an area: it knows of no other budget.

        The first area that is back has a burst of its own, before the outage of all has ended.
        """
        limit = self.budget.window.limit
        self.budget.count_others(min(ceil(limit * TRIES_OF_OTHERS), limit - 1))

    async def call(
        self, area: Area, request: Callable[[], Awaitable[T]], urgency: Urgency = Urgency.URGENT
    ) -> T:
        """Wait for a permit of this urgency, send the request and record it. Raises `BetTuneError`."""
        while (permit := await self._charged_permit(area, urgency)) is None:
            pass
        try:
            return await self.send(permit, request)
        finally:
            await self._store.write_rows(self.budget.response_rows(permit.request, self._clock.now()))

    async def _charged_permit(self, area: Area, urgency: Urgency) -> Permit | None:
        while wait_s := self.wait_s(urgency, area):
            await self._clock.sleep(wait_s)
        permit = self.permit(area)
        if permit:
            await self.charge(permit)
        return permit

    def _alert(self, error: BetTuneError) -> None:
        if isinstance(error, RateLimitedError):
            self.budget.pause(error.retry_after_s)
            self._alerts.fire(LIMITED, f"BetTune says that the request limit is exceeded: {error}")
        if self.is_refused:
            self._alerts.fire(REFUSED, f"BetTune refuses our requests: {error}", notify=True)
        if self.is_away:
            self._alerts.fire(AWAY, f"BetTune does not respond: {error}")

    def _alert_doubt(self) -> None:
        if self.budget.doubt:
            message = f"BetTune names a limit that is not believed: {self.budget.doubt}"
            self._alerts.fire(LIMIT_HEADER, message)
        else:
            self._alerts.resolve(LIMIT_HEADER)

    def _resolve_alerts(self) -> None:
        if self.budget.limited_until is None:
            self._alerts.resolve(LIMITED)
        if not self.is_refused:
            self._alerts.resolve(REFUSED)
        if not self.is_away:
            self._alerts.resolve(AWAY)

    def _now(self) -> datetime:
        return steady_now(self._clock)

    def _seconds_until(self, moment: datetime) -> float:
        # The clock is read last, so that a request which is free now is not reported as free in a moment.
        return max(0.0, (moment - self._now()).total_seconds())
