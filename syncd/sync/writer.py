"""The writer: sends the most urgent work of the queue, as fast as budget and gates allow."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from decimal import Decimal
from typing import NamedTuple

import msgspec
import structlog

from syncd.bettune.errors import (
    BadResponseError,
    BetTuneError,
    ForbiddenError,
    NotFoundError,
    RejectedError,
    UnavailableError,
)
from syncd.bettune.gateway import Area, BetTuneGateway, Permit
from syncd.bettune.window import Urgency
from syncd.model.bettune import Pair
from syncd.model.change import Change, Kind, Owner
from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import Clock
from syncd.runtime.signals import Signals, Task
from syncd.runtime.steady import steady_now
from syncd.store import predictions, writes
from syncd.store.engine import Store
from syncd.store.errors import StoreError
from syncd.store.mode import ModeSwitch
from syncd.store.row_writes import RowWrite
from syncd.sync import outcome
from syncd.sync.actual_table import ActualTable
from syncd.sync.interruptions import Interruptions
from syncd.sync.late_writes import LateWrites
from syncd.sync.outcome import WriteOutcome, WriteResult
from syncd.sync.ownership import ManualDelete
from syncd.sync.queue import OpenGates, Queue, Work, pairs_of
from syncd.sync.reactions import Reactions
from syncd.sync.reader import Reader
from syncd.sync.reads import ReadRequest
from syncd.sync.retries import LONGEST_OUTAGE_PAUSE, LONGEST_REFUSAL_PAUSE, LostRaises, Retries, spacing
from syncd.sync.store_waits import StoreWaits
from syncd.sync.write_log import NamesOfPair, log_write

log = structlog.get_logger(__name__)

MAX_PARALLEL_REQUESTS = 32
"""Requests on their way at a time; the budget limits them, too. With 8 and a round trip of 80 ms, a price
waits twice as long."""

DELETE_REFUSED = "sync.refused"

PROVE_NOTHING = (WriteOutcome.UNKNOWN, WriteOutcome.NOT_FOUND)
"""Outcomes after which BetTune may have, now or later, another price than is known."""


class _NextSend(NamedTuple):
    """When something may be sent, and what may be sent then."""

    wait_s: float
    gates: OpenGates


class Writer:
    """Carries out the queue. After each response the planner compares the pairs again."""

    def __init__(
        self,
        *,
        queue: Queue,
        actual: ActualTable,
        gateway: BetTuneGateway,
        store: Store,
        clock: Clock,
        alerts: Alerts,
        manual_delete: ManualDelete,
        signals: Signals,
        mode: ModeSwitch,
        interruptions: Interruptions,
        reactions: Reactions,
        awaits_response: Callable[[Change], bool],
        names_of: Callable[[Pair], NamesOfPair],
    ) -> None:
        self._queue = queue
        self._actual = actual
        self._gateway = gateway
        self._store = store
        self._clock = clock
        self._alerts = alerts
        self._refused_deletes = Retries(LONGEST_REFUSAL_PAUSE)
        self._lost = Retries(LONGEST_OUTAGE_PAUSE)
        self._lost_raises = LostRaises()
        self.late_writes = LateWrites(queue.reads, signals, clock)
        self._signals = signals
        self._mode = mode
        self._interruptions = interruptions
        self._store_waits = StoreWaits(clock, interruptions)
        self.reader = Reader(
            reads=queue.reads,
            actual=actual,
            gateway=gateway,
            store=store,
            store_waits=self._store_waits,
            clock=clock,
            manual_delete=manual_delete,
            signals=signals,
        )
        self._reactions = reactions
        self._awaits_response = awaits_response
        self._names_of = names_of
        self._inbox = signals.inbox(Task.WRITER)
        self._free_slots = asyncio.Semaphore(MAX_PARALLEL_REQUESTS)
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_finishing = False
        self._failure: BaseException | None = None

    @property
    def at_store_since(self) -> float | None:
        """Since when the oldest work has waited for the store, by the monotonic clock. None if none waits."""
        return self._store_waits.since

    async def step(self) -> None:
        """Wait until something may be sent, and send it; its response is handled in a task of its own.

        Raises `StoreError`, and any other error that no response of BetTune explains.
        """
        await self._free_slots.acquire()
        sent = None
        try:
            sent = self._send_next(await self._wait_until_work_may_be_sent())
        finally:
            if sent is None:
                self._free_slots.release()
        if isinstance(sent, ReadRequest):
            await asyncio.sleep(0)  # many of them at once, of a thousand matches each, would block the loop

    async def finish(self, seconds: float) -> None:
        """Send nothing more; wait this long for what is on its way, then abandon it."""
        self._is_finishing = True
        self._inbox.wake()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _wait_until_work_may_be_sent(self) -> OpenGates:
        while True:
            self._raise_failure()
            following = self._next_send()
            if following and following.wait_s == 0:
                return following.gates
            await self._inbox.wait(following.wait_s if following else None)

    def _next_send(self) -> _NextSend | None:
        """Return when what may be sent next; None if a wake-up has to come first."""
        if self._mode.paused or self._is_finishing:
            return None
        now = steady_now(self._clock)
        next_put_off = self._queue.resume(now)
        self._queue.renew(self._clock.now())
        self._update_alerts()
        sends = [self._next_regular(), self._next_probe()]
        if next_put_off:
            sends.append(_NextSend((next_put_off - now).total_seconds(), OpenGates()))
        return min((each for each in sends if each), key=lambda each: each.wait_s, default=None)

    def _next_regular(self) -> _NextSend | None:
        """Return when the work of the highest priority may be sent."""
        gates = self._open_gates()
        work = self._queue.peek(gates)
        if work:
            return _NextSend(self._gateway.wait_s(work.urgency, area_of(work.work)), gates)
        if self._queue.peek() is None:
            return None
        closed = (area for area in (Area.READING, Area.WRITING) if not self._gateway.is_open(area))
        return _NextSend(min(map(self._gateway.gate_wait_s, closed), default=0.0), gates)

    def _next_probe(self) -> _NextSend | None:
        """Return when the most urgent work may be sent, whatever BetTune says of its limit."""
        gates = self._open_gates()._replace(urgent_only=True)
        work = self._queue.peek(gates) if self._queue.urgent_count else None
        if work is None:
            return None
        wait_s = self._gateway.wait_s(Urgency.URGENT, area_of(work.work), may_probe=True)
        return _NextSend(wait_s, gates)

    def _update_alerts(self) -> None:
        self._gateway.note_waiting(self._queue.urgent_count)
        lasting = self._refused_deletes.lasting(steady_now(self._clock))
        if lasting:
            message = (
                f"BetTune refuses {len(lasting)} deletes; the first: {self._actual.known(lasting[0]).error}"
            )
            self._alerts.fire(DELETE_REFUSED, message, notify=True)
        else:
            self._alerts.resolve(DELETE_REFUSED)

    def _open_gates(self) -> OpenGates:
        return OpenGates(
            reads=self._gateway.is_open(Area.READING), writes=self._gateway.is_open(Area.WRITING)
        )

    def _send_next(self, gates: OpenGates) -> Work | None:
        """Start on the next piece of work, and return it; None if there was none that may be sent."""
        work = self._queue.take(gates)
        if work is None:
            return None
        permit = self._gateway.permit(area_of(work))
        if permit is None:
            self._end(work)
            return None
        slot = ExitStack()
        slot.callback(self._free_slots.release)
        task = asyncio.create_task(self._perform(work, permit, slot))
        self._tasks.add(task)
        task.add_done_callback(lambda task: self._task_done(task, slot))
        return work

    def _end(self, work: Work) -> None:
        self._queue.done(work)
        self._signals.invalidate(pairs=pairs_of(work))

    def _task_done(self, task: asyncio.Task[None], slot: ExitStack) -> None:
        self._tasks.discard(task)
        slot.close()
        if not task.cancelled() and task.exception():
            self._failure = task.exception()
        self._inbox.wake()

    def _raise_failure(self) -> None:
        failure, self._failure = self._failure, None
        if failure:
            raise failure

    async def _perform(self, work: Work, permit: Permit, slot: ExitStack) -> None:
        """Send the work and record its result; its slot is free once the response is there."""
        try:
            await self._charge(work, permit)
            if self._is_finishing:
                return
            if isinstance(work, Change) and self._awaits_response(work):
                # It was planned before an interruption, and nobody knows what Pinnacle shows since.
                self._gateway.abandon(permit)
            elif isinstance(work, ReadRequest):
                await self.reader.read(work, permit, slot)
            else:
                await self._write(work, permit, slot)
        finally:
            self._end(work)

    async def _charge(self, work: Work, permit: Permit) -> None:
        try:
            with self._store_waits.of(permit):
                await self._gateway.charge(permit, self._doubt(work))
        except StoreError:
            self._interruptions.note()
            raise

    def _doubt(self, work: Work) -> list[RowWrite]:
        """The record, with the charge, that a write may happen: after a crash its pair is read back."""
        if isinstance(work, ReadRequest):
            return []
        known = self._actual.known(work.pair)
        return [predictions.row(msgspec.structs.replace(known, owner=Owner.OURS, in_doubt=True))]

    async def _write(self, change: Change, permit: Permit, slot: ExitStack) -> None:
        change, started_at = self._lost_raises.instead_of(change), self._clock.monotonic()
        # What is known is looked up after the response: meanwhile the pair may have been taken up again.
        self._reactions.sent(change)
        try:
            kept = await self._gateway.send(permit, lambda: self._send(change))
            result = outcome.succeeded(change, self._actual.known(change.pair), kept, self._clock.now())
            self._succeeded(change)
        except BetTuneError as error:
            now, attempts = self._clock.now(), self._refused_deletes.attempts(change.pair)
            before, is_of_pair = self._actual.known(change.pair), self._gateway.is_open(Area.WRITING)
            result = outcome.failed(change, before, error, now, attempts=attempts, is_of_pair=is_of_pair)
            self._put_off(change, error)
            self._reactions.failed(change)
            if result.outcome in PROVE_NOTHING:
                self.late_writes.note(change.pair)
            if isinstance(error, NotFoundError):
                self._signals.invalidate(not_found=True)
        slot.close()
        # Known before it is recorded: what a slow store keeps waiting must be withdrawn, too.
        self._actual.keep([result.actual])
        try:
            with self._store_waits.of(permit):
                await self._record_write(change, result, permit, self._clock.monotonic() - started_at)
        except BaseException:
            # BetTune may have it already, and the store does not know: read it back.
            self._actual.keep([msgspec.structs.replace(result.actual, in_doubt=True)])
            raise

    def _succeeded(self, change: Change) -> None:
        self._reactions.written(change)
        if change.kind is Kind.DELETE and self._refused_deletes.attempts(change.pair):
            # BetTune takes what it refused. Twice as many with each success: soon all, if it takes them all.
            self._queue.resume_most_urgent(2)
        for each in (self._refused_deletes, self._lost, self._lost_raises):
            each.succeeded(change.pair)

    def _put_off(self, change: Change, error: BetTuneError) -> None:
        """Try a pair again after a while whose delete was refused, or whose write got no usable response.

        Others do not wait for it, so the probe that ends an outage is about another pair.
        """
        now = steady_now(self._clock)
        match error:
            case RejectedError() | NotFoundError() | ForbiddenError() if change.kind is Kind.DELETE:
                window = self._gateway.budget.window
                apart = spacing(window.limit, window.span)
                until = self._refused_deletes.failed(change.pair, now, apart)
                self._queue.put_off(change.pair, until, Kind.DELETE, sooner=now + LONGEST_REFUSAL_PAUSE)
            case UnavailableError() | BadResponseError() | ForbiddenError():
                self._queue.put_off(change.pair, self._lost.failed(change.pair, now))
                self._lost_raises.lost(change)

    async def _send(self, change: Change) -> Decimal | None:
        """Send a change, and return the odds that BetTune keeps since."""
        if change.after is None:
            await self._gateway.client.delete(change.pair)
            return None
        return (await self._gateway.client.put(change.pair, change.after)).odds

    async def _record_write(self, change: Change, result: WriteResult, permit: Permit, took_s: float) -> None:
        now, took_ms = self._clock.now(), round(took_s * 1000)
        written = writes.row(change, at=now, outcome=result.outcome, error=result.error, took_ms=took_ms)
        await self._store.write_rows(
            [
                *self._gateway.budget.response_rows(permit.request, now),
                predictions.row(result.actual),
                written,
            ]
        )
        log_write(change, result, self._names_of(change.pair))


def area_of(work: Work) -> Area:
    """Return the area of BetTune's gates that the work needs."""
    return Area.READING if isinstance(work, ReadRequest) else Area.WRITING
