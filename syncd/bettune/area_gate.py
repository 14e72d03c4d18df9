"""The gate of one area: closed after a refusal, and backing off during an outage.

Time is a parameter; all moments are steady (`runtime/steady.py`).
"""

from datetime import datetime, timedelta

from syncd.bettune.errors import (
    BadResponseError,
    BetTuneError,
    ForbiddenError,
    ProRequiredError,
    RateLimitedError,
    UnauthorizedError,
    UnavailableError,
)
from syncd.bettune.rate_limit import tried_after
from syncd.runtime.backoff import doubled
from syncd.runtime.gate import PROBE_TIMEOUT, Gate, Ticket

FIRST_BACKOFF = timedelta(seconds=1)
LONGEST_BACKOFF = timedelta(seconds=30)

LONGEST_RETRY_AFTER = timedelta(seconds=45)
"""An outage that names a longer time is probed after this one."""

LONGEST_REFUSAL = timedelta(seconds=30)
"""Refused requests are probed as often: what a delete or a raise takes back may be bet on meanwhile. With the
time that a probe may take, that is one a minute at least."""

UNUSED_FOR = timedelta(minutes=2)
"""A failed area that nobody has used for so long has nothing to send: what waits is tried much sooner."""


class AreaGate:
    """Lets requests through while their area works, and one probe at a time while it does not.

    An outage is counted in rounds: requests that were sent before it was noticed, and fail with it, are one
    failure. A write that fails again says nothing new about the others, so it makes them wait for a second at
    most.
    """

    def __init__(self) -> None:
        self._gate = Gate(LONGEST_REFUSAL)
        self._failures = 0
        self._away_until: datetime | None = None
        self._last_ticket = 0
        self._last_ticket_of_round = 0
        self._probe: tuple[Ticket, datetime] | None = None
        self._failed_writes: set[str] = set()
        self._refused_pairs: set[str] = set()
        """The pairs whose writes were refused since the last success."""

    @property
    def refused(self) -> bool:
        """True while BetTune refuses the requests of this area."""
        return self._gate.is_closed

    @property
    def away(self) -> bool:
        """True from a request that got no usable response until one of a later round got one."""
        return self._failures > 0

    def opens_at(self, now: datetime) -> datetime:
        """Return the earliest time at which a request may be sent."""
        probe_ends = self._probe[1] if self._probe else now
        return max(now, self._gate.opens_at(now) or now, self._away_until or now, probe_ends)

    def admit(self, now: datetime) -> Ticket | None:
        """Return a ticket for one request now. None if the gate is closed."""
        if self.opens_at(now) > now:
            return None
        ticket = self._gate.admit(now)
        if ticket:
            self._last_ticket = ticket.number
            if self.away:
                self._probe = (ticket, now + PROBE_TIMEOUT)
        return ticket

    def undecided(self, ticket: Ticket, now: datetime) -> None:
        """Give a ticket back whose request was not sent, or whose response says nothing about this gate."""
        self._end_probe(ticket)
        self._gate.undecided(ticket, now)

    def succeeded(self, ticket: Ticket) -> None:
        """BetTune has carried it out: open the gate, and end the backoff."""
        self._refused_pairs.clear()
        self._responded(ticket)

    def _responded(self, ticket: Ticket) -> None:
        self._end_probe(ticket)
        if not self._is_of_round(ticket):
            self._end_outage()
        self._gate.succeeded(ticket)

    def failed(self, ticket: Ticket, error: BetTuneError, now: datetime) -> None:
        """Close the gate or back off, as far as the error concerns the whole area."""
        match error:
            case ForbiddenError() if self._is_of_one_pair(error):
                self._responded(ticket)
            case UnauthorizedError() | ForbiddenError():
                self._end_probe(ticket)
                self._gate.refused(ticket, now)
            case UnavailableError() | BadResponseError():
                self.undecided(ticket, now)
                self._back_off(ticket, error, now)
            case RateLimitedError():
                self.undecided(ticket, now)
            case _ if error.status is None:
                self.undecided(ticket, now)
            case _:
                # Only this request was wrong: BetTune works, and has rejected it.
                self._responded(ticket)

    def forget_unused(self, now: datetime) -> None:
        """BetTune responds to others: end what nobody would ever learn here that it is over.

        With nothing to send, what stands is as it should be. The next request that is refused says so again.
        """
        if self.opens_at(now) > now:
            return
        if self.away and now - (self._away_until or now) >= UNUSED_FOR:
            self._end_outage()
        self._gate.forget_unused(now, UNUSED_FOR)

    def _end_outage(self) -> None:
        self._failures, self._away_until, self._probe = 0, None, None
        self._failed_writes.clear()

    def _is_of_one_pair(self, error: ForbiddenError) -> bool:
        """Return whether the refusal may concern one prediction, as of a match that is locked.

        One of the account names that code, or meets a second pair as well.
        """
        if isinstance(error, ProRequiredError) or not error.operation.writes or self._gate.is_closed:
            return False
        self._refused_pairs.add(error.operation.subject)
        return len(self._refused_pairs) == 1

    def _back_off(self, ticket: Ticket, error: BetTuneError, now: datetime) -> None:
        named = timedelta(seconds=error.retry_after_s or 0)
        pause = min(named, tried_after(named, LONGEST_RETRY_AFTER))
        if self._failed_again(error):
            pause = max(pause, FIRST_BACKOFF)
        elif not self._is_of_round(ticket):
            pause = max(pause, doubled(FIRST_BACKOFF, self._failures, LONGEST_BACKOFF))
            self._failures += 1
            self._last_ticket_of_round = self._last_ticket
        self._away_until = max(now + pause, self._away_until or now)

    def _failed_again(self, error: BetTuneError) -> bool:
        if not error.operation.writes:
            return False
        subject = error.operation.subject
        is_known = subject in self._failed_writes
        self._failed_writes.add(subject)
        return is_known

    def _is_of_round(self, ticket: Ticket) -> bool:
        """Return whether the request was sent before the last failure was noticed."""
        return ticket.number <= self._last_ticket_of_round

    def _end_probe(self, ticket: Ticket) -> None:
        if self._probe and self._probe[0] == ticket:
            self._probe = None
