"""openfootball's text of clubs: headings of countries, a line for each club, its other names behind bars.

    = Österreich • Austria
    == Wien ==
    SK Rapid Wien, 1899,  Wien (Hütteldorf)     ## a comment
      | Rapid Wien | Rapid Vienna [en]
     Keisslergasse 3 // 1140 Wien
    ii) SK Rapid Wien II

The format is public (github.com/openfootball/clubs). Regions, years, towns and addresses say nothing here.
Second teams and clubs that were dissolved are left out: their names often pass to others.
"""

import re
from typing import NamedTuple

from syncd.matching.knowledge import shipped
from syncd.matching.spelling import normalize

_HEADING = re.compile(r"(=+)\s*(.*?)\s*=*")
_TAG = re.compile(r"\s*\[[a-z]{2,3}(?:[-_][A-Za-z]+)?\]\s*")
_CODE = re.compile(r"\s*\([a-z]{2,3}\)\s*$")
_YEARS = re.compile(r"\s*\((?:[^()]*?)(\d{4})?\s*-\s*(\d{4})?\)\s*")
_OTHER_SQUAD = re.compile(r"\w{1,4}\)\s")


class WrittenName(NamedTuple):
    """A name and its line."""

    line: int
    text: str


class WrittenClub(NamedTuple):
    """A club: its country, its usual name, and its others."""

    country: str
    usual: str
    names: list[WrittenName]


class WrittenClubs(NamedTuple):
    """All clubs of a text, problems with their lines, and how many lines were left out."""

    clubs: list[WrittenClub]
    problems: list[WrittenName]
    left_out: int


def read_clubs(text: str) -> WrittenClubs:
    """Read openfootball's text; all that cannot be read is among the problems."""
    reader = _Reader()
    for number, line in enumerate(text.splitlines(), 1):
        written = line.partition("#")[0].rstrip()
        if written.strip():
            reader.read(number, written)
    return WrittenClubs(reader.clubs, reader.problems, reader.left_out)


class _Reader:
    def __init__(self) -> None:
        self.clubs: list[WrittenClub] = []
        self.problems: list[WrittenName] = []
        self.left_out = 0
        self._country = ""
        self._club: WrittenClub | None = None
        self._skips = False

    def read(self, number: int, line: str) -> None:
        if line.startswith("="):
            self._read_heading(number, line)
        elif line.lstrip().startswith("|"):
            self._read_names(number, line.strip().strip("|"))
        elif line[0] not in " \t":
            self._read_club(number, line)

    def _read_heading(self, number: int, line: str) -> None:
        found = _HEADING.fullmatch(line)
        if found is None or not found[2] or len(found[1]) > 1:
            return
        self._club, self._skips = None, True
        self._country = country_of(found[2])
        if not self._country:
            advice = "write it as in the names of leagues, = Austria"
            self.problems.append(
                WrittenName(number, f'"{found[2]}" is no country that syncd knows; {advice}')
            )

    def _read_club(self, number: int, line: str) -> None:
        first, _, others = line.partition("|")
        usual, self._skips = _name(first), True
        if _OTHER_SQUAD.match(line) or _is_dissolved(first):
            self.left_out += 1
        elif not normalize(usual):
            self.problems.append(WrittenName(number, "expected a club's name at the beginning of the line"))
        elif not self._country:
            advice = "put a heading with one above it, = Austria"
            self.problems.append(
                WrittenName(number, f'"{usual}" is under no country that is known; {advice}')
            )
        else:
            self._skips, self._club = False, WrittenClub(self._country, usual, [])
            self.clubs.append(self._club)
        self._read_names(number, others)

    def _read_names(self, number: int, names: str) -> None:
        found = [name for part in names.split("|") if (name := _name(part))]
        if self._skips:
            self.left_out += bool(found)
        elif self._club is None:
            self.problems.append(
                WrittenName(number, "other names, and no club above them; put its name there")
            )
        else:
            self._club.names.extend(WrittenName(number, name) for name in found)


def country_of(heading: str) -> str:
    """Return the country of a heading, as leagues are filed; "" if none of its names is a country's."""
    nations = shipped().nations
    names = [normalize(name) for name in re.split(r"[•,/|]", _CODE.sub("", heading))]
    return next((nations[name] for name in names if name in nations), "")


def _name(text: str) -> str:
    """Return a name without what is written behind it: town, year, language, the marks of sponsors."""
    name = _TAG.sub(" ", _YEARS.sub(" ", text.partition(",")[0])).replace("$$", "")
    return " ".join(name.split())


def _is_dissolved(text: str) -> bool:
    years = _YEARS.search(text.partition(",")[0])
    return bool(years and years[2])
