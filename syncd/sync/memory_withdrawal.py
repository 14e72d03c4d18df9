"""Withdrawal of everything that is active, from memory: it needs BetTune, and neither the store nor a plan.

While the store is away the budget is counted in memory, and nothing is deleted once another daemon writes.
What was deleted is remembered, to be recorded when the store is back.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import structlog

from syncd.bettune.errors import BetTuneError, NotFoundError
from syncd.bettune.gateway import Area, BetTuneGateway, Permit
from syncd.bettune.window import Urgency
from syncd.model.bettune import Pair
from syncd.model.change import Actual, Cause, Change, Kind, Owner
from syncd.runtime.clock import Clock
from syncd.store import predictions, writes
from syncd.store.engine import Store
from syncd.store.errors import TRANSIENT_ERRORS, LeaseExpiredError
from syncd.sync.actual_table import ActualTable
from syncd.sync.other_writer import LOOK_EVERY_S, OtherWriter
from syncd.sync.outcome import WriteOutcome
from syncd.sync.wanted_table import WantedTable

log = structlog.get_logger(__name__)

PARALLEL_REQUESTS = 4

LONGEST_WAIT_S = 5.0
"""Seconds after which it looks again whether it is still needed."""

_NO_KICKOFF = datetime.max.replace(tzinfo=UTC)


class Withdrawn(msgspec.Struct, frozen=True, kw_only=True):
    """One prediction that was deleted from memory."""

    change: Change
    at: datetime


class MemoryWithdrawal:
    """Deletes what is active in `actual`, the earliest kick-off first, and says how far it is."""

    def __init__(
        self,
        *,
        actual: ActualTable,
        wanted: WantedTable,
        gateway: BetTuneGateway,
        store: Store,
        clock: Clock,
        is_needed: Callable[[], bool],
        other_writer: OtherWriter,
    ) -> None:
        self._actual = actual
        self._wanted = wanted
        self._gateway = gateway
        self._store = store
        self._clock = clock
        self._is_needed = is_needed
        self._other_writer = other_writer
        self._look_at = 0.0
        self.deleted = 0
        """Number of predictions deleted since `begin`."""
        self._withdrawn: dict[Pair, Withdrawn] = {}
        """Not recorded in the store yet."""

    @property
    def left(self) -> int:
        """Number of predictions that are still active."""
        return self._actual.active_count

    def begin(self) -> None:
        """Count from zero."""
        self.deleted = 0
        self._other_writer.forget()

    @property
    def stands_back(self) -> bool:
        """True if another daemon writes: what stands in BetTune is its own."""
        return self._other_writer.is_at_work

    async def run_once(self, reason: str) -> None:
        """Try to delete each once, as long as it is needed; for a while, if another daemon may take over.

        Raises `StoreError` if the lease was lost.
        """
        waiting = self._active()
        if not waiting or await self._is_owned_by_another():
            return
        self._look_at = self._clock.monotonic() + LOOK_EVERY_S
        workers = [self._work(waiting, reason) for _ in range(min(PARALLEL_REQUESTS, len(waiting)))]
        for result in await asyncio.gather(*workers, return_exceptions=True):
            if isinstance(result, BaseException):
                raise result

    async def _is_owned_by_another(self) -> bool:
        """On SQLite there is no other, and while the store can be used it says who works."""
        if self._store.on_sqlite or self._store.health.is_usable or not self._store.without_lease_for:
            return False
        return await self._other_writer.look()

    async def record(self) -> None:
        """Record in the store what was deleted. Raises `StoreError`, and then nothing is forgotten."""
        done = dict(self._withdrawn)
        if not done:
            return

        rows = [predictions.row(self._actual[pair]) for pair in done if pair in self._actual]
        rows += [writes.row(each.change, at=each.at, outcome=WriteOutcome.DONE) for each in done.values()]
        await self._store.write_rows(rows)
        for pair in done:
            del self._withdrawn[pair]
        log.info("withdrawal_recorded", predictions=len(done))

    def _active(self) -> list[Actual]:
        """Return the predictions that may be active, the latest kick-off first."""
        active = [value for value in self._actual.values() if value.may_be_active]
        return sorted(active, key=lambda value: (self._kickoff(value.pair), value.pair), reverse=True)

    def _kickoff(self, pair: Pair) -> datetime:
        wanted = self._wanted.get(pair)
        return (wanted.kickoff if wanted else None) or _NO_KICKOFF

    async def _work(self, waiting: list[Actual], reason: str) -> None:
        while waiting and not self._has_to_look:
            value = waiting.pop()
            permit = await self._permit()
            if permit is None:
                return
            if await self._is_charged(permit):
                await self._delete(value, permit, reason)
            else:
                waiting.append(value)

    @property
    def _has_to_look(self) -> bool:
        return not self._store.on_sqlite and self._clock.monotonic() >= self._look_at

    async def _is_charged(self, permit: Permit) -> bool:
        """Record the request, if the store is there. Returns false if it went away meanwhile."""
        if self._store.health.is_usable:
            try:
                await self._gateway.charge(permit)
            except TRANSIENT_ERRORS as error:
                if isinstance(error, LeaseExpiredError):
                    raise
                return False
        return True

    async def _permit(self) -> Permit | None:
        """Wait for a permit, which counts in memory only. None if the withdrawal ends first."""
        while self._is_needed():
            wait_s = self._gateway.wait_s(Urgency.URGENT, Area.WRITING, may_probe=True)
            permit = None if wait_s else self._gateway.permit(Area.WRITING)
            if permit:
                return permit
            await self._clock.sleep(min(wait_s or 1.0, LONGEST_WAIT_S))
        return None

    async def _delete(self, value: Actual, permit: Permit, reason: str) -> None:
        pair = value.pair
        try:
            await self._gateway.send(permit, lambda: self._gateway.client.delete(pair))
        except NotFoundError:
            pass
        except BetTuneError as error:
            # A delete can do no harm: the next round tries again.
            self._actual.keep([msgspec.structs.replace(value, in_doubt=True)])
            log.warning("delete_refused", filter_id=pair.filter_id, match_id=pair.match_id, error=str(error))
            return
        now = self._clock.now()
        change = Change(
            kind=Kind.DELETE,
            pair=pair,
            before=value.odds,
            after=None,
            cause=Cause.NOT_WORKING,
            reason=reason,
        )
        self._actual.keep([Actual(pair=pair, owner=Owner.NOBODY, read_at=now)])
        self._withdrawn[pair] = Withdrawn(change=change, at=now)
        self.deleted += 1
