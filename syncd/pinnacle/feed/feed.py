"""One feed: the requests to one endpoint for one sport, and their effect on the store.

A poll makes at most one request. Before it, the next allowed time is stored; after it, cursor and data are
stored in one transaction. A failure leaves both as they were, and only the failure is stored.
"""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Generic

import structlog
from msgspec.structs import replace

from syncd.model.bounds import printable
from syncd.model.feed import FeedState
from syncd.pinnacle.errors import (
    BadPayloadError,
    BadRequestError,
    ForbiddenError,
    NotFoundError,
    PinnacleError,
    RateLimitedError,
    UnauthorizedError,
    UnavailableError,
)
from syncd.pinnacle.feed.after_poll import after_applying, after_failure, after_response
from syncd.pinnacle.feed.cursor import CursorDoubt, CursorTrial, stored_cursor
from syncd.pinnacle.feed.endpoint import Applied, ApplyContext, EndpointHandler
from syncd.pinnacle.feed.pacer import PACE_MARGIN, Pacer
from syncd.pinnacle.feed.poll import KeptSnapshot, Poll, PollOutcome
from syncd.pinnacle.feed.schedule import (
    SNAPSHOT_CACHE_LIFE,
    SNAPSHOT_REQUEST,
    FeedRequest,
    Waits,
    is_silent,
    may_predate_deltas,
    next_request,
    pause_after_429,
    pause_after_outage,
    runs_backwards,
    snapshot_is_due,
)
from syncd.pinnacle.feed.server_clock import ServerClock
from syncd.pinnacle.feed.sport_gate import SportGate, Tickets
from syncd.pinnacle.responses import AnyPayloadT, Response
from syncd.runtime.clock import Clock
from syncd.runtime.steady import steady_now
from syncd.store import feeds, rows
from syncd.store.engine import Store
from syncd.store.errors import StoreError, UnstorableError
from syncd.store.feeds import Bucket, FeedKey
from syncd.store.row_writes import RowWrite

log = structlog.get_logger(__name__)

LONGEST_ERROR = 300
"""Characters of an error that are stored and shown."""

IDLE_PAUSE = timedelta(days=1)
"""`Feed.next_at` of an idle feed is this far away: what ends the idleness has to poll the feed."""

ABSENT_PAUSE = timedelta(hours=1)

NOTHING = Applied()

SAVE_WITHIN_S = 2.0
"""A stop must not wait for a database that does not respond."""


class Feed(Generic[AnyPayloadT]):
    """The feed of one endpoint and sport. Call `load` before anything else, and again after a lost lease.

    `poll` raises nothing but errors of the store, and then nothing has changed here: whatever else goes
    wrong with a response is a failed poll, and a feed without good responses goes stale.
    """

    def __init__(
        self,
        handler: EndpointHandler[AnyPayloadT],
        *,
        key: FeedKey,
        store: Store,
        clock: Clock,
        gate: SportGate,
        pacer: Pacer,
        resnapshot: timedelta,
        request_timeout: timedelta,
    ) -> None:
        self._handler = handler
        self._key = key
        self._bucket = Bucket(key.host, handler.endpoint, key.sport_id)
        self._store = store
        self._clock = clock
        self._gate = gate
        self.pacer = pacer
        self._resnapshot = resnapshot
        self._request_timeout = request_timeout
        self._state = FeedState(kind=handler.kind, sport_id=handler.sport_id, path=key.path)
        self._server_clock = ServerClock(clock)
        self._cursor_doubt = CursorDoubt()
        self._cursor_trial = CursorTrial()
        self._snapshot_requested = False
        self._last_unforeseen = ""
        """The unforeseen error of the poll before, which is logged once."""
        self._kept: KeptSnapshot[AnyPayloadT] | None = None
        self._consecutive_429 = 0
        self._lock = asyncio.Lock()

    def __repr__(self) -> str:
        return f"Feed({self.kind}, sport {self.sport_id})"

    @property
    def kind(self) -> str:
        """The `FeedState.kind`."""
        return self._handler.kind

    @property
    def sport_is_refused(self) -> bool:
        """True while Pinnacle refuses this sport, and not the account."""
        return self._gate.sport_is_refused

    @property
    def sport_id(self) -> int:
        """Pinnacle's sport."""
        return self._handler.sport_id

    @property
    def optional(self) -> bool:
        """True if predictions can do without it."""
        return self._handler.optional

    @property
    def state(self) -> FeedState:
        """Its state as stored."""
        return self._state

    async def load(self) -> None:
        """Load state and pace from the store."""
        async with self._store.read() as conn:
            state = await feeds.load(conn, self._key, self._handler.kind)
            self._state = replace(state, cursor=stored_cursor(state.cursor))
            # After a good response no pause can be stored, so a longer wait than the gap is that of a request
            # in flight: its process was killed, or frozen and has lost the lease. It was sent before now.
            in_flight = self._state.failures == 0
            times = await feeds.load_next_times(conn, self._bucket)
            self.pacer.restore(times, in_flight=in_flight, polled_at=self._state.polled_at)
        self._kept = None
        self._cursor_trial = CursorTrial()

    def request_snapshot(self) -> None:
        """Make the next request a snapshot, as soon as the pace allows one."""
        self._snapshot_requested = True

    def next_at(self) -> datetime:
        """The time at which the next poll may and should be made."""
        now = self._clock.now()
        if self._handler.idle:
            return now + IDLE_PAUSE
        steady = steady_now(self._clock)
        opens = self._gate.opens_at(steady) or steady
        return now + max(self._next()[1], opens - steady)

    async def poll(self) -> Poll:
        """Make the next request if it is due, and apply its response to the store."""
        async with self._lock:
            request, wait = self._next()
            if self._handler.idle or wait:
                return self._result(PollOutcome.WAITING)
            ticket = self._gate.admit(steady_now(self._clock))
            if ticket is None:
                return self._result(PollOutcome.WAITING)
            try:
                return await self._poll(request, ticket)
            finally:
                # A cancelled request, or a store that failed, must not leave the gate probing.
                self._gate.undecided(ticket, steady_now(self._clock))

    async def _poll(self, request: FeedRequest, ticket: Tickets) -> Poll:
        # Checked again right before the bytes leave (`Store.may_send`); here it saves the gap of a request.
        self._store.require_lease()
        await self._count(request)
        try:
            response = await self._send(request)
            self._gate.succeeded(ticket)
            self._consecutive_429 = 0
            return await self._process(request, response)
        except PinnacleError as exc:
            return await self._fail(request, ticket, exc)
        except UnstorableError as exc:
            return await self._fail(request, ticket, self._unforeseen(exc))
        except StoreError:
            raise
        except Exception as exc:  # noqa: BLE001 - no response, whatever is in it, may end the process
            return await self._fail(request, ticket, self._unforeseen(exc))

    async def _count(self, request: FeedRequest) -> None:
        """Store the time of the next request before this one is sent. If that takes long, once more."""
        snapshot, timeout = request.snapshot, self._request_timeout
        for _ in range(2):
            began = self._clock.monotonic()
            times = self.pacer.times_after(snapshot=snapshot, timeout=timeout)
            await self._store.write_rows([feeds.times_row(self._bucket, times)])
            if self._clock.monotonic() - began < timeout.total_seconds() / 2:
                break
        self.pacer.begin(snapshot=snapshot, timeout=timeout)

    def _unforeseen(self, exc: Exception) -> BadPayloadError:
        """The error of a response that no code foresaw, logged once with its traceback."""
        described = f"{type(exc).__name__} at a response"
        if described != self._last_unforeseen:
            log.exception("poll_failed", feed=self.kind, sport_id=self.sport_id)
        self._last_unforeseen = described
        self._snapshot_requested = True
        return BadPayloadError(f"a response that cannot be handled: {type(exc).__name__}")

    async def _send(self, request: FeedRequest) -> Response[AnyPayloadT]:
        try:
            response = await self._handler.request(request.since)
        except asyncio.CancelledError:
            # A stop or a reload: the request is over, so what is stored need not count on its deadline.
            self.pacer.end(snapshot=request.snapshot)
            await self._save_pace()
            raise
        finally:
            self.pacer.end(snapshot=request.snapshot)
        return response

    async def _save_pace(self) -> None:
        with suppress(StoreError, TimeoutError):
            async with asyncio.timeout(SAVE_WITHIN_S):
                await self._store.write_rows([feeds.times_row(self._bucket, self.pacer.times())])

    def _next(self) -> tuple[FeedRequest, timedelta]:
        now = self._clock.now()
        waits = Waits(self.pacer.wait(snapshot=True), self.pacer.wait(snapshot=False))
        due = self._snapshot_requested or snapshot_is_due(self._state, now, resnapshot=self._resnapshot)
        if self._handler.replaces:
            due = due or is_silent(self._state, now) or self._cursor_trial.needs_snapshot
        if self._kept is not None and abs(now - self._kept.requested_at) > SNAPSHOT_CACHE_LIFE:
            self._kept = None
        kept_last = self._kept.payload.last if self._kept else None
        since = self._cursor_trial.since(self._state.cursor) if self._state.cursor is not None else None
        return next_request(self._state, now, waits, since=since, snapshot_due=due, kept_last=kept_last)

    async def _process(self, request: FeedRequest, response: Response[AnyPayloadT]) -> Poll:
        self._server_clock.check(response.skew)
        payload = self._with_believed_cursor(response)
        if runs_backwards(request, payload.last):
            self._snapshot_requested = True
            raise BadPayloadError(f"a delta since {request.since} ends at {payload.last}; a snapshot follows")
        if payload.unreadable and not request.snapshot:
            # Nobody knows which item it was, so its old content is kept until a snapshot misses it.
            self._snapshot_requested = True
        if request.snapshot and self._handler.replaces and self._may_predate_deltas(payload, response):
            return await self._keep(payload, response)
        if self._kept is None or request.snapshot:
            return await self._apply(request, response, payload)
        if self._is_behind(payload):
            return await self._drop_kept(response)
        return await self._apply(SNAPSHOT_REQUEST, response, self._kept.payload.updated(payload))

    def _with_believed_cursor(self, response: Response[AnyPayloadT]) -> AnyPayloadT:
        """The payload, without a cursor if it is ahead of the host's; the known one then stays."""
        payload, requested_at = response.payload, response.requested_at
        last, known_at = payload.last, self._state.ok_at or requested_at
        server_now = response.received_at + after_response(self._state, response).skew
        if last is None or self._cursor_doubt.believes(
            last, self._state.cursor, requested_at - known_at, server_now
        ):
            return payload
        log.warning("cursor_doubted", feed=self.kind, sport_id=self.sport_id, last=last)
        self._snapshot_requested = True
        return replace(payload, last=None)

    def _may_predate_deltas(self, payload: AnyPayloadT, response: Response[AnyPayloadT]) -> bool:
        return bool(payload.keys) and may_predate_deltas(self._state, payload.last, response.requested_at)

    async def _keep(self, payload: AnyPayloadT, response: Response[AnyPayloadT]) -> Poll:
        """Keep a snapshot for the delta since its cursor; without one it is dropped, and another follows."""
        if payload.last is not None and payload.last > 1:
            self._kept = KeptSnapshot(payload, response.requested_at)
        else:
            self._snapshot_requested = True
        await self._save_state(after_response(self._state, response))
        return self._result(PollOutcome.KEPT)

    def _is_behind(self, delta: AnyPayloadT) -> bool:
        """Return whether a kept snapshot, with the delta after it, is still older than what is known."""
        return self._state.cursor is not None and (delta.last is None or delta.last < self._state.cursor)

    async def _drop_kept(self, response: Response[AnyPayloadT]) -> Poll:
        """Drop the kept snapshot and the cursor: the host is behind, or has restarted its sequence."""
        self._kept = None
        self._snapshot_requested = True
        await self._save_state(replace(after_response(self._state, response), cursor=None))
        return self._result(PollOutcome.KEPT)

    async def _apply(
        self, request: FeedRequest, response: Response[AnyPayloadT], payload: AnyPayloadT
    ) -> Poll:
        await self._handler.prepare(payload, snapshot=request.snapshot)
        if not request.snapshot and self._handler.is_unaffected_by(payload):
            applied = Applied()
            state = after_applying(self._state, request, response, payload.last, applied)
            await self._store.write_rows(self._rows(state))
        else:
            applied, state = await self._write(request, response, payload)
        if self._cursor_trial.applied(request.since, payload.last, self._state.cursor):
            log.warning("cursor_corrected", feed=self.kind, sport_id=self.sport_id, last=payload.last)
        self._state = state
        self._kept = None
        self._last_unforeseen = ""
        if applied.suspect:
            return self._result(PollOutcome.SUSPECT, error=applied.suspect)
        if request.snapshot:
            self._snapshot_requested = False
        outcome = PollOutcome.APPLIED if applied.changed else PollOutcome.UNCHANGED
        return self._result(outcome, applied=applied, snapshot=request.snapshot)

    async def _write(
        self, request: FeedRequest, response: Response[AnyPayloadT], payload: AnyPayloadT
    ) -> tuple[Applied, FeedState]:
        context = ApplyContext(
            snapshot=request.snapshot and self._handler.replaces,
            after_suspect=bool(self._state.suspect),
            at=response.received_at,
            server_now=response.received_at + after_response(self._state, response).skew,
            previous_ok_at=self._state.ok_at,
        )
        async with self._store.write() as conn:
            applied = await self._handler.apply(conn, payload, context)
            state = after_applying(self._state, request, response, payload.last, applied)
            await rows.write(conn, self._rows(state))
        return applied, state

    async def _fail(self, request: FeedRequest, ticket: Tickets, exc: PinnacleError) -> Poll:
        now, error = self._clock.now(), printable(str(exc), LONGEST_ERROR)
        outcome = self._back_off(request, ticket, exc)
        if isinstance(exc, BadPayloadError | BadRequestError):
            self._kept = None
        state = after_failure(self._state, request, exc, error, now)
        if outcome is PollOutcome.ABSENT:
            state = replace(state, failures=0)
        await self._save_state(state)
        return self._result(outcome, error=error)

    def _back_off(self, request: FeedRequest, ticket: Tickets, exc: PinnacleError) -> PollOutcome:
        match exc:
            case NotFoundError() | ForbiddenError() if self._is_absent(exc):
                self.pacer.pause(ABSENT_PAUSE)
                return PollOutcome.ABSENT
            case UnauthorizedError() | ForbiddenError():
                of_sport = isinstance(exc, ForbiddenError) and exc.of_sport
                self._gate.refused(ticket, steady_now(self._clock), of_sport=of_sport)
                return PollOutcome.REFUSED
            case RateLimitedError():
                self._consecutive_429 += 1
                gap = self.pacer.gap(snapshot=request.snapshot)
                pause = pause_after_429(gap, exc.retry_after_s, self._consecutive_429)
                self.pacer.pause(PACE_MARGIN + pause)
                return PollOutcome.RATE_LIMITED
        named = exc.retry_after_s if isinstance(exc, UnavailableError) else None
        self.pacer.pause(pause_after_outage(self._state.failures, named))
        return PollOutcome.FAILED

    def _is_absent(self, exc: PinnacleError) -> bool:
        """Return whether the host seems never to have had this endpoint, which is optional."""
        never = self._handler.optional and self._state.ok_at is None
        return never and (isinstance(exc, NotFoundError) or self._handler.may_be_refused)

    async def _save_state(self, state: FeedState) -> None:
        await self._store.write_rows(self._rows(state))
        self._state = state

    def _rows(self, state: FeedState) -> list[RowWrite]:
        times = self.pacer.times()
        return [feeds.state_row(self._key, state), feeds.times_row(self._bucket, times)]

    def _result(
        self, outcome: PollOutcome, *, applied: Applied = NOTHING, snapshot: bool = False, error: str = ""
    ) -> Poll:
        return Poll(
            outcome=outcome,
            next_at=self.next_at(),
            changed=applied.changed,
            repriced=applied.repriced,
            snapshot=snapshot,
            error=error,
        )
