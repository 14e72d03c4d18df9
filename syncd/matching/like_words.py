"""Words of one country that are written alike: where there are several, similarity does not make two one.

Similarity says something only where it is rare: "Persija" and "Persijap" differ no more than a dozen
other clubs of their country do.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping

from syncd.matching.parameters import (
    LIKE_STEM_LETTERS,
    MIN_LIKE_WORDS,
    MIN_TOKEN_SIMILARITY,
)
from syncd.matching.spelling import token_similarity


class LikeWords:
    """The words of several sources, each list and the table of clubs, and who has each of them."""

    def __init__(self, *sources: Mapping[str, Collection[Hashable]]) -> None:
        self._sources = [(holders, _by_stem(holders)) for holders in sources]
        self._like: dict[str, tuple[frozenset[Hashable], ...]] = {}

    def are_many(self, one: str, other: str) -> bool:
        """Return whether a source has so many clubs with words like either that the two may be anything."""
        found = zip(self._like_in_sources(one), self._like_in_sources(other), strict=True)
        return any(len(ones | others) >= MIN_LIKE_WORDS for ones, others in found)

    def _like_in_sources(self, word: str) -> tuple[frozenset[Hashable], ...]:
        """Return, of each source, who has a word like this one."""
        found = self._like.get(word)
        if found is None:
            found = self._like[word] = tuple(
                frozenset(holder for like in _like(word, by_stem) for holder in holders[like])
                for holders, by_stem in self._sources
            )
        return found


def _stems(word: str) -> tuple[str, str]:
    return f"{word[:LIKE_STEM_LETTERS]}-", f"-{word[-LIKE_STEM_LETTERS:]}"


def _by_stem(words: Iterable[str]) -> Mapping[str, set[str]]:
    found = defaultdict[str, set[str]](set)
    for word in words:
        for stem in _stems(word):
            found[stem].add(word)
    return found


def _like(word: str, by_stem: Mapping[str, set[str]]) -> Iterator[str]:
    near = {other for stem in _stems(word) for other in by_stem.get(stem, ())}
    return (other for other in near if token_similarity(word, other) >= MIN_TOKEN_SIMILARITY)
