"""The table of clubs on names: one club, two clubs, or a name that several clubs have."""

from collections import defaultdict
from collections.abc import Iterable, Set

import msgspec

from syncd.matching.club_table import KnownClub
from syncd.matching.name_evidence import TWO_CLUBS, NameEvidence
from syncd.matching.names import TeamName
from syncd.matching.parameters import NAMESAKES_WEIGHT, ONE_CLUB_WEIGHT
from syncd.matching.records import Team
from syncd.matching.squads import Squad


class KnownClubs:
    """The clubs of one country's lists, Pinnacle's left, BetTune's right.

    A list in which two names of one club are two teams of one squad contradicts the table: of that club the
    table then says nothing here.
    """

    def __init__(self, left: Iterable[Team], right: Iterable[Team], *, shows_namesakes: bool = False) -> None:
        """`shows_namesakes`: so many clubs are listed that another club of a name would be among them."""
        self._shows_namesakes = shows_namesakes
        lefts, rights = _names_by_club(left), _names_by_club(right)
        self._doubtful = _with_two_teams(lefts) | _with_two_teams(rights)
        self._rights = defaultdict[KnownClub, set[str]](set)
        for (club, _), names in rights.items():
            self._rights[club] |= {name.text for name in names}

    def other_names(self, left: TeamName) -> Set[str]:
        """Return the names on the right of the club that this name stands for."""
        club = self._club(left)
        return self._rights.get(club, frozenset()) if club else frozenset()

    def judge(self, left: TeamName, right: TeamName, found: NameEvidence) -> NameEvidence:
        """Return the evidence of two names, of which `found` is what their tokens say."""
        one, other = self._club(left), self._club(right)
        if one and one is other and not left.of_another_nation(right):
            return _one_club(one, found)
        if self._are_two_clubs(left, right) and ((one and other) or not found.whole):
            return msgspec.structs.replace(TWO_CLUBS, table=self._country_of(left))
        return self._namesakes(found) if _is_bare(left, right) else found

    def _club(self, name: TeamName) -> KnownClub | None:
        club = name.found.club if name.found else None
        return None if club in self._doubtful else club

    def _are_two_clubs(self, left: TeamName, right: TeamName) -> bool:
        one, other = self._may_be(left), self._may_be(right)
        return bool(one and other) and one.isdisjoint(other) and not left.of_another_nation(right)

    def _country_of(self, name: TeamName) -> str:
        return min(club.country for club in self._may_be(name))

    def _may_be(self, name: TeamName) -> frozenset[KnownClub]:
        """Return the clubs that a name may stand for, none if the table cannot say."""
        clubs = name.found.clubs if name.found else frozenset[KnownClub]()
        return clubs if clubs.isdisjoint(self._doubtful) else frozenset()

    def _namesakes(self, found: NameEvidence) -> NameEvidence:
        return msgspec.structs.replace(
            found,
            weight=min(found.weight, NAMESAKES_WEIGHT),
            contained=False,
            same=False,
            whole=False,
            doubtful=not (found.whole or self._shows_namesakes),
        )


def _one_club(club: KnownClub, found: NameEvidence) -> NameEvidence:
    if found.same and found.whole and found.weight >= ONE_CLUB_WEIGHT:
        return found
    return NameEvidence(
        max(found.weight, ONE_CLUB_WEIGHT),
        shared=True,
        similarity=found.similarity,
        contained=True,
        same=True,
        whole=True,
        table=club.country,
    )


def _is_bare(left: TeamName, right: TeamName) -> bool:
    """Return whether one name is one that several clubs have, and the other is not the same."""
    bare = any(name.found and name.found.bare for name in (left, right))
    return bare and (left.key, left.forms) != (right.key, right.forms)


def _names_by_club(teams: Iterable[Team]) -> dict[tuple[KnownClub, Squad], set[TeamName]]:
    found = defaultdict[tuple[KnownClub, Squad], set[TeamName]](set)
    for team in teams:
        if team.name.found and team.name.found.club:
            found[team.name.found.club, team.squad].add(team.name)
    return found


def _with_two_teams(names: dict[tuple[KnownClub, Squad], set[TeamName]]) -> set[KnownClub | None]:
    return {club for (club, _), same in names.items() if len({name.key for name in same}) > 1}
