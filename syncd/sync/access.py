"""The door to BetTune: every call passes gate and budget first, and is judged afterwards."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, TypeVar

from syncd.bettune.client import BetTuneClient
from syncd.bettune.errors import (
    BadAnswerError,
    BetTuneError,
    ForbiddenError,
    RateLimitedError,
    UnauthorizedError,
    UnavailableError,
)
from syncd.runtime.clock import Clock
from syncd.runtime.gate import Gate, Ticket
from syncd.runtime.troubles import Troubles
from syncd.store.engine import Store
from syncd.sync.budget import Budget
from syncd.sync.window import Urgency

T = TypeVar("T")

AWAY = "bettune.away"
LIMITED = "bettune.limited"

FIRST_BACKOFF = timedelta(seconds=1)
LONGEST_BACKOFF = timedelta(seconds=30)


class Area(StrEnum):
    """Calls that are refused together: a token without PRO still reads the catalogue."""

    CATALOGUE = "catalogue"
    PREDICTIONS = "predictions"


class Pass(NamedTuple):
    """Leave for one call: the budget is spent and the gate has said yes."""

    request: int
    area: Area
    ticket: Ticket


class Access:
    """One budget and one backoff for all callers of a BetTune account, and a gate for each area."""

    def __init__(
        self, client: BetTuneClient, budget: Budget, store: Store, troubles: Troubles, clock: Clock
    ) -> None:
        self.client = client
        self.budget = budget
        self._store = store
        self._troubles = troubles
        self._clock = clock
        self._gates = {area: Gate() for area in Area}
        self._failures = 0
        self._away_until: datetime | None = None
        self.ok_at: datetime | None = None
        """When BetTune last answered well."""

    def opens_at(self, urgency: Urgency, area: Area) -> datetime:
        """The earliest moment at which a call of this urgency may be made."""
        now = self._clock.now()
        moments = (self.budget.free_at(urgency), self._gates[area].opens_at(now), self._away_until)
        return max(moment for moment in moments if moment)

    async def enter(self, area: Area) -> Pass | None:
        """Spend the budget for one call; none where the gate is shut after all."""
        ticket = self._gates[area].admit(self._clock.now())
        return Pass(await self.budget.spend(), area, ticket) if ticket else None

    def leave(self, passed: Pass) -> None:
        """No call is made after all."""
        self._gates[passed.area].undecided(passed.ticket, self._clock.now())
        self.budget.unspent(passed.request)

    async def ask(self, area: Area, call: Callable[[], Awaitable[T]]) -> T:
        """Wait for room, make one call at the greatest urgency and note it. Raises `BetTuneError`."""
        while (passed := await self._enter_when_open(area)) is None:
            pass
        try:
            return await self.judge(passed, call)
        finally:
            async with self._store.write() as conn:
                await self.budget.settle(conn, passed.request, self._clock.now())

    async def judge(self, passed: Pass, call: Callable[[], Awaitable[T]]) -> T:
        """Make the call and learn from how it went: for gate, budget, backoff and troubles."""
        try:
            result = await call()
        except BetTuneError as error:
            self._learn_from(error, passed)
            raise
        except BaseException:
            self._gates[passed.area].undecided(passed.ticket, self._clock.now())
            raise
        else:
            self._went_well(passed)
            return result
        finally:
            self.budget.answered(passed.request, self._clock.now())

    async def _enter_when_open(self, area: Area) -> Pass | None:
        while (wait := self.opens_at(Urgency.URGENT, area) - self._clock.now()) > timedelta(0):
            await self._clock.sleep(wait.total_seconds())
        return await self.enter(area)

    def _went_well(self, passed: Pass) -> None:
        self.ok_at = self._clock.now()
        self._failures, self._away_until = 0, None
        self._gates[passed.area].succeeded(passed.ticket)
        for subject in (AWAY, LIMITED, refused(passed.area)):
            self._troubles.end(subject)

    def _learn_from(self, error: BetTuneError, passed: Pass) -> None:
        now, gate = self._clock.now(), self._gates[passed.area]
        match error:
            case UnauthorizedError() | ForbiddenError():
                gate.refused(passed.ticket, str(error), now)
                self._troubles.begin(refused(passed.area), f"BetTune refuses us: {error}", loud=True)
            case RateLimitedError():
                gate.undecided(passed.ticket, now)
                self.budget.hold(error.retry_after_s)
                self._troubles.begin(LIMITED, f"BetTune says that we ask too often: {error}")
            case UnavailableError() | BadAnswerError():
                gate.undecided(passed.ticket, now)
                self._back_off(now)
                self._troubles.begin(AWAY, f"BetTune does not answer: {error}")
            case _ if error.status is None:  # refused by our own client: BetTune was not asked
                gate.undecided(passed.ticket, now)
            case _:
                # A refusal of this very thing comes from a BetTune that is well.
                self._went_well(passed)

    def _back_off(self, now: datetime) -> None:
        pause = min(FIRST_BACKOFF * 2 ** min(self._failures, 10), LONGEST_BACKOFF)
        self._failures += 1
        self._away_until = now + pause


def refused(area: Area) -> str:
    """The subject of the trouble that a 401 or 403 in this area is."""
    return f"bettune.{area}.refused"
