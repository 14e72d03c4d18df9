"""BetTune's request budget: spent in the store before each call, so that a crash loop keeps it too."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.bettune.limits import Limits
from syncd.bettune.window import Urgency, Window
from syncd.runtime.clock import Clock
from syncd.store import requests, settings
from syncd.store.engine import Store

LEARNT_LIMIT = "bettune.limit"
HELD_UNTIL = "bettune.held_until"

Foresee = Callable[[AsyncConnection], Awaitable[None]]
"""Writes down what a request may do, in the transaction that spends its budget."""


async def nothing(_: AsyncConnection) -> None:
    """Foreseen by a request that only reads."""


class Budget:
    """The one window that every request to BetTune passes, reads included.

    `deadline` is how long a request may take: until its answer is there, it is counted as if it
    came at the last moment.
    """

    def __init__(
        self, store: Store, clock: Clock, *, limit: int, span: timedelta, deadline: timedelta
    ) -> None:
        self._store = store
        self._clock = clock
        self._deadline = deadline
        self.window = Window(limit, span)
        self.held_until: datetime | None = None
        self._unsaved = False
        # Requests that count although they have no id yet are numbered downwards from here.
        self._reserved = 0

    async def load(self) -> None:
        """Take up where the last process left off."""
        async with self._store.read() as conn:
            learnt = await settings.get(conn, LEARNT_LIMIT, Limits)
            self.held_until = await settings.get(conn, HELD_UNTIL, datetime)
            if learnt:
                self._resize(learnt)
            since = self._clock.now() - self.window.span - self._deadline
            for request, counted_at in (await requests.live(conn, since)).items():
                self.window.add(request, counted_at)

    def free_at(self, urgency: Urgency) -> datetime:
        """The earliest moment at which a request of this urgency may be sent."""
        now = self._clock.now()
        free = self.window.free_at(now, urgency)
        if self.held_until and self.held_until > now:
            return max(free, self.held_until)
        return free

    def reserve(self) -> int:
        """Count one request from now on; returns its number until `spend` has given it an id."""
        self._reserved -= 1
        self.window.add(self._reserved, self._clock.now() + self._deadline)
        return self._reserved

    async def spend(self, reserved: int, foresee: Foresee) -> int:
        """Note a reserved request in the store before it is sent, and what it may do; returns its id."""
        counted_at = self._clock.now() + self._deadline

        async def note(conn: AsyncConnection) -> int:
            request = await requests.spend(conn, counted_at)
            await foresee(conn)
            return request

        try:
            request = await self._store.write_together(note)
        finally:
            self.window.remove(reserved)
        self.window.add(request, counted_at)
        return request

    async def settle(self, conn: AsyncConnection, request: int, answered_at: datetime) -> None:
        """The answer is there: the request counts from then on; with it goes what was learnt since."""
        await requests.settle(conn, request, answered_at)
        if self._unsaved:
            self._unsaved = False
            now = self._clock.now()
            limits = Limits(self.window.limit, self.window.span.total_seconds())
            await settings.put(conn, LEARNT_LIMIT, limits, now)
            await settings.put(conn, HELD_UNTIL, self.held_until, now)

    def answered(self, request: int, at: datetime) -> None:
        """The same in memory, at once: the next request need not wait for the store."""
        self.window.add(request, at)

    def learn(self, limits: Limits | None) -> bool:
        """Take the limit that a reply names; tells whether it is news."""
        if limits is None or (limits.requests, limits.window_s) == (
            self.window.limit,
            self.window.span.total_seconds(),
        ):
            return False
        self._resize(limits)
        self._unsaved = True
        return True

    def hold(self, seconds: float | None) -> None:
        """429: nobody sends anything before Retry-After, or for a whole window where it names none."""
        pause = self.window.span if seconds is None else timedelta(seconds=seconds)
        until = self._clock.now() + pause
        self.held_until = max(until, self.held_until or until)
        self._unsaved = True

    def _resize(self, limits: Limits) -> None:
        self.window.resize(limits.requests, timedelta(seconds=limits.window_s))
