"""All events and matches of one country, weighed together: a list teaches itself.

Sure pairs are found first. They teach which teams and tournaments stand behind which names, who plays at the
same minute as whom, and whether a league's kick-off times can be trusted; then everything is weighed again.
"""

from collections.abc import Iterator, Mapping, Set
from typing import NamedTuple

import msgspec

from syncd.matching.aliases import Aliases
from syncd.matching.cards import Game, Team
from syncd.matching.company import Company
from syncd.matching.confidence import confidences, of_weight
from syncd.matching.finder import Finder
from syncd.matching.kickoffs import Kickoffs
from syncd.matching.knowledge import Knowledge
from syncd.matching.leftovers import Leftovers, Stranger
from syncd.matching.memory import Memory
from syncd.matching.pairs import HIGHEST_TEAMS, HOURS_OFF_S, Judge, Pair
from syncd.matching.teams import TeamTable

_HOPELESS = -6.0
_SURE = 0.98
_LIKELY = 0.8
_GOOD_SWAPPED = 2.0
_CLEARLY_STRAIGHT = 2.0
_CLEARLY_STRONGER = 2.0


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for every block."""

    knowledge: Knowledge
    aliases: Aliases
    kickoffs: Kickoffs


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What was said or decided before: links that stand (event -> match), and what a person decided."""

    held: Mapping[int, int]
    left_over: Set[int]
    """Events whose standing link rests on there having been no other game for it."""
    rejected: Set[tuple[int, int]]
    taken_events: Set[int]
    taken_matches: Set[int]


class Swapped(NamedTuple):
    """A pair that is good with home and away exchanged, how likely so, and whether better than straight."""

    pair: Pair
    confidence: float
    better: bool


class Candidates(NamedTuple):
    """What an event may be: its pairs, best first, the confidence of the first, and the best swapped one."""

    pairs: tuple[Pair, ...]
    confidence: float
    swapped: Swapped | None

    @property
    def best(self) -> Pair | None:
        """The best pair, home with home."""
        return self.pairs[0] if self.pairs else None


class Verdict(NamedTuple):
    """The candidates of each event, and what was learnt on the way (for `explain`)."""

    candidates: dict[int, Candidates]
    company: Company | None


class Block:
    """The games of one country. `weigh` depends on nothing but them and its arguments."""

    def __init__(self, country: str, settings: Settings) -> None:
        self.country = country
        self.events: dict[int, Game] = {}
        self.matches: dict[int, Game] = {}
        self._settings = settings
        self._table: TeamTable | None = None
        self._compared: tuple[Set[TeamKey], Set[TeamKey]] | None = None

    def weigh(self, memory: Memory, words: Words) -> Verdict:
        """What each event may be."""
        events = _in_order(game for game in self.events.values() if game.id not in words.taken_events)
        matches = _in_order(game for game in self.matches.values() if game.id not in words.taken_matches)
        if not events or not matches:
            return Verdict({}, None)
        table = self._compare(events, matches)
        company = Company(self.country, memory, self._settings.aliases, events[0].kickoff)
        judge = Judge(table, company, self._settings.kickoffs, len(matches))
        finder = Finder(matches, table, company)
        possible = [(event, finder.near(event, words.held.get(event.id), words.rejected)) for event in events]
        first = _weigh(judge, possible, words.held)
        sure = list(_sure_pairs(first))
        company.learn(sure)
        company.clock(_times(first))
        again = first | _weigh(judge, _near_their_time(possible, sure), words.held)
        _settle_strangers(company, again, Leftovers(events, matches, sure), words)
        return Verdict(_weigh(judge, possible, words.held), company)

    def _compare(self, events: list[Game], matches: list[Game]) -> TeamTable:
        left, right = _teams(events), _teams(matches)
        teams = left.keys(), right.keys()
        if self._table is None or self._compared != teams:
            # What the last table answered for names that have left the list is not handed on any further.
            answered = self._table.answered if self._table else {}
            self._table = TeamTable(self._settings.knowledge, self._settings.aliases, answered)
            self._table.compare(list(left.values()), list(right.values()))
            self._compared = teams
        return self._table


def _in_order(games: Iterator[Game]) -> list[Game]:
    return sorted(games, key=lambda game: (game.kickoff, game.id))


TeamKey = tuple[str, str, int]


def _teams(games: list[Game]) -> dict[TeamKey, Team]:
    """All teams of a list, each once."""
    return {
        (team.name.text, team.squad_words, team.id): team for game in games for team in (game.home, game.away)
    }


def _weigh(
    judge: Judge, possible: list[tuple[Game, list[Game]]], held: Mapping[int, int]
) -> dict[int, Candidates]:
    pairs: dict[int, list[Pair]] = {}
    swapped: dict[int, Swapped | None] = {}
    for event, matches in possible:
        weighed = _with_standing([judge.pair(event, match) for match in matches], held.get(event.id), judge)
        weighed.sort(key=lambda pair: (-pair.weight, pair.match.id))
        pairs[event.id] = [pair for at, pair in enumerate(weighed) if at < 2 or pair.weight > _HOPELESS]
        swapped[event.id] = _best_swapped(judge, weighed)
    return {
        event_id: Candidates(tuple(pairs[event_id]), confidence, swapped[event_id])
        for event_id, confidence in confidences(pairs)
    }


def _with_standing(weighed: list[Pair], held: int | None, judge: Judge) -> list[Pair]:
    """A link that stands is favoured, unless the evidence for another match is clearly stronger."""
    standing = next((pair for pair in weighed if pair.match.id == held), None)
    if standing is None or max(pair.weight for pair in weighed) - standing.weight > _CLEARLY_STRONGER:
        return weighed
    favoured = judge.pair(standing.event, standing.match, held=True)
    return [favoured if pair is standing else pair for pair in weighed]


def _best_swapped(judge: Judge, weighed: list[Pair]) -> Swapped | None:
    """The pair that is good with home and away exchanged, and better so than any pair straight.

    Or the best pair, where its teams are so alike that nobody can tell which of them is at home.
    """
    straight = weighed[0].weight if weighed else 0.0
    best, best_weight = None, max(_GOOD_SWAPPED, straight - _CLEARLY_STRAIGHT)
    for at, pair in enumerate(weighed):
        if at == 1:
            best_weight = max(best_weight, straight)
        rest = pair.weight - pair.home.weight - pair.away.weight
        # Of most pairs time and league alone say that no names could make them good.
        if rest + HIGHEST_TEAMS <= best_weight:
            continue
        exchanged = rest + judge.swapped(pair.event, pair.match)
        if exchanged > best_weight:
            best, best_weight = pair, exchanged
    return Swapped(best, of_weight(best_weight), best_weight > straight) if best else None


def _sure_pairs(found: Mapping[int, Candidates]) -> Iterator[tuple[Game, Game]]:
    """Pairs good enough to teach the rest of the list."""
    for candidates in found.values():
        pair = candidates.best
        if pair is None or candidates.confidence < _SURE or candidates.swapped is not None:
            continue
        if pair.recognised and pair.squad >= 0 and pair.apart_s <= HOURS_OFF_S:
            yield pair.event, pair.match


def _near_their_time(
    possible: list[tuple[Game, list[Game]]], sure: list[tuple[Game, Game]]
) -> list[tuple[Game, list[Game]]]:
    """Those events that are not sure and have a match at about their time."""
    known = {event.id for event, _ in sure}
    return [
        (event, matches)
        for event, matches in possible
        if event.id not in known
        and any(abs(match.kickoff - event.kickoff) <= HOURS_OFF_S for match in matches)
    ]


def _strangers(found: Mapping[int, Candidates]) -> Iterator[Stranger]:
    """Teams that stand in each other's place though their names tell nothing."""
    for candidates in found.values():
        pair = candidates.best
        if pair is not None and candidates.swapped is None and (teams := pair.stranger_within(HOURS_OFF_S)):
            yield Stranger(pair, *teams)


def _settle_strangers(
    company: Company, found: Mapping[int, Candidates], leftovers: Leftovers, words: Words
) -> None:
    """Tell the company of coincidences, and of strangers for whom nothing else is possible."""
    strangers = list(_strangers(found))
    company.notice((one.pair.event, one.ours, one.theirs) for one in strangers if one.pair.stranger)
    left_over = leftovers.one_game(strangers, (each.best for each in found.values() if each.best))
    # Or nothing else was possible when they were linked: rounds are played, and gone.
    left_over += [one for one in strangers if one.pair.held and one.pair.event.id in words.left_over]
    company.eliminate((one.pair.event, one.ours, one.theirs) for one in left_over)


def _times(found: Mapping[int, Candidates]) -> Iterator[tuple[Game, bool]]:
    """Recognised events, and whether their match stands at about the same time or hours away."""
    for candidates in found.values():
        pair = candidates.best
        if pair is not None and candidates.confidence >= _LIKELY and pair.recognised:
            yield pair.event, pair.apart_s <= HOURS_OFF_S
