"""The one way to BetTune: each request needs a permit, and its result teaches gates, budget and alerts."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, TypeVar

from syncd.bettune.budget import BeforeSend, Budget, nothing_before_send
from syncd.bettune.client import BetTuneClient
from syncd.bettune.errors import (
    BadResponseError,
    BetTuneError,
    ForbiddenError,
    RateLimitedError,
    UnauthorizedError,
    UnavailableError,
)
from syncd.bettune.window import Urgency
from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import Clock
from syncd.runtime.gate import Gate, Ticket
from syncd.store.engine import Store

T = TypeVar("T")

REFUSED = "bettune.refused"
AWAY = "bettune.away"
LIMITED = "bettune.limited"

FIRST_BACKOFF = timedelta(seconds=1)
LONGEST_BACKOFF = timedelta(seconds=30)


class Area(StrEnum):
    """Requests that are refused together: without PRO, for example, only the catalogue can be read."""

    CATALOGUE = "catalogue"
    READING = "reading"
    WRITING = "writing"


class Permit(NamedTuple):
    """Permission for one request: the area's gate is open, and the request counts in the budget.

    `request` is the number that `Budget.reserve` gave, and after `charge` the id in the store.
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
        self.ok_at: datetime | None = None
        """Time of the last successful response; None before the first."""

    def opens_at(self, urgency: Urgency, area: Area) -> datetime:
        """Return the earliest time at which gate and budget allow a request of this urgency."""
        return max(self.budget.free_at(urgency), self.gate_opens_at(area))

    def gate_opens_at(self, area: Area) -> datetime:
        """Return the earliest time at which the gate allows a request, whatever the budget."""
        return self._gates[area].opens_at(self._clock.now())

    def is_open(self, area: Area) -> bool:
        """Return whether the gate allows a request now, whatever the budget."""
        now = self._clock.now()
        return self._gates[area].opens_at(now) <= now

    def permit(self, area: Area) -> Permit | None:
        """Reserve one request, which counts from now on. None if the gate is closed after all."""
        ticket = self._gates[area].admit(self._clock.now())
        return Permit(self.budget.reserve(), area, ticket) if ticket else None

    async def charge(self, permit: Permit, before_send: BeforeSend = nothing_before_send) -> Permit:
        """Record the charge in the store. Send the request only after this returns."""
        try:
            # Also asked right before the bytes leave (`Store.may_send`); here it saves the charge.
            self._store.require_lease()
            return permit._replace(request=await self.budget.charge(permit.request, before_send))
        except BaseException:
            self.budget.window.remove(permit.request)
            self._gates[permit.area].undecided(permit.ticket, self._clock.now())
            raise

    async def send(self, permit: Permit, request: Callable[[], Awaitable[T]]) -> T:
        """Send a charged request, and learn from its result. Raises `BetTuneError`.

        The caller records the response with `Budget.record_response`, together with what it learnt.
        """
        gate = self._gates[permit.area]
        try:
            result = await request()
        except BetTuneError as error:
            gate.failed(permit.ticket, error, self._clock.now())
            self._alert(error)
            raise
        except BaseException:
            gate.undecided(permit.ticket, self._clock.now())
            raise
        else:
            self.ok_at = self._clock.now()
            gate.succeeded(permit.ticket)
            self._resolve_alerts()
            return result
        finally:
            self.budget.response_received(permit.request, self._clock.now())

    async def call(self, area: Area, request: Callable[[], Awaitable[T]]) -> T:
        """Wait for a permit at the highest urgency, send the request and record it. Raises `BetTuneError`."""
        while (permit := await self._charged_permit(area)) is None:
            pass
        try:
            return await self.send(permit, request)
        finally:
            received_at = self._clock.now()
            await self._store.write_grouped(
                lambda conn: self.budget.record_response(conn, permit.request, received_at)
            )

    async def _charged_permit(self, area: Area) -> Permit | None:
        while (wait := self.opens_at(Urgency.URGENT, area) - self._clock.now()) > timedelta(0):
            await self._clock.sleep(wait.total_seconds())
        permit = self.permit(area)
        return await self.charge(permit) if permit else None

    def _alert(self, error: BetTuneError) -> None:
        if isinstance(error, RateLimitedError):
            self.budget.pause(error.retry_after_s)
            self._alerts.fire(LIMITED, f"BetTune says that the request limit is exceeded: {error}")
        if self._any_refused:
            self._alerts.fire(REFUSED, f"BetTune refuses our requests: {error}", notify=True)
        if self._any_away:
            self._alerts.fire(AWAY, f"BetTune does not respond: {error}")

    def _resolve_alerts(self) -> None:
        self._alerts.resolve(LIMITED)
        if not self._any_refused:
            self._alerts.resolve(REFUSED)
        if not self._any_away:
            self._alerts.resolve(AWAY)

    @property
    def _any_refused(self) -> bool:
        return any(gate.refused for gate in self._gates.values())

    @property
    def _any_away(self) -> bool:
        return any(gate.away for gate in self._gates.values())


class AreaGate:
    """The gate of one area: closed after a refusal, and backing off during an outage."""

    def __init__(self) -> None:
        self._gate = Gate()
        self._failures = 0
        self._away_until: datetime | None = None

    @property
    def refused(self) -> bool:
        """True while BetTune refuses the requests of this area."""
        return self._gate.closure is not None

    @property
    def away(self) -> bool:
        """True if the last request of this area got no usable response."""
        return self._failures > 0

    def opens_at(self, now: datetime) -> datetime:
        """Return the earliest time at which a request may be sent."""
        return max(now, self._gate.opens_at(now) or now, self._away_until or now)

    def admit(self, now: datetime) -> Ticket | None:
        """Return a ticket for one request now. None if the gate is closed."""
        return self._gate.admit(now)

    def undecided(self, ticket: Ticket, now: datetime) -> None:
        """Return a ticket whose request was not sent, or whose response says nothing about this gate."""
        self._gate.undecided(ticket, now)

    def succeeded(self, ticket: Ticket) -> None:
        """BetTune has responded: open the gate, and end the backoff."""
        self._failures, self._away_until = 0, None
        self._gate.succeeded(ticket)

    def failed(self, ticket: Ticket, error: BetTuneError, now: datetime) -> None:
        """Close the gate or back off, as far as the error concerns the whole area."""
        match error:
            case UnauthorizedError() | ForbiddenError():
                self._gate.refused(ticket, str(error), now)
            case UnavailableError() | BadResponseError():
                self._gate.undecided(ticket, now)
                self._back_off(now)
            case _ if error.status is None or error.status == 429:
                self._gate.undecided(ticket, now)
            case _:
                # Only this request was wrong: a BetTune that is well has refused it.
                self.succeeded(ticket)

    def _back_off(self, now: datetime) -> None:
        self._away_until = now + min(FIRST_BACKOFF * 2 ** min(self._failures, 10), LONGEST_BACKOFF)
        self._failures += 1
