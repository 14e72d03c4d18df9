"""BetTune's matches of the days that no price needs: before today for results, after the horizon as evidence.

One request reads a day. It goes after all writes (`Urgency.ROUTINE`), and no two go within `PAUSE`.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

import msgspec
import structlog

from syncd.bettune.errors import BetTuneError
from syncd.bettune.gateway import Area, BetTuneGateway
from syncd.bettune.window import Urgency
from syncd.config.settings import Settings
from syncd.model.bettune import Match
from syncd.model.horizon import horizon, midnight
from syncd.runtime.backoff import doubled
from syncd.runtime.clock import Clock
from syncd.runtime.signals import Signals
from syncd.runtime.steady import from_wall, steady_now, to_wall
from syncd.store import catalogue, facts, verifications
from syncd.store.engine import Store

log = structlog.get_logger(__name__)

DAYS_READ = "bettune.days_read"
"""The fact that says when each of these days was last read, and how often."""

PAUSE = timedelta(minutes=1)
AHEAD_EVERY = timedelta(hours=6)
"""A day after the horizon is read this often."""

BACK_AFTER = timedelta(hours=1)
"""Time until a day that is over is read again, if links wait for its results; it doubles each time."""

LONGEST_BACK_AFTER = timedelta(hours=8)


class DayRead(msgspec.Struct, frozen=True, kw_only=True):
    """The last reading of a day, in wall time, and the number of readings since it was over."""

    at: datetime
    times: int = 0


class EvidenceDays:
    """Reads one day after the other, as far as it is due."""

    def __init__(
        self, *, store: Store, settings: Settings, gateway: BetTuneGateway, clock: Clock, signals: Signals
    ) -> None:
        self._store = store
        self._settings = settings
        self._gateway = gateway
        self._clock = clock
        self._signals = signals
        self._not_before: dict[date, datetime] = {}
        """When each day that was read may be read again: a steady moment."""
        self._times: dict[date, int] = {}

    async def load(self) -> None:
        """Load what earlier processes have read, so that a restart reads nothing twice."""
        async with self._store.read() as conn:
            known = await facts.get(conn, DAYS_READ, dict[date, DayRead]) or {}
        for day, read in known.items():
            gap = self._gap(day, read.times)
            self._times[day] = read.times
            self._not_before[day] = from_wall(self._clock, read.at + gap, at_most_ahead=gap)

    async def step(self) -> None:
        """Read one day if one is due, and pause."""
        try:
            await self.read_one()
        except BetTuneError as error:
            # The gateway has raised an alert already.
            log.debug("evidence_not_read", error=str(error))
        await self._clock.sleep(PAUSE.total_seconds())

    async def read_without_waiting(self) -> None:
        """Read the day that is due first, if gate and budget allow it now. Raises `BetTuneError`."""
        if not self._gateway.wait_s(Urgency.ROUTINE, Area.CATALOGUE):
            await self.read_one()

    async def read_one(self) -> bool:
        """Read the day that is due first; return whether there was one. Raises `BetTuneError`."""
        async with self._store.read() as conn:
            now = self._clock.now()
            since = now - self._settings.matching.results
            waiting = await verifications.load_days_with_results_missing(conn, since, midnight(now.date()))
        day = next(self._due(waiting), None)
        if day is None:
            return False
        listed = await self._gateway.call(
            Area.CATALOGUE, lambda: self._gateway.client.matches(day), Urgency.ROUTINE
        )
        await self._save(day, listed)
        return True

    def _due(self, waiting: Mapping[date, int]) -> Iterator[date]:
        """Yield the days that are due: those over first, of them the one with the most waiting links."""
        now, wall = steady_now(self._clock), self._clock.now()
        back = sorted(waiting, key=lambda day: -waiting[day])
        ahead = horizon(wall, max(self._settings.matching.evidence, self._settings.bettune.horizon)).days
        read_by_catalogue = set(horizon(wall, self._settings.bettune.horizon).days)
        for day in (*back, *ahead):
            if day not in read_by_catalogue and self._not_before.get(day, now) <= now:
                yield day

    async def _save(self, day: date, listed: tuple[Match, ...]) -> None:
        now = self._clock.now()
        over = day < now.date()
        async with self._store.write() as conn:
            if over or not listed:  # an empty list where there was something proves nothing
                changed = await catalogue.update_day(conn, day, listed, now)
            else:
                changed = await catalogue.replace_days(conn, {day: listed}, now)
            self._note(day, over=over)
            await facts.put(conn, DAYS_READ, self._kept(now), now)
        log.info("evidence_read", day=str(day), matches=len(listed), changed=len(changed.changed))
        matches = changed.appeared | changed.changed | changed.gone
        # What the list of another day says against a match is compared with that of its own.
        self._signals.invalidate(matches=matches, results=over, catalogue=bool(changed.contradicted))

    def _note(self, day: date, *, over: bool) -> None:
        self._times[day] = self._times.get(day, 0) + 1 if over else 0
        self._not_before[day] = steady_now(self._clock) + self._gap(day, self._times[day])

    def _gap(self, day: date, times: int) -> timedelta:
        if day >= self._clock.now().date():
            return AHEAD_EVERY
        return doubled(BACK_AFTER, max(0, times - 1), LONGEST_BACK_AFTER)

    def _kept(self, now: datetime) -> dict[str, DayRead]:
        """Return what is stored: no day that is long over."""
        oldest = (now - self._settings.matching.results - timedelta(days=1)).date()
        self._times = {day: times for day, times in self._times.items() if day >= oldest}
        self._not_before = {day: at for day, at in self._not_before.items() if day in self._times}
        return {
            day.isoformat(): DayRead(
                at=to_wall(self._clock, self._not_before[day]) - self._gap(day, times), times=times
            )
            for day, times in self._times.items()
        }
