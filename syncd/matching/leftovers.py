"""What a round leaves over: where two lists agree in all else of a league, the last two entries are one game.

A team plays one game at a time. So where one side is certain at its minute in its league, no other game is
possible, whatever the opponent is called, unless one of the lists is wrong there. How often they disagree in
the rest of this league and country tells how far to rely on that.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import NamedTuple

from syncd.matching.cards import Game, Team
from syncd.matching.pairs import Pair

_ROUND_S = 3 * 86_400.0
"""Games of one league within so many days, before and after, are its round."""
_COUNTRY_WORTH = 12.0
"""The country's disagreement counts like that of so many more entries of the league."""
_CONTRADICTED = -4.5


Meeting = tuple[str, int]
"""The name of a team of Pinnacle's and the id of one of BetTune's."""


class Stranger(NamedTuple):
    """A pair that is certain but for one side whose names tell nothing, and the two teams of that side."""

    pair: Pair
    ours: Team
    theirs: Team

    @property
    def meeting(self) -> Meeting:
        """Who stands for whom."""
        return self.ours.label, self.theirs.id

    @property
    def certain(self) -> bool:
        """Whether the other side is beyond doubt: a city in common is not enough."""
        return (self.pair.away if self._at_home else self.pair.home).certain

    @property
    def _at_home(self) -> bool:
        return self.ours is self.pair.event.home

    @property
    def hint(self) -> bool:
        """Whether the two names have at least something in common."""
        side = self.pair.home if self._at_home else self.pair.away
        return (side.names.shared or side.names.hinted) and side.weight > _CONTRADICTED


class _Trust(NamedTuple):
    """How many links the rest of the round must have, and what share of its entries may lack their like."""

    links: int
    disagreement: float


_WITHOUT_A_HINT = _Trust(5, 0.1)
_WITH_A_HINT = _Trust(1, 0.5)


class _Count(NamedTuple):
    """Games that are linked; events and matches that are not."""

    linked: int
    loose: int

    @property
    def disagreement(self) -> float:
        entries = 2 * self.linked + self.loose
        return self.loose / entries if entries else 1.0


class Leftovers:
    """The two lists of one country, each in order of time, and which of their games are surely linked."""

    def __init__(
        self, events: Sequence[Game], matches: Sequence[Game], sure: Sequence[tuple[Game, Game]]
    ) -> None:
        # One list may reach further ahead than the other: what only one of them can know says nothing.
        first = max(events[0].kickoff, matches[0].kickoff)
        last = min(events[-1].kickoff, matches[-1].kickoff)
        self._events = [game for game in events if first <= game.kickoff <= last]
        self._matches = [game for game in matches if first <= game.kickoff <= last]
        self._linked_events = {event.id for event, _ in sure}
        self._linked_matches = {match.id for _, match in sure}
        self._linked_teams = {(event.home.label, event.away.label) for event, _ in sure}
        leagues = {event.competition.name for event, _ in sure}
        tournaments = {match.tournament_id for _, match in sure}
        self._country = self._count(
            lambda event: event.competition.name in leagues, lambda match: match.tournament_id in tournaments
        )

    def one_game(self, strangers: Iterable[Stranger], likeliest: Iterable[Pair]) -> list[Stranger]:
        """Those strangers for whom nothing else is possible; `likeliest` is the best pair of each event."""
        pairs = [(pair.event, pair.match) for pair in likeliest]
        events = {event.id: _meetings(event, match) for event, match in pairs}
        matches = {match.id: _meetings(event, match) for event, match in pairs}
        return [
            one
            for one in strangers
            if (one.certain or one.hint)
            and self._agree(one)
            and not self._plays_elsewhere(one, events, matches)
        ]

    def _agree(self, stranger: Stranger) -> bool:
        """Whether the two lists agree well enough in the rest of this round."""
        event, match = stranger.pair.event, stranger.pair.match
        trust = _WITH_A_HINT if stranger.hint else _WITHOUT_A_HINT
        league = self._count(
            lambda game: game.competition.name == event.competition.name and _of_round(game, event),
            lambda game: game.tournament_id == match.tournament_id and _of_round(game, match),
        )
        # Neither counts against itself.
        country = self._country._replace(loose=max(0, self._country.loose - 2)).disagreement
        entries = 2 * league.linked + league.loose + _COUNTRY_WORTH
        disagreement = (league.loose + _COUNTRY_WORTH * country) / entries
        return league.linked >= trust.links and disagreement <= trust.disagreement

    def _count(self, event_counts: Callable[[Game], bool], match_counts: Callable[[Game], bool]) -> _Count:
        events = [game for game in self._events if event_counts(game)]
        matches = [game for game in self._matches if match_counts(game)]
        linked = sum(game.id in self._linked_events for game in events)
        # A second listing of a linked event is not loose.
        loose = sum((game.home.label, game.away.label) not in self._linked_teams for game in events)
        return _Count(linked, loose + sum(game.id not in self._linked_matches for game in matches))

    def _plays_elsewhere(
        self, stranger: Stranger, events: Mapping[int, Set[Meeting]], matches: Mapping[int, Set[Meeting]]
    ) -> bool:
        """Whether one of the two plays another game of these lists, and not in the other's place again."""
        event, match = stranger.pair.event, stranger.pair.match
        ours = (
            game.id
            for game in self._events
            if (stranger.ours.same(game.home) or stranger.ours.same(game.away)) and not game.is_twin_of(event)
        )
        theirs = (game.id for game in self._matches if stranger.theirs.id in (game.home.id, game.away.id))
        return any(stranger.meeting not in events.get(game_id, ()) for game_id in ours) or any(
            stranger.meeting not in matches.get(game_id, ()) for game_id in theirs if game_id != match.id
        )


def _meetings(event: Game, match: Game) -> set[Meeting]:
    return {(ours.label, theirs.id) for ours, theirs in event.sides(match)}


def _of_round(game: Game, odd: Game) -> bool:
    return game is not odd and abs(game.kickoff - odd.kickoff) <= _ROUND_S
