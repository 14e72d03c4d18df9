"""The relinker: hands the linker what changed, and saves its links and their lessons."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from syncd.config.settings import Settings
from syncd.linking.broken_links import BrokenLink, BrokenLinkReporter, find_broken
from syncd.linking.finished_links import FinishedLinks
from syncd.linking.inputs import fixture_of
from syncd.linking.result_alerts import ResultAlerts
from syncd.linking.unlinked import UnlinkedGames
from syncd.linking.user_decisions import UserDecisions
from syncd.linking.verifier import Verifier
from syncd.matching.aliases import Aliases
from syncd.matching.lesson import Lesson
from syncd.matching.linker import LinkChanges, Linker
from syncd.matching.memory import LessonsByEvent
from syncd.matching.translated_names import UnknownName
from syncd.model.link import Link, LinkState
from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import Clock
from syncd.runtime.signals import Invalidated, Signals, Task
from syncd.store import catalogue, events, lessons, links, periods, translations, verifications
from syncd.store.connection import AsyncConnection
from syncd.store.engine import Store
from syncd.store.rows import in_chunks

KEEP_MATCHES_FOR = timedelta(days=1)
"""Age of the oldest matches that are loaded: those of yesterday are collective evidence for today's."""

MATCHES_SPAN = timedelta(days=60)
"""Kick-offs of the matches that are loaded lie within this span."""

PRICES_FIRST_S = 0.1
"""Seconds that the relinker lets the planner go first: a response also moves prices, and those are urgent."""

RECORDS_PER_SLICE = 20
"""Events or matches whose names are normalised between two turns of the event loop: 2 to 5 ms."""


class Relinker:
    """Keeps the links of the store up to date: its inbox says what changed, `step` decides it again.

    The links are known three times. `_saved` are those of the store; the linker has those of its last
    decision, which `_save` may still have to write; `_lessons` are what the saved links taught.
    """

    def __init__(
        self,
        *,
        store: Store,
        settings: Settings,
        linker: Linker,
        aliases: Aliases,
        clock: Clock,
        alerts: Alerts,
        signals: Signals,
    ) -> None:
        self.settings = settings
        self._store = store
        self._linker = linker
        self._clock = clock
        self._signals = signals
        self._inbox = signals.inbox(
            Task.RELINKER, "events", "matches", "decisions", "results", "translations"
        )
        self._busy = False
        self._saved: dict[int, Link] = {}
        self._lessons = LessonsByEvent()
        self._unsaved: LinkChanges | None = None
        """Changes of the last decision that the store has not taken yet."""
        self._listed_events: set[int] = set()
        self._match_dates: dict[int, datetime] = {}
        """Kick-off of each match that the linker knows."""
        self._decisions = UserDecisions(confirmed={}, rejected=frozenset())
        self._reopened: set[int] = set()
        """Events whose lessons a user's decision has deleted: their links may break."""
        self._reporter = BrokenLinkReporter(alerts)
        self._finished = FinishedLinks(aliases)
        self._unlinked = UnlinkedGames(aliases, settings.pinnacle.linked_sports)
        self._verifier = Verifier(settings.matching.results, ResultAlerts(alerts))

    @property
    def idle(self) -> bool:
        """True if everything in its inbox is decided."""
        return self._inbox.is_empty and not self._busy

    def unknown_names(self) -> list[UnknownName]:
        """Return the names for which a translation may help, the soonest kick-off first; none while busy."""
        return self._linker.unknown_names() if self.idle else []

    async def load(self) -> None:
        """Load links, lessons and decisions from the store, and put all events and matches into the inbox."""
        await asyncio.to_thread(self._linker.prepare)
        async with self._store.read() as conn:
            known = await lessons.load_all(conn)
            self._saved = await links.load_all(conn)
            decisions = await UserDecisions.load(conn)
            self._lessons = LessonsByEvent(known)
            self._linker.learn(known)
            self._restore(decisions)
            self._linker.put_translations(await translations.load_all(conn))
            listed = await events.load(conn, self.settings.pinnacle.linked_sports)
            since = self._clock.now() - KEEP_MATCHES_FOR
            match_ids = set(await catalogue.matches_between(conn, since, since + MATCHES_SPAN))
        self._inbox.put(
            Invalidated(
                events=set(listed) | self._saved.keys(), matches=match_ids, decisions=True, results=True
            )
        )

    def _restore(self, decisions: UserDecisions) -> None:
        """Hand the linker the saved links. Those without their lessons are decided again.

        A confirmed link without lessons was saved while no daemon ran: it is left to the first step.
        """
        restored = [link for link in self._saved.values() if self._has_its_lessons(link)]
        confirmed = [link for link in restored if link.state is LinkState.CONFIRMED]
        known = UserDecisions(
            confirmed={link.event_id: link.match_id for link in confirmed}, rejected=decisions.rejected
        )
        for rejection in known.rejected:
            self._linker.reject(*rejection)
        self._linker.restore(restored)
        self._decisions = known
        self._reopen(self._saved.keys() - {link.event_id for link in restored})

    def _has_its_lessons(self, link: Link) -> bool:
        return not link.state.carries_predictions or link.event_id in self._lessons

    def _reopen(self, event_ids: Iterable[int]) -> None:
        """Have automatic links that rested on a mistake decided again, without the advantage of existing."""
        found = (self._saved[event_id] for event_id in event_ids if event_id in self._saved)
        self._linker.restore(
            # No decision has this confidence, so the next one differs and is saved, whatever it is.
            replace(link, state=LinkState.REVIEW, confidence=0.0)
            for link in found
            if link.state is LinkState.AUTO
        )

    async def step(self) -> None:
        """Wait until something changed, and decide again what it concerns."""
        await self._inbox.wait()
        await self._clock.sleep(PRICES_FIRST_S)
        invalidated = self._inbox.take()
        self._busy = True
        try:
            await self._update_linker(invalidated)
            await self._decide()
            if invalidated.results:
                await self._verify()
                await self._decide()
        except BaseException:
            self._inbox.put(invalidated)
            raise
        finally:
            self._busy = False

    # --- From the store to the linker --------------------------------------------------------

    async def _update_linker(self, invalidated: Invalidated) -> None:
        event_ids = invalidated.events
        async with self._store.read() as conn:
            states = await events.load_ids(conn, event_ids)
            priced = await periods.events_with_prices(conn, event_ids)
            if invalidated.decisions:
                await self._update_decisions(conn)
            if invalidated.translations:
                self._linker.put_translations(await translations.load_all(conn))
            await self._update_matches(conn, invalidated.matches)
        listed = {
            event_id: state
            for event_id, state in states.items()
            if state.listed and state.event.sport_id in self.settings.pinnacle.linked_sports
        }
        self._listed_events = (self._listed_events - event_ids) | listed.keys()
        self._linker.drop_fixtures(event_ids - listed.keys())
        self._reporter.resolve(event_ids - listed.keys())
        for chunk in in_chunks(listed.items(), RECORDS_PER_SLICE):
            self._linker.put_fixtures(
                fixture_of(state, has_prices=event_id in priced) for event_id, state in chunk
            )
            await asyncio.sleep(0)

    async def _update_matches(self, conn: AsyncConnection, match_ids: set[int]) -> None:
        gone = await catalogue.gone_matches(conn, match_ids)
        self._drop_matches(gone)
        known = await catalogue.matches_by_id(conn, match_ids - gone)
        for chunk in in_chunks(known.values(), RECORDS_PER_SLICE):
            self._linker.put_matches(chunk)
            await asyncio.sleep(0)
        self._match_dates |= {match.id: match.date for match in known.values()}

    def drop_past_matches(self) -> None:
        """Drop matches that are too old to be evidence for others."""
        oldest = self._clock.now() - 2 * KEEP_MATCHES_FOR
        self._drop_matches({match_id for match_id, date in self._match_dates.items() if date < oldest})

    def _drop_matches(self, match_ids: Collection[int]) -> None:
        self._linker.drop_matches(match_ids)
        for match_id in match_ids:
            self._match_dates.pop(match_id, None)

    async def _update_decisions(self, conn: AsyncConnection) -> None:
        """Apply what users have decided or taken back since the last time."""
        before, decisions = self._decisions, await UserDecisions.load(conn)
        teaching = await lessons.load_event_ids(conn)
        restored = await lessons.load_for_events(conn, await verifications.load_ids_by_user(conn))
        # From here on nothing is awaited: a step that failed halfway would lose the difference to `before`.
        self._decisions = decisions
        self._reopened = self._lessons.missing_from(teaching)
        self._forget_lessons(self._reopened)
        self._reopen(self._reopened)
        decisions.apply(self._linker, before)
        for event_id, each in restored.items():
            self._learn(event_id, each)
        self._reporter.resolve(decisions.changed_events(before))
        # The row of a link that a user ended is deleted already, so no decision will name its match.
        self._signals.invalidate(wanted_of=decisions.released_matches(before))

    def _forget_lessons(self, event_ids: set[int]) -> None:
        self._lessons.drop(event_ids)
        self._linker.forget(event_ids)

    # --- From the linker to the store --------------------------------------------------------

    async def _decide(self) -> None:
        if self._unsaved is not None:
            await self._save(self._unsaved)
        decisions = self._linker.decide(self._clock.now())
        # In a thread: a large country takes longer than the event loop may be blocked.
        while (changes := await asyncio.to_thread(next, decisions, None)) is not None:
            # The linker returns each change once: if the store fails, the next step saves it.
            self._unsaved = changes
            await self._save(changes)

    async def _verify(self) -> None:
        """Judge links by results, and have memory follow; what rested on a mistake is decided again."""
        now = self._clock.now()
        since = self._verifier.since(now)
        async with self._store.write() as conn:
            await self._finished.keep(conn, await verifications.load_not_kept(conn, since), since, now)
            taught = await self._verifier.judge(conn, now)
            taught.lessons |= await self._unlinked.learn(conn, since, now)
        self._forget_lessons(taught.undone)
        self._reopen(taught.undone)
        for event_id, each in taught.lessons.items():
            self._learn(event_id, each)

    async def _save(self, changes: LinkChanges) -> None:
        taught = {link.event_id: self._linker.lessons(link) for link in changes.links}
        # A link's lessons outlive its game. They are deleted if the link is dissolved before.
        dissolved = set(changes.gone) & self._listed_events
        undone = self._lessons.depending_on(self._mistaken(changes, taught)) - taught.keys()
        dated = {
            event_id: self._lessons.with_first_dates(event_id, each) for event_id, each in taught.items()
        }
        async with self._store.write() as conn:
            confirmed = await _confirmed_among(conn, changes)
            decided = [link for link in changes.links if link.event_id not in confirmed]
            now = self._clock.now()
            await verifications.delete(conn, [link.event_id for link in decided])
            await self._finished.keep(conn, changes.gone, self._verifier.since(now), now)
            await links.save(conn, decided, now)
            await links.delete(conn, set(changes.gone) - confirmed)
            await lessons.delete(conn, taught.keys() | dissolved | undone)
            await lessons.replace(conn, [lesson for each in dated.values() for lesson in each])
            await self._report(conn, changes)
        self._unsaved = None
        self._forget_lessons(dissolved | undone)
        self._reopen(undone)
        for event_id, each in dated.items():
            self._learn(event_id, each)
        self._signals.invalidate(wanted_of=self._update_saved(changes))

    def _mistaken(self, changes: LinkChanges, taught: Mapping[int, Sequence[Lesson]]) -> list[Lesson]:
        """Return the lost lessons of broken links whose event and match both still exist: they were wrong."""
        return [
            lesson
            for link in changes.broken
            if link.event_id in self._listed_events and link.match_id in self._match_dates
            for lesson in self._lessons.lost(link.event_id, taught.get(link.event_id, ()))
        ]

    def _learn(self, event_id: int, taught: Sequence[Lesson]) -> None:
        self._lessons.put(event_id, taught)
        if taught:
            self._linker.learn(taught)
        else:
            self._linker.forget([event_id])

    def _update_saved(self, changes: LinkChanges) -> set[int]:
        """Apply the changes to the saved links; return the matches whose link has changed."""
        before = [self._saved.get(link.event_id) for link in changes.links]
        before += [self._saved.pop(event_id, None) for event_id in changes.gone]
        self._saved |= {link.event_id: link for link in changes.links}
        return {link.match_id for link in (*before, *changes.links) if link}

    async def _report(self, conn: AsyncConnection, changes: LinkChanges) -> None:
        """Report links that broke, except those of games that are over."""
        found = find_broken(self._saved, changes.links, changes.gone)
        listed = [each for each in found if each.before.event_id in self._listed_events]
        await self._reporter.report(conn, listed, [each.before for each in listed if self._is_expected(each)])
        self._reporter.resolve_restored(changes.links)

    def _is_expected(self, one: BrokenLink) -> bool:
        """Return whether a user's decision, or a match that BetTune removed, made the link break."""
        event_id, match_id = one.before.event_id, one.before.match_id
        return (
            self._decisions.contradict(event_id, match_id)
            or event_id in self._reopened
            or match_id not in self._match_dates
        )


async def _confirmed_among(conn: AsyncConnection, changes: LinkChanges) -> set[int]:
    """Return the changed events with a confirmed link: it stays, even if the linker does not know it yet."""
    event_ids = {link.event_id for link in changes.links} | set(changes.gone)
    saved = await links.load_for_events(conn, event_ids)
    return {event_id for event_id, link in saved.items() if link.state is LinkState.CONFIRMED}
