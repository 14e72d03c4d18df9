"""The relinker: hands the linker what changed, and keeps its links and what they teach in the store."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from syncd.config.settings import Settings
from syncd.linking.broken_links import BrokenLink, BrokenLinkReporter, find_broken
from syncd.matching import aliases
from syncd.matching.aliases import Aliases
from syncd.matching.linker import LinkChanges, Linker
from syncd.matching.memory import Lesson, LessonsByEvent
from syncd.matching.records import Fixture
from syncd.model.feed import EventState
from syncd.model.link import Link, LinkState
from syncd.model.openness import is_open_status
from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import Clock
from syncd.runtime.signals import Invalidated, Signals, Task
from syncd.store import catalogue, events, lessons, links, periods
from syncd.store.engine import Store
from syncd.store.links import Rejection
from syncd.store.rows import in_chunks

KEEP_MATCHES_FOR = timedelta(days=1)
"""Matches of yesterday stay known to the linker: they are the company of today's."""

PRICES_FIRST_S = 0.1
"""Seconds that the linker waits for the planner: the same answer moves prices, and those are urgent."""

RECORDS_PER_SLICE = 50
"""Events or matches whose names are read between two turns of the event loop: some five milliseconds."""


class Relinker:
    """Keeps links up to date: its inbox says what changed, `step` works it off."""

    def __init__(
        self,
        *,
        store: Store,
        settings: Settings,
        linker: Linker,
        clock: Clock,
        alerts: Alerts,
        signals: Signals,
    ) -> None:
        self.settings = settings
        self._store = store
        self._linker = linker
        self._clock = clock
        self._signals = signals
        self._inbox = signals.inbox(Task.RELINKER, "events", "matches", "decisions")
        self._busy = False
        self._links: dict[int, Link] = {}
        self._listed: set[int] = set()
        self._days: dict[int, datetime] = {}
        self._confirmed: dict[int, int] = {}
        self._rejected: set[Rejection] = set()
        self._lessons = LessonsByEvent()
        self._unkept: LinkChanges | None = None
        self._reporter = BrokenLinkReporter(alerts)
        self._asked: set[int] = set()
        """Events whose link a person's word has put in doubt."""

    @property
    def idle(self) -> bool:
        """Whether everything it was told of is decided."""
        return self._inbox.is_empty and not self._busy

    async def load(self) -> None:
        """Take up everything that the store knows, and decide what is open."""
        async with self._store.read() as conn:
            known = await lessons.load_all(conn)
            self._links = await links.load_all(conn)
            self._rejected = await links.load_rejections(conn)
            self._lessons = LessonsByEvent(known)
            self._linker.learn(known)
            self._restore()
            event_ids = (
                set(await events.load(conn, self.settings.pinnacle.linked_sports)) | self._links.keys()
            )
            since = self._clock.now() - KEEP_MATCHES_FOR
            match_ids = set(await catalogue.matches_between(conn, since, since + timedelta(days=60)))
        self._inbox.put(Invalidated(events=event_ids, matches=match_ids, decisions=True))

    def _restore(self) -> None:
        """Links that taught stand; what a person said since is new, and what lost its lessons is in doubt."""
        for pair in self._rejected:
            self._linker.reject(*pair)
        standing = [link for link in self._links.values() if self._has_taught(link)]
        self._linker.restore(standing)
        self._confirmed = {
            link.event_id: link.match_id for link in standing if link.state is LinkState.CONFIRMED
        }
        self._doubt(self._links.keys() - {link.event_id for link in standing})

    def _has_taught(self, link: Link) -> bool:
        return not link.state.carries_predictions or link.event_id in self._lessons

    def _doubt(self, event_ids: Iterable[int]) -> None:
        """Decide automatic links that rested on a mistake again, without the advantage of standing."""
        found = (self._links[event_id] for event_id in event_ids if event_id in self._links)
        self._linker.restore(
            # A confidence that no decision has: whatever is decided is news, and written.
            replace(link, state=LinkState.REVIEW, confidence=0.0)
            for link in found
            if link.state is LinkState.AUTO
        )

    async def step(self) -> None:
        """Wait until something changed, and decide what it concerns."""
        await self._inbox.wait()
        await self._clock.sleep(PRICES_FIRST_S)
        invalidated = self._inbox.take()
        self._busy = True
        try:
            await self._take_in(invalidated.events, invalidated.matches, words=invalidated.decisions)
            await self._decide()
        except BaseException:
            self._inbox.put(invalidated)
            raise
        finally:
            self._busy = False

    async def _take_in(self, event_ids: set[int], match_ids: set[int], *, words: bool) -> None:
        async with self._store.read() as conn:
            states = await events.load_ids(conn, event_ids)
            priced = await periods.priced(conn, event_ids)
            if words:
                await self._take_words(conn)
            await self._take_matches(conn, match_ids)
        listed = {
            event_id: state
            for event_id, state in states.items()
            if state.listed and state.event.sport_id in self.settings.pinnacle.linked_sports
        }
        self._listed = (self._listed - event_ids) | listed.keys()
        self._linker.drop_fixtures(event_ids - listed.keys())
        self._reporter.resolve(event_ids - listed.keys())
        for chunk in in_chunks(listed.items(), RECORDS_PER_SLICE):
            self._linker.put_fixtures(
                fixture_of(state, has_prices=event_id in priced) for event_id, state in chunk
            )
            await asyncio.sleep(0)

    async def _take_matches(self, conn: AsyncConnection, match_ids: set[int]) -> None:
        gone = await catalogue.gone_matches(conn, match_ids)
        self._forget_matches(gone)
        known = await catalogue.matches_by_id(conn, match_ids - gone)
        for chunk in in_chunks(known.values(), RECORDS_PER_SLICE):
            self._linker.put_matches(chunk)
            await asyncio.sleep(0)
        self._days |= {match.id: match.date for match in known.values()}

    def forget_past(self) -> None:
        """Matches that are over are nobody's company any more."""
        over = {each for each, date in self._days.items() if date < self._clock.now() - 2 * KEEP_MATCHES_FOR}
        self._forget_matches(over)

    def _forget_matches(self, match_ids: Collection[int]) -> None:
        self._linker.drop_matches(match_ids)
        for match_id in match_ids:
            self._days.pop(match_id, None)

    async def _take_words(self, conn: AsyncConnection) -> None:
        """A person's words beat everything; what is not said any more is taken back."""
        said = await links.load_all(conn, LinkState.CONFIRMED)
        confirmed = {link.event_id: link.match_id for link in said.values()}
        rejected = await links.load_rejections(conn)
        taken_back = self._lessons.missing_from(await lessons.load_event_ids(conn))
        self._unlearn(taken_back)
        self._doubt(taken_back)
        self._asked = taken_back
        ended = self._confirmed.items() - confirmed.items()
        for event_id, _ in ended:
            if event_id not in confirmed:
                self._linker.unconfirm(event_id)
        for event_id, match_id in confirmed.items() - self._confirmed.items():
            self._linker.confirm(event_id, match_id)
        for pair in self._rejected - rejected:
            self._linker.unreject(*pair)
        for pair in rejected - self._rejected:
            self._linker.reject(*pair)
        # The row of a link that a person ended is gone already: no decision will tell of it.
        released = {match_id for _, match_id in ended | (rejected - self._rejected)}
        self._signals.invalidate(wanted=released)
        self._reporter.resolve(event_id for event_id, _ in confirmed.items() ^ self._confirmed.items())
        self._reporter.resolve(pair.event_id for pair in rejected ^ self._rejected)
        self._confirmed, self._rejected = confirmed, rejected

    def _unlearn(self, event_ids: Iterable[int]) -> None:
        gone = set(event_ids)
        self._lessons.drop(gone)
        self._linker.forget(gone)

    async def _decide(self) -> None:
        if self._unkept is not None:
            await self._keep(self._unkept)
        decisions = self._linker.decide(self._clock.now())
        # In a thread: a large country takes longer than the event loop may be held.
        while (changes := await asyncio.to_thread(next, decisions, None)) is not None:
            # The linker tells each change once: one that the store did not take is kept for the next step.
            self._unkept = changes
            await self._keep(changes)

    async def _keep(self, changes: LinkChanges) -> None:
        taught = {link.event_id: self._linker.lessons(link) for link in changes.links}
        # What a link taught outlives its game; only a link that is dissolved takes it back.
        unlearnt = set(changes.gone) & self._listed
        fallen = self._lessons.depending_on(self._mistaken(changes, taught)) - taught.keys()
        dated = [self._lessons.with_first_dates(event_id, each) for event_id, each in taught.items()]
        async with self._store.write() as conn:
            said = await self._by_a_person(conn, changes)
            await links.put(
                conn, [each for each in changes.links if each.event_id not in said], self._clock.now()
            )
            await links.delete(conn, set(changes.gone) - said)
            await lessons.delete(conn, taught.keys() | unlearnt | fallen)
            await lessons.replace(conn, [lesson for each in dated for lesson in each])
            await self._report(conn, changes)
        self._unkept = None
        self._unlearn(unlearnt | fallen)
        self._doubt(fallen)
        for event_id, each in zip(taught, dated, strict=True):
            self._learn(event_id, each)
        self._signals.invalidate(wanted=self._note(changes))

    def _mistaken(self, changes: LinkChanges, taught: Mapping[int, Sequence[Lesson]]) -> list[Lesson]:
        """What links taught that are undone though event and match are both still there: they were wrong."""
        return [
            lesson
            for link in changes.broken
            if link.event_id in self._listed and link.match_id in self._days
            for lesson in self._lessons.lost(link.event_id, taught.get(link.event_id, ()))
        ]

    def _learn(self, event_id: int, taught: Sequence[Lesson]) -> None:
        self._lessons.put(event_id, taught)
        if taught:
            self._linker.learn(taught)
        else:
            self._linker.forget([event_id])

    async def _by_a_person(self, conn: AsyncConnection, changes: LinkChanges) -> set[int]:
        """Events whose link is a person's word: it stands, be the event gone for a while or the word new."""
        event_ids = {link.event_id for link in changes.links} | set(changes.gone)
        standing = await links.of_events(conn, event_ids)
        return {event_id for event_id, link in standing.items() if link.state is LinkState.CONFIRMED}

    def _note(self, changes: LinkChanges) -> set[int]:
        """Keep the links in mind; the matches whose link is another now."""
        before = [self._links.get(link.event_id) for link in changes.links]
        before += [self._links.pop(event_id, None) for event_id in changes.gone]
        self._links |= {link.event_id: link for link in changes.links}
        return {link.match_id for link in (*before, *changes.links) if link}

    async def _report(self, conn: AsyncConnection, changes: LinkChanges) -> None:
        """Tell of links that broke, but of games that are over, as all are in the end."""
        found = find_broken(self._links, changes.links, changes.gone)
        listed = [each for each in found if each.before.event_id in self._listed]
        await self._reporter.report(conn, listed, [each.before for each in listed if self._expected(each)])
        self._reporter.resolve_restored(changes.links)

    def _expected(self, one: BrokenLink) -> bool:
        """Whether a person's word or a match that BetTune took away made the link break."""
        event_id, match_id = one.before.event_id, one.before.match_id
        said = (event_id, match_id) in self._rejected or match_id in self._confirmed.values()
        return said or event_id in self._confirmed or event_id in self._asked or match_id not in self._days


def fixture_of(state: EventState, *, has_prices: bool) -> Fixture:
    """An event as the linker wants it: of twins the one that is open and has prices wins."""
    return Fixture(
        event=state.event, league=state.league.name, priced=is_open_status(state.event.status) and has_prices
    )


def aliases_of(settings: Settings) -> Aliases:
    """The names that the user taught by file."""
    path = settings.matching.aliases
    return aliases.parse(path.read_text(encoding="utf-8"), str(path)) if path else Aliases()
