"""Which teams of one country may be the same: each name against each that has something in common with it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from heapq import nsmallest

import msgspec

from syncd.matching.aliases import Aliases
from syncd.matching.cards import Team
from syncd.matching.knowledge import Knowledge
from syncd.matching.likeness import LONGEST_FORM, Answer, answers, sound, syllables
from syncd.matching.names import TeamName
from syncd.matching.squads import Squad
from syncd.matching.weights import HIGHEST, NOTHING, OTHER_NATION, NameLikeness, Weights

Answered = dict[tuple[str, str], tuple[Answer, ...]]
_ALIAS = NameLikeness(HIGHEST, shared=True, degree=1.0, contained=True, same=True)
_BETTER_ELSEWHERE = 0.8
_GOOD_PARTNER = 1.0


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
        if 2 <= len(word) <= 5:
            yield f".{word}"
    letters = "".join(word[0] for word in name.words)
    for start in range(len(letters) - 1):
        for end in range(start + 2, min(len(letters), start + 4) + 1):
            yield f".{letters[start:end]}"
            last = name.words[end - 1]
            if 2 <= len(last) <= LONGEST_FORM:
                yield f".{letters[start : end - 1]}{last}"


def _first_letters(name: TeamName, *, initials: bool) -> Iterator[str]:
    """By which initials find the names they may stand for, and the other way round."""
    for word in name.words:
        if (word in name.initials) is initials and word not in name.forms:
            yield f"{'!' if initials else '^'}{word[0]}"


def _all_first_letters(name: TeamName) -> Iterator[str]:
    yield from _first_letters(name, initials=False)
    yield from _first_letters(name, initials=True)


_MIRRORED = {"!": "^", "^": "!"}


_MOST_COMPARED = 100
"""No name is compared with more: in real countries 20 have a key in common with one. It bounds the time that
a list of a thousand names made of the same few words can take."""


def _most_in_common(holders: list[set[TeamName]]) -> Iterable[TeamName]:
    """Who shares a key, given the holders of each; of too many those with the most and the rarest keys."""
    some = set[TeamName]().union(*holders)
    if len(some) <= _MOST_COMPARED:
        return some
    shared = defaultdict[TeamName, float](float)
    for found in holders:
        for name in found:
            shared[name] += 1.0 / len(found)
    return nsmallest(_MOST_COMPARED, some, key=lambda name: (-round(shared[name], 6), name.text))


class TeamTable:
    """Likeness of the names of one country, left Pinnacle's and right BetTune's.

    A name that has a better partner elsewhere is held against a pair: "Grazer AK" is like "Sturm Graz" until
    one sees the other "Grazer AK" in the list.
    """

    def __init__(self, knowledge: Knowledge, aliases: Aliases, answered: Answered) -> None:
        self._knowledge = knowledge
        self._aliases = aliases
        self._known_answers = answered
        self.answered: Answered = {}
        """The answers that were needed, to be handed to the next table."""
        self._near: dict[str, dict[str, NameLikeness]] = {}
        self._best_left: dict[tuple[str, Squad], float] = {}
        self._best_right: dict[tuple[str, Squad], float] = {}

    def compare(self, left: list[Team], right: list[Team]) -> None:
        """Compare all names anew."""
        lefts, rights = _by_name(left), _by_name(right)
        weights = Weights(self._knowledge, lefts, rights)
        holders = defaultdict[str, set[TeamName]](set)
        for name in rights:
            for key in (*_keys(name), *_all_first_letters(name)):
                holders[key].add(name)
        for name in lefts:
            keys = {*_keys(name), *(_MIRRORED[key[0]] + key[1:] for key in _all_first_letters(name))}
            self._near[name.text] = {
                other.text: weights.likeness(name, other, found)
                for other in _most_in_common([holders[key] for key in keys if key in holders])
                if not name.of_another_nation(other) and (found := self._answers(name, other))
            }
        self._add_aliases(lefts, right)
        self._find_best(lefts, rights)

    def _add_aliases(self, lefts: Iterable[TeamName], right: Iterable[Team]) -> None:
        """Clubs of two names that ship with syncd, and the user's own aliases."""
        clubs = defaultdict[int, set[TeamName]](set)
        for team in right:
            if team.name.club is not None:
                clubs[team.name.club].add(team.name)
        for name in lefts:
            same_club = clubs.get(name.club, ()) if name.club is not None else ()
            near = {other.text for other in same_club if not name.of_another_nation(other)}
            if self._aliases.teams:
                near |= {
                    team.name.text for team in right if self._aliases.team(name.text, team.name.text, team.id)
                }
            self._near[name.text] |= dict.fromkeys(near, _ALIAS)

    def _answers(self, left: TeamName, right: TeamName) -> tuple[Answer, ...]:
        key = left.text, right.text
        found = self._known_answers.get(key)
        if found is None:
            found = answers(left, right)
        self.answered[key] = found
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
        raw_left, raw_right = _best(possible)
        self._best_left, _ = _best(
            (ours, theirs, _taken(weight, raw_right[theirs])) for ours, theirs, weight in possible
        )
        _, self._best_right = _best(
            (ours, theirs, _taken(weight, raw_left[ours])) for ours, theirs, weight in possible
        )

    def near(self, left: Team) -> Iterator[str]:
        """BetTune's names that have a word in common with this one."""
        for name, likeness in self._near.get(left.name.text, {}).items():
            if not likeness.hinted:
                yield name

    def in_common(self, left: Team, right: Team) -> bool:
        """Whether anything of the two names answers each other."""
        return right.name.text in self._near.get(left.name.text, ())

    def likeness(self, left: Team, right: Team) -> NameLikeness:
        """The likeness of two names, less what speaks for another partner of either."""
        found = self._near.get(left.name.text, {}).get(right.name.text, NOTHING)
        if found is NOTHING and left.name.of_another_nation(right.name):
            return OTHER_NATION
        # Where nothing is in common anyway, only a good partner elsewhere makes it less.
        least = max(found.weight, _GOOD_PARTNER) if found is NOTHING else found.weight
        best_left = self._best_left.get((left.name.text, left.squad), least)
        best_right = self._best_right.get((right.name.text, right.squad), least)
        better = max(0.0, best_left - least) + max(0.0, best_right - least)
        if not better:
            return found
        return msgspec.structs.replace(found, weight=found.weight - _BETTER_ELSEWHERE * better)


def _taken(weight: float, best: float) -> float:
    """What a partner is worth that has a better one itself."""
    return weight - 2.0 * (best - weight)


def _by_name(teams: Iterable[Team]) -> dict[TeamName, set[Squad]]:
    found: dict[str, tuple[TeamName, set[Squad]]] = {}
    for team in teams:
        found.setdefault(team.name.text, (team.name, set()))[1].add(team.squad)
    return dict(found.values())


Side = tuple[str, Squad]


def _best(pairs: Iterable[tuple[Side, Side, float]]) -> tuple[dict[Side, float], dict[Side, float]]:
    left, right = dict[Side, float](), dict[Side, float]()
    for ours, theirs, weight in pairs:
        left[ours] = max(weight, left.get(ours, weight))
        right[theirs] = max(weight, right.get(theirs, weight))
    return left, right
