"""The way to BetTune: every call passes door and budget first, and is judged afterwards."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from syncd.bettune.budget import Budget, Foresee, nothing
from syncd.bettune.client import BetTuneClient
from syncd.bettune.door import Area, Door
from syncd.bettune.errors import BetTuneError, RateLimitedError
from syncd.bettune.window import Urgency
from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import Clock
from syncd.runtime.gate import Ticket
from syncd.store.engine import Store

T = TypeVar("T")

REFUSED = "bettune.refused"
AWAY = "bettune.away"
LIMITED = "bettune.limited"


class Permit(NamedTuple):
    """Leave for one call: the door has said yes, and it counts in the budget."""

    request: int
    area: Area
    ticket: Ticket


class BetTuneGateway:
    """One budget for all callers of a BetTune account, and a door for each area."""

    def __init__(
        self, client: BetTuneClient, budget: Budget, store: Store, troubles: Alerts, clock: Clock
    ) -> None:
        self.client = client
        self.budget = budget
        self._store = store
        self._troubles = troubles
        self._clock = clock
        self._doors = {area: Door() for area in Area}
        self.ok_at: datetime | None = None
        """When BetTune last answered well."""

    def opens_at(self, urgency: Urgency, area: Area) -> datetime:
        """The earliest moment at which a call of this urgency may be made."""
        return max(self.budget.free_at(urgency), self._doors[area].opens_at(self._clock.now()))

    def door_opens_at(self, area: Area) -> datetime:
        """The earliest moment at which such a call may be made, whatever the budget."""
        return self._doors[area].opens_at(self._clock.now())

    def is_open(self, area: Area) -> bool:
        """Whether such a call may be made now, were there the budget for it."""
        now = self._clock.now()
        return self._doors[area].opens_at(now) <= now

    def admit(self, area: Area) -> Permit | None:
        """Leave for one call, which counts from now on; none where the door is shut after all."""
        ticket = self._doors[area].admit(self._clock.now())
        return Permit(self.budget.reserve(), area, ticket) if ticket else None

    async def spend(self, passed: Permit, foresee: Foresee = nothing) -> Permit:
        """The same leave once it is noted in the store: only then may the call be made."""
        try:
            return passed._replace(request=await self.budget.spend(passed.request, foresee))
        except BaseException:
            self._doors[passed.area].undecided(passed.ticket, self._clock.now())
            raise

    async def ask(self, area: Area, call: Callable[[], Awaitable[T]]) -> T:
        """Wait for room, make one call at the greatest urgency and note it. Raises `BetTuneError`."""
        while (passed := await self._enter_when_open(area)) is None:
            pass
        try:
            return await self.judge(passed, call)
        finally:
            settled_at = self._clock.now()
            await self._store.write_together(
                lambda conn: self.budget.settle(conn, passed.request, settled_at)
            )

    async def judge(self, passed: Permit, call: Callable[[], Awaitable[T]]) -> T:
        """Make the call and learn from how it went: for door, budget and troubles."""
        door = self._doors[passed.area]
        try:
            result = await call()
        except BetTuneError as error:
            door.failed(passed.ticket, error, self._clock.now())
            self._tell(error)
            raise
        except BaseException:
            door.undecided(passed.ticket, self._clock.now())
            raise
        else:
            self.ok_at = self._clock.now()
            door.went_well(passed.ticket)
            self._tell_the_end()
            return result
        finally:
            self.budget.answered(passed.request, self._clock.now())

    async def _enter_when_open(self, area: Area) -> Permit | None:
        while (wait := self.opens_at(Urgency.URGENT, area) - self._clock.now()) > timedelta(0):
            await self._clock.sleep(wait.total_seconds())
        admitted = self.admit(area)
        return await self.spend(admitted) if admitted else None

    def _tell(self, error: BetTuneError) -> None:
        if isinstance(error, RateLimitedError):
            self.budget.hold(error.retry_after_s)
            self._troubles.begin(LIMITED, f"BetTune says that we ask too often: {error}")
        if any(door.refused for door in self._doors.values()):
            self._troubles.begin(REFUSED, f"BetTune refuses us: {error}", loud=True)
        if any(door.away for door in self._doors.values()):
            self._troubles.begin(AWAY, f"BetTune does not answer: {error}")

    def _tell_the_end(self) -> None:
        self._troubles.end(LIMITED)
        if not any(door.refused for door in self._doors.values()):
            self._troubles.end(REFUSED)
        if not any(door.away for door in self._doors.values()):
            self._troubles.end(AWAY)
