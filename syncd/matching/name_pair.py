"""Two names side by side: which words match, which are left over, and whether that contradicts.

Nothing here depends on how common a word is; `name_evidence.py` weighs that.
"""

from functools import cached_property

from syncd.matching.names import TeamName
from syncd.matching.parameters import EQUAL_SIMILARITY, MIN_WRITTEN_OUT_SIMILARITY, YEAR_DIGITS
from syncd.matching.similarity import TokenMatch


class NamePair:
    """Two names and which of their tokens match."""

    def __init__(self, left: TeamName, right: TeamName, matches: tuple[TokenMatch, ...]) -> None:
        self.left = left
        self.right = right
        self.matches = matches
        self.matched_left = {i for match in matches for i in match.left}
        self.matched_right = {j for match in matches for j in match.right}

    @property
    def names(self) -> tuple[TeamName, TeamName]:
        """Both names."""
        return self.left, self.right

    @cached_property
    def rest(self) -> tuple[list[str], list[str]]:
        """The words of either name without a match, but for club-form words and numbers."""
        return _rest(self.left, self.matched_left), _rest(self.right, self.matched_right)

    @property
    def exact(self) -> bool:
        """True if no match is but nearly one."""
        return all(match.similarity == EQUAL_SIMILARITY for match in self.matches)

    @property
    def contained(self) -> bool:
        """True if every token of one name has a match in the other."""
        return len(self.matched_left) == len(self.left.tokens) or len(self.matched_right) == len(
            self.right.tokens
        )

    @property
    def written_out(self) -> bool:
        """True if one name is a part of the other, letter by letter: "Brann" only sounds like "Bryne"."""
        good = [match for match in self.matches if match.similarity >= MIN_WRITTEN_OUT_SIMILARITY]
        return sum(len(match.left) for match in good) == len(self.left.tokens) or sum(
            len(match.right) for match in good
        ) == len(self.right.tokens)

    @property
    def forms_differ(self) -> bool:
        """True if each name has a club-form word that the other lacks: "KRC Mechelen", "KV Mechelen"."""
        return _has_form_left(self.left, self.matched_left) and _has_form_left(self.right, self.matched_right)

    @property
    def contradicts(self) -> bool:
        """True if words are left over on both sides, and none of them may be an initial of the other's.

        "Hapoel Haifa" and "Maccabi Haifa", "Manchester City" and "Manchester U".
        """
        left, right = self.rest
        if not left or not right:
            return False
        return not (_may_abbreviate(left, self.left, right) or _may_abbreviate(right, self.right, left))

    @property
    def is_year_against_words(self) -> bool:
        """True if only a year is left of one name, and only words of the other.

        "Metalac 1921", "Metalac Ub".
        """
        left, right = ([token.isdigit() for token in rest] for rest in self.rest)
        return (all(left) and not any(right)) or (all(right) and not any(left))

    def left_words(self, match: TokenMatch) -> list[str]:
        """Return the words of the left name that this match takes."""
        return [self.left.tokens[index] for index in match.left]

    def first_words(self, match: TokenMatch) -> tuple[str, str]:
        """Return the first word that this match takes of either name."""
        return self.left.tokens[match.left[0]], self.right.tokens[match.right[0]]

    def is_of_form(self, match: TokenMatch) -> bool:
        """Return whether a match is of club-form words or single letters only."""
        return all(token in self.left.forms or len(token) == 1 for token in self.left_words(match))

    def is_only_alike(self, match: TokenMatch) -> bool:
        """Return whether it is one word each, of which neither is the other, shortened or not."""
        if not len(match.left) == len(match.right) == 1:
            return False
        short, long = sorted(self.first_words(match), key=len)
        return not long.startswith(short)


def _rest(name: TeamName, matched: set[int]) -> list[str]:
    return [
        token
        for index, token in enumerate(name.tokens)
        if index not in matched and token not in name.forms and not _is_short_number(token)
    ]


def _is_short_number(token: str) -> bool:
    """Return whether a token says little: "Darmstadt 98". A year may name another club: "CSKA 1948"."""
    return token.isdigit() and len(token) < YEAR_DIGITS


def _has_form_left(name: TeamName, matched: set[int]) -> bool:
    return any(token in name.forms and index not in matched for index, token in enumerate(name.tokens))


def _may_abbreviate(rest: list[str], name: TeamName, words: list[str]) -> bool:
    """Return whether one of these tokens is written as initials and begins like a word."""
    firsts = {word[0] for word in words}
    return any((token in name.initials or len(token) == 1) and token[0] in firsts for token in rest)
