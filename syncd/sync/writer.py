"""The writer: sends the most urgent work of the queue, as fast as budget and gates allow."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.bettune.errors import BetTuneError, NotFoundError, RejectedError
from syncd.bettune.gateway import Area, BetTuneGateway, Permit
from syncd.model.bettune import Pair
from syncd.model.change import Actual, Change, Owner
from syncd.runtime.clock import Clock
from syncd.runtime.signals import Signals, Task
from syncd.store import writes
from syncd.store.engine import Store
from syncd.sync import outcome
from syncd.sync.actual_table import ActualTable
from syncd.sync.mode_switch import ModeSwitch
from syncd.sync.outcome import WriteOutcome, WriteResult
from syncd.sync.ownership import ManualDelete, Reading, interpret
from syncd.sync.queue import OpenGates, Queue, Work
from syncd.sync.reads import ReadRequest

log = structlog.get_logger(__name__)

MAX_PARALLEL_REQUESTS = 8
"""Enough to hide a round trip, few enough to be polite."""


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
        manual_delete: ManualDelete,
        signals: Signals,
        mode: ModeSwitch,
    ) -> None:
        self._queue = queue
        self._actual = actual
        self._gateway = gateway
        self._store = store
        self._clock = clock
        self._manual_delete = manual_delete
        self._signals = signals
        self._mode = mode
        self._inbox = signals.inbox(Task.WRITER)
        self._free_slots = asyncio.Semaphore(MAX_PARALLEL_REQUESTS)
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_finishing = False
        self._failure: BaseException | None = None

    async def step(self) -> None:
        """Wait until something may be sent, and send it; its response is handled in a task of its own.

        Raises `StoreError`, and any other error that no response of BetTune explains.
        """
        await self._free_slots.acquire()
        sent = False
        try:
            await self._wait_until_work_may_be_sent()
            sent = self._send_next()
        finally:
            if not sent:
                self._free_slots.release()

    async def finish(self, seconds: float) -> None:
        """Send nothing more; wait this long for what is on its way, then abandon it."""
        self._is_finishing = True
        self._inbox.wake()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _wait_until_work_may_be_sent(self) -> None:
        while True:
            self._raise_failure()
            wait = self._seconds_to_wait()
            if wait == 0:
                return
            await self._inbox.wait(wait)

    def _seconds_to_wait(self) -> float | None:
        """Return the time until the next piece of work may be sent; None if a wake-up has to come first."""
        if self._mode.paused or self._is_finishing:
            return None
        work = self._queue.peek(self._open_gates())
        if work:
            moment = self._gateway.opens_at(work.urgency, area_of(work.work))
        elif self._queue.peek():
            closed = (area for area in (Area.READING, Area.WRITING) if not self._gateway.is_open(area))
            moment = min(map(self._gateway.gate_opens_at, closed), default=self._clock.now())
        else:
            return None
        # The clock is read last: what is open at this moment must not seem to open in a moment.
        return max(0.0, (moment - self._clock.now()).total_seconds())

    def _open_gates(self) -> OpenGates:
        return OpenGates(
            reads=self._gateway.is_open(Area.READING), writes=self._gateway.is_open(Area.WRITING)
        )

    def _send_next(self) -> bool:
        """Start on the next piece of work; return whether there was any that may be sent."""
        work = self._queue.take(self._open_gates())
        if work is None:
            return False
        permit = self._gateway.permit(area_of(work))
        if permit is None:
            self._end(work)
            return False
        task = asyncio.create_task(self._perform(work, permit))
        self._tasks.add(task)
        task.add_done_callback(self._task_done)
        return True

    def _end(self, work: Work) -> None:
        self._queue.done(work)
        self._signals.invalidate(pairs=pairs_of(work))

    def _task_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._free_slots.release()
        if not task.cancelled() and task.exception():
            self._failure = task.exception()
        self._inbox.wake()

    def _raise_failure(self) -> None:
        failure, self._failure = self._failure, None
        if failure:
            raise failure

    async def _perform(self, work: Work, permit: Permit) -> None:
        try:
            charged = await self._gateway.charge(permit, lambda conn: self._mark_in_doubt(conn, work))
            if self._is_finishing:
                return
            if isinstance(work, ReadRequest):
                await self._read(work, charged)
            else:
                await self._write(work, charged)
        finally:
            self._end(work)

    async def _mark_in_doubt(self, conn: AsyncConnection, work: Work) -> None:
        """Record, with the charge, that a write may happen: after a crash its pair is read back."""
        if isinstance(work, Change):
            in_doubt = msgspec.structs.replace(self._known(work.pair), owner=Owner.OURS, in_doubt=True)
            await self._actual.record(conn, [in_doubt])

    async def _write(self, change: Change, permit: Permit) -> None:
        started_at, before = self._clock.now(), self._known(change.pair)
        try:
            await self._gateway.send(permit, lambda: self._send(change))
            result = outcome.succeeded(change, self._clock.now())
        except BetTuneError as error:
            result = outcome.failed(change, before, error, self._clock.now())
            if isinstance(error, NotFoundError):
                self._signals.invalidate(not_found=True)
        try:
            await self._record_write(change, result, permit, started_at)
        except BaseException:
            # BetTune may have it already, and the store does not know: read it back.
            self._actual.keep([msgspec.structs.replace(result.actual, in_doubt=True)])
            raise

    async def _send(self, change: Change) -> None:
        if change.after is None:
            await self._gateway.client.delete(change.pair)
        else:
            await self._gateway.client.put(change.pair, change.after)

    async def _record_write(
        self, change: Change, result: WriteResult, permit: Permit, started_at: datetime
    ) -> None:
        now = self._clock.now()

        async def record(conn: AsyncConnection) -> None:
            await self._gateway.budget.record_response(conn, permit.request, now)
            await self._actual.record(conn, [result.actual])
            await writes.record(
                conn,
                change,
                at=now,
                outcome=result.outcome,
                error=result.error,
                took_ms=int((now - started_at) / timedelta(milliseconds=1)),
            )

        await self._store.write_grouped(record)
        self._actual.keep([result.actual])
        is_done = result.outcome is WriteOutcome.DONE
        (log.info if is_done else log.warning)(
            "prediction_written", **change_fields(change), **_failure_fields(result)
        )

    async def _read(self, request: ReadRequest, permit: Permit) -> None:
        try:
            rows = await self._gateway.send(
                permit, lambda: self._gateway.client.search(request.filter_id, request.match_ids)
            )
        except BetTuneError as error:
            await self._record_failed_read(request, permit, error)
            return
        readings = interpret(request.pairs, rows, self._actual, self._manual_delete, self._clock.now())
        await self._record(permit, [reading.actual for reading in readings])
        _log_drift(readings)

    async def _record_failed_read(self, request: ReadRequest, permit: Permit, error: BetTuneError) -> None:
        log.warning(
            "read_failed", filter_id=request.filter_id, matches=len(request.match_ids), error=str(error)
        )
        now = self._clock.now()
        # How many matches one search may name is not documented: try fewer before giving up.
        final = isinstance(error, NotFoundError) or (
            isinstance(error, RejectedError) and not self._queue.reads.halve(request)
        )
        unreadable = (
            [outcome.unreadable(self._known(pair), error, now) for pair in request.pairs] if final else []
        )
        await self._record(permit, unreadable)
        if isinstance(error, NotFoundError):
            self._signals.invalidate(not_found=True)

    async def _record(self, permit: Permit, values: list[Actual]) -> None:
        now = self._clock.now()

        async def record(conn: AsyncConnection) -> None:
            await self._gateway.budget.record_response(conn, permit.request, now)
            await self._actual.record(conn, values)

        await self._store.write_grouped(record)
        self._actual.keep(values)

    def _known(self, pair: Pair) -> Actual:
        return self._actual.get(pair) or Actual(pair=pair, owner=Owner.UNKNOWN)


def pairs_of(work: Work) -> tuple[Pair, ...]:
    """Return the pairs that a piece of work is about."""
    return work.pairs if isinstance(work, ReadRequest) else (work.pair,)


def area_of(work: Work) -> Area:
    """Return the area of BetTune's gates that the work needs."""
    return Area.READING if isinstance(work, ReadRequest) else Area.WRITING


def change_fields(change: Change) -> dict[str, object]:
    """Return a change as the fields of a log line."""
    return {
        "kind": str(change.kind),
        "filter_id": change.pair.filter_id,
        "match_id": change.pair.match_id,
        "before": _text(change.before),
        "after": _text(change.after),
        "cause": str(change.cause),
        "event_id": change.event_id,
    }


def _failure_fields(result: WriteResult) -> dict[str, str]:
    if result.outcome is WriteOutcome.DONE:
        return {}
    return {"outcome": str(result.outcome), "error": result.error}


def _log_drift(readings: Iterable[Reading]) -> None:
    for reading in readings:
        if reading.drift:
            pair = reading.actual.pair
            log.warning("drift_found", filter_id=pair.filter_id, match_id=pair.match_id, what=reading.drift)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
