"""What agreement of two names is worth among the names of one country."""

import math
from collections import Counter
from collections.abc import Iterable

import msgspec

from syncd.matching.knowledge import Knowledge
from syncd.matching.likeness import HINT, SAME, Answer
from syncd.matching.names import TeamName

_FORM = 0.25
_NUMBER = 0.4
_COMMON = 2.2
_RAREST = 4.5
_FEWEST_NAMES = 80
"""A short list of names makes no word look rarer or more common than this many would."""

_AGREEMENT = 0.95
_BOTH_LEFT_OVER = 1.5
_ONE_LEFT_OVER = 0.12
LOWEST, HIGHEST = -4.8, 6.5
_TELLING = 1.0
_HINTED = -0.5
_SURELY = 0.7
_WRITTEN_OUT = 0.86
_A_COMMON_WORD = 2.5
_WHOLE_NAME = 0.7
_NEXT_TO_NOTHING = 0.5
_COMMON_LEFT_OVER = 3.0
_BESIDE_A_NAME = 0.6


class NameLikeness(msgspec.Struct, frozen=True, gc=False):
    """`weight` is a log likelihood ratio; `shared`: a telling word agrees; `degree` (0..1) is for people."""

    weight: float
    shared: bool
    degree: float
    hinted: bool = False
    """No more than an initial in common."""
    contained: bool = False
    """Every word of one name has its answer in the other."""
    same: bool = False
    """As `contained`, letter by letter, and what the other says besides is no name of its own."""


NOTHING = NameLikeness(LOWEST, False, 0.0)
OTHER_NATION = NameLikeness(2 * LOWEST, False, 0.0)
"""No words of two nations are so alike, and no round leaves so little over, that they could be one."""


class Weights:
    """How telling each word is: the rarer among the teams of a country, the more."""

    def __init__(self, knowledge: Knowledge, left: Iterable[TeamName], right: Iterable[TeamName]) -> None:
        self._common = knowledge.common
        sides = [{name.words for name in left}, {name.words for name in right}]
        counts = [Counter(word for words in side for word in set(words)) for side in sides]
        self._names = max(_FEWEST_NAMES, *(len(side) for side in sides))
        self._count = counts[0] | counts[1]
        self._weight: dict[str, float] = {}

    def of(self, word: str, *, form: bool = False) -> float:
        """What it says that two names share this word, as a logarithm."""
        if form:
            return _FORM
        weight = self._weight.get(word)
        if weight is None:
            weight = self._weight[word] = self._worth(word)
        return weight

    def _worth(self, word: str) -> float:
        if word.isdigit():
            return _NUMBER
        if len(word) == 1:
            return _FORM
        rare = min(_RAREST, max(_FORM, math.log(self._names / max(1, self._count[word]))))
        return min(rare, _COMMON) if word in self._common else rare

    def likeness(self, left: TeamName, right: TeamName, found: tuple[Answer, ...]) -> NameLikeness:
        """The weight of two names being so alike, given which of their words answer each other."""
        if found and found[0].degree == HINT:
            return NameLikeness(_HINTED, shared=False, degree=HINT, hinted=True)
        lefts = [self.of(word, form=word in left.forms) for word in left.words]
        rights = [self.of(word, form=word in right.forms) for word in right.words]
        agreed, answered, shared = _agreement(lefts, rights, found)
        ours = {i for answer in found for i in answer.left}
        theirs = {j for answer in found for j in answer.right}
        over_left = self._left_over(left, lefts, ours, shared=shared)
        over_right = self._left_over(right, rights, theirs, shared=shared)
        contradiction, rest = sorted((over_left, over_right))
        weight = _AGREEMENT * agreed - _BOTH_LEFT_OVER * contradiction - _ONE_LEFT_OVER * rest
        if rest <= _NEXT_TO_NOTHING and all(answer.degree == SAME for answer in found):
            weight += _WHOLE_NAME
        degree = answered / (sum(lefts) + sum(rights))
        contained = len(ours) == len(left.words) or len(theirs) == len(right.words)
        same = _written_out(left, right, found) and rest <= _A_COMMON_WORD
        return NameLikeness(max(LOWEST, min(HIGHEST, weight)), shared, degree, contained=contained, same=same)

    def _left_over(self, name: TeamName, weights: list[float], answered: set[int], *, shared: bool) -> float:
        """The weight of the words without an answer.

        Beside a telling word, initials are but a club form; and a common word tells two teams apart better
        than it tells that they are one.
        """
        left = 0.0
        for at, word in enumerate(name.words):
            if at in answered:
                continue
            if shared and word in name.initials:
                left += min(weights[at], _BESIDE_A_NAME)
            else:
                left += _COMMON_LEFT_OVER if word in self._common else weights[at]
        return left


def _written_out(left: TeamName, right: TeamName, found: tuple[Answer, ...]) -> bool:
    """Whether one name is a part of the other, letter by letter: "Brann" only sounds like "Bryne"."""
    good = [answer for answer in found if answer.degree >= _WRITTEN_OUT]
    ours, theirs = sum(len(answer.left) for answer in good), sum(len(answer.right) for answer in good)
    return ours == len(left.words) or theirs == len(right.words)


def _agreement(
    lefts: list[float], rights: list[float], found: tuple[Answer, ...]
) -> tuple[float, float, bool]:
    """The weight that agrees, the weight that found an answer at all, and whether a telling word agrees."""
    agreed, answered, shared = 0.0, 0.0, False
    for answer in found:
        ours, theirs = sum(lefts[i] for i in answer.left), sum(rights[j] for j in answer.right)
        worth = min(ours, theirs) if len(answer.left) != len(answer.right) else (ours + theirs) / 2
        agreed += worth * (answer.degree if answer.degree == SAME else answer.degree**2)
        answered += (ours + theirs) * answer.degree
        shared |= worth >= _TELLING and answer.degree >= _SURELY
    return agreed, answered, shared
