"""Scoring of candidates: pieces of evidence as log likelihood ratios (nats), and their sum, the score."""

import math
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise

import msgspec

from syncd.matching.collective import NO_LESSON, CollectiveEvidence
from syncd.matching.competitions import competition_weight
from syncd.matching.marks import ListedSquads
from syncd.matching.name_evidence import OTHER_NATION, NameEvidence
from syncd.matching.name_index import NameIndex
from syncd.matching.parameters import (
    AT_TOLERANCE_WEIGHT,
    CACHED_KICKOFF_GAPS,
    EXISTING_LINK_RECOGNISED_WEIGHT,
    EXISTING_LINK_WEIGHT,
    HOURS_APART_S,
    IDENTIFIED_WEIGHT,
    KICKOFF_WEIGHTS,
    MAX_TEAM_WEIGHT,
    MIN_EXISTING_LINK_KICKOFF_WEIGHT,
    MIN_KICKOFF_TOLERANCE_S,
    MIN_MATCHES_COUNTED,
    MIN_TEAM_WEIGHT,
    MIN_UNIDENTIFIED_WEIGHT,
    RECOGNISED_WEIGHT,
    SAME_KICKOFF_S,
    SAME_MINUTE_WEIGHT,
    SAME_SQUAD_WEIGHT,
    UNPUNCTUAL_WEIGHT,
)
from syncd.matching.records import Record, Team
from syncd.matching.squads import squad_weight


class TeamEvidence(msgspec.Struct, frozen=True, gc=False):
    """One side: its `weight` in all, its names alone, and whether lessons know the team under this name."""

    weight: float
    names: NameEvidence
    known: bool
    certain: bool = False
    """True if lessons know the team, or the names are the same: word for word, or the one a part of the other
    where these lists would have shown another club of that name."""

    @property
    def whole(self) -> bool:
        """True if lessons know the team, or each word of either name has its match in the other."""
        return self.known or self.names.whole

    @property
    def contained(self) -> bool:
        """True if no part of the names speaks against this side."""
        return self.known or self.names.contained

    @property
    def alike(self) -> bool:
        """True if the names are only written alike, and nothing else says that they are one team's."""
        return self.names.alike and not self.known and not self.names.table

    @property
    def recognised(self) -> bool:
        """True if more than a resemblance speaks for this side: a distinctive token, an alias, a lesson."""
        return self.recognised_above(RECOGNISED_WEIGHT)

    def recognised_above(self, weight: float) -> bool:
        """Return the same for another least weight."""
        return self.weight > weight and (self.known or self.names.shared)


class Candidate(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An event and a match that may be one game, home with home. All weights are in nats."""

    event: Record
    match: Record
    home: TeamEvidence
    away: TeamEvidence
    kickoff_weight: float
    league_weight: float
    squad_weight: float
    score: float
    """All evidence and the prior: the log odds of being one game if there were no other candidate."""
    existing: bool = False
    """True if the two are linked already: the link is favoured."""
    partial: bool = False
    """True if only parts of the names agree, or both are only written alike, and other clubs of these names
    may exist that are not listed."""
    refuted: bool = False
    """True if the results of an earlier game showed that one of the names is another team."""

    @property
    def apart_s(self) -> float:
        """Seconds between the two kick-offs."""
        return abs(self.event.kickoff - self.match.kickoff)

    @property
    def recognised(self) -> bool:
        """True if both sides are recognised; a little less suffices for an existing link."""
        least = EXISTING_LINK_RECOGNISED_WEIGHT if self.existing else RECOGNISED_WEIGHT
        return self.home.recognised_above(least) and self.away.recognised_above(least)

    @property
    def certain(self) -> bool:
        """True if both sides are certain."""
        return self.home.certain and self.away.certain

    @property
    def unproven(self) -> tuple[tuple[Team, Team], ...]:
        """The teams that one more game in each other's place would make one.

        That is the unidentified side; or both, if only parts of their names agree.
        """
        if self.partial and self.only_parts_agree:
            return self.event.sides(self.match)
        teams = self.unidentified
        return (teams,) if teams else ()

    @property
    def only_parts_agree(self) -> bool:
        """True if nothing else than the rest of the names leaves a doubt."""
        at_once = self.league_weight > 0 and self.squad_weight >= 0 and self.apart_s <= SAME_KICKOFF_S
        return at_once and self.recognised

    @property
    def unidentified(self) -> tuple[Team, Team] | None:
        """The side whose names say nothing, where the other side, kick-off and competition agree."""
        return self.unidentified_within(SAME_KICKOFF_S)

    def unidentified_within(self, apart_s: float) -> tuple[Team, Team] | None:
        """Return the same for kick-offs up to this far apart."""
        if self.apart_s > apart_s or self.league_weight <= 0 or self.squad_weight < 0:
            return None
        for side, other, other_teams in (
            (self.home, self.away, (self.event.away, self.match.away)),
            (self.away, self.home, (self.event.home, self.match.home)),
        ):
            if (
                side.recognised
                and side.weight >= IDENTIFIED_WEIGHT
                and other.weight >= MIN_UNIDENTIFIED_WEIGHT
                and not other.recognised
            ):
                return other_teams
        return None


class KickoffWeights:
    """The weight of a difference between two kick-offs, for one tolerance."""

    def __init__(self, tolerance: timedelta) -> None:
        tolerance_s = max(MIN_KICKOFF_TOLERANCE_S, tolerance.total_seconds())
        later = [
            (hours * 3600.0, weight) for hours, weight in KICKOFF_WEIGHTS if hours * 3600.0 > tolerance_s
        ]
        points = [(0.0, SAME_MINUTE_WEIGHT), (tolerance_s, AT_TOLERANCE_WEIGHT), *later]
        self._points = [(math.log1p(seconds / 60.0), weight) for seconds, weight in points]
        self._weight = lru_cache(maxsize=CACHED_KICKOFF_GAPS)(self._interpolate)

    def weight(self, apart_s: float, *, existing: bool = False) -> float:
        """Return the weight of so many seconds; they count little against an existing link."""
        weight = self._weight(abs(apart_s))
        return max(weight, MIN_EXISTING_LINK_KICKOFF_WEIGHT) if existing else weight

    def _interpolate(self, apart_s: float) -> float:
        position = math.log1p(apart_s / 60.0)
        for (left, high), (right, low) in pairwise(self._points):
            if position <= right:
                return high + (low - high) * (position - left) / (right - left)
        return self._points[-1][1]


class Scorer:
    """Scores the candidates of one country."""

    def __init__(
        self,
        names: NameIndex,
        squads: ListedSquads,
        collective: CollectiveEvidence,
        kickoffs: KickoffWeights,
        matches: int,
    ) -> None:
        self._names = names
        self._squads = squads
        self._collective = collective
        self._kickoffs = kickoffs
        self._league_by_name: dict[tuple[str, str], float] = {}
        self._evidence: dict[tuple[str, str, str, str], NameEvidence] = {}
        self._prior = -math.log(max(MIN_MATCHES_COUNTED, matches))

    def candidate(self, event: Record, match: Record, *, existing: bool = False) -> Candidate:
        """Return the candidate with all its evidence."""
        home = self._team_evidence(event, event.home, match.home)
        away = self._team_evidence(event, event.away, match.away)
        league = self._league_weight(event, match)
        certain = league > 0 and home.certain and away.certain
        kickoff = self._kickoff_weight(event, match, existing=existing, certain=certain)
        squad = self._squads_weight(event, match)
        bonus = EXISTING_LINK_WEIGHT if existing else 0.0
        return Candidate(
            event=event,
            match=match,
            home=home,
            away=away,
            kickoff_weight=kickoff,
            league_weight=league,
            squad_weight=squad,
            score=self._prior + (home.weight + away.weight) + kickoff + league + squad + bonus,
            existing=existing,
            # A round confirms no two names that are only alike: its other games are as like.
            partial=(home.alike and away.alike)
            or not (
                (home.whole and not home.alike)
                or (away.whole and not away.alike)
                or self._names.shows_namesakes
                or self._collective.is_confirmed_by_round(event, match)
            ),
            refuted=self._collective.is_refuted(event, match),
        )

    def swapped_weight(self, event: Record, match: Record) -> float:
        """Return the weight of the two teams with home and away exchanged; the least one if they disagree."""
        exchanged = (event.home, match.away), (event.away, match.home)
        if not any(self._names.in_common(*teams) for teams in exchanged):
            return MIN_TEAM_WEIGHT
        together = 0.0
        for teams in exchanged:
            weight = self._team_evidence(event, *teams).weight
            if weight <= 0:
                return MIN_TEAM_WEIGHT
            together += weight
        return together

    def _team_evidence(self, event: Record, event_team: Team, match_team: Team) -> TeamEvidence:
        names = self._name_evidence(event_team, match_team)
        # Lessons keep a name without its tag: those about the other "Liverpool" do not apply to this one.
        other_nation = names is OTHER_NATION
        lessons = (
            NO_LESSON
            if other_nation
            else self._collective.team_evidence(event, event_team, match_team, names.weight)
        )
        weight = max(names.weight, lessons.known) if lessons.known else names.weight + lessons.against
        known = lessons.known > 0
        return TeamEvidence(
            max(MIN_TEAM_WEIGHT, min(MAX_TEAM_WEIGHT, weight)),
            names,
            known,
            certain=known or (names.same and (names.whole or self._names.shows_namesakes)),
        )

    def _name_evidence(self, event_team: Team, match_team: Team) -> NameEvidence:
        # Two teams meet in many candidates: each event of one with each match of the other, three times over.
        key = event_team.name.text, event_team.squad_label, match_team.name.text, match_team.squad_label
        found = self._evidence.get(key)
        if found is None:
            found = self._evidence[key] = self._names.evidence(event_team, match_team)
        return found

    def _kickoff_weight(self, event: Record, match: Record, *, existing: bool, certain: bool) -> float:
        """Return the weight of the time between them; hours weigh more where the league has none such."""
        apart_s = abs(event.kickoff - match.kickoff)
        weight = self._kickoffs.weight(apart_s, existing=existing)
        if apart_s <= HOURS_APART_S or existing:
            return weight
        surprising = self._collective.is_surprising(event, match, certain=certain)
        return weight + UNPUNCTUAL_WEIGHT if surprising else weight

    def _league_weight(self, event: Record, match: Record) -> float:
        """Return the weight of the names of league and tournament, and of what lessons say of them."""
        names = event.competition.name, match.competition.name
        by_name = self._league_by_name.get(names)
        if by_name is None:
            by_name = self._league_by_name[names] = competition_weight(event.competition, match.competition)
        by_lessons = self._collective.league_weight(event, match)
        return max(by_name, by_lessons) if by_lessons > 0 else by_name + by_lessons

    def _squads_weight(self, event: Record, match: Record) -> float:
        # Nearly always they are the same.
        if event.home.squad == match.home.squad and event.away.squad == match.away.squad:
            return SAME_SQUAD_WEIGHT
        return self._squad_weight(event, match, home=True) + self._squad_weight(event, match, home=False)

    def _squad_weight(self, event: Record, match: Record, *, home: bool) -> float:
        """Return the weight of the squads of the two home (or away) teams.

        If a user has decided that the two names are one team, only the squads of their leagues count.
        """
        one, other = (event.home, match.home) if home else (event.away, match.away)
        by_name = squad_weight(one.squad, other.squad)
        if by_name == 0 or self._squads.same(event, match, home=home):
            return 0.0
        by_league = squad_weight(event.competition.squad, match.competition.squad)
        same_team = by_league > by_name and self._collective.same_team_by_user(event, one, other)
        return by_league if same_team else by_name
