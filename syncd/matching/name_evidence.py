"""Evidence of two team names: what their matched and unmatched tokens are worth in their country.

The rarer a token is among the teams of a country, the more an agreement on it says (term frequency
adjustment).
"""

import math
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from syncd.matching.club_index import NO_CLUBS, ClubsByWord
from syncd.matching.knowledge import Knowledge
from syncd.matching.like_words import LikeWords
from syncd.matching.name_pair import NamePair
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
    MANY_CLUBS,
    MAX_BEGINNING_WEIGHT,
    MAX_COMMON_TOKEN_WEIGHT,
    MAX_CONTRADICTED_WEIGHT,
    MAX_LIKE_WORDS_WEIGHT,
    MAX_NAME_WEIGHT,
    MAX_SAME_NAME_SURPLUS,
    MAX_TOKEN_WEIGHT,
    MAX_UNMATCHED_INITIALS_WEIGHT,
    MAX_WHOLE_NAME_SURPLUS,
    MAX_YEAR_AGAINST_PLACE_WEIGHT,
    MIN_NAME_WEIGHT,
    MIN_NAMES_COUNTED,
    MIN_SHARED_SIMILARITY,
    NUMBER_WEIGHT,
    OTHER_NATION_WEIGHT,
    PREFIX_SIMILARITY,
    SHORT_PREFIX_SIMILARITIES,
    SURPLUS_FACTOR,
    TWO_CLUBS_WEIGHT,
    UNMATCHED_COMMON_WEIGHT,
    WHOLE_NAME_BONUS,
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

    def __init__(
        self,
        knowledge: Knowledge,
        left: Iterable[TeamName],
        right: Iterable[TeamName],
        clubs_by_word: ClubsByWord = NO_CLUBS,
    ) -> None:
        """`clubs_by_word`: which clubs of the country's table have a word in their names."""
        self._common = knowledge.common
        self._clubs_by_word = clubs_by_word
        sides = [{name.tokens for name in left}, {name.tokens for name in right}]
        counts = [Counter(token for tokens in side for token in set(tokens)) for side in sides]
        self._names = max(MIN_NAMES_COUNTED, *(len(side) for side in sides))
        self._count = counts[0] | counts[1]
        self._weight: dict[str, float] = {}
        self._like_words = LikeWords(
            *({token: {token} for token in count} for count in counts), clubs_by_word
        )

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
        pair = NamePair(left, right, matches)
        lefts, rights = self._weights(left), self._weights(right)
        agreed, matched, shared = _agreement(lefts, rights, matches)
        contradiction, surplus = sorted(
            (
                self._unmatched(left, lefts, pair.matched_left, shared=shared),
                self._unmatched(right, rights, pair.matched_right, shared=shared),
            )
        )
        weight = AGREEMENT_FACTOR * agreed - CONTRADICTION_FACTOR * contradiction - SURPLUS_FACTOR * surplus
        weight += WHOLE_NAME_BONUS if pair.exact and surplus <= MAX_WHOLE_NAME_SURPLUS else 0.0
        most, shared, doubtful = self._limit(pair, shared=shared)
        return NameEvidence(
            min(most, max(MIN_NAME_WEIGHT, weight)),
            shared,
            matched / (sum(lefts) + sum(rights)),
            contained=pair.contained,
            same=shared and pair.written_out and surplus <= MAX_SAME_NAME_SURPLUS,
            whole=shared and not any(pair.rest) and not pair.forms_differ,
            alike=self._are_only_alike(pair),
            doubtful=doubtful,
        )

    def _weights(self, name: TeamName) -> list[float]:
        return [self.of(token, form=token in name.forms) for token in name.tokens]

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

    def _limit(self, pair: NamePair, *, shared: bool) -> "_Limit":
        """Return the most that two names can count, by what is left of them and by how alike others are."""
        if pair.contradicts:
            return self._limit_of_contradiction(pair, shared=shared)
        if self._are_like_many(pair):
            return _Limit(MAX_LIKE_WORDS_WEIGHT, doubtful=True)
        if self._is_a_beginning(pair):
            return _Limit(MAX_BEGINNING_WEIGHT)
        # "Bedford" may be Bedford Town, and not Real Bedford.
        return _Limit(MAX_NAME_WEIGHT, shared, any(map(self._separates, pair.rest, pair.names)))

    def _limit_of_contradiction(self, pair: NamePair, *, shared: bool) -> "_Limit":
        left, right = pair.names
        of_many = self._are_like_many(pair) or (
            self._are_of_many(left, pair.matched_left) and self._are_of_many(right, pair.matched_right)
        )
        if shared and all(map(self._separates_clubs_of_a_place, pair.rest, pair.names)):
            return _Limit(CLUBS_OF_A_PLACE_WEIGHT, doubtful=of_many)
        most = MAX_YEAR_AGAINST_PLACE_WEIGHT if pair.is_year_against_words else MAX_CONTRADICTED_WEIGHT
        return _Limit(most, doubtful=of_many)

    # --- Which words decide ----------------------------------------------------------------------

    def _are_only_alike(self, pair: NamePair) -> bool:
        """Return whether the words that decide are all written alike: none is the other or its beginning."""
        decisive = self._rarest(pair) or [match for match in pair.matches if not pair.is_of_form(match)]
        return bool(decisive) and all(map(pair.is_only_alike, decisive))

    def _are_like_many(self, pair: NamePair) -> bool:
        """Return whether the words that decide are no more alike than several of the country are."""
        decisive = self._rarest(pair)
        return bool(decisive) and all(
            match.similarity not in _SAME_OR_ABBREVIATED
            and len(match.left) == len(match.right) == 1
            and self._like_words.are_many(*pair.first_words(match))
            for match in decisive
        )

    def _rarest(self, pair: NamePair) -> list[TokenMatch]:
        """Return the matches of words that no more than a few clubs of the country have."""
        return [
            match
            for match in pair.matches
            if not pair.is_of_form(match) and not all(map(self._is_frequent, pair.left_words(match)))
        ]

    def _is_frequent(self, token: str) -> bool:
        clubs = max(self._count[token], len(self._clubs_by_word.get(token, ())))
        return clubs >= MANY_CLUBS or token in self._common or len(token) == 1

    def _is_a_beginning(self, pair: NamePair) -> bool:
        """Return whether a name only begins a longer one: "Clyde" and "Clydebank"."""
        decisive = [match for match in pair.matches if not self._are_of_many(pair.left, match.left)]
        if len(decisive) != 1 or decisive[0].similarity != PREFIX_SIMILARITY:
            return False
        one, other = pair.first_words(decisive[0])
        short, long = sorted((one, other), key=len)
        name = pair.left if short is one else pair.right
        alone = all(
            token == short or token in name.initials or self._is_of_many_clubs(name, token)
            for token in name.tokens
        )
        return alone and long.removeprefix(short) not in INFLECTIONS

    def _are_of_many(self, name: TeamName, indexes: Iterable[int]) -> bool:
        """Return whether these words are such as many clubs have: "Hapoel", "Real", an initial."""
        return all(self._is_of_many_clubs(name, name.tokens[index]) for index in indexes)

    def _is_of_many_clubs(self, name: TeamName, token: str) -> bool:
        return token in self._common or token in name.forms or len(token) == 1

    def _separates(self, rest: list[str], _name: TeamName) -> bool:
        """Return whether words are left over by which clubs of one place call themselves, or a year is."""
        return any(token in self._common or token.isdigit() for token in rest)

    def _separates_clubs_of_a_place(self, rest: list[str], name: TeamName) -> bool:
        """Return the same of what contradicts: "City", "Maccabi", a "U"."""
        return any(token in self._common or len(token) == 1 or token in name.initials for token in rest)


class _Limit(NamedTuple):
    """The most that two names count, whether they share a distinctive word, and whether doubts are left."""

    most: float
    shared: bool = False
    doubtful: bool = False


_SAME_OR_ABBREVIATED = (EQUAL_SIMILARITY, *SHORT_PREFIX_SIMILARITIES)


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
