"""All events and matches of one country, decided together."""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import NamedTuple

import msgspec

from syncd.matching.aliases import Aliases
from syncd.matching.cards import Game, Team
from syncd.matching.company import Company
from syncd.matching.kickoffs import FARTHEST_HELD_S, FARTHEST_S, Kickoffs
from syncd.matching.knowledge import Knowledge
from syncd.matching.likeness import Answer
from syncd.matching.memory import Memory
from syncd.matching.pairs import HOURS_OFF_S, Judge, Pair
from syncd.matching.teams import TeamTable

_HOPELESS = -6.0
_SURE = 0.98
_LIKELY = 0.8
_HELD_BONUS = 2.0


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for every block."""

    knowledge: Knowledge
    aliases: Aliases
    kickoffs: Kickoffs


class Candidates(NamedTuple):
    """What an event may be: its pairs, best first, the confidence of the first, and the best swapped match."""

    pairs: tuple[Pair, ...]
    confidence: float
    swapped: Pair | None


class Block:
    """The games of one country and what they were found to be."""

    def __init__(self, country: str, settings: Settings) -> None:
        self.country = country
        self.events: dict[int, Game] = {}
        self.matches: dict[int, Game] = {}
        self._settings = settings
        self._answered: dict[tuple[str, str], tuple[Answer, ...]] = {}

    def candidates(
        self,
        memory: Memory,
        *,
        held: Mapping[int, int],
        rejected: Set[tuple[int, int]],
        taken: tuple[Set[int], Set[int]],
    ) -> dict[int, Candidates]:
        """What each event may be. `held` are links that stand (event -> match); `taken` is decided by a person."""
        events = [game for game in self._sorted(self.events) if game.id not in taken[0]]
        matches = [game for game in self._sorted(self.matches) if game.id not in taken[1]]
        if not events or not matches:
            return {}
        table = TeamTable(self._settings.knowledge, self._settings.aliases, self._answered)
        table.compare(
            [team for game in events for team in (game.home, game.away)],
            [team for game in matches for team in (game.home, game.away)],
        )
        company = Company(self.country, memory, self._settings.aliases, events[0].kickoff)
        finder = Finder(matches, table, company)
        possible = [(event, finder.near(event, held.get(event.id), rejected)) for event in events]
        # Sure pairs first: they teach leagues and teams, which decides the rest.
        first = self._weigh(Judge(table, company, self._settings.kickoffs, len(matches)), possible, held)
        company.learn(sure_pairs(first))
        company.notice(strangers(first))
        company.time(times(first))
        return self._weigh(Judge(table, company, self._settings.kickoffs, len(matches)), possible, held)

    @staticmethod
    def _sorted(games: Mapping[int, Game]) -> list[Game]:
        return sorted(games.values(), key=lambda game: (game.kickoff, game.id))

    def _weigh(
        self, judge: Judge, possible: list[tuple[Game, list[Game]]], held: Mapping[int, int]
    ) -> dict[int, Candidates]:
        pairs: dict[int, list[Pair]] = {}
        swapped: dict[int, Pair | None] = {}
        for event, matches in possible:
            weighed = [judge.pair(event, match, held=held.get(event.id) == match.id) for match in matches]
            pairs[event.id] = sorted(
                (pair for pair in weighed if pair.weight > _HOPELESS), key=lambda pair: (-pair.weight, pair.match.id)
            )
            swapped[event.id] = _best_swapped(judge, weighed)
        return {
            event_id: Candidates(tuple(found), confidence, swapped[event_id])
            for event_id, found, confidence in confidences(pairs)
        }


def _best_swapped(judge: Judge, weighed: list[Pair]) -> Pair | None:
    """The pair that is good with home and away exchanged, and better so than any pair straight."""
    best, best_weight = None, max((pair.weight for pair in weighed), default=0.0)
    for pair in weighed:
        exchanged = pair.weight - pair.home.weight - pair.away.weight + judge.swapped(pair.event, pair.match)
        if exchanged > max(best_weight, 2.0):
            best, best_weight = pair, exchanged
    return best


def confidences(pairs: Mapping[int, list[Pair]]) -> Iterator[tuple[int, list[Pair], float]]:
    """Each event with its pairs and how likely the first is right, against all rivals on both sides."""
    rivals = defaultdict[int, list[Pair]](list)
    for found in pairs.values():
        for pair in found:
            rivals[pair.match.id].append(pair)
    for event_id, found in pairs.items():
        yield event_id, found, _confidence(found, rivals[found[0].match.id]) if found else 0.0


def _confidence(found: list[Pair], rivals: list[Pair]) -> float:
    best = found[0]
    against = 1.0 + sum(math.exp(min(40.0, pair.weight)) for pair in found[1:])
    # A twin is the same game listed twice: it does not speak against this pair.
    against += sum(
        math.exp(min(40.0, pair.weight))
        for pair in rivals
        if pair.event.id != best.event.id and not pair.event.is_twin_of(best.event)
    )
    for_it = math.exp(min(40.0, best.weight + (_HELD_BONUS if best.held else 0.0)))
    return for_it / (for_it + against)


def sure_pairs(found: Mapping[int, Candidates]) -> Iterator[tuple[Game, Game]]:
    """Pairs good enough to teach the rest of the list."""
    for candidates in found.values():
        if candidates.confidence < _SURE or candidates.swapped is not None:
            continue
        pair = candidates.pairs[0]
        if pair.recognised and pair.apart_s <= HOURS_OFF_S:
            yield candidates.pairs[0].event, candidates.pairs[0].match


def times(found: Mapping[int, Candidates]) -> Iterator[tuple[Game, bool]]:
    """Recognised events, and whether their match stands at the same time or hours away."""
    for candidates in found.values():
        if candidates.confidence >= _LIKELY and candidates.pairs[0].recognised:
            yield candidates.pairs[0].event, candidates.pairs[0].apart_s <= HOURS_OFF_S


def strangers(found: Mapping[int, Candidates]) -> Iterator[tuple[Game, Team, Team]]:
    """Teams that stand in each other's place though their names tell nothing."""
    for candidates in found.values():
        if candidates.pairs and candidates.swapped is None and (teams := candidates.pairs[0].stranger):
            yield candidates.pairs[0].event, *teams


class Finder:
    """Finds the matches that an event may be, by teams and time."""

    def __init__(self, matches: list[Game], table: TeamTable, company: Company) -> None:
        self._table = table
        self._company = company
        self._matches = {game.id: game for game in matches}
        self._by_name = _schedule(matches, lambda game: (game.home.name.text, game.away.name.text))
        self._by_team = _schedule(matches, lambda game: (game.home.id, game.away.id))

    def near(self, event: Game, held: int | None, rejected: Set[tuple[int, int]]) -> list[Game]:
        """Matches within reach of the event's kick-off of which at least one side has something in common."""
        found = dict[int, Game]()
        for team in (event.home, event.away):
            for name in self._table.near(team):
                self._within(self._by_name.get(name, ()), event.kickoff, found)
            for team_id in self._company.ids(team):
                self._within(self._by_team.get(team_id, ()), event.kickoff, found)
        if held is not None and held in self._matches:
            match = self._matches[held]
            if abs(match.kickoff - event.kickoff) <= FARTHEST_HELD_S:
                found[held] = match
        return [game for game in found.values() if (event.id, game.id) not in rejected]

    @staticmethod
    def _within(games: Iterable[Game], kickoff: float, found: dict[int, Game]) -> None:
        schedule = list(games)
        start = bisect_left(schedule, kickoff - FARTHEST_S, key=lambda game: game.kickoff)
        end = bisect_right(schedule, kickoff + FARTHEST_S, key=lambda game: game.kickoff)
        found.update((game.id, game) for game in schedule[start:end])


def _schedule(matches, of):  # noqa
    found = defaultdict(list)
    for game in matches:
        for name in of(game):
            found[name].append(game)
    return found
