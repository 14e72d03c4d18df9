"""The linker: events and matches go in, links come out, and only what changed is decided again."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

import msgspec

from syncd.matching import unlinkable
from syncd.matching.aliases import Aliases
from syncd.matching.block import Block, Settings, Words
from syncd.matching.cards import Fixture, Game, Reader, Team
from syncd.matching.decisions import decide, rests_on_company
from syncd.matching.kickoffs import Kickoffs
from syncd.matching.knowledge import Knowledge, shipped
from syncd.matching.lessons import lessons
from syncd.matching.memory import Lesson, Memory
from syncd.matching.pairs import HOURS_OFF_S
from syncd.model.bettune import Match
from syncd.model.link import Link, LinkState

_WORTH_TELLING = 0.01
"""A link whose confidence moved by less, and nothing else, has not changed."""


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What one step of a decision changed: links that are new or differ, and events whose link went away."""

    links: tuple[Link, ...] = ()
    gone: tuple[int, ...] = ()
    broken: tuple[Link, ...] = ()
    """Links that carried predictions and do so no more, as they were: worth a word to the user."""


class Linker:
    """Links Pinnacle's events to BetTune's matches, in memory and without I/O.

    Tell it what changed (`put_*`, `drop_*`, `confirm`, `reject`, `learn`, ...), then exhaust `decide`. The
    result depends on what it holds, not on the order in which that came; a link that stands has an advantage.
    """

    def __init__(
        self, *, tolerance: timedelta, aliases: Aliases | None = None, knowledge: Knowledge | None = None
    ) -> None:
        known = knowledge or shipped()
        self._settings = Settings(knowledge=known, aliases=aliases or Aliases(), kickoffs=Kickoffs(tolerance))
        self._reader = Reader(known)
        self._memory = Memory()
        self._blocks: dict[str, Block] = {}
        self._dirty: set[str] = set()
        self._fixtures: dict[int, Fixture] = {}
        self._matches: dict[int, Match] = {}
        self._event_games: dict[int, Game] = {}
        self._match_games: dict[int, Game] = {}
        self._confirmed: dict[int, int] = {}
        self._rejected: set[tuple[int, int]] = set()
        self._links: dict[int, Link] = {}
        self._strangers: dict[int, tuple[Team, Team]] = {}

    @property
    def links(self) -> Mapping[int, Link]:
        """All links as last decided, by event id."""
        return self._links

    # --- What there is ---------------------------------------------------------------------------

    def put_fixtures(self, fixtures: Iterable[Fixture]) -> None:
        """Events that are new or changed."""
        for fixture in fixtures:
            before = self._fixtures.get(fixture.event.id)
            if before != fixture:
                self._put_fixture(fixture)

    def _put_fixture(self, fixture: Fixture) -> None:
        event_id = fixture.event.id
        game = self._reader.event(fixture)
        before = self._event_games.get(event_id)
        linkable = not unlinkable.why(fixture.event, fixture.league)
        stood = before is not None and event_id in self._block(before).events
        self._fixtures[event_id], self._event_games[event_id] = fixture, game
        if before is not None and stood == linkable and _same_but_prices(before, game):
            if linkable:
                self._block(game).events[event_id] = game
                self._touch_twins(game)
            return
        if before is not None:
            self._block(before).events.pop(event_id, None)
            self._touch_event(event_id, before)
        if linkable:
            self._block(game).events[event_id] = game
        self._touch_event(event_id, game)

    def drop_fixtures(self, event_ids: Iterable[int]) -> None:
        """Events that are gone or settled."""
        for event_id in event_ids:
            game = self._event_games.pop(event_id, None)
            if game is not None:
                del self._fixtures[event_id]
                self._block(game).events.pop(event_id, None)
                self._touch_event(event_id, game)

    def put_matches(self, matches: Iterable[Match]) -> None:
        """Matches that are new or changed; only names, ids and the date count."""
        for match in matches:
            if self._matches.get(match.id) != match:
                game = self._reader.match(match)
                if game != self._match_games.get(match.id):
                    self.drop_matches([match.id])
                    self._match_games[match.id] = game
                    if not any(unlinkable.stands_for_no_team(side.name) for side in (match.home, match.away)):
                        self._block(game).matches[match.id] = game
                    self._touch_match(match.id, game)
                self._matches[match.id] = match

    def drop_matches(self, match_ids: Iterable[int]) -> None:
        """Matches that are gone."""
        for match_id in match_ids:
            self._matches.pop(match_id, None)
            game = self._match_games.pop(match_id, None)
            if game is not None:
                self._block(game).matches.pop(match_id, None)
                self._touch_match(match_id, game)

    # --- What was said and learnt ----------------------------------------------------------------

    def restore(self, links: Iterable[Link]) -> None:
        """Links of an earlier run: automatic ones stand, confirmed ones are a person's word."""
        for link in links:
            self._links[link.event_id] = link
            if link.state is LinkState.CONFIRMED:
                self._confirmed[link.event_id] = link.match_id

    def confirm(self, event_id: int, match_id: int) -> None:
        """A person's word that these are one game: it beats everything."""
        self._rejected.discard((event_id, match_id))
        self._touch_word(event_id, match_id)
        self._confirmed[event_id] = match_id
        self._touch_word(event_id, match_id)

    def unconfirm(self, event_id: int) -> None:
        """Take a person's link back; the event is decided like any other."""
        match_id = self._confirmed.pop(event_id, None)
        if match_id is not None:
            self._links.pop(event_id, None)
            self._touch_word(event_id, match_id)

    def reject(self, event_id: int, match_id: int) -> None:
        """A person's word that these are not one game."""
        if self._confirmed.get(event_id) == match_id:
            self.unconfirm(event_id)
        self._rejected.add((event_id, match_id))
        self._touch_word(event_id, match_id)

    def unreject(self, event_id: int, match_id: int) -> None:
        """Take a rejection back."""
        self._rejected.discard((event_id, match_id))
        self._touch_word(event_id, match_id)

    def learn(self, lessons: Iterable[Lesson]) -> None:
        """Rows of memory; those of an event replace what it taught before."""
        self._dirty |= {_country(scope) for scope in self._memory.learn(lessons)}

    def forget(self, event_ids: Iterable[int]) -> None:
        """Undo all that these events taught."""
        self._dirty |= {_country(scope) for scope in self._memory.forget(event_ids)}

    def lessons(self, link: Link) -> tuple[Lesson, ...]:
        """What a link teaches now: to be stored in place of all that its event taught, even if empty."""
        event, match = self._event_games.get(link.event_id), self._match_games.get(link.match_id)
        if event is None or match is None:
            return ()
        return lessons(link, event, match, self._strangers.get(link.event_id))

    # --- What follows ----------------------------------------------------------------------------

    def decide(self, now: datetime) -> Iterator[Changes]:
        """Decide what was touched, one country at a time, so that the caller can yield in between.

        Each step is computed when it is asked for; a step that is not asked for is decided the next time.
        """
        while self._dirty:
            country = min(self._dirty)
            changes = self._decide(country, now)
            self._dirty.discard(country)
            if changes.links or changes.gone:
                yield changes

    def _decide(self, country: str, now: datetime) -> Changes:
        block = self._blocks.setdefault(country, Block(country, self._settings))
        standing = {
            event_id: link.match_id
            for event_id, event in block.events.items()
            if (link := self._links.get(event_id))
            and link.state is LinkState.AUTO
            and not self._met_by_another(event, link.match_id, block)
        }
        present = {event: match for event, match in self._confirmed.items() if event in self._event_games}
        words = Words(
            held=standing,
            left_over={event_id for event_id in standing if rests_on_company(self._links[event_id])},
            rejected=self._rejected,
            taken_events=self._confirmed.keys(),
            taken_matches=set(present.values()),
        )
        verdict = block.weigh(self._memory, words)
        links = decide(verdict, now) | self._confirmed_links(country, present, now)
        for event_id, candidates in verdict.candidates.items():
            stranger = candidates.best.stranger if candidates.best and event_id in links else None
            self._set_stranger(event_id, stranger)
        return self._changes(country, links)

    def _met_by_another(self, event: Game, match_id: int, block: Block) -> bool:
        """Whether the same teams have another event at the match's time, while this one stands hours off.

        They meet twice in a few days, and the right event was listed later than the match.
        """
        match = self._match_games.get(match_id)
        if match is None or abs(event.kickoff - match.kickoff) <= HOURS_OFF_S:
            return False
        return any(
            abs(other.kickoff - match.kickoff) <= HOURS_OFF_S
            and other.same_teams(event)
            and other.id not in self._confirmed
            and (other.id, match_id) not in self._rejected
            for other in block.events.values()
        )

    def _set_stranger(self, event_id: int, stranger: tuple[Team, Team] | None) -> None:
        if stranger is None:
            self._strangers.pop(event_id, None)
        else:
            self._strangers[event_id] = stranger

    def _confirmed_links(self, country: str, present: Mapping[int, int], now: datetime) -> dict[int, Link]:
        return {
            event_id: Link(
                event_id=event_id,
                match_id=match_id,
                state=LinkState.CONFIRMED,
                confidence=1.0,
                reason="linked by a person",
                decided_at=now,
            )
            for event_id, match_id in present.items()
            if self._event_games[event_id].competition.country == country and match_id in self._match_games
        }

    def _changes(self, country: str, links: Mapping[int, Link]) -> Changes:
        changed = tuple(link for link in links.values() if _differs(self._links.get(link.event_id), link))
        gone = tuple(
            event_id for event_id in self._links if event_id not in links and self._belongs(event_id, country)
        )
        broken = tuple(
            before
            for event_id in (*gone, *(link.event_id for link in changed))
            if (before := self._links.get(event_id)) and _breaks(before, links.get(event_id))
        )
        for link in changed:
            self._links[link.event_id] = link
        for event_id in gone:
            del self._links[event_id]
            self._set_stranger(event_id, None)
        return Changes(links=changed, gone=gone, broken=broken)

    def _belongs(self, event_id: int, country: str) -> bool:
        """Whether this country decides on the event: it is of it, or of none any more."""
        game = self._event_games.get(event_id)
        return game is None or game.competition.country == country

    # --- What is touched -------------------------------------------------------------------------

    def _block(self, game: Game) -> Block:
        country = game.competition.country
        block = self._blocks.get(country)
        if block is None:
            block = self._blocks[country] = Block(country, self._settings)
        return block

    def _touch_event(self, event_id: int, game: Game) -> None:
        self._dirty.add(game.competition.country)
        match_id = self._confirmed.get(event_id)
        if match_id is not None:
            self._touch_word(event_id, match_id)

    def _touch_match(self, match_id: int, game: Game) -> None:
        self._dirty.add(game.competition.country)
        for event_id, confirmed in self._confirmed.items():
            if confirmed == match_id:
                self._touch_word(event_id, match_id)

    def _touch_twins(self, game: Game) -> None:
        """Prices matter only among twins, and they come and go all day."""
        others = self._block(game).events.values()
        if any(other.id != game.id and other.is_twin_of(game) for other in others):
            self._dirty.add(game.competition.country)

    def _touch_word(self, event_id: int, match_id: int) -> None:
        games = self._event_games.get(event_id), self._match_games.get(match_id)
        self._dirty |= {game.competition.country for game in games if game is not None}


def _same_but_prices(before: Game, game: Game) -> bool:
    return msgspec.structs.replace(before, priced=game.priced) == game


def _country(scope: str) -> str:
    return scope.partition("/")[0]


def _differs(before: Link | None, link: Link) -> bool:
    if before is None or (before.match_id, before.state) != (link.match_id, link.state):
        return True
    if before.runner_up != link.runner_up or _told(before) != _told(link):
        return True
    return abs(before.confidence - link.confidence) > _WORTH_TELLING


def _told(link: Link) -> list[str]:
    """The evidence in words, but for the league, whose count of links moves with every other link."""
    return [piece.text for piece in link.evidence if piece.kind != "tournament"]


def _breaks(before: Link, after: Link | None) -> bool:
    if not before.state.carries_predictions:
        return False
    return after is None or after.match_id != before.match_id or not after.state.carries_predictions
