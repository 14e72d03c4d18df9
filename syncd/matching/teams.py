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


def _first_letters(name: TeamName, *, initials: bool) -> Iterator[str]:
    """By which initials find the names they may stand for, and the other way round."""
    for word in name.words:
        if (word in name.initials) is initials and word not in name.forms:
            yield f"{'!' if initials else '^'}{word[0]}"


def _all_first_letters(name: TeamName) -> Iterator[str]:
    yield from _first_letters(name, initials=False)
    yield from _first_letters(name, initials=True)


_MIRRORED = {"!": "^", "^": "!"}


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
            for key in (*_keys(name), *_all_first_letters(name)):
                holders[key].add(name)
        for name in lefts:
            keys = {*_keys(name), *(_MIRRORED[key[0]] + key[1:] for key in _all_first_letters(name))}
            some = set[TeamName]().union(*(holders.get(key, ()) for key in keys))
            self._near[name.text] = {
                other.text: weights.likeness(name, other, found)
                for other in some
                if (found := self._answers(name, other))
            }
            for other in rights:
                if name.club is not None and name.club == other.club:
                    self._near[name.text][other.text] = _ALIAS
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
        """The best partner of each name, where a partner that is better suited elsewhere counts for less."""
        squads_right = {name.text: squads for name, squads in rights.items()}
        possible = [
            ((name.text, squad), (other, squad), likeness.weight)
            for name, squads in lefts.items()
            for other, likeness in self._near[name.text].items()
            if not likeness.hinted
            for squad in squads & squads_right[other]
        ]
        raw = _best(possible)
        free = [(ours, theirs, weight, 2 * weight - raw[1][theirs], 2 * weight - raw[0][ours]) for ours, theirs, weight in possible]
        self._best_left = _best((ours, theirs, as_left) for ours, theirs, _, as_left, _ in free)[0]
        self._best_right = _best((ours, theirs, as_right) for ours, theirs, _, _, as_right in free)[1]

    def near(self, left: Team) -> Iterator[str]:
        """BetTune's names that have a word in common with this one."""
        for name, likeness in self._near.get(left.name.text, {}).items():
            if not likeness.hinted:
                yield name

    def likeness(self, left: Team, right: Team) -> NameLikeness:
        """The likeness of two names, less what speaks for another partner of either."""
        found = self._near.get(left.name.text, {}).get(right.name.text)
        if found is None:
            return NOTHING
        better = max(0.0, self._best_left.get((left.name.text, left.squad), -9.0) - found.weight)
        better += max(0.0, self._best_right.get((right.name.text, right.squad), -9.0) - found.weight)
        return found if not better else NameLikeness(found.weight - 0.8 * better, found.shared, found.degree, found.hinted)


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


Side = tuple[str, Squad]


def _best(pairs: Iterable[tuple[Side, Side, float]]) -> tuple[dict[Side, float], dict[Side, float]]:
    left, right = dict[Side, float](), dict[Side, float]()
    for ours, theirs, weight in pairs:
        left[ours] = max(weight, left.get(ours, weight))
        right[theirs] = max(weight, right.get(theirs, weight))
    return left, right
