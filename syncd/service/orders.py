"""What persons order of the running daemon, through the database: taken up about once a second."""

import structlog

from syncd.runtime.clock import Clock
from syncd.service.rooms import Rooms
from syncd.store import orders
from syncd.store.engine import Store
from syncd.store.orders import Order

log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0
"""Seconds between two looks."""

RESYNC = "resync"
WORDS = "words"
"""A person linked, unlinked or rejected: the words themselves are in the tables of links."""


class Orders:
    """Carries out what was ordered since."""

    def __init__(self, rooms: Rooms, store: Store, clock: Clock) -> None:
        self._rooms = rooms
        self._store = store
        self._clock = clock

    async def step(self) -> None:
        """Look once, and do what there is to do."""
        await self._rooms.obey()
        async with self._store.read() as conn:
            pending = await orders.pending(conn)
        for order in pending:
            await self._do(order)
            async with self._store.write() as conn:
                await orders.done(conn, order.id, self._clock.now())
        await self._clock.sleep(LOOK_EVERY)

    async def _do(self, order: Order) -> None:
        log.info("order_taken", verb=order.verb, **order.arguments)
        if order.verb == RESYNC:
            await self._resync()
        elif order.verb == WORDS:
            self._rooms.relinker.touch(words=True)
        else:
            log.warning("order_unknown", verb=order.verb)

    async def _resync(self) -> None:
        self._rooms.snapshot()
        self._rooms.catalogue.refresh()
        self._rooms.planner.touch(everything=True)
        await self._rooms.read_back()
