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

    def __init__(self, left: Iterable[Team], right: Iterable[Team]) -> None:
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
        if one and other and not left.of_another_nation(right):
            if one is other:
                return _one_club(one, found)
            return msgspec.structs.replace(TWO_CLUBS, table=one.country)
        return _namesakes(found) if _is_bare(left, right) else found

    def _club(self, name: TeamName) -> KnownClub | None:
        club = name.found.club if name.found else None
        return None if club in self._doubtful else club


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
    bare = any(name.found and name.found.club is None for name in (left, right))
    return bare and (left.key, left.forms) != (right.key, right.forms)


def _namesakes(found: NameEvidence) -> NameEvidence:
    return msgspec.structs.replace(
        found, weight=min(found.weight, NAMESAKES_WEIGHT), contained=False, same=False, whole=False
    )


def _names_by_club(teams: Iterable[Team]) -> dict[tuple[KnownClub, Squad], set[TeamName]]:
    found = defaultdict[tuple[KnownClub, Squad], set[TeamName]](set)
    for team in teams:
        if team.name.found and team.name.found.club:
            found[team.name.found.club, team.squad].add(team.name)
    return found


def _with_two_teams(names: dict[tuple[KnownClub, Squad], set[TeamName]]) -> set[KnownClub | None]:
    return {club for (club, _), same in names.items() if len({name.key for name in same}) > 1}
