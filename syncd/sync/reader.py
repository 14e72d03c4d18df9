"""The reader: carries out searches at BetTune, and records what they show of our predictions."""

import asyncio
from collections.abc import Collection
from contextlib import ExitStack

import structlog

from syncd.bettune.errors import BetTuneError, NotFoundError, RejectedError
from syncd.bettune.gateway import BetTuneGateway, Permit
from syncd.model.bettune import Pair
from syncd.model.change import Actual
from syncd.runtime.clock import Clock
from syncd.runtime.signals import Signals
from syncd.runtime.steady import steady_now
from syncd.store import predictions
from syncd.store.engine import Store
from syncd.sync import outcome
from syncd.sync.actual_table import ActualTable
from syncd.sync.ownership import ManualDelete, taken_up
from syncd.sync.reading_turns import interpret_in_turns
from syncd.sync.reads import PendingReads, ReadRequest
from syncd.sync.store_waits import StoreWaits
from syncd.sync.vanished import Vanished
from syncd.sync.write_log import log_drift

log = structlog.get_logger(__name__)


class Reader:
    """Carries out the searches of the queue."""

    def __init__(
        self,
        *,
        reads: PendingReads,
        actual: ActualTable,
        gateway: BetTuneGateway,
        store: Store,
        store_waits: StoreWaits,
        clock: Clock,
        manual_delete: ManualDelete,
        signals: Signals,
    ) -> None:
        self._reads = reads
        self._actual = actual
        self._gateway = gateway
        self._store = store
        self._store_waits = store_waits
        self._clock = clock
        self._manual_delete = manual_delete
        self._signals = signals
        self._vanished = Vanished()
        self._interpreting = asyncio.Lock()

    async def read(self, request: ReadRequest, permit: Permit, slot: ExitStack) -> None:
        """Send a search and record what it shows; its slot is free once the response is there."""
        try:
            rows = await self._gateway.send(
                permit, lambda: self._gateway.client.search(request.filter_id, request.match_ids)
            )
        except BetTuneError as error:
            slot.close()
            await self._record_failed_read(request, permit, error)
            return
        slot.close()
        now = self._clock.now()
        async with self._interpreting:  # many responses may arrive at one moment
            readings = await interpret_in_turns(request.pairs, rows, self._actual, self._manual_delete, now)
        by_hand = [
            reading.actual.pair
            for reading in readings
            if reading.actual.respected and not self._actual.known(reading.actual.pair).respected
        ]
        await self._record(permit, [reading.actual for reading in readings])
        log_drift(request, readings)
        await self._make_vanished_again(by_hand)

    async def _make_vanished_again(self, by_hand: list[Pair]) -> None:
        """Have what was deleted beside us made again: if so many vanish at once, no user deleted them."""
        pairs = self._vanished.note(by_hand, self._actual.active_count, steady_now(self._clock))
        if not pairs:
            return
        log.warning("vanished", predictions=len(pairs))
        await self.take_up_again(pairs)

    async def take_up_again(self, pairs: Collection[Pair]) -> None:
        """Have pairs that were left as deleted by hand read and made again; others stay as they are."""
        values = [taken_up(self._actual.known(pair)) for pair in pairs if self._actual.known(pair).respected]
        await self._store.write_rows([*map(predictions.row, values)])
        self._actual.keep(values)
        self._signals.invalidate(pairs=pairs)

    async def _record_failed_read(self, request: ReadRequest, permit: Permit, error: BetTuneError) -> None:
        log.warning(
            "read_failed", filter_id=request.filter_id, matches=len(request.match_ids), error=str(error)
        )
        now = self._clock.now()
        # How many matches one search may name is not documented: try fewer before giving up.
        final = isinstance(error, NotFoundError) or (
            isinstance(error, RejectedError) and not self._reads.halve(request)
        )
        unreadable = (
            [outcome.unreadable(self._actual.known(pair), str(error), now) for pair in request.pairs]
            if final
            else []
        )
        await self._record(permit, unreadable)
        if isinstance(error, NotFoundError):
            self._signals.invalidate(not_found=True)

    async def _record(self, permit: Permit, values: list[Actual]) -> None:
        rows = self._gateway.budget.response_rows(permit.request, self._clock.now())
        with self._store_waits.of(permit):
            await self._store.write_rows([*rows, *map(predictions.row, values)])
        self._actual.keep(values)
