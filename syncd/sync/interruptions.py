"""Interruptions of the work: prices that were asked for before the end of one may be gone.

During an outage of the store, or while the process is frozen, prices move and nobody notices. Deletes and
raises go on at once after it. A lower or a creation needs a price that Pinnacle shows now: it waits for the
first good response of the feed that prices it. So it does after a start, and while Pinnacle's responses fail
or do not end, unless the last good one is so recent that the pace allowed no newer one.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from syncd.model.change import Source
from syncd.model.feed import FeedState
from syncd.runtime.clock import Clock
from syncd.store.health import StoreHealth

LOOK_EVERY_S = 1.0

FROZEN_S = 3.0
"""A longer gap between two looks means that nothing was done for a while."""

SLACK = timedelta(seconds=5)
"""Right after a pace has ended no other response is needed: the next one is on its way."""


def due_at(feed: FeedState, paces: Mapping[str, timedelta], now: datetime) -> datetime:
    """Return after which moment a response must have been requested: the pace has allowed one since."""
    return now - paces.get(feed.kind, timedelta(0)) - SLACK


def overdue(feeds: Iterable[FeedState], paces: Mapping[str, timedelta], now: datetime) -> frozenset[Source]:
    """Return the sources, of feeds that are polled again and again, whose next response is overdue."""
    late = [each for each in feeds if each.ok_at is None or each.ok_at <= due_at(each, paces, now)]
    return frozenset((each.sport_id, each.kind) for each in late)


class Interruptions:
    """When the work was last interrupted."""

    def __init__(self, clock: Clock, health: StoreHealth, paces: Mapping[str, timedelta]) -> None:
        """`paces` are the gaps between two requests of each kind of feed."""
        self._clock = clock
        self._health = health
        self._paces = paces
        self._started_at = clock.now()
        self._are_polled = False
        self._ended_s = float("-inf")
        self._looked_at = clock.monotonic()

    def expect_responses(self) -> None:
        """Note that the feeds are polled from now on: a response that is overdue is awaited."""
        self._are_polled = True

    def note(self) -> None:
        """Note that something has kept the work waiting until now."""
        self._ended_s = self._clock.monotonic()

    async def watch(self) -> None:
        """Look once, a second later: whoever uses this repeats it, or any wait counts as an interruption."""
        await self._clock.sleep(LOOK_EVERY_S)
        self.look()

    def look(self) -> None:
        """Note it if nothing was done since the last look, or if the store is away."""
        now = self._clock.monotonic()
        if now - self._looked_at > FROZEN_S or self._health.is_away:
            self.note()
        self._looked_at = now

    def ended_at(self) -> datetime | None:
        """Return when the last one ended; now if it lasts. None if there was none."""
        self.look()
        ago_s = min(self._health.well_s, self._clock.monotonic() - self._ended_s)
        return None if ago_s == float("inf") else self._clock.now() - timedelta(seconds=ago_s)

    def awaited(self, feeds: Iterable[FeedState]) -> frozenset[Source]:
        """Return the sources that have not had a good response since: one requested after the end."""
        ended_at = self.ended_at()
        late = [each for each in feeds if each.ok_at is None or each.ok_at <= self._needed(each, ended_at)]
        return frozenset((each.sport_id, each.kind) for each in late)

    def _needed(self, feed: FeedState, ended_at: datetime | None) -> datetime:
        """Return after which moment a response must have been requested for its prices to be of now."""
        now = self._clock.now() if self._are_polled else self._started_at
        due = due_at(feed, self._paces, now)
        return due if ended_at is None else max(ended_at, due)
