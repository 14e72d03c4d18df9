"""Finds the matches that an event may be, by teams and time, so that not every pair has to be weighed."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Set
from heapq import nsmallest
from typing import TypeVar

from syncd.matching.cards import Game, Team
from syncd.matching.company import Company
from syncd.matching.kickoffs import FARTHEST_HELD_S, FARTHEST_S
from syncd.matching.teams import TeamTable

_MOST = 100
"""No event is weighed against more matches: in real countries 28 are found. It bounds the time
that a thousand games of the same names at one minute can take."""

Key = TypeVar("Key", bound=Hashable)


class Finder:
    """The matches of a country, by name and by team id, each in the order of time."""

    def __init__(self, matches: list[Game], table: TeamTable, company: Company) -> None:
        self._table = table
        self._company = company
        self._matches = {game.id: game for game in matches}
        self._by_name = _schedule(matches, lambda team: team.name.text)
        self._by_team = _schedule(matches, lambda team: team.id)

    def near(self, event: Game, held: int | None, rejected: Set[tuple[int, int]]) -> list[Game]:
        """Matches within reach of the event's kick-off of which at least one side has something in common."""
        found = dict[int, Game]()
        for team in (event.home, event.away):
            for team_id in self._company.ids(team):
                _within(self._by_team.get(team_id, []), event.kickoff, found)
        known = set(found)
        for team in (event.home, event.away):
            for name in self._table.near(team):
                _within(self._by_name.get(name, []), event.kickoff, found)
        if len(found) > _MOST:
            found = self._likeliest(event, known, found.values())
        standing = self._matches.get(held) if held is not None else None
        if standing is not None and abs(standing.kickoff - event.kickoff) <= FARTHEST_HELD_S:
            found[standing.id] = standing
        return [game for game in found.values() if (event.id, game.id) not in rejected]

    def _likeliest(self, event: Game, known: Set[int], found: Iterable[Game]) -> dict[int, Game]:
        """Of too many those of known teams, then those named most alike, then the nearest in time."""

        def unlikely(match: Game) -> tuple[bool, float, float, int]:
            alike = sum(self._table.likeness(*sides).weight for sides in event.sides(match))
            return match.id not in known, -alike, abs(match.kickoff - event.kickoff), match.id

        return {match.id: match for match in nsmallest(_MOST, found, key=unlikely)}


def _within(schedule: list[Game], kickoff: float, found: dict[int, Game]) -> None:
    start = bisect_left(schedule, kickoff - FARTHEST_S, key=lambda game: game.kickoff)
    end = bisect_right(schedule, kickoff + FARTHEST_S, key=lambda game: game.kickoff)
    found.update((game.id, game) for game in schedule[start:end])


def _schedule(matches: Iterable[Game], key: Callable[[Team], Key]) -> Mapping[Key, list[Game]]:
    found = defaultdict[Key, list[Game]](list)
    for game in matches:
        for of in {key(game.home), key(game.away)}:
            found[of].append(game)
    return found
