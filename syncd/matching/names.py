"""A team's name taken apart: its words, what each is worth, and the squad it stands for."""

import re
from collections.abc import Iterable, Iterator

import msgspec

from syncd.matching import squads
from syncd.matching.knowledge import Knowledge
from syncd.matching.squads import FIRST_TEAM, Squad
from syncd.matching.text import plain

_BRACKETS = re.compile(r"[(\[]([^)\]]*)[)\]]")
_INITIALS = re.compile(r"\b(?:[A-Z]|(?=\w{0,2}[A-Z]\w*[A-Z])[A-Z][A-Za-z]{1,4})\b")
# "Rapid Wien Am" are the amateurs, "Nacional AM" is a club of the state of Amazonas.
_AMATEURS = re.compile(r"\bAm\.?\s*$")
_SHORTEST_PLACE = 3
_NONE = frozenset[str]()
"""Of thousands of names most have none, and an empty set takes 200 bytes."""


class TeamName(msgspec.Struct, frozen=True, kw_only=True):
    """A name ready to be compared. Two teams with the same `key` and squad have the same name."""

    text: str
    """As the provider writes it."""
    words: tuple[str, ...]
    """Plain words, abbreviations and places in one spelling, squad markers removed."""
    forms: frozenset[str]
    """Those of `words` that only say what kind of club it is."""
    initials: frozenset[str] = frozenset()
    """Those of `words` written as initials: "MVV", "RoPS", the V of "Tokyo-V"."""
    squad: Squad = FIRST_TEAM
    nation: str = ""
    """Of a tag such as "(Jpn)"."""
    national: str = ""
    """The nation whose team this is, where the whole name is a nation's."""
    club: int | None = None
    """Which of the shipped table's clubs this is, where it is one of them."""

    def of_another_nation(self, other: "TeamName") -> bool:
        """Whether the two stand for different nations, or their clubs' tags do: "Niger" is no "Nigeria"."""
        for ours, theirs in ((self.nation, other.nation), (self.national, other.national)):
            if ours and theirs and ours != theirs:
                return True
        return False

    @property
    def key(self) -> str:
        """The telling words: what stays of the name when its club-form words are dropped."""
        return _key(self.words, self.forms)


def _key(words: Iterable[str], forms: frozenset[str]) -> str:
    return " ".join(word for word in words if word not in forms)


class NameReader:
    """Prepares names by a knowledge table; what it once read it remembers."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._read: dict[str, TeamName] = {}
        self._clubs: dict[str, int] = {}
        for row, names in enumerate(knowledge.clubs):
            self._clubs |= {name.key: row for name in map(self._take_apart, names) if self._is_certain(name)}

    def __call__(self, text: str) -> TeamName:
        """The prepared name of `text`."""
        name = self._read.get(text)
        if name is None:
            name = self._read[text] = self._take_apart(text)
        return name

    def _is_certain(self, name: TeamName) -> bool:
        """Whether a club's name stays one without its forms: "Union SG" does not."""
        return not name.forms or not self._knowledge.common.issuperset(name.key.split())

    def _take_apart(self, text: str) -> TeamName:
        bare, nation, marks = self._brackets(text)
        said = [*plain(bare).split(), *marks]
        squad, words = squads.of_name(said, self._knowledge.squads, self._knowledge.forms)
        whole, national = " ".join(words), ""
        if whole in self._knowledge.nations:
            national = self._knowledge.nations[whole]
            words = [national.replace(" ", "-")]
        else:
            words = list(self._spelt(words))
        forms = frozenset(word for word in words if word in self._knowledge.forms)
        if len(forms) == len(set(words)):
            forms = _NONE
        initials = frozenset(plain(word) for word in _INITIALS.findall(bare)).intersection(words) - forms
        return TeamName(
            text=text,
            words=tuple(words),
            forms=forms or _NONE,
            initials=initials or _NONE,
            squad=squad,
            nation=nation,
            national=national,
            club=self._clubs.get(_key(words, forms)),
        )

    def _brackets(self, text: str) -> tuple[str, str, list[str]]:
        """The name without brackets, a nation said in them, and their other words."""
        nation, words = "", list[str]()
        for inside in _BRACKETS.findall(text):
            said = plain(inside)
            if said in self._knowledge.nations:
                nation = self._knowledge.nations[said]
            else:
                # "Austria Wien (A)": the amateurs.
                words += ["amateure"] if said in ("a", "am") else said.split()
        return _AMATEURS.sub("amateure", _BRACKETS.sub(" ", text)), nation, words

    def _spelt(self, words: list[str]) -> Iterator[str]:
        """Each word written out, places in one language, "Vanspor" as "van spor"."""
        for word in words:
            for full in self._knowledge.abbreviations.get(word, (word,)):
                yield from self._parted(self._knowledge.places.get(full, full))

    def _parted(self, word: str) -> Iterator[str]:
        for suffix in self._knowledge.suffixes:
            if word.endswith(suffix) and len(word) >= len(suffix) + _SHORTEST_PLACE:
                yield word.removesuffix(suffix)
                yield suffix
                return
        yield word
