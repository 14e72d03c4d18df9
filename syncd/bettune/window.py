"""The request budget as a value: never more than a limit in any window of its length.

A leaky bucket would admit up to twice the limit within one window, so every request is
remembered for as long as the server may count it. The server counts a request at some moment
between our sending it and our receiving the response. So a request counts from its response on
(or from its deadline until then): two requests are then never closer together at the server
than they are in this window.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import IntEnum

WINDOW_MARGIN = timedelta(milliseconds=20)
"""Added to the window's length: clocks are read to the millisecond and headers to the second."""

LONGEST_REQUEST = timedelta(minutes=2)
"""No deadline of a request lies further ahead."""


class Urgency(IntEnum):
    """Share of the budget that a request may use: requests that reduce a loss may use all of it."""

    URGENT = 0
    LOWER = 1
    CREATE = 2
    ROUTINE = 3


_RESERVED_PER_CENT = {Urgency.URGENT: 0, Urgency.LOWER: 5, Urgency.CREATE: 10, Urgency.ROUTINE: 25}


class Window:
    """The requests that still count, by id: at most `limit` in any `span`."""

    def __init__(self, limit: int, span: timedelta) -> None:
        self.limit = limit
        self.span = span
        self._counted_at: dict[int, datetime] = {}

    def add(self, request: int, counted_at: datetime) -> None:
        """Count a request from `counted_at` on, or correct that time."""
        self._counted_at[request] = counted_at

    def remove(self, request: int) -> None:
        """Forget a request that was never sent."""
        self._counted_at.pop(request, None)

    def resize(self, limit: int, span: timedelta) -> None:
        """Adopt the limit that the server names."""
        self.limit, self.span = max(1, limit), span

    @property
    def counted(self) -> Collection[datetime]:
        """When each request counts at the latest."""
        return self._counted_at.values()

    def counted_at(self, request: int, otherwise: datetime) -> datetime:
        """Return when a request counts at the latest."""
        return self._counted_at.get(request, otherwise)

    def used(self, now: datetime) -> int:
        """Return how many requests count now."""
        return sum(self._expires(at) > now for at in self._counted_at.values())

    def capacity(self, urgency: Urgency) -> int:
        """Return how many requests may count at once if one more of this urgency is sent: at least one."""
        return max(1, self.limit - self.limit * _RESERVED_PER_CENT[urgency] // 100)

    def free_at(self, now: datetime, urgency: Urgency) -> datetime:
        """Return the earliest time from `now` on at which one more request keeps the limit."""
        if len(self._counted_at) < self.capacity(urgency):
            return now
        self._forget(now)
        over = len(self._counted_at) - self.capacity(urgency)
        if over < 0:
            return now
        return self._expires(sorted(self._counted_at.values())[over])

    def expired(self, now: datetime) -> list[int]:
        """Return the requests that no longer count."""
        return [request for request, at in self._counted_at.items() if self._expires(at) <= now]

    def _forget(self, now: datetime) -> None:
        for request, at in self._counted_at.items():
            # The clock was set back: the server has counted this request by now.
            if at > now + LONGEST_REQUEST:
                self._counted_at[request] = now
        for request in self.expired(now):
            del self._counted_at[request]

    def _expires(self, counted_at: datetime) -> datetime:
        return counted_at + self.span + WINDOW_MARGIN
