"""A possible pair of an event and a match, with the weight of each piece of evidence."""

import math

import msgspec

from syncd.matching import competitions, squads
from syncd.matching.cards import Game, Team
from syncd.matching.company import NO_NEWS, Company
from syncd.matching.kickoffs import Kickoffs
from syncd.matching.squads import Squad
from syncd.matching.teams import TeamTable
from syncd.matching.weights import OTHER_NATION, NameLikeness

SAME_TIME_S = 300.0
HOURS_OFF_S = 3 * 3600.0
_ODD_IN_ITS_LEAGUE = -6.0
_RECOGNISED, _STILL_RECOGNISED = 0.5, -0.5
_STRONG = 2.5
_LOWEST_STRANGER = -5.3
_LOWEST_TEAM = -9.0
_HIGHEST_TEAM = 8.0
HIGHEST_TEAMS = 2 * _HIGHEST_TEAM
"""No two sides together weigh more."""
_STANDS = 2.0
"""A link that stands gives way only to clearly stronger evidence."""


class TeamEvidence(msgspec.Struct, frozen=True, gc=False):
    """One side: `weight` in all, the names alone in `names`, and whether earlier links know the team."""

    weight: float
    names: NameLikeness
    known: bool

    @property
    def whole(self) -> bool:
        """Whether no part of the names speaks against this side."""
        return self.known or self.names.contained

    @property
    def certain(self) -> bool:
        """Whether the names are the same one written out, or earlier links know the team."""
        return self.known or self.names.same

    @property
    def recognised(self) -> bool:
        """Whether more than a resemblance speaks for this side: a telling word, an alias, a lesson."""
        return self.recognised_from(_RECOGNISED)

    def recognised_from(self, weight: float) -> bool:
        """The same, from another weight on."""
        return self.weight > weight and (self.known or self.names.shared)


class Pair(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An event and a match as one game, home with home; weights are log likelihood ratios."""

    event: Game
    match: Game
    home: TeamEvidence
    away: TeamEvidence
    kickoff: float
    league: float
    squad: float
    weight: float
    """All evidence together: the log odds of being one game, were there no other candidate."""
    held: bool = False

    @property
    def apart_s(self) -> float:
        """Seconds between the two kick-offs."""
        return abs(self.event.kickoff - self.match.kickoff)

    @property
    def recognised(self) -> bool:
        """Whether both sides are recognised; for a link that stands, a little less will do."""
        least = _STILL_RECOGNISED if self.held else _RECOGNISED
        return self.home.recognised_from(least) and self.away.recognised_from(least)

    @property
    def certain(self) -> bool:
        """Whether both sides have the same name, or are known."""
        return self.home.certain and self.away.certain

    @property
    def stranger(self) -> tuple[Team, Team] | None:
        """The side whose names tell nothing, where other side, minute and competition agree."""
        return self.stranger_within(SAME_TIME_S)

    def stranger_within(self, apart_s: float) -> tuple[Team, Team] | None:
        """The same for kick-offs so far apart."""
        if self.apart_s > apart_s or self.league <= 0 or self.squad < 0:
            return None
        for one, other, teams in (
            (self.home, self.away, (self.event.away, self.match.away)),
            (self.away, self.home, (self.event.home, self.match.home)),
        ):
            if (
                one.recognised
                and one.weight >= _STRONG
                and other.weight >= _LOWEST_STRANGER
                and not other.recognised
            ):
                return teams
        return None


class Judge:
    """Weighs pairs of one country."""

    def __init__(self, table: TeamTable, company: Company, kickoffs: Kickoffs, matches: int) -> None:
        self._table = table
        self._company = company
        self._kickoffs = kickoffs
        self._by_name: dict[tuple[str, str], float] = {}
        self._names: dict[tuple[str, Squad, str, Squad], NameLikeness] = {}
        self._prior = -math.log(max(10, matches))

    def pair(self, event: Game, match: Game, *, held: bool = False) -> Pair:
        """The pair with all its evidence."""
        home = self.team(event, event.home, match.home)
        away = self.team(event, event.away, match.away)
        kickoff = self.kickoff(event, match, held=held)
        league = self.league(event, match)
        squad = self.squad(event, match, event.home, match.home)
        squad += self.squad(event, match, event.away, match.away)
        standing = _STANDS if held else 0.0
        return Pair(
            event=event,
            match=match,
            home=home,
            away=away,
            kickoff=kickoff,
            league=league,
            squad=squad,
            weight=self._prior + (home.weight + away.weight) + kickoff + league + squad + standing,
            held=held,
        )

    def squad(self, event: Game, match: Game, ours: Team, theirs: Team) -> float:
        """The two squads; where a person said that the two names are one team, as their leagues tell them."""
        by_name = squads.likeness(ours.squad, theirs.squad)
        if by_name == 0:
            return by_name
        by_league = squads.likeness(event.competition.squad, match.competition.squad)
        said = by_league > by_name and self._company.said(event, ours, theirs)
        return by_league if said else by_name

    def kickoff(self, event: Game, match: Game, *, held: bool) -> float:
        """The difference of the two times; hours weigh more where the league's other events stand right."""
        apart = event.kickoff - match.kickoff
        weight = self._kickoffs.likeness(apart, held=held)
        odd = abs(apart) > HOURS_OFF_S and not held and self._company.punctual(event)
        return weight + _ODD_IN_ITS_LEAGUE if odd else weight

    def league(self, event: Game, match: Game) -> float:
        """The names of league and tournament, and what was learnt of them."""
        names = event.competition.name, match.competition.name
        by_name = self._by_name.get(names)
        if by_name is None:
            by_name = self._by_name[names] = competitions.likeness(event.competition, match.competition)
        learnt = self._company.league(event, match)
        return max(by_name, learnt) if learnt > 0 else by_name + learnt

    def swapped(self, event: Game, match: Game) -> float:
        """The weight of the two teams' evidence with home and away exchanged, where their names say so."""
        exchanged = (event.home, match.away), (event.away, match.home)
        if not any(self._table.in_common(*teams) for teams in exchanged):
            return _LOWEST_TEAM
        together = 0.0
        for teams in exchanged:
            weight = self.team(event, *teams).weight
            if weight <= 0:
                return _LOWEST_TEAM
            together += weight
        return together

    def team(self, event: Game, ours: Team, theirs: Team) -> TeamEvidence:
        """The evidence of two teams being one."""
        names = self._likeness(ours, theirs)
        # A lesson is kept under the name without its tag: that of the other "Liverpool" is none for this one.
        other_nation = names is OTHER_NATION
        news = NO_NEWS if other_nation else self._company.team(event, ours, theirs, names.weight)
        weight = max(names.weight, news.known) if news.known else names.weight + news.against
        return TeamEvidence(max(_LOWEST_TEAM, min(_HIGHEST_TEAM, weight)), names, news.known > 0)

    def _likeness(self, ours: Team, theirs: Team) -> NameLikeness:
        # Two teams meet in many pairs: each event of one with each match of the other, three times over.
        key = ours.name.text, ours.squad, theirs.name.text, theirs.squad
        found = self._names.get(key)
        if found is None:
            found = self._names[key] = self._table.likeness(ours, theirs)
        return found
