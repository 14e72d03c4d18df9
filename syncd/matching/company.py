"""What is known of teams and leagues beyond their names: from memory, and from the sure links of the same list."""

import math
from collections import defaultdict
from collections.abc import Iterable

import msgspec

from syncd.matching.aliases import Aliases
from syncd.matching.cards import Game, Team
from syncd.matching.memory import Memory

_KNOWN = 4.5
_KNOWN_OTHERWISE = -3.5
_SEEN_UNDER_ANOTHER_NAME = -2.0
_ALIKE = 1.5
_ALIKE_BUT_KNOWN_OTHERWISE = -1.0
_COINCIDENCE = 3.0
_PUNCTUAL = 3
_LEAGUE_LEARNT = 1.0
_LEAGUE_LEARNT_MOST = 3.0
_LEAGUE_ELSEWHERE = -1.5
_LEAGUE_ALIAS = 3.0


class TeamNews(msgspec.Struct, frozen=True, gc=False):
    """What earlier links say of one pair of teams: `known` for the same, `against` to be added."""

    known: float = 0.0
    against: float = 0.0


NO_NEWS = TeamNews()


def team_scope(country: str, team: Team) -> str:
    """Where a lesson on this team holds: its country and squad."""
    return f"{country}/{team.squad.words}"


def team_name(team: Team) -> str:
    """The name under which a lesson on this team is kept."""
    return " ".join(team.name.words)


class Company:
    """Lessons of memory, joined by those of the sure pairs of this list (`learn`)."""

    def __init__(self, country: str, memory: Memory, aliases: Aliases, at: float) -> None:
        self._country = country
        self._memory = memory
        self._aliases = aliases
        self._at = at
        self._teams: dict[tuple[str, str], dict[int, float]] = {}
        self._names: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
        self._leagues: dict[str, dict[int, float]] = {}
        self._clock: defaultdict[str, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
        self._hints: dict[tuple[str, str], dict[int, set[int]]] = {}

    def learn(self, pairs: Iterable[tuple[Game, Game]]) -> None:
        """Count sure pairs of this list as lessons."""
        for event, match in pairs:
            for ours, theirs in event.sides(match):
                scope, name = team_scope(self._country, ours), team_name(ours)
                targets = self._targets(scope, name)
                targets[theirs.id] = targets.get(theirs.id, 0.0) + 1.0
                self._names[scope, theirs.id].add(name)
            votes = self._votes(event.competition.name)
            votes[match.tournament_id] = votes.get(match.tournament_id, 0.0) + 1.0

    def _targets(self, scope: str, name: str) -> dict[int, float]:
        found = self._teams.get((scope, name))
        if found is None:
            found = self._teams[scope, name] = self._memory.targets("team", scope, name, at=self._at)
        return found

    def _votes(self, league: str) -> dict[int, float]:
        found = self._leagues.get(league)
        if found is None:
            found = self._leagues[league] = self._memory.targets("league", self._country, league, at=self._at)
        return found

    def time(self, pairs: Iterable[tuple[Game, bool]]) -> None:
        """Count which of a league's events are found at their minute, and which hours away."""
        for event, on_time in pairs:
            self._clock[event.competition.name][on_time].add(event.id)

    def punctual(self, event: Game) -> bool:
        """Whether the other events of this league all stand at their right time."""
        hours_off, on_time = self._clock[event.competition.name]
        return len(on_time) >= _PUNCTUAL and not hours_off - {event.id}

    def notice(self, pairs: Iterable[tuple[Game, Team, Team]]) -> None:
        """Count coincidences: two teams that stand in each other's place though their names tell nothing."""
        for event, ours, theirs in pairs:
            hints = self._coincidences(team_scope(self._country, ours), team_name(ours))
            hints.setdefault(theirs.id, set()).add(event.id)

    def _coincidences(self, scope: str, name: str) -> dict[int, set[int]]:
        found = self._hints.get((scope, name))
        if found is None:
            found = self._hints[scope, name] = self._memory.hints(scope, name)
        return found

    def team(self, event: Game, ours: Team, theirs: Team, alike: float) -> TeamNews:
        """What is known of these two being one team, whose names are `alike` (log likelihood ratio)."""
        scope, name = team_scope(self._country, ours), team_name(ours)
        targets = self._targets(scope, name)
        worth = targets.get(theirs.id, 0.0)
        if worth > 0 and worth * 3 >= sum(targets.values()):
            return TeamNews(known=_KNOWN + min(2.0, math.log1p(worth)))
        if targets:
            return TeamNews(against=_KNOWN_OTHERWISE if alike < _ALIKE else _ALIKE_BUT_KNOWN_OTHERWISE)
        if alike >= _ALIKE:
            return NO_NEWS
        hints = self._coincidences(scope, name)
        earlier = len(hints.get(theirs.id, set()) - {event.id})
        if earlier and all(len(events - {event.id}) < earlier for other, events in hints.items() if other != theirs.id):
            return TeamNews(known=min(_KNOWN, _COINCIDENCE + 0.5 * (earlier - 1)))
        names = self._names[scope, theirs.id] | self._memory.names("team", scope, theirs.id)
        return TeamNews(against=_SEEN_UNDER_ANOTHER_NAME) if names - {name} else NO_NEWS

    def ids(self, ours: Team) -> Iterable[int]:
        """BetTune's team ids that this name stood for."""
        return self._targets(team_scope(self._country, ours), team_name(ours))

    def league(self, event: Game, match: Game) -> float:
        """Log likelihood ratio of this league being that tournament, by what was linked before."""
        if self._aliases.league(event.competition.name, match.competition.name.partition(" - ")[2], match.tournament_id):
            return _LEAGUE_ALIAS
        votes = self._votes(event.competition.name)
        here = votes.get(match.tournament_id, 0.0)
        if here >= 1.5:
            return min(_LEAGUE_LEARNT_MOST, _LEAGUE_LEARNT + 0.5 * here)
        return _LEAGUE_ELSEWHERE if not here and sum(votes.values()) >= 3.0 else 0.0

    def league_links(self, event: Game, match: Game) -> int:
        """How many links have joined these two so far, for `explain`."""
        return round(self._votes(event.competition.name).get(match.tournament_id, 0.0))
