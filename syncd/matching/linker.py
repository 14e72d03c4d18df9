"""The linker: events and matches in, links out; only what changed is decided again."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

import msgspec

from syncd.matching import unlinkable
from syncd.matching.aliases import Aliases
from syncd.matching.block import Block, Candidates, Settings
from syncd.matching.cards import Fixture, Game, Reader
from syncd.matching.decisions import decide
from syncd.matching.kickoffs import Kickoffs
from syncd.matching.knowledge import Knowledge, shipped
from syncd.matching.lessons import lessons
from syncd.matching.memory import Lesson, Memory
from syncd.model.bettune import Match
from syncd.model.link import Link, LinkState


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What a decision changed: links that are new or differ, and events whose link went away."""

    links: tuple[Link, ...] = ()
    gone: tuple[int, ...] = ()


class Linker:
    """Links Pinnacle's events to BetTune's matches. Pure and in memory: the same input gives the same links."""

    def __init__(
        self, *, tolerance: timedelta, aliases: Aliases | None = None, knowledge: Knowledge | None = None
    ) -> None:
        known = knowledge or shipped()
        self._settings = Settings(knowledge=known, aliases=aliases or Aliases(), kickoffs=Kickoffs(tolerance))
        self._reader = Reader(known)
        self._blocks: dict[str, Block] = {}
        self._home: tuple[dict[int, str], dict[int, str]] = ({}, {})
        self._memory = Memory()
        self._confirmed: dict[int, int] = {}
        self._rejected: set[tuple[int, int]] = set()
        self._links: dict[int, Link] = {}
        self._dirty: set[str] = set()
        self._strangers = {}
        self._fixtures: dict[int, Fixture] = {}
        self._matches: dict[int, Match] = {}

    def _block(self, country: str) -> Block:
        block = self._blocks.get(country)
        if block is None:
            block = self._blocks[country] = Block(country, self._settings)
        return block

    def put_fixtures(self, fixtures: Iterable[Fixture]) -> None:
        for fixture in fixtures:
            if self._fixtures.get(fixture.event.id) == fixture:
                continue
            self.drop_fixtures([fixture.event.id])
            self._fixtures[fixture.event.id] = fixture
            if unlinkable.why(fixture.event, fixture.league):
                continue
            game = self._reader.event(fixture)
            self._block(game.competition.country).events[game.id] = game
            self._home[0][game.id] = game.competition.country
            self._dirty.add(game.competition.country)

    def drop_fixtures(self, event_ids: Iterable[int]) -> None:
        for event_id in event_ids:
            self._fixtures.pop(event_id, None)
            country = self._home[0].pop(event_id, None)
            if country is not None:
                del self._blocks[country].events[event_id]
                self._dirty.add(country)

    def put_matches(self, matches: Iterable[Match]) -> None:
        for match in matches:
            if self._matches.get(match.id) == match:
                continue
            self.drop_matches([match.id])
            self._matches[match.id] = match
            game = self._reader.match(match)
            self._block(game.competition.country).matches[game.id] = game
            self._home[1][game.id] = game.competition.country
            self._dirty.add(game.competition.country)

    def drop_matches(self, ids: Iterable[int]) -> None:
        for mid in ids:
            self._matches.pop(mid, None)
            country = self._home[1].pop(mid, None)
            if country is not None:
                del self._blocks[country].matches[mid]
                self._dirty.add(country)

    def learn(self, lessons: Iterable[Lesson]) -> None:
        for scope in self._memory.learn(lessons):
            self._dirty.add(scope.partition("/")[0])

    def lessons(self, link: Link) -> tuple[Lesson, ...]:
        """What a link teaches, to be stored and given to `learn`; nothing where it waits for review."""
        country = self._home[0].get(link.event_id)
        if country is None or self._home[1].get(link.match_id) is None:
            return ()
        event = self._blocks[country].events[link.event_id]
        match = self._blocks[self._home[1][link.match_id]].matches[link.match_id]
        return lessons(link, event, match, self._strangers.get(link.event_id))

    def decide(self) -> Iterator[Changes]:
        for country in sorted(self._dirty):
            yield self._decide(country)
        self._dirty.clear()

    def _decide(self, country: str) -> Changes:
        block = self._block(country)
        held = {e: l.match_id for e, l in self._links.items() if l.state is LinkState.AUTO and e in block.events}
        found = block.candidates(self._memory, held=held, rejected=self._rejected, taken=(set(), set()))
        links = decide(found)
        for e, c in found.items():
            self._strangers[e] = c.pairs[0].stranger if c.pairs and not c.swapped and c.pairs[0].match.id == (links[e].match_id if e in links else 0) else None
        changed = [l for e, l in links.items() if self._links.get(e) != l]
        gone = [e for e in block.events if e in self._links and e not in links]
        for l in changed:
            self._links[l.event_id] = l
        return Changes(links=tuple(changed), gone=tuple(gone))
