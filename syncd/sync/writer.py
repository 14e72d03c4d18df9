"""The writer: it takes from the queue what is worth most, as fast as budget and gate allow."""

import asyncio
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
from syncd.sync.ownership import ManualDelete, Reading, read
from syncd.sync.queue import OpenAreas, Queue, Work
from syncd.sync.reads import ReadRequest

log = structlog.get_logger(__name__)

AT_ONCE = 8
"""Requests on their way at the same time: enough to hide a round trip, few enough to be polite."""


class Writer:
    """Carries out the queue. After each answer the pairs are invalidated: the planner compares them again."""

    def __init__(
        self,
        *,
        queue: Queue,
        book: ActualTable,
        gateway: BetTuneGateway,
        store: Store,
        clock: Clock,
        manual_delete: ManualDelete,
        signals: Signals,
        mode: ModeSwitch,
    ) -> None:
        self.queue = queue
        self.manual_delete = manual_delete
        self._book = book
        self._gateway = gateway
        self._store = store
        self._clock = clock
        self._signals = signals
        self._mode = mode
        self._inbox = signals.inbox(Task.WRITER)
        self._free = asyncio.Semaphore(AT_ONCE)
        self._sent: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._broken: BaseException | None = None

    async def step(self) -> None:
        """Wait until something may be sent, and send it; its answer is noted beside this task.

        Raises what no answer of BetTune explains: the store's errors, or a fault of ours.
        """
        await self._free.acquire()
        sent = False
        try:
            await self._until_something_may_be_sent()
            sent = self._send_next()
        finally:
            if not sent:
                self._free.release()

    async def finish(self, seconds: float) -> None:
        """Take nothing more; let what is on its way end within so many seconds, then abandon it."""
        self._stopping = True
        self._inbox.wake()
        if self._sent:
            _, late = await asyncio.wait(self._sent, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _until_something_may_be_sent(self) -> None:
        while True:
            self._raise_what_broke()
            wait = self._seconds_to_wait()
            if wait == 0:
                return
            await self._inbox.wait(wait)

    def _seconds_to_wait(self) -> float | None:
        """Until the next piece of work may be sent; none: until something is said."""
        if self._mode.paused or self._stopping:
            return None
        first = self.queue.first(self._able())
        if first:
            moment = self._gateway.opens_at(first.urgency, area_of(first.work))
        elif self.queue.first():
            shut = (area for area in (Area.READING, Area.WRITING) if not self._gateway.is_open(area))
            moment = min(map(self._gateway.gate_opens_at, shut), default=self._clock.now())
        else:
            return None
        # The clock is read last: what is open at this moment must not seem to open in a moment.
        return max(0.0, (moment - self._clock.now()).total_seconds())

    def _able(self) -> OpenAreas:
        return OpenAreas(read=self._gateway.is_open(Area.READING), write=self._gateway.is_open(Area.WRITING))

    def _send_next(self) -> bool:
        """Send what is worth most at this very moment; tells whether there was something."""
        work = self.queue.take(self._able())
        if work is None:
            return False
        passed = self._gateway.permit(area_of(work))
        if passed is None:
            self._put_back(work)
            return False
        task = asyncio.create_task(self._perform(work, passed))
        self._sent.add(task)
        task.add_done_callback(self._ended)
        return True

    def _put_back(self, work: Work) -> None:
        self.queue.done(work)
        self._signals.invalidate(pairs=pairs_of(work))

    async def _foresee(self, conn: AsyncConnection, work: Work) -> None:
        """From here until its answer is noted nobody knows what the pair holds, whatever crashes."""
        if isinstance(work, Change):
            doubtful = msgspec.structs.replace(self._before(work.pair), owner=Owner.OURS, in_doubt=True)
            await self._book.record(conn, [doubtful])

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._sent.discard(task)
        self._free.release()
        if not task.cancelled() and task.exception():
            self._broken = task.exception()
        self._inbox.wake()

    def _raise_what_broke(self) -> None:
        broken, self._broken = self._broken, None
        if broken:
            raise broken

    async def _perform(self, work: Work, admitted: Permit) -> None:
        try:
            passed = await self._gateway.charge(admitted, lambda conn: self._foresee(conn, work))
            if self._stopping:
                return
            if isinstance(work, ReadRequest):
                await self._read(work, passed)
            else:
                await self._write(work, passed)
        finally:
            self._put_back(work)

    async def _write(self, change: Change, passed: Permit) -> None:
        started, before = self._clock.now(), self._before(change.pair)
        try:
            await self._gateway.send(passed, lambda: self._send(change))
            result = outcome.succeeded(change, self._clock.now())
        except BetTuneError as error:
            result = outcome.failed(change, before, error, self._clock.now())
            if isinstance(error, NotFoundError):
                self._signals.invalidate(not_found=True)
        try:
            await self._note(change, result, passed, started)
        except BaseException:
            # BetTune may hold it already, and the store knows nothing of it: read it back.
            self._book.keep([msgspec.structs.replace(result.holding, in_doubt=True)])
            raise

    async def _send(self, change: Change) -> None:
        if change.after is None:
            await self._gateway.client.delete(change.pair)
        else:
            await self._gateway.client.put(change.pair, change.after)

    async def _note(self, change: Change, result: WriteResult, passed: Permit, started: datetime) -> None:
        now = self._clock.now()

        async def note(conn: AsyncConnection) -> None:
            await self._gateway.budget.record_response(conn, passed.request, now)
            await self._book.record(conn, [result.holding])
            await writes.record(
                conn,
                change,
                at=now,
                outcome=result.result,
                error=result.error,
                took_ms=int((now - started) / timedelta(milliseconds=1)),
            )

        await self._store.write_grouped(note)
        self._book.keep([result.holding])
        tell = log.info if result.result is WriteOutcome.DONE else log.warning
        tell("prediction_written", **change_fields(change), **_failure(result))

    async def _read(self, work: ReadRequest, passed: Permit) -> None:
        try:
            rows = await self._gateway.send(
                passed, lambda: self._gateway.client.search(work.filter_id, work.match_ids)
            )
        except BetTuneError as error:
            await self._note_failed_read(work, passed, error)
            return
        readings = read(work.pairs, rows, self._book, self.manual_delete, self._clock.now())
        await self._note_readings(readings, passed)

    async def _note_readings(self, readings: list[Reading], passed: Permit) -> None:
        holdings, now = [reading.holding for reading in readings], self._clock.now()

        async def note(conn: AsyncConnection) -> None:
            await self._gateway.budget.record_response(conn, passed.request, now)
            await self._book.record(conn, holdings)

        await self._store.write_grouped(note)
        self._book.keep(holdings)
        for reading in readings:
            if reading.drift:
                pair = reading.holding.pair
                log.warning(
                    "drift_found", filter_id=pair.filter_id, match_id=pair.match_id, what=reading.drift
                )

    async def _note_failed_read(self, work: ReadRequest, passed: Permit, error: BetTuneError) -> None:
        log.warning("read_failed", filter_id=work.filter_id, matches=len(work.match_ids), error=str(error))
        now = self._clock.now()
        # How many matches one search may name is not documented: ask for fewer before giving up.
        final = isinstance(error, NotFoundError) or (
            isinstance(error, RejectedError) and not self.queue.unread.halve(work)
        )
        unreadable = (
            [outcome.unreadable(self._before(pair), error, now) for pair in work.pairs] if final else []
        )

        async def note(conn: AsyncConnection) -> None:
            await self._gateway.budget.record_response(conn, passed.request, now)
            await self._book.record(conn, unreadable)

        await self._store.write_grouped(note)
        self._book.keep(unreadable)
        if isinstance(error, NotFoundError):
            self._signals.invalidate(not_found=True)

    def _before(self, pair: Pair) -> Actual:
        return self._book.get(pair) or Actual(pair=pair, owner=Owner.UNKNOWN)


def pairs_of(work: Work) -> tuple[Pair, ...]:
    """The pairs that a piece of work touches."""
    return work.pairs if isinstance(work, ReadRequest) else (work.pair,)


def area_of(work: Work) -> Area:
    """Which of BetTune's doors it goes through."""
    return Area.READING if isinstance(work, ReadRequest) else Area.WRITING


def change_fields(change: Change) -> dict[str, object]:
    """A change as the fields of a log line."""
    return {
        "kind": str(change.kind),
        "filter_id": change.pair.filter_id,
        "match_id": change.pair.match_id,
        "before": _text(change.before),
        "after": _text(change.after),
        "cause": str(change.cause),
        "event_id": change.event_id,
    }


def _failure(result: WriteResult) -> dict[str, str]:
    if result.result is WriteOutcome.DONE:
        return {}
    return {"result": str(result.result), "error": result.error}


def _text(value: object) -> str | None:
    return None if value is None else str(value)
