"""What the linker is given, and the same prepared for comparison."""

import msgspec

from syncd.matching import competitions
from syncd.matching.competitions import Competition
from syncd.matching.knowledge import Knowledge
from syncd.matching.names import NameReader, TeamName
from syncd.matching.squads import Squad
from syncd.matching.text import LONGEST_NAME
from syncd.model.bettune import Match
from syncd.model.pinnacle import Event

_TWINS_S = 6 * 3600.0
"""Two listings of one game differ by no more; farther apart the same teams meet again."""


class Fixture(msgspec.Struct, frozen=True, kw_only=True):
    """An event of Pinnacle's with its league's name; `priced` says that it is open and has prices now."""

    event: Event
    league: str
    priced: bool = True


class Team(msgspec.Struct, frozen=True, kw_only=True):
    """A side of a game: its name, the squad that plays, and BetTune's id where it is BetTune's."""

    name: TeamName
    squad: Squad
    id: int = 0
    label: str = ""
    """Its name in plain words, as lessons keep it."""
    squad_words: str = ""

    def same(self, other: "Team") -> bool:
        """Whether two names of one list are the same team."""
        return self.squad == other.squad and self.name.key == other.name.key


class Game(msgspec.Struct, frozen=True, kw_only=True):
    """An event or a match, prepared: both become the same thing, so that they can be compared."""

    id: int
    kickoff: float
    """Epoch seconds."""
    home: Team
    away: Team
    competition: Competition
    tournament_id: int = 0
    priced: bool = True

    def sides(self, other: "Game") -> tuple[tuple[Team, Team], tuple[Team, Team]]:
        """Home with home, away with away."""
        return (self.home, other.home), (self.away, other.away)

    def same_teams(self, other: "Game") -> bool:
        """Whether two games of one list have the same home and away teams."""
        return self.home.same(other.home) and self.away.same(other.away)

    def is_twin_of(self, other: "Game") -> bool:
        """Whether one list names the same game twice: both teams agree, or one at the same minute."""
        # Names are compared last: a whole country is gone through at every change of prices.
        minute, league = self.kickoff == other.kickoff, self.competition.name == other.competition.name
        if not minute and (not league or abs(self.kickoff - other.kickoff) > _TWINS_S):
            return False
        home = self.home.same(other.home)
        if not home and not (minute and league):
            return False
        away = self.away.same(other.away)
        return (home and away) or (minute and league and (home or away))


class Reader:
    """Turns events and matches into games."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._name = NameReader(knowledge)
        self._leagues: dict[str, Competition] = {}
        self._tournaments: dict[tuple[str, str], Competition] = {}

    def event(self, fixture: Fixture) -> Game:
        """A Pinnacle event as a game."""
        event = fixture.event
        league = self._leagues.get(fixture.league)
        if league is None:
            league = self._leagues[fixture.league] = competitions.of_league(fixture.league, self._knowledge)
        return Game(
            id=event.id,
            kickoff=event.starts.timestamp(),
            home=self._team(event.home, league),
            away=self._team(event.away, league),
            competition=league,
            priced=fixture.priced,
        )

    def match(self, match: Match) -> Game:
        """A BetTune match as a game."""
        names = match.country.name, match.tournament.name
        tournament = self._tournaments.get(names)
        if tournament is None:
            tournament = self._tournaments[names] = competitions.of_tournament(*names, self._knowledge)
        return Game(
            id=match.id,
            kickoff=match.date.timestamp(),
            home=self._team(match.home.name, tournament, match.home.id),
            away=self._team(match.away.name, tournament, match.away.id),
            competition=tournament,
            tournament_id=match.tournament.id,
        )

    def _team(self, text: str, competition: Competition, team_id: int = 0) -> Team:
        name = self._name(text[:LONGEST_NAME])
        squad = name.squad.within(competition.squad)
        return Team(name=name, squad=squad, id=team_id, label=" ".join(name.words), squad_words=squad.words)
