"""Evidence of two team names: what their matched and unmatched tokens are worth in their country.

The rarer a token is among the teams of a country, the more an agreement on it says (term frequency
adjustment).
"""

import math
from collections import Counter
from collections.abc import Iterable

import msgspec

from syncd.matching.knowledge import Knowledge
from syncd.matching.names import TeamName
from syncd.matching.parameters import (
    AGREEMENT_FACTOR,
    CLUB_FORM_WEIGHT,
    CLUBS_OF_A_PLACE_WEIGHT,
    CONTRADICTION_FACTOR,
    DISTINCTIVE_WEIGHT,
    EQUAL_SIMILARITY,
    HINT_SIMILARITY,
    HINT_WEIGHT,
    INFLECTIONS,
    MAX_BEGINNING_WEIGHT,
    MAX_COMMON_TOKEN_WEIGHT,
    MAX_CONTRADICTED_WEIGHT,
    MAX_NAME_WEIGHT,
    MAX_SAME_NAME_SURPLUS,
    MAX_TOKEN_WEIGHT,
    MAX_UNMATCHED_INITIALS_WEIGHT,
    MAX_WHOLE_NAME_SURPLUS,
    MIN_NAME_WEIGHT,
    MIN_NAMES_COUNTED,
    MIN_SHARED_SIMILARITY,
    MIN_WRITTEN_OUT_SIMILARITY,
    NUMBER_WEIGHT,
    OTHER_NATION_WEIGHT,
    PREFIX_SIMILARITY,
    SURPLUS_FACTOR,
    TWO_CLUBS_WEIGHT,
    UNMATCHED_COMMON_WEIGHT,
    WHOLE_NAME_BONUS,
    YEAR_DIGITS,
)
from syncd.matching.similarity import TokenMatch


class NameEvidence(msgspec.Struct, frozen=True, gc=False):
    """Two names compared: the log likelihood ratio (nats) of one team, and their similarity (0..1).

    The similarity is shown to users; the linker decides by weight and marks.
    """

    weight: float
    shared: bool
    """A distinctive token matches."""
    similarity: float
    hinted: bool = False
    """No more than an initial in common."""
    contained: bool = False
    """Every token of one name has a match in the other."""
    same: bool = False
    """As `contained`, but letter by letter, and what is left of the other is no name of its own."""
    table: str = ""
    """The country whose table of clubs says that the two are one club, or two; empty if none says it."""
    whole: bool = False
    """Each word of either name has a match; only club-form words and numbers are left over."""
    alike: bool = False
    """No distinctive word is the same: the words are only written alike, as "Henan" and "Hunan" are."""
    doubtful: bool = False
    """One name may be that of another club: no round makes the two one, only another meeting or a user."""
    translation: str = ""
    """Pinnacle's own translation of the one name that agrees with the other; empty if none was needed."""


NOTHING_IN_COMMON = NameEvidence(MIN_NAME_WEIGHT, False, 0.0)
OTHER_NATION = NameEvidence(OTHER_NATION_WEIGHT, False, 0.0)
TWO_CLUBS = NameEvidence(TWO_CLUBS_WEIGHT, False, 0.0)
SAME_BY_ALIAS = NameEvidence(
    MAX_NAME_WEIGHT, shared=True, similarity=1.0, contained=True, same=True, whole=True
)


class TokenWeights:
    """The weight of each token among the names of one country, and of two names by their token matches."""

    def __init__(self, knowledge: Knowledge, left: Iterable[TeamName], right: Iterable[TeamName]) -> None:
        self._common = knowledge.common
        sides = [{name.tokens for name in left}, {name.tokens for name in right}]
        counts = [Counter(token for tokens in side for token in set(tokens)) for side in sides]
        self._names = max(MIN_NAMES_COUNTED, *(len(side) for side in sides))
        self._count = counts[0] | counts[1]
        self._weight: dict[str, float] = {}

    def of(self, token: str, *, form: bool = False) -> float:
        """Return the weight (nats) of two names having this token in common; a club-form word is a `form`."""
        if form:
            return CLUB_FORM_WEIGHT
        weight = self._weight.get(token)
        if weight is None:
            weight = self._weight[token] = self._by_rarity(token)
        return weight

    def _by_rarity(self, token: str) -> float:
        if token.isdigit():
            return NUMBER_WEIGHT
        if len(token) == 1:
            return CLUB_FORM_WEIGHT
        rarity = math.log(self._names / max(1, self._count[token]))
        weight = min(MAX_TOKEN_WEIGHT, max(CLUB_FORM_WEIGHT, rarity))
        return min(weight, MAX_COMMON_TOKEN_WEIGHT) if token in self._common else weight

    def evidence(self, left: TeamName, right: TeamName, matches: tuple[TokenMatch, ...]) -> NameEvidence:
        """Return the evidence of two names with these token matches."""
        if matches and matches[0].similarity == HINT_SIMILARITY:
            return NameEvidence(HINT_WEIGHT, shared=False, similarity=HINT_SIMILARITY, hinted=True)
        lefts = [self.of(token, form=token in left.forms) for token in left.tokens]
        rights = [self.of(token, form=token in right.forms) for token in right.tokens]
        agreed, matched, shared = _agreement(lefts, rights, matches)
        matched_left = {i for match in matches for i in match.left}
        matched_right = {j for match in matches for j in match.right}
        rest = _rest(left, matched_left), _rest(right, matched_right)
        unmatched_left = self._unmatched(left, lefts, matched_left, shared=shared)
        unmatched_right = self._unmatched(right, rights, matched_right, shared=shared)
        contradiction, surplus = sorted((unmatched_left, unmatched_right))
        weight = AGREEMENT_FACTOR * agreed - CONTRADICTION_FACTOR * contradiction - SURPLUS_FACTOR * surplus
        if surplus <= MAX_WHOLE_NAME_SURPLUS and all(
            match.similarity == EQUAL_SIMILARITY for match in matches
        ):
            weight += WHOLE_NAME_BONUS
        most, doubtful = MAX_NAME_WEIGHT, False
        if _contradict(*rest, left, right):
            doubtful = self._is_of_many(left, matched_left) and self._is_of_many(right, matched_right)
            two_clubs = shared and self._separates(rest[0], left) and self._separates(rest[1], right)
            most, shared = CLUBS_OF_A_PLACE_WEIGHT if two_clubs else MAX_CONTRADICTED_WEIGHT, False
        elif self._is_a_beginning(left, right, matches):
            most, shared = MAX_BEGINNING_WEIGHT, False
        return NameEvidence(
            min(most, max(MIN_NAME_WEIGHT, weight)),
            shared,
            matched / (sum(lefts) + sum(rights)),
            contained=len(matched_left) == len(left.tokens) or len(matched_right) == len(right.tokens),
            same=shared and _is_written_out(left, right, matches) and surplus <= MAX_SAME_NAME_SURPLUS,
            whole=shared and not any(rest) and not _forms_differ(left, matched_left, right, matched_right),
            alike=self._are_only_alike(left, right, matches),
            doubtful=doubtful,
        )

    def _are_only_alike(self, left: TeamName, right: TeamName, matches: tuple[TokenMatch, ...]) -> bool:
        """Return whether the words that decide are all written alike: none is the other or its beginning."""
        decisive = [match for match in matches if not self._says_little(left, match)]
        return bool(decisive) and all(_is_only_alike(left, right, match) for match in decisive)

    def _is_of_many(self, name: TeamName, matched: set[int]) -> bool:
        """Return whether these words are such as many clubs have: "Hapoel", "Real", an initial."""
        return all(self._is_of_many_clubs(name, name.tokens[index]) for index in matched)

    def _is_a_beginning(self, left: TeamName, right: TeamName, matches: tuple[TokenMatch, ...]) -> bool:
        """Return whether a name only begins a longer one: "Clyde" and "Clydebank"."""
        decisive = [match for match in matches if not self._says_little(left, match)]
        if len(decisive) != 1 or decisive[0].similarity != PREFIX_SIMILARITY:
            return False
        one, other = left.tokens[decisive[0].left[0]], right.tokens[decisive[0].right[0]]
        short, long = sorted((one, other), key=len)
        name = left if short is one else right
        alone = all(
            token == short or token in name.initials or self._is_of_many_clubs(name, token)
            for token in name.tokens
        )
        return alone and long.removeprefix(short) not in INFLECTIONS

    def _says_little(self, left: TeamName, match: TokenMatch) -> bool:
        return all(self._is_of_many_clubs(left, left.tokens[index]) for index in match.left)

    def _is_of_many_clubs(self, name: TeamName, token: str) -> bool:
        return token in self._common or token in name.forms or len(token) == 1

    def _separates(self, rest: list[str], name: TeamName) -> bool:
        """Return whether words that separate clubs of one place are left over: "City", "Maccabi", a "U"."""
        return any(token in self._common or len(token) == 1 or token in name.initials for token in rest)

    def _unmatched(self, name: TeamName, weights: list[float], matched: set[int], *, shared: bool) -> float:
        """Return the weight of the tokens without a match.

        Beside a distinctive match, initials count like a club form; and a common word separates two teams
        better than it joins them.
        """
        unmatched = 0.0
        for index, token in enumerate(name.tokens):
            if index in matched:
                continue
            if shared and token in name.initials:
                unmatched += min(weights[index], MAX_UNMATCHED_INITIALS_WEIGHT)
            else:
                unmatched += UNMATCHED_COMMON_WEIGHT if token in self._common else weights[index]
        return unmatched


def _is_written_out(left: TeamName, right: TeamName, matches: tuple[TokenMatch, ...]) -> bool:
    """Return whether one name is a part of the other, letter by letter: "Brann" only sounds like "Bryne"."""
    good = [match for match in matches if match.similarity >= MIN_WRITTEN_OUT_SIMILARITY]
    matched_left, matched_right = (
        sum(len(match.left) for match in good),
        sum(len(match.right) for match in good),
    )
    return matched_left == len(left.tokens) or matched_right == len(right.tokens)


def _rest(name: TeamName, matched: set[int]) -> list[str]:
    """Return the words without a match, but for club-form words and numbers."""
    return [
        token
        for index, token in enumerate(name.tokens)
        if index not in matched and token not in name.forms and not _is_short_number(token)
    ]


def _is_short_number(token: str) -> bool:
    """Return whether a token says little: "Darmstadt 98". A year may name another club: "CSKA 1948"."""
    return token.isdigit() and len(token) < YEAR_DIGITS


def _forms_differ(left: TeamName, matched_left: set[int], right: TeamName, matched_right: set[int]) -> bool:
    """Return whether each name has a club-form word that the other lacks: "KRC Mechelen", "KV Mechelen"."""
    return all(
        any(token in name.forms and index not in matched for index, token in enumerate(name.tokens))
        for name, matched in ((left, matched_left), (right, matched_right))
    )


def _contradict(left: list[str], right: list[str], one: TeamName, other: TeamName) -> bool:
    """Return whether words are left over on both sides, and none of them may be an initial of the other's.

    "Hapoel Haifa" and "Maccabi Haifa", "Manchester City" and "Manchester U".
    """
    if not left or not right:
        return False
    return not (_may_abbreviate(left, one, right) or _may_abbreviate(right, other, left))


def _may_abbreviate(rest: list[str], name: TeamName, words: list[str]) -> bool:
    """Return whether one of these tokens is written as initials and begins like a word."""
    firsts = {word[0] for word in words}
    return any((token in name.initials or len(token) == 1) and token[0] in firsts for token in rest)


def _agreement(
    lefts: list[float], rights: list[float], matches: tuple[TokenMatch, ...]
) -> tuple[float, float, bool]:
    """Return the weight that agrees, the weight that is matched, and whether a distinctive token is."""
    agreed, matched, shared = 0.0, 0.0, False
    for match in matches:
        left, right = sum(lefts[i] for i in match.left), sum(rights[j] for j in match.right)
        weight = min(left, right) if len(match.left) != len(match.right) else (left + right) / 2
        agreed += weight * (match.similarity if match.similarity == EQUAL_SIMILARITY else match.similarity**2)
        matched += (left + right) * match.similarity
        shared |= weight >= DISTINCTIVE_WEIGHT and match.similarity >= MIN_SHARED_SIMILARITY
    return agreed, matched, shared


def _is_only_alike(left: TeamName, right: TeamName, match: TokenMatch) -> bool:
    """Return whether it is one word each, of which neither is the other, shortened or not."""
    if not len(match.left) == len(match.right) == 1:
        return False
    short, long = sorted((left.tokens[match.left[0]], right.tokens[match.right[0]]), key=len)
    return not long.startswith(short)
