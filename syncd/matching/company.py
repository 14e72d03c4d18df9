"""What is known of teams and leagues beyond their names: from memory, and by sure links of the same list."""

import math
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

import msgspec

from syncd.matching.aliases import Aliases
from syncd.matching.cards import Game, Team
from syncd.matching.memory import LessonKind, Memory, Tallies, Tally

_KNOWN = 4.5
_KNOWN_OTHERWISE = -3.5
_SEEN_UNDER_ANOTHER_NAME = -2.0
_ALIKE = 1.5
_ALIKE_BUT_KNOWN_OTHERWISE = -1.0
_COINCIDENCE = 3.0
_COINCIDENCE_COUNTS = 0.25
"""A coincidence remembered for two half-lives is none any more."""
_LEFT_OVER = 3.0
_SAID_BY_LINKS = 2
"""One link may be a slip: from so many on, a person has said that two teams are one."""
_PUNCTUAL = 3
_LEAGUE_LEARNT = 1.5
_LEAGUE_LEARNT_MOST = 3.0
_LEAGUE_SEEN = 0.5
_LEAGUE_ELSEWHERE = -1.5
_LEAGUE_ALIAS = 3.0


Stranger = tuple[Game, Team, Team]
"""An event, and two teams that stand in each other's place in it though their names tell nothing."""


class TeamNews(msgspec.Struct, frozen=True, gc=False):
    """What earlier links say of one pair of teams: `known` to be the same, or `against` to be added."""

    known: float = 0.0
    against: float = 0.0


NO_NEWS = TeamNews()


def team_scope(country: str, team: Team) -> str:
    """Where a lesson on this team holds: its country and squad."""
    return f"{country}/{team.squad_words}"


class Company:
    """Lessons of memory, joined by those of the sure pairs of this list. No event is its own witness."""

    def __init__(self, country: str, memory: Memory, aliases: Aliases, at: float) -> None:
        self._country = country
        self._memory = memory
        self._aliases = aliases
        self._at = at
        self._tallies: dict[tuple[LessonKind, str, str], Tallies] = {}
        self._scopes: dict[str, str] = {}
        self._names: dict[tuple[str, int], dict[str, set[int]]] = {}
        self._left_over: set[tuple[int, str, int]] = set()
        self._clock: defaultdict[str, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))

    def learn(self, pairs: Iterable[tuple[Game, Game]]) -> None:
        """Count sure pairs of this list as lessons."""
        for event, match in pairs:
            for ours, theirs in event.sides(match):
                scope, name = self._scope(ours), ours.label
                self._count("team", scope, name, theirs.id, event.id)
                self._seen_as(scope, theirs.id).setdefault(name, set()).add(event.id)
            self._count("league", self._country, event.competition.name, match.tournament_id, event.id)

    def notice(self, strangers: Iterable[Stranger]) -> None:
        """Count coincidences: two teams that stand in each other's place though their names tell nothing."""
        for event, ours, theirs in strangers:
            self._count("hint", self._scope(ours), ours.label, theirs.id, event.id)

    def eliminate(self, strangers: Iterable[Stranger]) -> None:
        """Take the two teams of each for one, in this event: nothing else is possible."""
        self._left_over |= {(event.id, ours.label, theirs.id) for event, ours, theirs in strangers}

    def eliminated(self, event: Game, match: Game) -> bool:
        """Whether one side of this pair was decided by there being nothing else."""
        return any(
            (event.id, ours.label, theirs.id) in self._left_over for ours, theirs in event.sides(match)
        )

    def clock(self, pairs: Iterable[tuple[Game, bool]]) -> None:
        """Count which of a league's events are found at their minute, and which hours away."""
        for event, on_time in pairs:
            self._clock[event.competition.name][on_time].add(event.id)

    def _count(self, kind: LessonKind, scope: str, name: str, target_id: int, event_id: int) -> None:
        self._known(kind, scope, name).setdefault(target_id, Tally()).add(event_id, 1.0)

    def _scope(self, team: Team) -> str:
        scope = self._scopes.get(team.squad_words)
        if scope is None:
            scope = self._scopes[team.squad_words] = team_scope(self._country, team)
        return scope

    def _known(self, kind: LessonKind, scope: str, name: str) -> Tallies:
        found = self._tallies.get((kind, scope, name))
        if found is None:
            found = self._tallies[kind, scope, name] = self._memory.tallies(kind, scope, name, at=self._at)
        return found

    def _seen_as(self, scope: str, team_id: int) -> dict[str, set[int]]:
        found = self._names.get((scope, team_id))
        if found is None:
            found = self._names[scope, team_id] = self._memory.names(scope, team_id)
        return found

    def team(self, event: Game, ours: Team, theirs: Team, alike: float) -> TeamNews:
        """What is known of these two being one team, whose names are `alike` (log likelihood ratio)."""
        scope, name = self._scope(ours), ours.label
        here, everywhere = _share(self._known("team", scope, name), theirs.id, event.id)
        if here > 0 and here * 3 >= everywhere:
            return TeamNews(known=_KNOWN + min(2.0, math.log1p(here)))
        if everywhere > 0:
            return TeamNews(against=_KNOWN_OTHERWISE if alike < _ALIKE else _ALIKE_BUT_KNOWN_OTHERWISE)
        if (event.id, name, theirs.id) in self._left_over:
            return TeamNews(known=_LEFT_OVER)
        if alike >= _ALIKE:
            return NO_NEWS
        here, everywhere = _share(self._known("hint", scope, name), theirs.id, event.id)
        if here >= _COINCIDENCE_COUNTS and here * 2 > everywhere:
            return TeamNews(known=min(_KNOWN, _COINCIDENCE + 0.5 * (here - 1.0)))
        others = (
            events - {event.id} for other, events in self._seen_as(scope, theirs.id).items() if other != name
        )
        return TeamNews(against=_SEEN_UNDER_ANOTHER_NAME) if any(others) else NO_NEWS

    def said(self, event: Game, ours: Team, theirs: Team) -> bool:
        """Whether a person said that these two are one team: by an alias, or by linking other events."""
        if self._aliases.team(ours.name.text, theirs.name.text, theirs.id):
            return True
        linked = self._memory.confirmed(self._scope(ours), ours.label, theirs.id)
        return len(linked - {event.id}) >= _SAID_BY_LINKS

    def ids(self, ours: Team) -> Iterable[int]:
        """BetTune's team ids that this name stood for."""
        scope, name = self._scope(ours), ours.label
        return {*self._known("team", scope, name), *self._known("hint", scope, name)}

    def punctual(self, event: Game) -> bool:
        """Whether the other events of this league all stand at their right time."""
        hours_off, on_time = self._clock[event.competition.name]
        return len(on_time) >= _PUNCTUAL and not hours_off - {event.id}

    def league(self, event: Game, match: Game) -> float:
        """Log likelihood ratio of this league being that tournament, by what was linked before."""
        if self._aliases.league(event.competition.name, match.competition.short, match.tournament_id):
            return _LEAGUE_ALIAS
        here, everywhere = _share(self._leagues(event), match.tournament_id, event.id)
        if here >= _LEAGUE_SEEN:
            return min(_LEAGUE_LEARNT_MOST, _LEAGUE_LEARNT + 0.5 * here)
        return _LEAGUE_ELSEWHERE if everywhere >= 3.0 else 0.0

    def _leagues(self, event: Game) -> Tallies:
        return self._known("league", self._country, event.competition.name)

    def league_links(self, event: Game, match: Game) -> int:
        """How many other links have joined these two so far, for `explain`."""
        return round(_share(self._leagues(event), match.tournament_id, event.id)[0])

    def learnt(self, ours: Team, theirs: Team) -> datetime | None:
        """When memory last learnt these two to be one team, for `explain`."""
        return self._memory.last_learnt(self._scope(ours), ours.label, theirs.id)


def _share(tallies: Tallies, target_id: int, event_id: int) -> tuple[float, float]:
    """The worth of the lessons for this id, and of all, without those of the event itself."""
    here = everywhere = 0.0
    for target, tally in tallies.items():
        worth = tally.without(event_id)
        everywhere += worth
        if target == target_id:
            here = worth
    return here, everywhere
