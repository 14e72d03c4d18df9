"""Another daemon at work, seen in BetTune: for a leader that the database is away from.

It cannot ask who has the lease. If only this machine has lost the database, another daemon has taken over and
writes: its predictions must not be deleted. If the database is away from all, nobody else writes.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from functools import partial

import structlog

from syncd.bettune.errors import BetTuneError
from syncd.bettune.gateway import Area, BetTuneGateway
from syncd.bettune.window import Urgency
from syncd.runtime.clock import Clock
from syncd.store.engine import Store
from syncd.sync.actual_table import ActualTable

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 30.0

SETTLING = timedelta(seconds=2)
"""Our own last writes arrive within this time after the lease has run out; nobody has taken over before."""


class OtherWriter:
    """Looks for predictions that were written after our lease had run out."""

    def __init__(
        self, *, actual: ActualTable, gateway: BetTuneGateway, store: Store, clock: Clock, chunk: int
    ) -> None:
        self.is_at_work = False
        """True once somebody else has written, until `forget`."""
        self._actual = actual
        self._gateway = gateway
        self._store = store
        self._clock = clock
        self._chunk = chunk
        self._looked_at: float | None = None

    def forget(self) -> None:
        """Begin again: the database is back, and says who has the lease."""
        self.is_at_work, self._looked_at = False, None

    async def look(self) -> bool:
        """Look, unless that was done just now; return whether somebody else is at work.

        What BetTune does not show counts as not written: a bad price is worse than a missing one.
        """
        now = self._clock.monotonic()
        if self.is_at_work or (self._looked_at is not None and now - self._looked_at < LOOK_EVERY_S):
            return self.is_at_work
        for filter_id, match_ids in self._active().items():
            for start in range(0, len(match_ids), self._chunk):
                if await self._has_written(filter_id, match_ids[start : start + self._chunk]):
                    self.is_at_work = True
                    return True
        self._looked_at = self._clock.monotonic()
        return False

    def _active(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for value in self._actual.values():
            if value.may_be_active:
                found[value.pair.filter_id].append(value.pair.match_id)
        return found

    async def _has_written(self, filter_id: int, match_ids: list[int]) -> bool:
        while wait_s := self._gateway.wait_s(Urgency.URGENT, Area.READING, may_probe=True):
            if not self._gateway.is_open(Area.READING):
                return False
            await self._clock.sleep(wait_s)
        permit = self._gateway.permit(Area.READING)
        if permit is None:
            return False
        try:
            rows = await self._gateway.send(
                permit, partial(self._gateway.client.search, filter_id, match_ids)
            )
        except BetTuneError as error:
            log.warning("read_failed", filter_id=filter_id, matches=len(match_ids), error=str(error))
            return False
        since = self._lease_ended_at()
        return any(row.source == "api" and row.updated_at and row.updated_at > since for row in rows)

    def _lease_ended_at(self) -> datetime:
        """Return when the lease ran out, by BetTune's clock."""
        now = self._gateway.client.server_now or self._clock.now()
        return now - self._store.without_lease_for + SETTLING
