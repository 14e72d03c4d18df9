"""Forgetting what is over, so that months of work need no more room than days."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.app.components import Components
from syncd.model.bettune import Pair
from syncd.store import catalogue, history, predictions, requests

log = structlog.get_logger(__name__)

OVER = timedelta(days=2)
"""After kick-off nothing of a match is written any more, however late it is postponed to."""


class Housekeeping:
    """One round an hour is plenty."""

    def __init__(self, rooms: Components) -> None:
        self._rooms = rooms

    async def tidy(self) -> None:
        """Forget old holdings, requests that count no more, and history beyond its age."""
        rooms, now = self._rooms, self._rooms.clock.now()
        async with rooms.store.write() as conn:
            over = await self._over(conn, now)
            await predictions.forget(conn, over)
            counted = now - rooms.budget.window.span - rooms.settings.bettune.timeout
            await requests.prune(conn, counted - timedelta(minutes=1))
        rooms.book.forget(over)
        rooms.relinker.forget_past()
        rooms.signals.invalidate(wanted={pair.match_id for pair in over})
        before = now - rooms.settings.store.history
        pruned = await history.prune(rooms.store, before, unlinked_before=now - OVER)
        log.info("tidied", holdings=len(over), **pruned)

    async def _over(self, conn: AsyncConnection, now: datetime) -> list[Pair]:
        known = await catalogue.matches_by_id(conn, {pair.match_id for pair in self._rooms.book})
        over = {match.id for match in known.values() if match.date < now - OVER}
        return [pair for pair in self._rooms.book if pair.match_id in over]
