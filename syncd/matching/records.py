"""Records: the events and matches that the linker is given, prepared for comparison."""

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from syncd.matching import competitions
from syncd.matching.competitions import Competition
from syncd.matching.knowledge import Knowledge
from syncd.matching.names import NameParser, TeamName
from syncd.matching.parameters import MAX_NAME_LETTERS, MAX_TWINS_APART_S
from syncd.matching.squads import Squad
from syncd.model.bettune import Match
from syncd.model.pinnacle import Event


class Fixture(msgspec.Struct, frozen=True, kw_only=True):
    """An event of Pinnacle's with its league's name; `priced` if it is open and has prices now."""

    event: Event
    league: str
    priced: bool = True


class Team(msgspec.Struct, frozen=True, kw_only=True):
    """One side of a game: its name, the squad that plays, and BetTune's id (0 for Pinnacle's teams)."""

    name: TeamName
    squad: Squad
    id: int = 0
    lesson_name: str = ""
    """The name's tokens in one string, as lessons keep them."""
    squad_label: str = ""
    name_key: str = ""
    """The name without its club-form words."""
    translations: tuple[TeamName, ...] = ()
    """The name as Pinnacle writes it in other languages."""

    def same_as(self, other: "Team") -> bool:
        """Return whether two teams of one list are the same."""
        return self.name_key == other.name_key and self.squad == other.squad


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A game of one list: an event or a match, in the same form, so that they can be compared."""

    id: int
    kickoff: float
    """Epoch seconds."""
    home: Team
    away: Team
    competition: Competition
    tournament_id: int = 0
    priced: bool = True

    def sides(self, other: "Record") -> tuple[tuple[Team, Team], tuple[Team, Team]]:
        """Return home beside home, away beside away."""
        return (self.home, other.home), (self.away, other.away)

    def same_teams(self, other: "Record") -> bool:
        """Return whether two games of one list have the same home and away teams."""
        return self.home.same_as(other.home) and self.away.same_as(other.away)

    def is_twin_of(self, other: "Record") -> bool:
        """Return whether one list names the same game twice.

        Twins have both teams in common, or one team at the same minute of the same league.
        """
        # Names are compared last: every change of prices runs through a whole country.
        same_minute = self.kickoff == other.kickoff
        same_league = self.competition.name == other.competition.name
        if not same_minute and (not same_league or abs(self.kickoff - other.kickoff) > MAX_TWINS_APART_S):
            return False
        home = self.home.same_as(other.home)
        if not home and not (same_minute and same_league):
            return False
        away = self.away.same_as(other.away)
        return (home and away) or (same_minute and same_league and (home or away))


class RecordBuilder:
    """Makes records of events and matches; caches names and competitions."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._parse_name = NameParser(knowledge)
        self._leagues: dict[str, Competition] = {}
        self._tournaments: dict[tuple[str, str], Competition] = {}
        self._translations: dict[tuple[str, str], tuple[str, ...]] = {}

    def translate(self, names: Mapping[tuple[str, str], tuple[str, ...]]) -> None:
        """Add translations by country and Pinnacle's name, for records that are made from now on."""
        self._translations |= names

    def of_event(self, fixture: Fixture) -> Record:
        """Return the record of a Pinnacle event."""
        event, year = fixture.event, fixture.event.starts.year
        league = self._leagues.get(fixture.league)
        if league is None:
            league = self._leagues[fixture.league] = competitions.of_league(fixture.league, self._knowledge)
        return Record(
            id=event.id,
            kickoff=event.starts.timestamp(),
            home=self._event_team(event.home, league, year),
            away=self._event_team(event.away, league, year),
            competition=league,
            priced=fixture.priced,
        )

    def of_match(self, match: Match) -> Record:
        """Return the record of a BetTune match."""
        names = match.country.name, match.tournament.name
        tournament = self._tournaments.get(names)
        if tournament is None:
            tournament = self._tournaments[names] = competitions.of_tournament(*names, self._knowledge)
        return Record(
            id=match.id,
            kickoff=match.date.timestamp(),
            home=self._team(match.home.name, tournament, match.date.year, match.home.id),
            away=self._team(match.away.name, tournament, match.date.year, match.away.id),
            competition=tournament,
            tournament_id=match.tournament.id,
        )

    def _event_team(self, text: str, league: Competition, year: int) -> Team:
        team = self._team(text, league, year)
        translations = self._translations.get((league.country, team.name.text), ())
        if not translations:
            return team
        read = tuple(self._parse_name(each[:MAX_NAME_LETTERS], league.country, year) for each in translations)
        return replace(team, translations=read)

    def _team(self, text: str, competition: Competition, year: int, team_id: int = 0) -> Team:
        name = self._parse_name(text[:MAX_NAME_LETTERS], competition.country, year)
        return team_of(name, competition, team_id)


def team_of(name: TeamName, competition: Competition, team_id: int) -> Team:
    """Return the team of this name that plays in this competition."""
    squad = name.squad.within(competition.squad)
    return Team(
        name=name,
        squad=squad,
        id=team_id,
        lesson_name=" ".join(name.tokens),
        squad_label=squad.label,
        name_key=name.key,
    )
