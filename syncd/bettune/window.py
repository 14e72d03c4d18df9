"""The request budget as a value: never more than a limit in any window of its length.

A leaky bucket would admit up to twice the limit within one window, so every request is
remembered for as long as the server may count it. Since the server notes a request somewhere
between our sending it and our hearing the answer, one counts from its answer on (or from its
deadline while there is none): two of our requests are then never nearer on the server's side
than they are here.
"""

from datetime import datetime, timedelta
from enum import IntEnum

MARGIN = timedelta(milliseconds=20)
"""Added to the window's length: clocks are read to the millisecond and headers to the second."""


LONGEST_CALL = timedelta(minutes=2)
"""No deadline of a call lies further ahead."""


class Urgency(IntEnum):
    """How much of the budget a request may use: what reduces a loss may use all of it."""

    URGENT = 0
    LOWER = 1
    CREATE = 2
    ROUTINE = 3


_RESERVED_PER_CENT = {Urgency.URGENT: 0, Urgency.LOWER: 5, Urgency.CREATE: 10, Urgency.ROUTINE: 25}


class Window:
    """The requests that still count, by their id, and when there is room for one more."""

    def __init__(self, limit: int, span: timedelta) -> None:
        self.limit = limit
        self.span = span
        self._counted_at: dict[int, datetime] = {}

    def add(self, request: int, counted_at: datetime) -> None:
        """Remember a request, or correct when it was counted once its answer is there."""
        self._counted_at[request] = counted_at

    def remove(self, request: int) -> None:
        """Forget a request that was never sent."""
        self._counted_at.pop(request, None)

    def resize(self, limit: int, span: timedelta) -> None:
        """Take the limit that the server names."""
        self.limit, self.span = max(1, limit), span

    def used(self, now: datetime) -> int:
        """How many requests count at this moment."""
        return sum(self._expires(at) > now for at in self._counted_at.values())

    def capacity(self, urgency: Urgency) -> int:
        """How many may count at once for a request of this urgency: at least one."""
        return max(1, self.limit - self.limit * _RESERVED_PER_CENT[urgency] // 100)

    def free_at(self, now: datetime, urgency: Urgency) -> datetime:
        """The earliest moment from `now` on at which one more request keeps the limit."""
        if len(self._counted_at) < self.capacity(urgency):
            return now
        self._forget(now)
        over = len(self._counted_at) - self.capacity(urgency)
        if over < 0:
            return now
        return self._expires(sorted(self._counted_at.values())[over])

    def expired(self, now: datetime) -> list[int]:
        """The requests that count no more."""
        return [request for request, at in self._counted_at.items() if self._expires(at) <= now]

    def _forget(self, now: datetime) -> None:
        for request, at in self._counted_at.items():
            # The clock was set back: the request was counted by now at the latest.
            if at > now + LONGEST_CALL:
                self._counted_at[request] = now
        for request in self.expired(now):
            del self._counted_at[request]

    def _expires(self, counted_at: datetime) -> datetime:
        return counted_at + self.span + MARGIN
