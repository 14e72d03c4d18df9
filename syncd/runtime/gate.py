"""A gate before calls that an API refuses as one: shut after a refusal, opened by one good probe.

Time is a parameter and nothing here waits: the caller asks `admit`, calls, and reports the verdict
with the ticket it was given.
"""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import msgspec

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=15)
SHORTEST_PAUSE = timedelta(seconds=1)
PROBE_PATIENCE = timedelta(seconds=60)
"""A probe without a verdict for so long is given up: its caller was cancelled or died."""


class Ticket(NamedTuple):
    """Leave for one call. Tickets of later calls have greater numbers."""

    number: int


class Shut(msgspec.Struct, frozen=True, kw_only=True):
    """Why and until when no call is admitted. Serialisable: it survives a restart in the store."""

    kind: Literal["refused", "limited"]
    """`refused`: credentials or rights (401, 403); `limited`: too many requests (429)."""
    reason: str
    since: datetime
    until: datetime
    pause_s: float
    refusals: int = 0
    """Refusals on end; each doubles the pause."""


class Gate:
    """Open, shut until a moment, or after that moment half open: then one probe at a time goes through.

    One gate stands before calls that are refused together: a success opens it for all of them, so
    a call that never asks for the right that is missing needs another gate.
    """

    def __init__(self, shut: Shut | None = None) -> None:
        self._shut = shut
        self._issued = 0
        self._shut_at = 0
        self._probe: tuple[Ticket, datetime] | None = None

    @property
    def shut(self) -> Shut | None:
        """Why it is not open, to be shown and kept; none while all calls are admitted."""
        return self._shut

    @property
    def reason(self) -> str:
        """Why it is shut; empty while open."""
        return self._shut.reason if self._shut else ""

    @property
    def until(self) -> datetime | None:
        """When the next probe may go; none while open."""
        return self._shut.until if self._shut else None

    def admit(self, now: datetime) -> Ticket | None:
        """Leave for one call now, or none."""
        opens = self.opens_at(now)
        if opens is not None and opens > now:
            return None
        self._issued += 1
        ticket = Ticket(self._issued)
        if self._shut:
            self._probe = (ticket, now + PROBE_PATIENCE)
        return ticket

    def opens_at(self, now: datetime) -> datetime | None:
        """The earliest moment at which `admit` may say yes; none while open."""
        if self._shut is None:
            return None
        # A clock that was set back must not lengthen a pause by as much.
        until = min(self._shut.until, now + timedelta(seconds=self._shut.pause_s))
        self._shut = msgspec.structs.replace(self._shut, until=until)
        if self._probe is None:
            return until
        ticket, given_up = self._probe
        self._probe = (ticket, min(given_up, now + PROBE_PATIENCE))
        return max(until, self._probe[1])

    def refused(self, ticket: Ticket, reason: str, now: datetime) -> bool:
        """401 or 403. Tells whether that begins a trouble (or turns a limit into a refusal)."""
        self._settle(ticket)
        if ticket.number <= self._shut_at:  # sent before the last refusal: says nothing new
            return False
        refusals = self._shut.refusals + 1 if self._shut else 1
        pause = min(FIRST_PAUSE * 2 ** min(refusals - 1, 10), LONGEST_PAUSE)
        return self._close("refused", reason, now, pause, refusals)

    def limited(self, ticket: Ticket, reason: str, now: datetime, pause_s: float) -> bool:
        """429, to wait `pause_s` (Retry-After, or a whole window). Tells whether that begins a trouble.

        Unlike a refusal it counts whenever its call was sent: the longest wait asked for holds.
        """
        self._settle(ticket)
        pause = max(timedelta(seconds=pause_s), SHORTEST_PAUSE)
        if self._shut:
            pause = max(pause, self._shut.until - now)
        return self._close("limited", reason, now, pause, self._shut.refusals if self._shut else 0)

    def succeeded(self, ticket: Ticket) -> bool:
        """An answer that only an admitted caller gets. Tells whether that ends a trouble."""
        self._settle(ticket)
        if self._shut is None or ticket.number <= self._shut_at:
            return False
        self._shut = self._probe = None
        return True

    def undecided(self, ticket: Ticket, now: datetime) -> None:
        """Neither yes nor no (a timeout, a 5xx, a cancelled call): a probe goes again, but not at once."""
        was_probe = self._probe is not None and self._probe[0] == ticket
        self._settle(ticket)
        if self._shut and was_probe and self._shut.until <= now:
            pause = min(timedelta(seconds=self._shut.pause_s), FIRST_PAUSE)
            self._shut = msgspec.structs.replace(self._shut, until=now + pause)

    def _settle(self, ticket: Ticket) -> None:
        if self._probe and self._probe[0] == ticket:
            self._probe = None

    def _close(
        self, kind: Literal["refused", "limited"], reason: str, now: datetime, pause: timedelta, refusals: int
    ) -> bool:
        before = self._shut
        self._shut_at = self._issued
        self._shut = Shut(
            kind=kind,
            reason=reason,
            since=before.since if before else now,
            until=now + pause,
            pause_s=pause.total_seconds(),
            refusals=refusals,
        )
        return before is None or before.kind != kind
