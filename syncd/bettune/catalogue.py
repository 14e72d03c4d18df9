"""BetTune's catalogue: the matches of the horizon and the filters, read at fixed intervals.

What is due is a steady moment (`runtime/steady.py`); only midnight is one of the wall clock.
"""

import asyncio
from collections.abc import Collection
from datetime import date, datetime, timedelta

import structlog

from syncd.bettune.errors import BetTuneError
from syncd.bettune.gateway import Area, BetTuneGateway
from syncd.config.settings import Settings
from syncd.model.bettune import Match
from syncd.model.horizon import horizon, midnight
from syncd.runtime.backoff import doubled
from syncd.runtime.clock import Clock
from syncd.runtime.signals import Signals, Task
from syncd.runtime.steady import steady_now
from syncd.store import catalogue, facts
from syncd.store.catalogue import CatalogueDiff
from syncd.store.engine import Store

log = structlog.get_logger(__name__)

RETRY_AFTER = timedelta(seconds=30)
"""Pause after a failure; budget, gate and backoff may make it longer."""

READ_AGAIN_AFTER = timedelta(seconds=5)
"""Pause before the second reading of a list that contradicts what was known; longer if that one does too."""

NOT_FOUND_REFRESH_EVERY = timedelta(minutes=1)
"""Shortest time between two refreshes because BetTune did not find something."""


LOGGED_IDS = 5
"""Of many contradictions so many are named in the log."""


class Catalogue:
    """Keeps matches and filters up to date, and reports what changed."""

    def __init__(
        self,
        *,
        store: Store,
        settings: Settings,
        gateway: BetTuneGateway,
        clock: Clock,
        signals: Signals,
    ) -> None:
        self.settings = settings
        self._store = store
        self._gateway = gateway
        self._clock = clock
        self._signals = signals
        self._inbox = signals.inbox(Task.CATALOGUE, "catalogue", "not_found")
        self._matches_due = self._filters_due = self._not_before = steady_now(clock)
        self.attempted = asyncio.Event()
        """Set after the first attempt to read it, whether or not it worked."""
        # An empty list where there was something is applied only when it comes twice in a row.
        self._suspect: set[object] = set()
        # How often in a row a list has contradicted what was known.
        self._contradictions = {"filters": 0, "matches": 0}
        self._not_found_at: datetime | None = None

    async def step(self) -> None:
        """Wait until something is due, and read it. After an error of BetTune's, try again later.

        While BetTune is away, or refuses anything, the filters are read at once: what failed may have nothing
        to send any more, and then nobody else would notice that BetTune is back.
        """
        due = max(min(self._matches_due, self._filters_due), self._not_before)
        wait = min(due - steady_now(self._clock), RETRY_AFTER)
        woken = await self._inbox.wait(wait.total_seconds())
        self._schedule_refresh()
        if self._gateway.is_away or self._gateway.is_refused:
            self._filters_due = min(self._filters_due, steady_now(self._clock))
        if not woken and steady_now(self._clock) < self._not_before:
            return
        try:
            await self.read_what_is_due()
        except BetTuneError as error:
            # The gateway has raised an alert already.
            log.debug("catalogue_not_read", error=str(error))
            self._not_before = steady_now(self._clock) + RETRY_AFTER
        finally:
            self.attempted.set()

    def _schedule_refresh(self) -> None:
        """Make everything due if a user wants it, or if BetTune did not find a filter or match it had listed.

        Many such errors cause one refresh.
        """
        invalidated, now = self._inbox.take(), steady_now(self._clock)
        refresh = invalidated.catalogue
        if invalidated.not_found and (
            self._not_found_at is None or now - self._not_found_at > NOT_FOUND_REFRESH_EVERY
        ):
            self._not_found_at = now
            refresh = True
        if refresh:
            self._matches_due = self._filters_due = now

    async def read_what_is_due(self) -> None:
        """Read filters and matches as far as they are due. Raises `BetTuneError`."""
        now, wall = steady_now(self._clock), self._clock.now()
        if self._filters_due <= now:
            await self._read_filters()
            self._filters_due = self._due("filters", now + self.settings.bettune.filters_every)
        if self._matches_due <= now:
            await self._read_matches()
            # At midnight the horizon gains a day.
            until_tomorrow = midnight(wall.date() + timedelta(days=1)) - wall
            every = min(self.settings.bettune.matches_every, until_tomorrow)
            self._matches_due = self._due("matches", now + every)

    async def read_until_sure(self) -> None:
        """Read what is due, and once more what contradicts what was known. Raises `BetTuneError`."""
        await self.read_what_is_due()
        if any(self._contradictions.values()):
            await self._clock.sleep(READ_AGAIN_AFTER.total_seconds())
            await self.read_what_is_due()

    def _due(self, what: str, regular: datetime) -> datetime:
        """Return when a list is read again: soon after a contradiction, to know which reading is right."""
        times = self._contradictions[what]
        if not times:
            return regular
        pause = doubled(READ_AGAIN_AFTER, times - 1, self.settings.bettune.matches_every)
        return min(regular, steady_now(self._clock) + pause)

    async def _read_filters(self) -> None:
        listed = await self._gateway.call(Area.CATALOGUE, self._gateway.client.filters)
        now = self._clock.now()
        async with self._store.write() as conn:
            known = await catalogue.listed_filters(conn)
            if self._is_suspect("filters", len(listed), len(known)):
                return
            changed = await catalogue.replace_filters(conn, listed, now)
            await facts.put(conn, facts.FILTERS_READ_AT, now, now)
        self._note_contradictions("filters", changed.contradicted)
        if changed:
            log.info("filters_changed", **_fields(changed))
            self._signals.invalidate(everything=True)

    async def _read_matches(self) -> None:
        days = horizon(self._clock.now(), self.settings.bettune.horizon).days
        lists = {day: await self._matches_of(day) for day in days}
        now = self._clock.now()
        async with self._store.write() as conn:
            known = await catalogue.count_on(conn, days)
            trusted = {
                day: listed
                for day, listed in lists.items()
                if not self._is_suspect(day, len(listed), known.get(day, 0))
            }
            changed = await catalogue.replace_days(conn, trusted, now)
            await facts.put(conn, facts.MATCHES_READ_AT, now, now)
        self._note_contradictions("matches", changed.contradicted)
        if changed:
            log.info("matches_changed", **_fields(changed))
            self._signals.invalidate(matches=changed.appeared | changed.changed | changed.gone)

    async def _matches_of(self, day: date) -> tuple[Match, ...]:
        return await self._gateway.call(Area.CATALOGUE, lambda: self._gateway.client.matches(day))

    def _note_contradictions(self, of: str, ids: Collection[int]) -> None:
        self._contradictions[of] = self._contradictions[of] + 1 if ids else 0
        if ids:
            log.warning("list_contradicted", list=of, count=len(ids), ids=sorted(ids)[:LOGGED_IDS])

    def _is_suspect(self, what: object, listed: int, known: int) -> bool:
        if listed or not known or what in self._suspect:
            self._suspect.discard(what)
            return False
        self._suspect.add(what)
        log.warning("empty_list_ignored", of=str(what), known=known)
        return True


def _fields(changed: CatalogueDiff) -> dict[str, int]:
    return {"appeared": len(changed.appeared), "changed": len(changed.changed), "gone": len(changed.gone)}
