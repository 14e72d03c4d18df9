"""The relinker over a store, without a daemon around it."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any
from zlib import crc32

from msgspec.structs import replace

from syncd.app.components import linker_of
from syncd.linking.decisions import DecisionResult
from syncd.linking.relinker import Relinker
from syncd.matching.aliases import Aliases
from syncd.matching.records import Fixture
from syncd.model.bettune import Match
from syncd.model.feed import EventState, Gone
from syncd.model.link import Link
from syncd.model.pinnacle import League
from syncd.runtime.alerts import Alerts
from syncd.runtime.signals import Signals, Task
from syncd.store import catalogue, events, lessons, links
from syncd.store.engine import Store
from tests.matching.games import NOW
from tests.web.fixtures import HandClock, settings_of


class Bench:
    """Set what Pinnacle and BetTune list; `decided` returns the links of the store."""

    def __init__(self, store: Store, **config: Any) -> None:
        self.store = store
        self.settings = settings_of(**config)
        self.signals = Signals(store.clock)
        self.relinked = self.signals.inbox(Task.PLANNER, "wanted_of")
        self.alerts = Alerts(store.clock)
        self.relinker = self._relinker()

    def _relinker(self) -> Relinker:
        return Relinker(
            store=self.store,
            settings=self.settings,
            linker=linker_of(self.settings, Aliases()),
            aliases=Aliases(),
            clock=self.store.clock,
            alerts=self.alerts,
            signals=self.signals,
        )

    async def restart(self) -> None:
        """Start again with a new relinker, as another process would."""
        self.relinker = self._relinker()
        await self.relinker.load()

    async def forget_everything(self) -> None:
        """Delete links and lessons, as on the first day."""
        async with self.store.write() as conn:
            await links.delete(conn, await links.load_all(conn))
            await lessons.delete(conn, await lessons.load_event_ids(conn))

    async def pinnacle(self, *fixtures: Fixture, gone: Gone | None = None) -> None:
        leagues = {
            each.league: League(id=crc32(each.league.encode()) % 2**31, sport_id=29, name=each.league)
            for each in fixtures
        }
        async with self.store.write() as conn:
            await events.save_leagues(conn, leagues.values())
            await events.save(conn, [_state(each, leagues[each.league], gone) for each in fixtures])
        self.signals.invalidate(events=[each.event.id for each in fixtures])

    async def bettune(self, *matches: Match, now: datetime = NOW) -> None:
        """Replace the whole of BetTune's list."""
        async with self.store.write() as conn:
            listing = await catalogue.replace_days(conn, {date(2025, 11, 1): matches}, now)
        self.signals.invalidate(matches=listing.appeared | listing.changed | listing.gone)

    async def decided(self) -> dict[int, Link]:
        while not self.relinker.idle:
            await self.relinker.step()
        async with self.store.read() as conn:
            return await links.load_all(conn)

    async def after(self, decision: Awaitable[DecisionResult]) -> list[str]:
        """Make a decision of a user, and let the relinker apply it; return its sentences."""
        result = await decision
        self.signals.invalidate(decisions=True)
        await self.decided()
        return list(result.sentences)

    async def teachers(self) -> set[int]:
        async with self.store.read() as conn:
            return await lessons.load_event_ids(conn)


def _state(fixture: Fixture, league: League, gone: Gone | None) -> EventState:
    event = replace(fixture.event, league_id=league.id)
    return EventState(
        event=event,
        league=league,
        seen_at=NOW,
        changed_at=NOW,
        gone_at=NOW if gone else None,
        gone_because=gone,
    )


@asynccontextmanager
async def bench(url: str) -> AsyncIterator[Bench]:
    async with await Store.open(url, HandClock(NOW)) as store:
        made = Bench(store)
        await made.restart()
        yield made


def carried(found: dict[int, Link]) -> dict[int, int]:
    return {event: link.match_id for event, link in found.items() if link.state.carries_predictions}
