"""The table of clubs: which names are one club, by country.

    Real Madrid; Real Madrid CF; Castilla [second]
    Tianjin Tianhai; Tianjin Quanjian [until 2018]
    # a comment

A line is one club, its usual name first. What a name is stands in brackets behind it; nothing means "also
known as". What may be in the table is said in docs/matching.md.
"""

import re
from collections.abc import Mapping
from enum import StrEnum

import msgspec

from syncd.matching.parameters import FIRST_TABLE_YEAR, LAST_TABLE_YEAR, MIN_CLUB_NAME_LETTERS
from syncd.matching.spelling import normalize, normalize_once

_NAME = re.compile(r"([^\[\]]+?)\s*\[(\w+)(?: (\d{4}))?\]")


class ClubTableError(ValueError):
    """A table of clubs that cannot be used: `str()` names country and line, and says what was expected."""


class NameKind(StrEnum):
    """The kind of a club's name."""

    ALSO = "also"
    """The usual name, or another one of today."""
    FORMER = "until"
    """Given up in a year. Lists go on using it, so it is known until another club has it."""
    LATER = "since"
    """Taken in a year: before, it said nothing of this club."""
    SHORT = "short"
    """Letters, or a shortened name."""
    SECOND = "second"
    """The club's second team."""
    THIRD = "third"
    """The club's third team."""
    WOMEN = "women"
    """The club's women."""


_DATED = (NameKind.FORMER, NameKind.LATER)
OTHER_SQUADS = (NameKind.SECOND, NameKind.THIRD, NameKind.WOMEN)
"""Names that stand for another squad than the first team."""


class ClubName(msgspec.Struct, frozen=True, gc=False):
    """A name of a club, as the table writes it; `year` is the last or first one of a dated name, else 0."""

    text: str
    kind: NameKind = NameKind.ALSO
    year: int = 0

    def is_of(self, year: int) -> bool:
        """Return whether the name was in use in this year."""
        if self.kind is NameKind.FORMER:
            return year <= self.year
        return self.kind is not NameKind.LATER or year >= self.year


class KnownClub(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A club of a table, equal only to itself; `names` begins with the usual one."""

    country: str
    names: tuple[ClubName, ...]

    @property
    def name(self) -> str:
        """The usual name."""
        return self.names[0].text


class ClubTable:
    """The clubs by country, parsed when they are first needed. Pure: texts in, clubs out."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """`texts` are the lines of each country; a country is written as in the names of leagues."""
        self._texts = {normalize(country): text for country, text in texts.items()}
        self._clubs: dict[str, tuple[KnownClub, ...]] = {}

    @property
    def countries(self) -> list[str]:
        """The countries that have a table, normalised."""
        return sorted(self._texts)

    def clubs(self, country: str) -> tuple[KnownClub, ...]:
        """Return the clubs of a country, none if it has no table. Raises `ClubTableError`."""
        found = self._clubs.get(country)
        if found is None:
            found = self._clubs[country] = parse_clubs(self._texts.get(country, ""), country)
        return found


def parse_clubs(text: str, country: str) -> tuple[KnownClub, ...]:
    """Parse the lines of one country. Raises `ClubTableError` with all that is wrong at once."""
    clubs, problems = list[KnownClub](), list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        written = line.partition("#")[0].strip()
        if not written:
            continue
        try:
            clubs.append(KnownClub(country, tuple(_parse_name(part) for part in written.split(";"))))
        except ClubTableError as error:
            problems.append(f"{country}, line {number}: {error}")
            continue
        if clubs[-1].names[0].kind in OTHER_SQUADS:
            problems.append(f"{country}, line {number}: the usual name must be the first team's")
    if problems:
        raise ClubTableError("\n".join(problems))
    return tuple(clubs)


def _parse_name(text: str) -> ClubName:
    name, kind, year = text.strip(), None, None
    if "[" in name or not name:
        read = _NAME.fullmatch(name)
        if read is None:
            raise ClubTableError(f"expected a name and at most one [kind], found {name!r}")
        name, kind, year = read.groups()
    if len(normalize_once(name)) < MIN_CLUB_NAME_LETTERS:
        raise ClubTableError(f"a name has {MIN_CLUB_NAME_LETTERS} letters or more, found {name!r}")
    return ClubName(name) if kind is None else ClubName(name, *_parse_kind(kind, year))


def _parse_kind(word: str, year: str | None) -> tuple[NameKind, int]:
    try:
        kind = NameKind(word)
    except ValueError:
        raise ClubTableError(f"[{word}] is not known; expected {', '.join(NameKind)}") from None
    if (kind in _DATED) != (year is not None):
        raise ClubTableError(f"[{word}] takes {'a year' if kind in _DATED else 'no year'}")
    if year is not None and not FIRST_TABLE_YEAR <= int(year) <= LAST_TABLE_YEAR:
        raise ClubTableError(f"expected a year from {FIRST_TABLE_YEAR} to {LAST_TABLE_YEAR}, found {year}")
    return kind, int(year or 0)
