"""Similarity of two names: which token of one matches which of the other, and how well (0..1).

Nothing here depends on how common a token is, so the matches of two names never change and are kept.
`name_evidence.py` says what they are worth among the names of a country.
"""

import itertools
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from syncd.matching.names import TeamName
from syncd.matching.parameters import (
    ACRONYM_SIMILARITY,
    CACHED_TOKEN_PAIRS,
    EQUAL_SIMILARITY,
    HINT_SIMILARITY,
    JOINED_SIMILARITY,
    MAX_ACRONYM_LETTERS,
    MAX_CLUB_FORM_LETTERS,
    MAX_JOINED_TOKENS,
    MIN_TOKEN_SIMILARITY,
)
from syncd.matching.spelling import token_similarity


class TokenMatch(NamedTuple):
    """Tokens of one name (by position) that stand for tokens of the other, and their similarity (0..1)."""

    left: tuple[int, ...]
    right: tuple[int, ...]
    similarity: float


def match_tokens(left: TeamName, right: TeamName) -> tuple[TokenMatch, ...]:
    """Return which tokens match which: equal ones, joined ones and acronyms first, then the most similar."""
    found: list[TokenMatch] = []
    free = (set(range(len(left.tokens))), set(range(len(right.tokens))))
    _match_equal(left, right, free, found)
    _match_joined(left, right, free, found)
    _match_acronyms(left, right, free, found)
    _match_similar(left, right, free, found)
    _match_initials_of_all(left, right, free, found)
    _match_first_letter(left, right, free, found)
    return _shared_instance(tuple(found))


@lru_cache(maxsize=CACHED_TOKEN_PAIRS)
def _shared_instance(found: tuple[TokenMatch, ...]) -> tuple[TokenMatch, ...]:
    """Return one instance for equal results: tens of thousands of pairs of names have the same few."""
    return found


_Free = tuple[set[int], set[int]]
"""Positions of the tokens of either name that no match has taken yet."""


def _take(found: list[TokenMatch], free: _Free, match: TokenMatch) -> None:
    found.append(match)
    free[0].difference_update(match.left)
    free[1].difference_update(match.right)


def _match_equal(left: TeamName, right: TeamName, free: _Free, found: list[TokenMatch]) -> None:
    for i, token in enumerate(left.tokens):
        equal = next((j for j in sorted(free[1]) if right.tokens[j] == token), None)
        if equal is not None:
            _take(found, free, TokenMatch((i,), (equal,), EQUAL_SIMILARITY))


def _runs(tokens: tuple[str, ...], free: set[int]) -> list[tuple[int, ...]]:
    """Return all runs of neighbouring free tokens, longest first."""
    return [
        run
        for length in range(MAX_JOINED_TOKENS, 1, -1)
        for start in range(len(tokens) - length + 1)
        if free.issuperset(run := tuple(range(start, start + length)))
    ]


def _match_joined(left: TeamName, right: TeamName, free: _Free, found: list[TokenMatch]) -> None:
    """Match "North East" with "Northeast"."""
    for run in _runs(left.tokens, free[0]):
        joined = "".join(left.tokens[i] for i in run)
        equal = next((j for j in sorted(free[1]) if right.tokens[j] == joined), None)
        if equal is not None and free[0].issuperset(run):
            _take(found, free, TokenMatch(run, (equal,), JOINED_SIMILARITY))
    for run in _runs(right.tokens, free[1]):
        joined = "".join(right.tokens[j] for j in run)
        equal = next((i for i in sorted(free[0]) if left.tokens[i] == joined), None)
        if equal is not None and free[1].issuperset(run):
            _take(found, free, TokenMatch((equal,), run, JOINED_SIMILARITY))


def _match_acronyms(left: TeamName, right: TeamName, free: _Free, found: list[TokenMatch]) -> None:
    """Match "RFS" with "Rigas Futbola Skola", "BW" with "Blau Weiss", "LAFC" with "Los Angeles FC"."""
    for run in _runs(left.tokens, free[0]):
        equal = _position_of(acronyms_of(left.tokens, run), right.tokens, free[1])
        if equal is not None and free[0].issuperset(run):
            _take(found, free, TokenMatch(run, (equal,), ACRONYM_SIMILARITY))
    for run in _runs(right.tokens, free[1]):
        equal = _position_of(acronyms_of(right.tokens, run), left.tokens, free[0])
        if equal is not None and free[1].issuperset(run):
            _take(found, free, TokenMatch((equal,), run, ACRONYM_SIMILARITY))


def acronyms_of(tokens: Sequence[str], run: Iterable[int]) -> tuple[str, ...]:
    """Return the first letters of these tokens, also with a short last one whole: "Wolfsburger AC", "WAC"."""
    *firsts, last = (tokens[index] for index in run)
    letters = "".join(token[0] for token in firsts)
    if 2 <= len(last) <= MAX_CLUB_FORM_LETTERS:
        return letters + last[0], letters + last
    return (letters + last[0],)


def _position_of(written: tuple[str, ...], tokens: tuple[str, ...], free: set[int]) -> int | None:
    return next((index for index in sorted(free) if tokens[index] in written), None)


def _match_similar(left: TeamName, right: TeamName, free: _Free, found: list[TokenMatch]) -> None:
    # Club-form words match only one another. Positions are negative so that of equals the first is taken.
    pairs = [
        (token_similarity(left.tokens[i], right.tokens[j]), -i, -j)
        for i in free[0]
        for j in free[1]
        if not (left.tokens[i] in left.forms) ^ (right.tokens[j] in right.forms)
    ]
    for similarity, i, j in sorted(pairs, reverse=True):
        if similarity >= MIN_TOKEN_SIMILARITY and -i in free[0] and -j in free[1]:
            _take(found, free, TokenMatch((-i,), (-j,), similarity))


def _match_initials_of_all(left: TeamName, right: TeamName, free: _Free, found: list[TokenMatch]) -> None:
    """Match "KAC" of "KAC Kenitra" with what is left of "Kenitra Athletic Club"."""
    for i in sorted(free[0]):
        if rest := _rest_of_initials(left.tokens[i], right.tokens, free[1]):
            _take(found, free, TokenMatch((i,), rest, ACRONYM_SIMILARITY))
    for j in sorted(free[1]):
        if rest := _rest_of_initials(right.tokens[j], left.tokens, free[0]):
            _take(found, free, TokenMatch(rest, (j,), ACRONYM_SIMILARITY))


def _rest_of_initials(token: str, tokens: tuple[str, ...], free: set[int]) -> tuple[int, ...]:
    """Return the free ones of the neighbouring tokens whose initials this one is."""
    if not 2 <= len(token) <= MAX_ACRONYM_LETTERS:
        return ()
    for run in _runs(tokens, set(range(len(tokens)))):
        if token in acronyms_of(tokens, run):
            return tuple(index for index in run if index in free)
    return ()


def _match_first_letter(left: TeamName, right: TeamName, free: _Free, found: list[TokenMatch]) -> None:
    """Match "MVV" with "Maastricht": a hint, unless something else matches or both names say more."""
    if found or min(_count_without_forms(left), _count_without_forms(right)) > 1:
        return
    for i, j in itertools.product(sorted(free[0]), sorted(free[1])):
        one, other = left.tokens[i], right.tokens[j]
        if one[0] == other[0] and (one in left.initials) != (other in right.initials):
            _take(found, free, TokenMatch((i,), (j,), HINT_SIMILARITY))
            return


def _count_without_forms(name: TeamName) -> int:
    return len(name.tokens) - len(name.forms)
