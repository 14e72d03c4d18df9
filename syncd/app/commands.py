"""What persons order of the running daemon, through the database: taken up about once a second."""

import structlog

from syncd.app.components import Components
from syncd.runtime.clock import Clock
from syncd.store import commands
from syncd.store.commands import UserCommand, Verb
from syncd.store.engine import Store

log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0
"""Seconds between two looks."""


class CommandRunner:
    """Carries out what was ordered since."""

    def __init__(self, rooms: Components, store: Store, clock: Clock) -> None:
        self._rooms = rooms
        self._store = store
        self._clock = clock

    async def step(self) -> None:
        """Look once, and do what there is to do."""
        await self._rooms.obey()
        async with self._store.read() as conn:
            pending = await commands.load_pending(conn)
        for order in pending:
            await self._do(order)
            async with self._store.write() as conn:
                await commands.mark_done(conn, order.id, self._clock.now())
        await self._clock.sleep(LOOK_EVERY)

    async def _do(self, order: UserCommand) -> None:
        log.info("order_taken", verb=order.verb, **order.arguments)
        if order.verb == Verb.RESYNC:
            await self._resync()
        elif order.verb == Verb.LINKS_CHANGED:
            self._rooms.relinker.touch(words=True)
        else:
            log.warning("order_unknown", verb=order.verb)

    async def _resync(self) -> None:
        self._rooms.snapshot()
        self._rooms.catalogue.refresh()
        self._rooms.planner.touch(everything=True)
        await self._rooms.read_back()
