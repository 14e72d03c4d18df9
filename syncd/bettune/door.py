"""One kind of calls to BetTune: what is refused or fails together, waits together."""

from datetime import datetime, timedelta
from enum import StrEnum

from syncd.bettune.errors import (
    BadAnswerError,
    BetTuneError,
    ForbiddenError,
    UnauthorizedError,
    UnavailableError,
)
from syncd.runtime.gate import Gate, Ticket

FIRST_BACKOFF = timedelta(seconds=1)
LONGEST_BACKOFF = timedelta(seconds=30)


class Area(StrEnum):
    """Which calls share a door: without PRO the catalogue can still be read, and so on."""

    CATALOGUE = "catalogue"
    READING = "reading"
    WRITING = "writing"


class Door:
    """A gate for refusals, and a backoff for outages."""

    def __init__(self) -> None:
        self._gate = Gate()
        self._failures = 0
        self._away_until: datetime | None = None

    @property
    def refused(self) -> bool:
        """Whether BetTune does not let us in here."""
        return self._gate.shut is not None

    @property
    def away(self) -> bool:
        """Whether the last call here was not answered."""
        return self._failures > 0

    def opens_at(self, now: datetime) -> datetime:
        """The earliest moment at which a call may be made."""
        return max(now, self._gate.opens_at(now) or now, self._away_until or now)

    def admit(self, now: datetime) -> Ticket | None:
        """Leave for one call now, or none."""
        return self._gate.admit(now)

    def undecided(self, ticket: Ticket, now: datetime) -> None:
        """No call was made, or its answer says nothing about this door."""
        self._gate.undecided(ticket, now)

    def went_well(self, ticket: Ticket) -> None:
        """BetTune has answered."""
        self._failures, self._away_until = 0, None
        self._gate.succeeded(ticket)

    def failed(self, ticket: Ticket, error: BetTuneError, now: datetime) -> None:
        """Learn from an error: how long to wait, if at all."""
        match error:
            case UnauthorizedError() | ForbiddenError():
                self._gate.refused(ticket, str(error), now)
            case UnavailableError() | BadAnswerError():
                self._gate.undecided(ticket, now)
                self._back_off(now)
            case _ if error.status is None or error.status == 429:
                self._gate.undecided(ticket, now)
            case _:
                # A refusal of this very thing comes from a BetTune that is well.
                self.went_well(ticket)

    def _back_off(self, now: datetime) -> None:
        self._away_until = now + min(FIRST_BACKOFF * 2 ** min(self._failures, 10), LONGEST_BACKOFF)
        self._failures += 1
