"""Marks of squads that one name does not explain, but the two lists together do.

A club has one second team in a league of first teams, whatever a list calls it: II, B, U23, Jong; one in a
league of reserves; and one team in a youth league. "Academy" may belong to a club's name. And the R of
"Queens Park R." is an initial if the other list has the Rangers.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from msgspec.structs import replace

from syncd.matching.names import TeamName
from syncd.matching.parameters import MAX_ADJACENT_AGES, MIN_RESERVE_AGE
from syncd.matching.records import Record, Team, team_of
from syncd.matching.squads import ANY_AGE, SECOND, Squad

_Words = frozenset[str]
_Clubs = Mapping[str, Sequence[tuple[_Words, Squad]]]
"""Each word -> the teams of a list whose names have it: all their words, and the squad."""

_RARE_MARKS = frozenset({"c", "r", "f"})
"""Letters that seldom mark a squad: an initial even if the other list leaves the word out."""


class ListedSquads:
    """The squads of each club in either list, to say whether two teams of different marks are one."""

    def __init__(self, events: Sequence[Record], matches: Sequence[Record]) -> None:
        self._all = [_clubs(_teams(games)) for games in (events, matches)]
        self._by_place = [_clubs_by_place(games) for games in (events, matches)]

    def same(self, event: Record, match: Record, *, home: bool) -> bool:
        """Return whether the two home (or away) teams can only be the same squad of a club."""
        one, other = (event.home, match.home) if home else (event.away, match.away)
        if one.squad.women != other.squad.women:
            return False
        place = _place(event, one)
        if place is not None and place == _place(match, other):
            return self._only_ones(place, one, other)
        if one.squad.academy == other.squad.academy or one.squad[:3] != other.squad[:3]:
            return False
        # Two academies that meet are squads, not clubs of that name.
        if any(game.home.squad.academy and game.away.squad.academy for game in (event, match)):
            return False
        return all(_is_alone(one, clubs) and _is_alone(other, clubs) for clubs in self._all)

    def _only_ones(self, place: Squad, one: Team, other: Team) -> bool:
        """Return whether neither list has two teams of the club that play in such a place."""
        return all(
            len(set(_squads(clubs[place], team))) <= 1
            for clubs in self._by_place
            if place in clubs
            for team in (one, other)
        )


def _is_alone(team: Team, clubs: _Clubs) -> bool:
    """Return whether the list does not have this squad both with and without "Academy"."""
    plain = team.squad._replace(academy=False)
    return len({squad for squad in _squads(clubs, team) if squad._replace(academy=False) == plain}) <= 1


def _place(game: Record, team: Team) -> Squad | None:
    """Return the place of which a club has one in a league of this kind, if the team may fill it.

    It is the second team in a league of first teams or of reserves, or the team of a youth league's age.
    """
    league, squad = game.competition.squad, team.squad
    if league.age and not league.reserve:
        near = not squad.reserve and abs((squad.age or 0) - league.age) <= MAX_ADJACENT_AGES
        return Squad(squad.women, league.age) if near else None
    old_enough = squad.age is None or squad.age >= MIN_RESERVE_AGE
    if squad.reserve == SECOND and (old_enough if league.reserve else league.age is None):
        # Reserves of a league of reserves are other games than those among first teams.
        return Squad(squad.women, ANY_AGE if league.reserve else None, SECOND)
    is_second = not squad.reserve and league.age is None and (squad.age or 0) >= MIN_RESERVE_AGE
    return Squad(squad.women, None, SECOND) if is_second else None


def _words(name: TeamName) -> _Words:
    return frozenset(token for token in name.tokens if token not in name.forms)


def _teams(games: Iterable[Record]) -> Iterator[Team]:
    for game in games:
        yield game.home
        yield game.away


def _clubs_by_place(games: Iterable[Record]) -> Mapping[Squad, _Clubs]:
    teams = defaultdict[Squad, list[Team]](list)
    for game in games:
        for team in (game.home, game.away):
            place = _place(game, team)
            if place is not None:
                teams[place].append(team)
    return {place: _clubs(each) for place, each in teams.items()}


def _clubs(teams: Iterable[Team]) -> _Clubs:
    found = defaultdict[str, list[tuple[_Words, Squad]]](list)
    for words, squad in {(_words(team.name), team.squad) for team in teams}:
        for word in words:
            found[word].append((words, squad))
    return found


def _squads(clubs: _Clubs, team: Team) -> Iterator[Squad]:
    """Yield the squads of the clubs that this team's name, or a part of it, may stand for."""
    words = _words(team.name)
    for word in words:
        for others, squad in clubs.get(word, ()):
            if others <= words or words <= others:
                yield squad


class Readings:
    """Reads a last letter as an initial where the other list has the whole word.

    A name is read in one way only in all games of a list.
    """

    def __init__(self, events: Sequence[Record], matches: Sequence[Record]) -> None:
        lists = _names(_teams(events)), _names(_teams(matches))
        self._initials = (
            set(_with_initials(events, *lists)),
            set(_with_initials(matches, *reversed(lists))),
        )

    def events(self, games: Iterable[Record]) -> list[Record]:
        """Return the events, each name as it is to be read."""
        return [_read(game, self._initials[0]) for game in games]

    def matches(self, games: Iterable[Record]) -> list[Record]:
        """Return the matches, each name as it is to be read."""
        return [_read(game, self._initials[1]) for game in games]


def _with_initials(games: Iterable[Record], own: "_Names", other: "_Names") -> Iterator[str]:
    """Yield the names whose last letter is an initial in each game of this list."""
    marked, initial = set[str](), set[str]()
    for game in games:
        both = bool(game.home.name.initial and game.away.name.initial)
        for team in (game.home, game.away):
            if team.name.initial:
                # A letter that both teams of a game bear is a mark.
                is_initial = not both and _is_initial(team, game, own, other)
                (initial if is_initial else marked).add(team.name.text)
    yield from initial - marked


def _read(game: Record, initials: Set[str]) -> Record:
    for side, team in (("home", game.home), ("away", game.away)):
        if team.name.initial and team.name.text in initials:
            read = team_of(team.name.initial, game.competition, team.id)
            game = replace(game, **{side: replace(read, translations=team.translations)})
    return game


_Names = Mapping[str, Sequence[tuple[tuple[str, ...], Squad]]]
"""The first word of a name -> all words of such names in a list, and their squads."""


def _names(teams: Iterable[Team]) -> _Names:
    found = defaultdict[str, list[tuple[tuple[str, ...], Squad]]](list)
    # With and without club forms: "Sport B." is Sport Boys.
    for words, squad in {
        (each, team.squad) for team in teams for each in (_key(team.name), team.name.tokens)
    }:
        found[words[0]].append((words, squad))
    return found


def _key(name: TeamName) -> tuple[str, ...]:
    return tuple(name.key.split()) or name.tokens


def _is_initial(team: Team, game: Record, own: "_Names", other: "_Names") -> bool:
    """Return whether the last letter of this team's name shortens a word that the other list has.

    A squad that really bears the mark, or the club's own first team beside it, speaks against.
    """
    if team.name.initial is None:
        return False
    words, letter = _key(team.name), team.name.initial.tokens[-1]
    squad = team_of(team.name.initial, game.competition, team.id).squad
    listed = other.get(words[0], ())
    if (words, squad) in own.get(words[0], ()) or squad == team.squad:
        return False
    if any(found[: len(words)] == words and _is_marked(marked, team.squad) for found, marked in listed):
        return False
    return any(of == squad and _continues(found, words, letter) for found, of in listed)


def _is_marked(squad: Squad, read: Squad) -> bool:
    """Return whether a listed squad is what the letter would mark; a second team may be called U23."""
    as_second = read.reserve == SECOND and (squad.age or 0) >= MIN_RESERVE_AGE and squad.women == read.women
    return squad == read or as_second


def _continues(found: tuple[str, ...], words: tuple[str, ...], letter: str) -> bool:
    if found[: len(words)] != words:
        return False
    rest = found[len(words) :]
    return rest[0].startswith(letter) if rest else letter in _RARE_MARKS
