"""Which teams of one country may be the same: every name against every name that has something in common with it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from syncd.matching.aliases import Aliases
from syncd.matching.cards import Team
from syncd.matching.knowledge import Knowledge
from syncd.matching.likeness import Answer, answers, sound, syllables
from syncd.matching.names import TeamName
from syncd.matching.squads import Squad
from syncd.matching.weights import HIGHEST, NOTHING, NameLikeness, Weights

_ALIAS = NameLikeness(HIGHEST, shared=True, degree=1.0)


def _keys(name: TeamName) -> Iterator[str]:
    """What two names must share at least once to be worth comparing."""
    telling = [word for word in name.words if word not in name.forms]
    for word in telling:
        yield word[:3]
        if len(heard := sound(word)) >= 2:
            yield f"~{heard}"
        yield f"~{syllables(word)}"
        if len(word) >= 5:
            yield f"-{word[-4:]}"
        if 2 <= len(word) <= 4:
            yield f".{word}"
    letters = "".join(word[0] for word in name.words)
    for start in range(len(letters) - 1):
        for end in range(start + 2, min(len(letters), start + 4) + 1):
            yield f".{letters[start:end]}"


class TeamTable:
    """Likeness of the names of one country, left Pinnacle's and right BetTune's.

    A name that has a better partner elsewhere is held against a pair: "Graz" is like "Sturm Graz" until one sees
    "Grazer AK" in the list.
    """

    def __init__(self, knowledge: Knowledge, aliases: Aliases, answered: dict[tuple[str, str], tuple[Answer, ...]]) -> None:
        self._knowledge = knowledge
        self._aliases = aliases
        self._answered = answered
        self._near: dict[str, dict[str, NameLikeness]] = {}
        self._best_left: dict[tuple[str, Squad], float] = {}
        self._best_right: dict[tuple[str, Squad], float] = {}

    def compare(self, left: Iterable[Team], right: Iterable[Team]) -> None:
        """Compare all names anew."""
        lefts, rights = _by_name(left), _by_name(right)
        ids = _ids_by_name(right)
        weights = Weights(self._knowledge, lefts, rights)
        holders = defaultdict[str, set[TeamName]](set)
        for name in rights:
            for key in _keys(name):
                holders[key].add(name)
        for name in lefts:
            some = set[TeamName]().union(*(holders.get(key, ()) for key in _keys(name)))
            self._near[name.text] = {
                other.text: weights.likeness(name, other, self._answers(name, other)) for other in some
            }
            if self._aliases.teams:
                for other in rights:
                    if any(self._aliases.team(name.text, other.text, one) for one in ids[other.text]):
                        self._near[name.text][other.text] = _ALIAS
        self._find_best(lefts, rights)

    def _answers(self, left: TeamName, right: TeamName) -> tuple[Answer, ...]:
        key = left.text, right.text
        found = self._answered.get(key)
        if found is None:
            found = self._answered[key] = answers(left, right)
        return found

    def _find_best(self, lefts: dict[TeamName, set[Squad]], rights: dict[TeamName, set[Squad]]) -> None:
        squads_right = {name.text: squads for name, squads in rights.items()}
        for name, squads in lefts.items():
            for other, likeness in self._near[name.text].items():
                for squad in squads & squads_right[other]:
                    _raise(self._best_left, (name.text, squad), likeness.weight)
                    _raise(self._best_right, (other, squad), likeness.weight)

    def near(self, left: Team) -> dict[str, NameLikeness]:
        """BetTune's names that have something in common with this one."""
        return self._near.get(left.name.text, {})

    def likeness(self, left: Team, right: Team) -> NameLikeness:
        """The likeness of two names, less what speaks for another partner of either."""
        found = self._near.get(left.name.text, {}).get(right.name.text)
        if found is None:
            return NOTHING
        better = max(0.0, self._best_left.get((left.name.text, left.squad), -9.0) - found.weight)
        better += max(0.0, self._best_right.get((right.name.text, right.squad), -9.0) - found.weight)
        return found if not better else NameLikeness(found.weight - 0.8 * better, found.shared, found.degree)


def _by_name(teams: Iterable[Team]) -> dict[TeamName, set[Squad]]:
    found: dict[str, tuple[TeamName, set[Squad]]] = {}
    for team in teams:
        found.setdefault(team.name.text, (team.name, set()))[1].add(team.squad)
    return dict(found.values())


def _ids_by_name(teams: Iterable[Team]) -> dict[str, set[int]]:
    found = defaultdict[str, set[int]](set)
    for team in teams:
        found[team.name.text].add(team.id)
    return found


def _raise(best: dict[tuple[str, Squad], float], key: tuple[str, Squad], weight: float) -> None:
    if weight > best.get(key, -99.0):
        best[key] = weight
