"""One feed: the calls to one endpoint for one sport, and what they do to the store.

A poll is at most one call. Before it, the next allowed time is stored; after it, cursor and data
go into the store in one transaction, or a failure leaves all as it was and is only noted.
"""

import asyncio
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic

import msgspec
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.model.feed import FeedState
from syncd.pinnacle.answers import Answer
from syncd.pinnacle.errors import (
    BadPayloadError,
    BadRequestError,
    ForbiddenError,
    NotFoundError,
    PinnacleError,
    RateLimitedError,
    UnauthorizedError,
)
from syncd.pinnacle.feed.mirror import Applied, Mirror, Occasion, TellingT
from syncd.pinnacle.feed.pacer import MARGIN, Pacer
from syncd.pinnacle.feed.standing import (
    SNAPSHOT,
    SNAPSHOT_CACHE,
    Ask,
    Waits,
    is_older,
    next_ask,
    pause_after_429,
    pause_after_outage,
    runs_backwards,
    usable_cursor,
    wants_snapshot,
)
from syncd.runtime.clock import Clock
from syncd.runtime.gate import Gate, Ticket
from syncd.store import feeds
from syncd.store.engine import Store
from syncd.store.feeds import Bucket, FeedKey

IDLE = timedelta(days=1)
ABSENT_PAUSE = timedelta(hours=1)


class Outcome(StrEnum):
    """What came of a poll."""

    WAITING = "waiting"
    """No call was made: not due, or the gate is shut."""
    APPLIED = "applied"
    NOTHING = "nothing"
    """A good answer that changed nothing."""
    HELD = "held"
    """A snapshot older than the deltas before it waits for the delta that brings it up to date."""
    DOUBTED = "doubted"
    """A snapshot that lost more than half waits for a second one."""
    LIMITED = "limited"
    """429."""
    REFUSED = "refused"
    """401 or 403: the gate is shut."""
    ABSENT = "absent"
    """The host has never had this endpoint, and we can do without. One that answered before is down."""
    FAILED = "failed"

    @property
    def good(self) -> bool:
        """Whether the store is now as Pinnacle said."""
        return self in (Outcome.APPLIED, Outcome.NOTHING)


class Poll(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a poll, and which events the planner has to look at again."""

    outcome: Outcome
    next_at: datetime
    changed: frozenset[int] = frozenset()
    full: bool = False
    """Whether a snapshot was applied, and so all else of the sport is confirmed as it was."""
    error: str = ""


class Held(msgspec.Struct, Generic[TellingT], frozen=True):
    """A snapshot older than what deltas have told, until the delta after it has come."""

    value: TellingT
    asked_at: datetime


class Feed(Generic[TellingT]):
    """One (kind, sport). Call `load` once before anything else, and again after the lease was away.

    `poll` raises nothing of Pinnacle's; errors of the store come through, and change nothing here.
    """

    def __init__(
        self,
        mirror: Mirror[TellingT],
        *,
        key: FeedKey,
        store: Store,
        clock: Clock,
        gate: Gate,
        pacer: Pacer,
        resnapshot: timedelta,
        patience: timedelta,
    ) -> None:
        self._mirror = mirror
        self._key = key
        self._bucket = Bucket(key.host, mirror.endpoint, key.sport_id)
        self._store = store
        self._clock = clock
        self._gate = gate
        self._pacer = pacer
        self._resnapshot = resnapshot
        self._patience = patience
        self._state = FeedState(kind=mirror.kind, sport_id=mirror.sport_id, path=key.path)
        self._snapshot_asked_for = False
        self._held: Held[TellingT] | None = None
        self._limited = 0
        self._turn = asyncio.Lock()

    def __repr__(self) -> str:
        return f"Feed({self.kind}, sport {self.sport_id})"

    @property
    def kind(self) -> str:
        """The word of `FeedState.kind`."""
        return self._mirror.kind

    @property
    def sport_id(self) -> int:
        """Pinnacle's sport."""
        return self._mirror.sport_id

    @property
    def optional(self) -> bool:
        """Whether predictions may stand without it."""
        return self._mirror.optional

    @property
    def state(self) -> FeedState:
        """How it stands, as the store has it."""
        return self._state

    async def load(self) -> None:
        """Take up what the store knows."""
        async with self._store.read() as conn:
            self._state = await feeds.load(conn, self._key, self._mirror.kind)
            self._pacer.restore(await feeds.load_next_times(conn, self._bucket))
        self._held = None

    def request_snapshot(self) -> None:
        """Ask for everything as soon as the pace allows."""
        self._snapshot_asked_for = True

    def next_at(self) -> datetime:
        """When it may and should be polled next."""
        now = self._clock.now()
        if self._mirror.idle:
            return now + IDLE
        due = now + self._next()[1]
        opens = self._gate.opens_at(now)
        return max(due, opens) if opens else due

    async def poll(self) -> Poll:
        """Make the next call, if it is due, and bring the store up to what it says."""
        async with self._turn:
            ask, wait = self._next()
            if self._mirror.idle or wait:
                return self._told(Outcome.WAITING)
            ticket = self._gate.admit(self._clock.now())
            if ticket is None:
                return self._told(Outcome.WAITING)
            try:
                return await self._poll(ask, ticket)
            finally:
                # A call that was cancelled, or a store that failed, must not leave the gate probing.
                self._gate.undecided(ticket, self._clock.now())

    async def _poll(self, ask: Ask, ticket: Ticket) -> Poll:
        async with self._store.write() as conn:
            times = self._pacer.begin(snapshot=ask.snapshot, patience=self._patience)
            await feeds.save_next_times(conn, self._bucket, times)
        try:
            answer = await self._call(ask)
            self._gate.succeeded(ticket)
            return await self._take(ask, answer)
        except PinnacleError as exc:
            return await self._fail(ask, ticket, exc)

    async def _call(self, ask: Ask) -> Answer[TellingT]:
        try:
            return await self._mirror.call(ask.since)
        finally:
            self._pacer.end(snapshot=ask.snapshot)

    def _next(self) -> tuple[Ask, timedelta]:
        now = self._clock.now()
        waits = Waits(self._pacer.wait(snapshot=True), self._pacer.wait(snapshot=False))
        wanted = self._snapshot_asked_for or wants_snapshot(self._state, now, resnapshot=self._resnapshot)
        if self._held is not None and abs(now - self._held.asked_at) > SNAPSHOT_CACHE:
            self._held = None
        since = self._held.value.last if self._held else None
        return next_ask(self._state, now, waits, wanted=wanted, held_since=since)

    async def _take(self, ask: Ask, answer: Answer[TellingT]) -> Poll:
        value = answer.value if answer.value is not None else self._mirror.nothing()
        if runs_backwards(ask, value.last):
            self._snapshot_asked_for = True
            raise BadPayloadError(f"a delta since {ask.since} ends at {value.last}; a snapshot will tell")
        if ask.snapshot and self._mirror.replaces and is_older(self._state, value.last, answer.asked_at):
            self._held = Held(value, answer.asked_at)
            await self._note(self._well(answer))
            return self._told(Outcome.HELD)
        if self._held is not None and not ask.snapshot:
            return await self._apply(SNAPSHOT, answer, self._mirror.merge(self._held.value, value))
        return await self._apply(ask, answer, value)

    async def _apply(self, ask: Ask, answer: Answer[TellingT], value: TellingT) -> Poll:
        await self._mirror.prepare(value, snapshot=ask.snapshot)
        occasion = Occasion(
            snapshot=ask.snapshot and self._mirror.replaces,
            agreed=bool(self._state.suspect),
            at=answer.answered_at,
            server_now=answer.answered_at + self._well(answer).skew,
            seen_before=self._state.ok_at,
        )
        async with self._store.write() as conn:
            applied = await self._mirror.apply(conn, value, occasion)
            state = self._after(ask, answer, value.last, applied)
            await self._save(conn, state)
        self._state = state
        self._held = None
        if applied.doubt:
            return self._told(Outcome.DOUBTED, error=applied.doubt)
        if ask.snapshot:
            self._snapshot_asked_for = False
        outcome = Outcome.APPLIED if applied.changed else Outcome.NOTHING
        return self._told(outcome, changed=applied.changed, full=ask.snapshot)

    def _after(self, ask: Ask, answer: Answer[TellingT], last: int | None, applied: Applied) -> FeedState:
        state = self._well(answer)
        if applied.doubt:
            return replace(state, suspect=applied.doubt)
        return replace(
            state,
            cursor=usable_cursor(last, state.cursor),
            snapshot_at=answer.asked_at if ask.snapshot else state.snapshot_at,
            ok_at=answer.asked_at,
            changed_at=answer.answered_at if applied.changed else state.changed_at,
            suspect="" if ask.snapshot else state.suspect,
        )

    def _well(self, answer: Answer[TellingT]) -> FeedState:
        """The state after any good answer, whether or not it can be applied."""
        self._limited = 0
        skew = answer.skew
        return replace(
            self._state,
            polled_at=answer.answered_at,
            skew=self._state.skew if skew is None else skew,
            failures=0,
            error="",
            error_since=None,
        )

    async def _fail(self, ask: Ask, ticket: Ticket, exc: PinnacleError) -> Poll:
        now = self._clock.now()
        outcome = self._react(ask, ticket, exc, now)
        if isinstance(exc, BadPayloadError | BadRequestError):
            self._held = None
        refused_cursor = isinstance(exc, BadRequestError) and not ask.snapshot
        state = replace(
            self._state,
            cursor=None if refused_cursor else self._state.cursor,
            polled_at=now,
            failures=0 if outcome is Outcome.ABSENT else self._state.failures + 1,
            error=str(exc),
            error_since=self._state.error_since or now,
        )
        await self._note(state)
        return self._told(outcome, error=str(exc))

    def _react(self, ask: Ask, ticket: Ticket, exc: PinnacleError, now: datetime) -> Outcome:
        match exc:
            case UnauthorizedError() | ForbiddenError():
                self._gate.refused(ticket, str(exc), now)
                return Outcome.REFUSED
            case RateLimitedError():
                self._limited += 1
                gap = self._pacer.gap(snapshot=ask.snapshot)
                self._pacer.hold(MARGIN + pause_after_429(gap, exc.retry_after_s, self._limited))
                return Outcome.LIMITED
            case NotFoundError() if self._mirror.optional and self._state.ok_at is None:
                self._pacer.hold(ABSENT_PAUSE)
                return Outcome.ABSENT
        self._pacer.hold(pause_after_outage(self._state.failures))
        return Outcome.FAILED

    async def _note(self, state: FeedState) -> None:
        async with self._store.write() as conn:
            await self._save(conn, state)
        self._state = state

    async def _save(self, conn: AsyncConnection, state: FeedState) -> None:
        await feeds.save(conn, self._key, state)
        await feeds.save_next_times(conn, self._bucket, self._pacer.times())

    def _told(
        self,
        outcome: Outcome,
        *,
        changed: frozenset[int] = frozenset(),
        full: bool = False,
        error: str = "",
    ) -> Poll:
        return Poll(outcome=outcome, next_at=self.next_at(), changed=changed, full=full, error=error)
