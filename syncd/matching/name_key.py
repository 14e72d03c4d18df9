"""Keys of names: their tokens with abbreviations written out, places in one language, suffixes apart."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from syncd.matching.parameters import MIN_PLACE_LETTERS
from syncd.matching.spelling import normalize_once


class NameKey(NamedTuple):
    """The key by which a table finds a name: its words, and apart its club forms and numbers in any order."""

    words: str
    extras: frozenset[str]


class Spelling(msgspec.Struct, frozen=True, kw_only=True):
    """The tables that say how a token is spelled."""

    forms: frozenset[str]
    plain_forms: frozenset[str]
    """Those that any club may be given or not."""
    abbreviations: Mapping[str, tuple[str, ...]]
    places: Mapping[str, str]
    suffixes: tuple[str, ...]

    def spelled(self, tokens: Iterable[str]) -> list[str]:
        """Return abbreviations written out, places in one language, "Vanspor" as "van spor"."""
        return [
            part
            for token in tokens
            for full in self.abbreviations.get(token, (token,))
            for part in self._without_suffix(self.places.get(full, full))
        ]

    def _without_suffix(self, token: str) -> tuple[str, ...]:
        if token.endswith(self.suffixes):
            for suffix in self.suffixes:
                if token.endswith(suffix) and len(token) >= len(suffix) + MIN_PLACE_LETTERS:
                    return token.removesuffix(suffix), suffix
        return (token,)

    def key(self, spelled: list[str]) -> NameKey:
        """Return the key of tokens in one spelling."""
        words = [token for token in spelled if token not in self.forms and not token.isdigit()]
        if not words or len(words) == len(spelled):
            return NameKey(" ".join(spelled), _NONE)
        return NameKey(" ".join(words), frozenset(spelled).difference(words))

    def key_of(self, text: str) -> NameKey:
        """Return the key of a name of a table."""
        return self.key(self.spelled(normalize_once(text).split()))


_NONE = frozenset[str]()
