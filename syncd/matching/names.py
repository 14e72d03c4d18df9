"""Team names parsed: their tokens, which of them say what kind of club it is, and the squad."""

import re
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from syncd.matching import squads
from syncd.matching.club_index import ClubIndex, FoundClub
from syncd.matching.club_table import NameKind
from syncd.matching.competitions import INTERNATIONAL
from syncd.matching.knowledge import Knowledge
from syncd.matching.name_key import NameKey
from syncd.matching.spelling import normalize
from syncd.matching.squads import FIRST_TEAM, SECOND, THIRD, Squad

_BRACKETS = re.compile(r"[(\[]([^)\]]*)[)\]]")
_INITIALS = re.compile(r"\b(?:[A-Z]|(?=\w{0,2}[A-Z]\w*[A-Z])[A-Z][A-Za-z]{1,4})\b")
# "Rapid Wien Am" are the amateurs, "Nacional AM" is a club of the state of Amazonas.
_AMATEURS = re.compile(r"\bAm\.?\s*$")
# "Austria Wien (A)": the amateurs; "Correcaminos (Premier)": Mexico's second teams, in its Liga Premier.
_BRACKETED_SQUADS = {"a": ["amateure"], "am": ["amateure"], "premier": ["ii"]}
# "Spartak-2 Moskva", as lists of Russia and Ukraine write "Spartak Moskva II".
_NUMBERED = re.compile(r"(?<=[^\W\d_]{2})-(2|3|II|III)(?=\s+\w|\s*[(\[])")
_SQUADS = {
    NameKind.SECOND: Squad(reserve=SECOND),
    NameKind.THIRD: Squad(reserve=THIRD),
    NameKind.WOMEN: Squad(women=True),
}
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
    found: FoundClub | None = None
    """The club that the name stands for by the table of clubs; None if it does not know the name."""
    initial: "TeamName | None" = None
    """The same name with its last letter as an initial, not as the mark of a squad: "Queens Park R."."""

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


class _Written(NamedTuple):
    """A name as it is written, whole and without brackets; its tag's nation; where and when it is used."""

    text: str
    bare: str
    nation: str
    country: str
    year: int


class NameParser:
    """Parses names by the knowledge tables and caches the results."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._spelling = knowledge.spelling
        self._parsed: dict[tuple[str, str, int], TeamName] = {}

    def __call__(self, text: str, country: str = "", year: int = 0) -> TeamName:
        """Return the parsed name, as a team of a country's competitions has it in a year."""
        name = self._parsed.get((text, country, year))
        if name is None:
            name = self._parsed[text, country, year] = self._parse(text, country, year)
        return name

    def _parse(self, text: str, country: str, year: int) -> TeamName:
        bare, nation, markers = self._without_brackets(text)
        name = _Written(text, bare, nation, country, year)
        written = [*normalize(bare).split(), *markers]
        clubs = self._clubs(country, nation)
        found = clubs.exact(self._key(written), year) if clubs else None
        if found is not None:
            return self._read(name, *_of_known(found, written), found)
        read = self._read(name, *self._squad_of(written))
        if markers or not squads.ends_with_a_letter(written, self._knowledge.squads):
            return read
        squad, tokens = self._squad_of(written[:-1])
        return msgspec.structs.replace(read, initial=self._read(name, squad, [*tokens, written[-1]]))

    def _squad_of(self, written: list[str]) -> tuple[Squad, list[str]]:
        return squads.of_name(written, self._knowledge.squads, self._spelling.forms)

    def _read(
        self, name: "_Written", squad: Squad, tokens: list[str], found: FoundClub | None = None
    ) -> TeamName:
        whole, national = " ".join(tokens), ""
        tokens = self._spelling.spelled(tokens)
        found = found or self._find(name, tokens)
        is_club = found is not None and found.club is not None and name.country != INTERNATIONAL
        if whole in self._knowledge.nations and not is_club:
            national, found = self._knowledge.nations[whole], None
            tokens = [national.replace(" ", "-")]
        # That a club is of its country says nothing there: "Uganda Police".
        forms = frozenset(token for token in tokens if token in self._spelling.forms or token == name.country)
        if len(forms) == len(set(tokens)):
            forms = _NONE
        written = frozenset(normalize(each) for each in _INITIALS.findall(name.bare))
        initials = written.intersection(tokens) - forms
        return TeamName(
            text=name.text,
            tokens=tuple(tokens),
            forms=forms or _NONE,
            initials=initials or _NONE,
            squad=squad,
            nation=name.nation,
            national=national,
            found=found,
        )

    def _find(self, name: "_Written", tokens: list[str]) -> FoundClub | None:
        clubs = self._clubs(name.country, name.nation)
        if not clubs:
            return None
        key = self._spelling.key(tokens)
        found = clubs.find(key, name.year)
        if name.country == INTERNATIONAL:
            # One of several clubs: that says nothing where all the world plays.
            return found if found and found.club else None
        return found or clubs.almost(key)

    def _key(self, written: list[str]) -> NameKey:
        return self._spelling.key(self._spelling.spelled(written))

    def _clubs(self, country: str, nation: str) -> ClubIndex:
        """Return the clubs that a name may mean; between nations, those of its tag's nation."""
        if country != INTERNATIONAL:
            return self._knowledge.clubs.of(country)
        return self._knowledge.clubs.of(nation) if nation else self._knowledge.clubs.of_all()

    def _without_brackets(self, text: str) -> tuple[str, str, list[str]]:
        """Return the name without brackets, the nation named in them, and their other tokens.

        A number that marks a squad comes last, wherever it stands.
        """
        nation, markers = "", list[str]()
        number = _NUMBERED.search(text)
        text = _NUMBERED.sub(" ", text)
        for inside in _BRACKETS.findall(text):
            tag = normalize(inside)
            if tag in self._knowledge.nations:
                nation = self._knowledge.nations[tag]
            else:
                markers += _BRACKETED_SQUADS.get(tag, tag.split())
        markers += [number[1].lower()] if number else []
        return _AMATEURS.sub("amateure", _BRACKETS.sub(" ", text)), nation, markers


def _of_known(found: FoundClub, written: list[str]) -> tuple[Squad, list[str]]:
    """Return squad and tokens of a name that the table has just so: it is no club with a squad's marker."""
    squad = _SQUADS.get(found.name.kind) if found.club and found.name else None
    if squad is None or found.club is None:
        return FIRST_TEAM, written
    return squad, normalize(found.club.name).split()
