"""Team names parsed: their tokens, which of them say what kind of club it is, and the squad."""

import re
from collections.abc import Iterable, Iterator

import msgspec

from syncd.matching import squads
from syncd.matching.knowledge import Knowledge
from syncd.matching.parameters import MIN_PLACE_LETTERS
from syncd.matching.spelling import normalize
from syncd.matching.squads import FIRST_TEAM, Squad

_BRACKETS = re.compile(r"[(\[]([^)\]]*)[)\]]")
_INITIALS = re.compile(r"\b(?:[A-Z]|(?=\w{0,2}[A-Z]\w*[A-Z])[A-Z][A-Za-z]{1,4})\b")
# "Rapid Wien Am" are the amateurs, "Nacional AM" is a club of the state of Amazonas.
_AMATEURS = re.compile(r"\bAm\.?\s*$")
_NONE = frozenset[str]()
"""Shared by the thousands of names that have none: an empty set takes 200 bytes."""


class TeamName(msgspec.Struct, frozen=True, kw_only=True):
    """A name ready to be compared. Two teams with the same `key` and squad have the same name."""

    text: str
    """As the provider writes it."""
    tokens: tuple[str, ...]
    """Normalised, abbreviations and places in one spelling, squad markers removed."""
    forms: frozenset[str]
    """The club-form words among the tokens."""
    initials: frozenset[str] = frozenset()
    """The tokens that are written as initials: "MVV", "RoPS", the V of "Tokyo-V"."""
    squad: Squad = FIRST_TEAM
    nation: str = ""
    """Of a tag such as "(Jpn)"."""
    national: str = ""
    """The nation whose team this is, if the whole name is a nation's."""
    club: int | None = None
    """Row of the shipped table's clubs, if the name is one of theirs."""

    def of_another_nation(self, other: "TeamName") -> bool:
        """Return whether the two are different nations, or are tagged with them: "Niger" is not "Nigeria"."""
        for one, another in ((self.nation, other.nation), (self.national, other.national)):
            if one and another and one != another:
                return True
        return False

    @property
    def key(self) -> str:
        """The name without its club-form words."""
        return _key(self.tokens, self.forms)


def _key(tokens: Iterable[str], forms: frozenset[str]) -> str:
    return " ".join(token for token in tokens if token not in forms)


class NameParser:
    """Parses names by a knowledge table and caches the results."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._parsed: dict[str, TeamName] = {}
        self._clubs: dict[str, int] = {}
        for row, names in enumerate(knowledge.clubs):
            self._clubs |= {name.key: row for name in map(self._parse, names) if self._identifies_club(name)}

    def __call__(self, text: str) -> TeamName:
        """Return the parsed name."""
        name = self._parsed.get(text)
        if name is None:
            name = self._parsed[text] = self._parse(text)
        return name

    def _identifies_club(self, name: TeamName) -> bool:
        """Return whether a club's name identifies it without its club-form words: "Union SG" does not."""
        return not name.forms or not self._knowledge.common.issuperset(name.key.split())

    def _parse(self, text: str) -> TeamName:
        bare, nation, markers = self._without_brackets(text)
        squad, tokens = squads.of_name(
            [*normalize(bare).split(), *markers], self._knowledge.squads, self._knowledge.forms
        )
        whole, national = " ".join(tokens), ""
        if whole in self._knowledge.nations:
            national = self._knowledge.nations[whole]
            tokens = [national.replace(" ", "-")]
        else:
            tokens = list(self._in_one_spelling(tokens))
        forms = frozenset(token for token in tokens if token in self._knowledge.forms)
        if len(forms) == len(set(tokens)):
            forms = _NONE
        initials = frozenset(normalize(each) for each in _INITIALS.findall(bare)).intersection(tokens) - forms
        return TeamName(
            text=text,
            tokens=tuple(tokens),
            forms=forms or _NONE,
            initials=initials or _NONE,
            squad=squad,
            nation=nation,
            national=national,
            club=self._clubs.get(_key(tokens, forms)),
        )

    def _without_brackets(self, text: str) -> tuple[str, str, list[str]]:
        """Return the name without brackets, the nation named in them, and their other tokens."""
        nation, markers = "", list[str]()
        for inside in _BRACKETS.findall(text):
            tag = normalize(inside)
            if tag in self._knowledge.nations:
                nation = self._knowledge.nations[tag]
            else:
                # "Austria Wien (A)": the amateurs.
                markers += ["amateure"] if tag in ("a", "am") else tag.split()
        return _AMATEURS.sub("amateure", _BRACKETS.sub(" ", text)), nation, markers

    def _in_one_spelling(self, tokens: list[str]) -> Iterator[str]:
        """Yield abbreviations written out, places in one language, "Vanspor" as "van spor"."""
        for token in tokens:
            for full in self._knowledge.abbreviations.get(token, (token,)):
                yield from self._without_suffix(self._knowledge.places.get(full, full))

    def _without_suffix(self, token: str) -> Iterator[str]:
        for suffix in self._knowledge.suffixes:
            if token.endswith(suffix) and len(token) >= len(suffix) + MIN_PLACE_LETTERS:
                yield token.removesuffix(suffix)
                yield suffix
                return
        yield token
