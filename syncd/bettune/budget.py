"""BetTune's request budget: charged in the store before each request, so that a crash loop keeps it too."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.bettune.rate_limit import RateLimit
from syncd.bettune.window import Urgency, Window
from syncd.runtime.clock import Clock
from syncd.store import facts, requests
from syncd.store.engine import Store

LEARNT_LIMIT = "bettune.limit"
LIMITED_UNTIL = "bettune.limited_until"
"""Keys of the store's table of settings."""

BeforeSend = Callable[[AsyncConnection], Awaitable[None]]
"""Records what a request may change, in the transaction that charges it."""


async def nothing_before_send(_: AsyncConnection) -> None:
    """Default `BeforeSend`: a read changes nothing that must be recorded first."""


class Budget:
    """The one window in which every request to BetTune is counted, reads included.

    `deadline` is the longest that a request may take: until its response is received, a request
    is counted as if the response came at the last moment.
    """

    def __init__(
        self, store: Store, clock: Clock, *, limit: int, span: timedelta, deadline: timedelta
    ) -> None:
        self._store = store
        self._clock = clock
        self._deadline = deadline
        self.window = Window(limit, span)
        self.limited_until: datetime | None = None
        """No request before this time, by BetTune's last 429. None if there was none."""
        self._unsaved = False
        # Requests that count although they have no id yet are numbered downwards from here.
        self._reserved = 0

    async def load(self) -> None:
        """Load the learnt limit and the requests that still count, as the last process left them."""
        async with self._store.read() as conn:
            learnt = await facts.get(conn, LEARNT_LIMIT, RateLimit)
            self.limited_until = await facts.get(conn, LIMITED_UNTIL, datetime)
            if learnt:
                self._resize(learnt)
            since = self._clock.now() - self.window.span - self._deadline
            for request, counted_at in (await requests.load_counted(conn, since)).items():
                self.window.add(request, counted_at)

    def free_at(self, urgency: Urgency) -> datetime:
        """Return the earliest time at which a request of this urgency may be sent."""
        now = self._clock.now()
        free = self.window.free_at(now, urgency)
        if self.limited_until and self.limited_until > now:
            return max(free, self.limited_until)
        return free

    def reserve(self) -> int:
        """Count one request from now on; return its number until `charge` has given it an id."""
        self._reserved -= 1
        self.window.add(self._reserved, self._clock.now() + self._deadline)
        return self._reserved

    async def charge(self, reserved: int, before_send: BeforeSend) -> int:
        """Record a reserved request in the store, and what it may change; return its id."""
        counted_at = self._clock.now() + self._deadline

        async def record(conn: AsyncConnection) -> int:
            request = await requests.record_request(conn, counted_at)
            await before_send(conn)
            return request

        try:
            request = await self._store.write_grouped(record)
        finally:
            self.window.remove(reserved)
        self.window.add(request, counted_at)
        return request

    async def record_response(self, conn: AsyncConnection, request: int, received_at: datetime) -> None:
        """Record when the response came, from which time the request counts, and a limit learnt since."""
        await requests.record_response(conn, request, received_at)
        if self._unsaved:
            self._unsaved = False
            now = self._clock.now()
            limit = RateLimit(self.window.limit, self.window.span.total_seconds())
            await facts.put(conn, LEARNT_LIMIT, limit, now)
            await facts.put(conn, LIMITED_UNTIL, self.limited_until, now)

    def response_received(self, request: int, at: datetime) -> None:
        """Count a request from its response on, in memory: the next one need not wait for the store."""
        self.window.add(request, at)

    def learn(self, limit: RateLimit | None) -> bool:
        """Adopt the limit that a response names; return whether it has changed."""
        if limit is None or (limit.requests, limit.window_s) == (
            self.window.limit,
            self.window.span.total_seconds(),
        ):
            return False
        self._resize(limit)
        self._unsaved = True
        return True

    def pause(self, retry_after_s: float | None) -> None:
        """Send nothing for so many seconds after a 429, or for a whole window if it names none."""
        pause = self.window.span if retry_after_s is None else timedelta(seconds=retry_after_s)
        until = self._clock.now() + pause
        self.limited_until = max(until, self.limited_until or until)
        self._unsaved = True

    def _resize(self, limit: RateLimit) -> None:
        self.window.resize(limit.requests, timedelta(seconds=limit.window_s))
