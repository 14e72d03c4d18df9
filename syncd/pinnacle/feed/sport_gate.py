"""The two gates that a feed's requests pass: the account's, and that of its sport.

A wrong password or an inactive account is refused for every sport, a sport without permission by itself.
"""

from datetime import datetime
from typing import NamedTuple

from syncd.runtime.gate import Gate, Ticket


class Tickets(NamedTuple):
    """The admission of one request by both gates."""

    account: Ticket
    sport: Ticket


class SportGate:
    """Both gates as one. Feeds that are refused together share both."""

    def __init__(self, account: Gate, sport: Gate) -> None:
        self._account = account
        self._sport = sport

    @property
    def sport_is_refused(self) -> bool:
        """True while Pinnacle refuses this sport, and not the account."""
        return self._sport.is_closed and not self._account.is_closed

    def opens_at(self, now: datetime) -> datetime | None:
        """The earliest time at which `admit` may return tickets. None while both are open."""
        times = [at for gate in (self._account, self._sport) if (at := gate.opens_at(now)) is not None]
        return max(times, default=None)

    def admit(self, now: datetime) -> Tickets | None:
        """Tickets for one request now. None if one of the gates is closed."""
        opens = self.opens_at(now)
        if opens is not None and opens > now:
            return None
        account, sport = self._account.admit(now), self._sport.admit(now)
        return Tickets(account, sport) if account and sport else None

    def succeeded(self, tickets: Tickets) -> None:
        """Report a good response."""
        self._account.succeeded(tickets.account)
        self._sport.succeeded(tickets.sport)

    def refused(self, tickets: Tickets, now: datetime, *, of_sport: bool) -> None:
        """Report a 401 or 403. After one of the sport, the account is known to be well."""
        if of_sport:
            self._account.succeeded(tickets.account)
            self._sport.refused(tickets.sport, now)
        else:
            self._account.refused(tickets.account, now)

    def undecided(self, tickets: Tickets, now: datetime) -> None:
        """Report neither: a timeout, a 5xx, a cancelled request."""
        self._account.undecided(tickets.account, now)
        self._sport.undecided(tickets.sport, now)
