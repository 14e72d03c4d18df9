"""After a take-over: read what the predecessor wrote last again, once no request of it can be on its way."""

import asyncio
from datetime import timedelta

import structlog

from syncd.app.components import Components
from syncd.bettune.window import Urgency
from syncd.runtime.signals import Task
from syncd.store import writes
from syncd.store.lease import Lease

log = structlog.get_logger(__name__)

WRITTEN_WITHIN = timedelta(minutes=5)
"""A write sent longer than this before the take-over has arrived."""


class TakeoverReadback:
    """Reads the pairs that the predecessor wrote, or was about to write, just before it lost the lease.

    They were read at the start, as all pairs are. A request that was on its way then may have arrived after
    that reading, and nobody would know.
    """

    def __init__(self, components: Components, lease: Lease, *, after: timedelta) -> None:
        self._components = components
        self._lease = lease
        self._after = after
        # By the predecessor's clock: the table of writes is not translated into ours.
        self._since = components.clock.now() - lease.clock_shift - WRITTEN_WITHIN
        self._pairs = {actual.pair for actual in components.actual.values() if actual.in_doubt}

    async def step(self) -> None:
        """Read once, after the predecessor's last request must have ended; later calls wait for ever."""
        if not self._lease.took_over:
            await asyncio.Event().wait()
        await self._components.clock.sleep(self._after.total_seconds())
        async with self._components.store.read() as conn:
            self._pairs |= await writes.pairs_since(conn, self._since)
        known = sorted(pair for pair in self._pairs if pair in self._components.actual)
        self._components.queue.reads.add(known, Urgency.URGENT)
        self._components.signals.wake(Task.WRITER)
        log.info("takeover_readback", pairs=len(known))
        self._lease.took_over = False
