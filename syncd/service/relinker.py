"""The relinker: hands the linker what changed, and keeps its links and what they teach in the store."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.config.settings import Settings
from syncd.matching.cards import Fixture
from syncd.matching.linker import Changes, Linker
from syncd.model.feed import EventState, PeriodState
from syncd.model.link import Link, LinkState
from syncd.runtime.clock import Clock
from syncd.runtime.loops import Alarm
from syncd.store import catalogue, events, lessons, links, periods
from syncd.store.engine import Store
from syncd.sync.wanted import OPEN_STATUSES

log = structlog.get_logger(__name__)

PAST = timedelta(days=1)
"""Matches of yesterday stay known to the linker: they are the company of today's."""

ROUNDS = 3
"""What links teach may decide more; after so many rounds the rest waits for the next change."""


class Relinker:
    """Keeps links up to date. `touch_*` says what changed; `step` works it off."""

    def __init__(
        self,
        *,
        store: Store,
        settings: Settings,
        linker: Linker,
        clock: Clock,
        relinked: Callable[[Iterable[int]], None],
    ) -> None:
        self.settings = settings
        self._store = store
        self._linker = linker
        self._clock = clock
        self._relinked = relinked
        self._alarm = Alarm(clock)
        self._events: set[int] = set()
        self._matches: set[int] = set()
        self._words = False
        self._busy = False
        self._links: dict[int, Link] = {}

    @property
    def idle(self) -> bool:
        """Whether everything it was told of is decided."""
        return not (self._events or self._matches or self._words or self._busy)

    def touch(self, *, events: Iterable[int] = (), matches: Iterable[int] = (), words: bool = False) -> None:
        """Say what changed: events, matches, or a person's words about links."""
        self._events.update(events)
        self._matches.update(matches)
        self._words |= words
        self._alarm.ring()

    async def load(self) -> None:
        """Take up everything that the store knows, and decide what is open."""
        async with self._store.read() as conn:
            self._linker.learn(await lessons.load_all(conn))
            self._links = await links.load_all(conn)
            self._linker.restore(self._links.values())
            self._words = True
            self._events = set(await events.load(conn, self.settings.pinnacle.sports)) | self._links.keys()
            since = self._clock.now() - PAST
            self._matches = set(await catalogue.matches_between(conn, since, since + timedelta(days=60)))
        self._alarm.ring()

    async def step(self) -> None:
        """Wait until something changed, and decide what it concerns."""
        await self._alarm.wait()
        event_ids, self._events = self._events, set()
        match_ids, self._matches = self._matches, set()
        words, self._words = self._words, False
        self._busy = True
        try:
            await self._take_in(event_ids, match_ids, words=words)
            await self._decide()
        except BaseException:
            self.touch(events=event_ids, matches=match_ids, words=words)
            raise
        finally:
            self._busy = False

    async def _take_in(self, event_ids: set[int], match_ids: set[int], *, words: bool) -> None:
        async with self._store.read() as conn:
            states = await events.load_ids(conn, event_ids)
            offered = await periods.load(conn, event_ids)
            if words:
                await self._take_words(conn)
            await self._take_matches(conn, match_ids)
        listed = {event_id: state for event_id, state in states.items() if state.listed}
        self._linker.drop_fixtures(event_ids - listed.keys())
        self._linker.put_fixtures(
            fixture_of(state, offered.get(event_id, {}).values()) for event_id, state in listed.items()
        )

    async def _take_matches(self, conn: AsyncConnection, match_ids: set[int]) -> None:
        gone = await catalogue.gone_matches(conn, match_ids)
        self._linker.drop_matches(gone)
        known = await catalogue.matches_by_id(conn, match_ids - gone)
        self._linker.put_matches(known.values())

    async def _take_words(self, conn: AsyncConnection) -> None:
        confirmed = await links.load_all(conn, LinkState.CONFIRMED)
        self._linker.say(
            confirmed={link.event_id: link.match_id for link in confirmed.values()},
            rejected=await links.load_rejections(conn),
        )

    async def _decide(self) -> None:
        for _ in range(ROUNDS):
            decisions = self._linker.decide()
            decided = False
            # In a thread: a large country takes longer than the event loop may be held.
            while (changes := await asyncio.to_thread(next, decisions, None)) is not None:
                decided |= bool(changes.links or changes.gone)
                await self._keep(changes)
            if not decided:
                return

    async def _keep(self, changes: Changes) -> None:
        if not (changes.links or changes.gone):
            return
        taught = [lesson for link in changes.links for lesson in self._linker.lessons(link)]
        unsure = {link.event_id for link in changes.links if not link.state.carries_predictions}
        async with self._store.write() as conn:
            await links.put(conn, changes.links, self._clock.now())
            await links.delete(conn, changes.gone)
            await lessons.forget(conn, unsure | set(changes.gone))
            await lessons.learn(conn, taught)
        self._linker.learn(taught)
        self._relinked(self._note(changes))

    def _note(self, changes: Changes) -> set[int]:
        """The matches whose link is another now."""
        matches: set[int] = set()
        for link in changes.links:
            before = self._links.get(link.event_id)
            self._links[link.event_id] = link
            matches |= {link.match_id} | ({before.match_id} if before else set())
            report(before, link)
        for event_id in changes.gone:
            before = self._links.pop(event_id, None)
            if before:
                matches.add(before.match_id)
                log.info("link_gone", event_id=event_id, match_id=before.match_id)
        return matches


def fixture_of(state: EventState, offered: Iterable[PeriodState]) -> Fixture:
    """An event as the linker wants it: of twins the one that is open and has prices wins."""
    priced = any(held.period.has_prices and not held.gone for held in offered)
    is_open = state.event.status in OPEN_STATUSES
    return Fixture(event=state.event, league=state.league.name, priced=is_open and priced)


def report(before: Link | None, link: Link) -> None:
    """A link that moves to another match is worth a person's look; a new one only a line."""
    fields = {
        "event_id": link.event_id,
        "match_id": link.match_id,
        "state": str(link.state),
        "confidence": round(link.confidence, 4),
    }
    moved = before and before.state.carries_predictions and before.match_id != link.match_id
    if moved and before:
        log.warning("link_moved", from_match=before.match_id, reason=link.reason, **fields)
    elif before is None or before.state is not link.state:
        log.debug("link_decided", **fields)
