"""Deletion of old data, so that a database of months is no larger than one of days."""

from datetime import datetime, timedelta

import structlog

from syncd.app.components import Components
from syncd.model.bettune import Pair
from syncd.store import catalogue, predictions, requests, retention
from syncd.store.connection import AsyncConnection

log = structlog.get_logger(__name__)

DELETE_AFTER = timedelta(days=2)
"""Time after kick-off from which nothing is written for a match, even if it was postponed."""


class Housekeeping:
    """Deletes old data from the store and the components; once an hour is enough."""

    def __init__(self, components: Components) -> None:
        self._components = components

    async def run(self) -> None:
        """Delete predictions of past matches, requests that no longer count, and old history."""
        components, now = self._components, self._components.clock.now()
        async with components.store.write() as conn:
            past = await self._past_pairs(conn, now)
            await predictions.delete(conn, past)
            counted = now - components.budget.window.span - components.settings.bettune.timeout
            await requests.prune(conn, counted - timedelta(minutes=1))
        components.actual.forget(past)
        components.relinker.drop_past_matches()
        components.signals.invalidate(wanted_of={pair.match_id for pair in past})
        before = now - components.settings.store.history
        pruned = await retention.prune(components.store, before, unlinked_before=now - DELETE_AFTER)
        if past or pruned:
            # Predictions of matches that BetTune has dropped are deleted there.
            deleted = len(past) + pruned.pop("predictions", 0)
            log.info("old_data_deleted", predictions=deleted, **pruned)

    async def _past_pairs(self, conn: AsyncConnection, now: datetime) -> list[Pair]:
        known = await catalogue.matches_by_id(conn, {pair.match_id for pair in self._components.actual})
        past = {match.id for match in known.values() if match.date < now - DELETE_AFTER}
        return [pair for pair in self._components.actual if pair.match_id in past]
