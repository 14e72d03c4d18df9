"""BetTune's catalogue: the matches of the horizon and the filters, read again and again."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime, timedelta

import structlog

from syncd.bettune.door import Area
from syncd.bettune.errors import BetTuneError
from syncd.bettune.gateway import BetTuneGateway
from syncd.config.settings import Settings
from syncd.model.bettune import Match
from syncd.model.horizon import horizon, midnight
from syncd.runtime.clock import Clock
from syncd.runtime.wakeup import WakeEvent
from syncd.store import catalogue
from syncd.store import settings as facts
from syncd.store.catalogue import Listing
from syncd.store.engine import Store

log = structlog.get_logger(__name__)

MATCHES_READ_AT = "bettune.matches_read_at"
FILTERS_READ_AT = "bettune.filters_read_at"

RETRY = timedelta(seconds=30)
"""After a failure it is read again this soon; budget, gate and backoff may make it later."""

DOUBT_AT_MOST_EVERY = timedelta(minutes=1)


class Catalogue:
    """Keeps matches and filters up to date; tells what changed."""

    def __init__(
        self,
        *,
        store: Store,
        settings: Settings,
        access: BetTuneGateway,
        clock: Clock,
        matches_changed: Callable[[Listing], None],
        filters_changed: Callable[[Listing], None],
    ) -> None:
        self.settings = settings
        self._store = store
        self._access = access
        self._clock = clock
        self._matches_changed = matches_changed
        self._filters_changed = filters_changed
        self._alarm = WakeEvent(clock)
        self._matches_due = self._filters_due = self._not_before = clock.now()
        self.attempted = asyncio.Event()
        """Set once BetTune was asked for the first time, whatever it said."""
        # An empty list where there was something is believed only when it comes twice in a row.
        self._doubted: set[object] = set()
        self._doubted_at: datetime | None = None

    def refresh(self) -> None:
        """Read everything again now: BetTune said that something does not exist, or a person asks."""
        self._matches_due = self._filters_due = self._clock.now()
        self._alarm.ring()

    def doubt(self) -> None:
        """BetTune does not know something that was listed: look again, but not for each of many."""
        if self._doubted_at is None or self._clock.now() - self._doubted_at > DOUBT_AT_MOST_EVERY:
            self._doubted_at = self._clock.now()
            self.refresh()

    async def step(self) -> None:
        """Wait until something is due, and read it. BetTune's errors are waited out."""
        due = max(min(self._matches_due, self._filters_due), self._not_before)
        await self._alarm.wait((due - self._clock.now()).total_seconds())
        try:
            await self.read_what_is_due()
        except BetTuneError as error:
            # The door has told of an outage once; here it is only a reason to come back.
            log.debug("catalogue_not_read", error=str(error))
            self._not_before = self._clock.now() + RETRY
        finally:
            self.attempted.set()

    async def read_what_is_due(self) -> None:
        """Raises `BetTuneError` where BetTune does not tell."""
        now = self._clock.now()
        if self._filters_due <= now:
            await self._read_filters()
            self._filters_due = now + self.settings.bettune.filters_every
        if self._matches_due <= now:
            await self._read_matches()
            # A new day belongs to the horizon from its first minute on.
            tomorrow = midnight(now.date() + timedelta(days=1))
            self._matches_due = min(now + self.settings.bettune.matches_every, tomorrow)

    async def _read_filters(self) -> None:
        listed = await self._access.ask(Area.CATALOGUE, self._access.client.filters)
        now = self._clock.now()
        async with self._store.write() as conn:
            known = await catalogue.listed_filters(conn)
            if self._is_doubted("filters", len(listed), len(known)):
                return
            changed = await catalogue.replace_filters(conn, listed, now)
            await facts.put(conn, FILTERS_READ_AT, now, now)
        if changed:
            log.info("filters_changed", **_fields(changed))
            self._filters_changed(changed)

    async def _read_matches(self) -> None:
        days = horizon(self._clock.now(), self.settings.bettune.horizon).days
        lists = {day: await self._matches_of(day) for day in days}
        now = self._clock.now()
        async with self._store.write() as conn:
            known = await catalogue.count_on(conn, days)
            believed = {
                day: listed
                for day, listed in lists.items()
                if not self._is_doubted(day, len(listed), known.get(day, 0))
            }
            changed = await catalogue.replace_days(conn, believed, now)
            await facts.put(conn, MATCHES_READ_AT, now, now)
        if changed:
            log.info("matches_changed", **_fields(changed))
            self._matches_changed(changed)

    async def _matches_of(self, day: date) -> tuple[Match, ...]:
        return await self._access.ask(Area.CATALOGUE, lambda: self._access.client.matches(day))

    def _is_doubted(self, what: object, listed: int, known: int) -> bool:
        if listed or not known or what in self._doubted:
            self._doubted.discard(what)
            return False
        self._doubted.add(what)
        log.warning("empty_list_doubted", of=str(what), known=known)
        return True


def _fields(changed: Listing) -> dict[str, int]:
    return {"appeared": len(changed.appeared), "changed": len(changed.changed), "gone": len(changed.gone)}
