"""Collective evidence: what earlier links and the other links of the same list say about a candidate.

An event's own lessons never count for it.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

import msgspec

from syncd.matching.aliases import Aliases
from syncd.matching.lesson import LessonKind
from syncd.matching.memory import Memory, Support, SupportByTarget, team_scope
from syncd.matching.parameters import (
    COINCIDENCE_ONE_IN,
    COINCIDENCE_REPEAT_WEIGHT,
    COINCIDENCE_WEIGHT,
    ELIMINATED_WEIGHT,
    KNOWN_AS_OTHER_WEIGHT,
    KNOWN_LEAGUE_LINK_WEIGHT,
    KNOWN_LEAGUE_WEIGHT,
    KNOWN_TEAM_ONE_IN,
    KNOWN_TEAM_WEIGHT,
    LEAGUE_ALIAS_WEIGHT,
    LEAGUE_ELSEWHERE_WEIGHT,
    MAX_KICKOFF_APART_S,
    MAX_KNOWN_LEAGUE_WEIGHT,
    MAX_KNOWN_TEAM_BONUS,
    MAX_PLACEHOLDER_APART_S,
    MAX_TWINS_APART_S,
    MIN_COINCIDENCE_STRENGTH,
    MIN_CONFIRMED_SAME_TEAM,
    MIN_KNOWN_LEAGUE_STRENGTH,
    MIN_LEAGUE_ELSEWHERE_STRENGTH,
    MIN_PUNCTUAL_EVENTS,
    SEEN_AS_OTHER_WEIGHT,
    SIMILAR_BUT_KNOWN_AS_OTHER_WEIGHT,
    SIMILAR_NAMES_WEIGHT,
)
from syncd.matching.records import Record, Team
from syncd.matching.result_parameters import (
    ESTABLISHED_WEIGHT,
    MAX_PROVEN_BONUS,
    NATS_PER_PROVEN_BONUS,
    PROVEN_AS_OTHER_WEIGHT,
)

EventTeams = tuple[Record, Team, Team]
"""An event, one of its teams, and the team that has its place in the match."""


class LessonEvidence(msgspec.Struct, frozen=True, gc=False):
    """Weights (nats) of what lessons say of two teams: `known` as one team, or `against`, to be added."""

    known: float = 0.0
    against: float = 0.0


NO_LESSON = LessonEvidence()
SEEN_AS_OTHER = LessonEvidence(against=SEEN_AS_OTHER_WEIGHT)


class CollectiveEvidence:
    """Lessons of memory, with those of the sure candidates of one country's list added."""

    def __init__(self, country: str, memory: Memory, aliases: Aliases, at: float) -> None:
        """Lessons count as faded at the time `at` (epoch seconds)."""
        self._country = country
        self._memory = memory
        self._aliases = aliases
        self.at = at
        self._support: dict[tuple[LessonKind, str, str], SupportByTarget] = {}
        self._scopes: dict[str, str] = {}
        self._names: dict[tuple[str, int], dict[str, set[int]]] = {}
        self._eliminated: set[tuple[int, str, int]] = set()
        self._confirmed_by_round: set[tuple[int, int]] = set()
        self._on_time: defaultdict[str, set[int]] = defaultdict(set)
        self._hours_off: defaultdict[str, set[int]] = defaultdict(set)
        self.relisting: frozenset[int] = frozenset()
        """Tournaments that list postponed matches a second time."""
        self._knows_kickoffs = False

    # --- Adding what this list shows -------------------------------------------------------------

    def add_sure(self, pairs: Iterable[tuple[Record, Record]]) -> None:
        """Count sure events and their matches as lessons."""
        for event, match in pairs:
            for event_team, match_team in event.sides(match):
                scope, name = self._scope(event_team), event_team.lesson_name
                self._add("team", scope, name, match_team.id, event.id)
                self._names_of_team(scope, match_team.id).setdefault(name, set()).add(event.id)
            self._add("league", self._country, event.competition.name, match.tournament_id, event.id)

    def add_coincidences(self, teams: Iterable[EventTeams]) -> None:
        """Count coincidences: two teams in each other's place whose names say nothing."""
        for event, event_team, match_team in teams:
            self._add("hint", self._scope(event_team), event_team.lesson_name, match_team.id, event.id)

    def add_eliminated(self, teams: Iterable[EventTeams]) -> None:
        """Take the two teams for one in this event: nothing else is left for them."""
        self._eliminated |= {
            (event.id, event_team.lesson_name, match_team.id) for event, event_team, match_team in teams
        }

    def add_matches(self, matches: Iterable[Record]) -> None:
        """Notice which tournaments list the same game twice, days apart: it was postponed."""
        listed = defaultdict[tuple[int, int, int], list[float]](list)
        for match in matches:
            listed[match.tournament_id, match.home.id, match.away.id].append(match.kickoff)
        self.relisting = frozenset(
            tournament
            for (tournament, *_), kickoffs in listed.items()
            if MAX_TWINS_APART_S < max(kickoffs) - min(kickoffs) <= MAX_KICKOFF_APART_S
        )

    def add_confirmed_by_round(self, pairs: Iterable[tuple[Record, Record]]) -> None:
        """Take parts of names as enough for these: the lists agree on the rest of the round."""
        self._confirmed_by_round |= {(event.id, match.id) for event, match in pairs}

    def is_confirmed_by_round(self, event: Record, match: Record) -> bool:
        """Return whether parts of the names are enough for these two."""
        return (event.id, match.id) in self._confirmed_by_round

    def add_kickoffs(self, events: Iterable[tuple[Record, bool]]) -> None:
        """Count which events of a league have their match at the same time (True), and which hours off."""
        self._knows_kickoffs = True
        for event, on_time in events:
            (self._on_time if on_time else self._hours_off)[event.competition.name].add(event.id)

    def _add(self, kind: LessonKind, scope: str, name: str, target_id: int, event_id: int) -> None:
        self._support_of(kind, scope, name).setdefault(target_id, Support()).add(event_id, 1.0)

    # --- Evidence --------------------------------------------------------------------------------

    def team_evidence(
        self, event: Record, event_team: Team, match_team: Team, name_weight: float
    ) -> LessonEvidence:
        """Return what lessons say of these two being one team, whose names have the weight `name_weight`."""
        scope, name = self._scope(event_team), event_team.lesson_name
        similar = name_weight >= SIMILAR_NAMES_WEIGHT
        known = self._known_or_other(
            event, self._support_of("team", scope, name), match_team, similar=similar
        )
        if known is not NO_LESSON:
            return known
        if (event.id, name, match_team.id) in self._eliminated:
            return LessonEvidence(known=ELIMINATED_WEIGHT)
        hints = self._support_of("hint", scope, name)
        this, total = _strengths(hints, match_team.id, event.id) if hints else (0.0, 0.0)
        if this >= MIN_COINCIDENCE_STRENGTH and this * COINCIDENCE_ONE_IN > total:
            repeated = COINCIDENCE_REPEAT_WEIGHT * (this - 1.0)
            return LessonEvidence(known=min(KNOWN_TEAM_WEIGHT, COINCIDENCE_WEIGHT + repeated))
        if similar or not self._seen_as_other(event, scope, name, match_team.id):
            return NO_LESSON
        return SEEN_AS_OTHER

    def _seen_as_other(self, event: Record, scope: str, name: str, team_id: int) -> bool:
        """Return whether other events have shown this team of BetTune's under another name."""
        for other, events in self._names_of_team(scope, team_id).items():
            if other != name and (len(events) > 1 or event.id not in events):
                return True
        return False

    def _known_or_other(
        self, event: Record, support: SupportByTarget, match_team: Team, *, similar: bool
    ) -> LessonEvidence:
        """Return what links of this name say, and how much agreed results add."""
        if not support:
            return NO_LESSON
        this, total = _strengths(support, match_team.id, event.id)
        if this > 0 and this * KNOWN_TEAM_ONE_IN >= total:
            proven = _proven(support, match_team.id, event.id) / NATS_PER_PROVEN_BONUS
            bonus = min(MAX_KNOWN_TEAM_BONUS, math.log1p(this)) + min(MAX_PROVEN_BONUS, proven)
            return LessonEvidence(known=KNOWN_TEAM_WEIGHT + bonus)
        if any(_proven(support, other, event.id) >= ESTABLISHED_WEIGHT for other in support):
            return LessonEvidence(against=PROVEN_AS_OTHER_WEIGHT)
        as_other = SIMILAR_BUT_KNOWN_AS_OTHER_WEIGHT if similar else KNOWN_AS_OTHER_WEIGHT
        return LessonEvidence(against=as_other) if total > 0 else NO_LESSON

    def is_refuted(self, event: Record, match: Record) -> bool:
        """Return whether results showed that one of the names is not the team in its place."""
        return self._memory.any_refuted and any(
            self._memory.is_refuted(self._scope(event_team), event_team.lesson_name, match_team.id)
            for event_team, match_team in event.sides(match)
        )

    def league_weight(self, event: Record, match: Record) -> float:
        """Return the log likelihood ratio (nats) of league and tournament being one, by earlier links."""
        if self._aliases.same_league(event.competition.name, match.competition.short, match.tournament_id):
            return LEAGUE_ALIAS_WEIGHT
        this, total = _strengths(self._league_support(event), match.tournament_id, event.id)
        if this >= MIN_KNOWN_LEAGUE_STRENGTH:
            return min(MAX_KNOWN_LEAGUE_WEIGHT, KNOWN_LEAGUE_WEIGHT + KNOWN_LEAGUE_LINK_WEIGHT * this)
        return LEAGUE_ELSEWHERE_WEIGHT if total >= MIN_LEAGUE_ELSEWHERE_STRENGTH else 0.0

    def same_team_by_user(self, event: Record, event_team: Team, match_team: Team) -> bool:
        """Return whether a user has made these two one team, by alias or by links of other events."""
        if self._aliases.same_team(event_team.name.text, match_team.name.text, match_team.id):
            return True
        confirmed = self._memory.confirmed_events(
            self._scope(event_team), event_team.lesson_name, match_team.id
        )
        return len(confirmed - {event.id}) >= MIN_CONFIRMED_SAME_TEAM

    def is_surprising(self, event: Record, match: Record, *, certain: bool) -> bool:
        """Return whether a kick-off so far off is unlike the other events of the league.

        If names and league are `certain`, less than a day off it is a placeholder. Farther off it may be one
        of a match that was postponed and is listed again, as others of its tournament are.
        """
        apart_s = abs(event.kickoff - match.kickoff)
        if apart_s >= MAX_PLACEHOLDER_APART_S and match.tournament_id in self.relisting:
            return True
        if certain and apart_s < MAX_PLACEHOLDER_APART_S:
            return False
        others_off = self._hours_off[event.competition.name] - {event.id}
        day_off = self._knows_kickoffs and apart_s >= MAX_PLACEHOLDER_APART_S and not others_off
        return day_off or self.is_punctual(event)

    def is_punctual(self, event: Record) -> bool:
        """Return whether the other events of this league all have their right time."""
        league = event.competition.name
        return len(self._on_time[league]) >= MIN_PUNCTUAL_EVENTS and not self._hours_off[league] - {event.id}

    # --- For the search and for texts ------------------------------------------------------------

    def known_team_ids(self, event_team: Team) -> Iterable[int]:
        """Return BetTune's team ids that this name stood for."""
        scope, name = self._scope(event_team), event_team.lesson_name
        return {*self._support_of("team", scope, name), *self._support_of("hint", scope, name)}

    def is_eliminated(self, event: Record, match: Record) -> bool:
        """Return whether one side of this candidate was decided by elimination."""
        return any(self.is_left(event, *teams) for teams in event.sides(match))

    def is_left(self, event: Record, event_team: Team, match_team: Team) -> bool:
        """Return whether nothing else is left for these two teams of this event."""
        return (event.id, event_team.lesson_name, match_team.id) in self._eliminated

    def count_league_links(self, event: Record, match: Record) -> int:
        """Return how many other links have joined this league and this tournament, for texts."""
        return round(_strengths(self._league_support(event), match.tournament_id, event.id)[0])

    def last_learnt(self, event_team: Team, match_team: Team) -> datetime | None:
        """Return when memory last learnt these two to be one team, for texts; None if never."""
        return self._memory.last_learnt(self._scope(event_team), event_team.lesson_name, match_team.id)

    # --- Lookups, cached -------------------------------------------------------------------------

    def _scope(self, team: Team) -> str:
        scope = self._scopes.get(team.squad_label)
        if scope is None:
            scope = self._scopes[team.squad_label] = team_scope(self._country, team)
        return scope

    def _support_of(self, kind: LessonKind, scope: str, name: str) -> SupportByTarget:
        key = kind, scope, name
        found = self._support.get(key)
        if found is None:
            found = self._support[key] = self._memory.support(kind, scope, name, at=self.at)
        return found

    def _league_support(self, event: Record) -> SupportByTarget:
        return self._support_of("league", self._country, event.competition.name)

    def _names_of_team(self, scope: str, team_id: int) -> dict[str, set[int]]:
        found = self._names.get((scope, team_id))
        if found is None:
            found = self._names[scope, team_id] = self._memory.names_of_team(scope, team_id)
        return found


def _proven(support: SupportByTarget, target_id: int, event_id: int) -> float:
    """Return how much the results of other events agreed that the name is this team (nats)."""
    found = support.get(target_id)
    return found.proven_without(event_id) if found else 0.0


def _strengths(support: SupportByTarget, target_id: int, event_id: int) -> tuple[float, float]:
    """Return the strength of the lessons for this id, and of all, without those of the event itself."""
    this = total = 0.0
    for target, lessons in support.items():
        strength = lessons.without(event_id)
        total += strength
        if target == target_id:
            this = strength
    return this, total
