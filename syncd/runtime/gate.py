"""A circuit breaker for requests that an API refuses together: a refusal closes it, a good probe opens it.

The words are those of a gate, not of an electric circuit: an **open** gate lets requests through.

Time is a parameter and nothing here waits: the caller gets a ticket from `admit`, sends the request, and
reports the result with that ticket. Every `now` is a steady moment (`runtime/steady.py`), by a clock that
nobody can set.
"""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import msgspec

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=15)
SHORTEST_PAUSE = timedelta(seconds=1)
PROBE_TIMEOUT = timedelta(seconds=60)
"""A probe without a report after this time is given up: its caller was cancelled or has died."""


class Ticket(NamedTuple):
    """Admission of one request. Later tickets have greater numbers."""

    number: int


class Closure(msgspec.Struct, frozen=True, kw_only=True):
    """The reason why a gate is closed, and until when. Serialisable, so that it can survive a restart."""

    kind: Literal["refused", "limited"]
    """`refused`: credentials or rights (401, 403); `limited`: too many requests (429)."""
    reason: str
    since: datetime
    until: datetime
    pause_s: float
    refusals: int = 0
    """Consecutive refusals; each doubles the pause."""


class Gate:
    """Open, closed until a moment, and after that moment half open: one probe at a time goes through.

    One gate guards all requests that are refused together, since a success opens it for all of them. A
    request that needs fewer rights than the others would open it wrongly, and needs a gate of its own.
    """

    def __init__(self, closure: Closure | None = None) -> None:
        self._closure = closure
        self._issued = 0
        self._issued_when_closed = 0
        self._probe: tuple[Ticket, datetime] | None = None

    @property
    def closure(self) -> Closure | None:
        """The closure, to be shown or stored. None while it is open."""
        return self._closure

    @property
    def reason(self) -> str:
        """The reason why it is closed. Empty while it is open."""
        return self._closure.reason if self._closure else ""

    @property
    def until(self) -> datetime | None:
        """When the next probe is admitted. None while it is open."""
        return self._closure.until if self._closure else None

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
        until = min(self._closure.until, now + timedelta(seconds=self._closure.pause_s))
        self._closure = msgspec.structs.replace(self._closure, until=until)
        if self._probe is None:
            return until
        ticket, given_up_at = self._probe
        self._probe = (ticket, min(given_up_at, now + PROBE_TIMEOUT))
        return max(until, self._probe[1])

    def refused(self, ticket: Ticket, reason: str, now: datetime) -> bool:
        """Report a 401 or 403. Returns whether this closes the gate, or turns a limit into a refusal."""
        self._end_probe(ticket)
        if ticket.number <= self._issued_when_closed:  # sent before the last refusal: nothing new
            return False
        refusals = self._closure.refusals + 1 if self._closure else 1
        pause = min(FIRST_PAUSE * 2 ** min(refusals - 1, 10), LONGEST_PAUSE)
        return self._close("refused", reason, now, pause, refusals)

    def limited(self, ticket: Ticket, reason: str, now: datetime, pause_s: float) -> bool:
        """Report a 429. Returns whether it closes the gate, or turns a refusal into a limit.

        `pause_s` is the time to wait: Retry-After, or a whole window.
        Unlike a refusal it counts whenever its request was sent: the longest pause requested applies.
        """
        self._end_probe(ticket)
        pause = max(timedelta(seconds=pause_s), SHORTEST_PAUSE)
        if self._closure:
            pause = max(pause, self._closure.until - now)
        return self._close("limited", reason, now, pause, self._closure.refusals if self._closure else 0)

    def succeeded(self, ticket: Ticket) -> bool:
        """Report a response that only an authorised caller gets. Returns whether this opens the gate."""
        self._end_probe(ticket)
        if self._closure is None or ticket.number <= self._issued_when_closed:
            return False
        self._closure = self._probe = None
        return True

    def undecided(self, ticket: Ticket, now: datetime) -> None:
        """Report neither (a timeout, a 5xx, a cancelled request): another probe goes, but not at once."""
        was_probe = self._probe is not None and self._probe[0] == ticket
        self._end_probe(ticket)
        if self._closure and was_probe and self._closure.until <= now:
            pause = min(timedelta(seconds=self._closure.pause_s), FIRST_PAUSE)
            self._closure = msgspec.structs.replace(self._closure, until=now + pause)

    def _end_probe(self, ticket: Ticket) -> None:
        if self._probe and self._probe[0] == ticket:
            self._probe = None

    def _close(
        self, kind: Literal["refused", "limited"], reason: str, now: datetime, pause: timedelta, refusals: int
    ) -> bool:
        before = self._closure
        self._issued_when_closed = self._issued
        self._closure = Closure(
            kind=kind,
            reason=reason,
            since=before.since if before else now,
            until=now + pause,
            pause_s=pause.total_seconds(),
            refusals=refusals,
        )
        return before is None or before.kind != kind
