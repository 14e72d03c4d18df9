"""A circuit breaker for requests that an API refuses together: a refusal closes it, a good probe opens it.

The words are those of a gate, not of an electric circuit: an **open** gate lets requests through.

Time is a parameter and nothing here waits: the caller gets a ticket from `admit`, sends the request, and
reports the result with that ticket. Every `now` is a steady moment (`runtime/steady.py`), by a clock that
nobody can set.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from syncd.runtime.backoff import doubled

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=15)
PROBE_TIMEOUT = timedelta(seconds=60)
"""A probe without a report after this time is given up: its caller was cancelled or has died."""


class Ticket(NamedTuple):
    """Admission of one request. Later tickets have greater numbers."""

    number: int


class Closure(NamedTuple):
    """The time for which a gate is closed."""

    until: datetime
    pause: timedelta
    refusals: int
    """Consecutive refusals; each doubles the pause."""


class Gate:
    """Open, closed until a moment, and after that moment half open: one probe at a time goes through.

    One gate guards all requests that are refused together, since a success opens it for all of them. A
    request that needs fewer rights than the others would open it wrongly, and needs a gate of its own.
    """

    def __init__(self, longest_pause: timedelta = LONGEST_PAUSE) -> None:
        self._longest_pause = longest_pause
        self._closure: Closure | None = None
        self._issued = 0
        self._issued_when_closed = 0
        self._probe: tuple[Ticket, datetime] | None = None

    @property
    def is_closed(self) -> bool:
        """True from a refusal until a good response, also while a probe is admitted."""
        return self._closure is not None

    def admit(self, now: datetime) -> Ticket | None:
        """A ticket for one request now. None if the gate is closed."""
        opens = self.opens_at(now)
        if opens is not None and opens > now:
            return None
        self._issued += 1
        ticket = Ticket(self._issued)
        if self._closure:
            self._probe = (ticket, now + PROBE_TIMEOUT)
        return ticket

    def opens_at(self, now: datetime) -> datetime | None:
        """The earliest time at which `admit` may return a ticket. None while it is open."""
        if self._closure is None:
            return None
        # A clock that was set back must not lengthen a pause by as much.
        until = min(self._closure.until, now + self._closure.pause)
        self._closure = self._closure._replace(until=until)
        if self._probe is None:
            return until
        ticket, given_up_at = self._probe
        self._probe = (ticket, min(given_up_at, now + PROBE_TIMEOUT))
        return max(until, self._probe[1])

    def refused(self, ticket: Ticket, now: datetime) -> None:
        """Report a 401 or 403: it closes the gate, or keeps it closed for longer."""
        self._end_probe(ticket)
        if ticket.number <= self._issued_when_closed:  # sent before the last refusal: nothing new
            return
        refusals = self._closure.refusals + 1 if self._closure else 1
        pause = doubled(FIRST_PAUSE, refusals - 1, self._longest_pause)
        self._issued_when_closed = self._issued
        self._closure = Closure(now + pause, pause, refusals)

    def succeeded(self, ticket: Ticket) -> None:
        """Report a response that only an authorised caller gets: it opens the gate."""
        self._end_probe(ticket)
        if ticket.number > self._issued_when_closed:
            self._closure = self._probe = None

    def undecided(self, ticket: Ticket, now: datetime) -> None:
        """Report neither (a timeout, a 5xx, a cancelled request): another probe goes, but not at once."""
        was_probe = self._probe is not None and self._probe[0] == ticket
        self._end_probe(ticket)
        if self._closure and was_probe and self._closure.until <= now:
            self._closure = self._closure._replace(until=now + min(self._closure.pause, FIRST_PAUSE))

    def forget_unused(self, now: datetime, unused_for: timedelta) -> None:
        """Open it if no request has been admitted for so long, though one could have been."""
        opens = self.opens_at(now)
        if opens is not None and now - opens >= unused_for:
            self._closure = self._probe = None

    def _end_probe(self, ticket: Ticket) -> None:
        if self._probe and self._probe[0] == ticket:
            self._probe = None
