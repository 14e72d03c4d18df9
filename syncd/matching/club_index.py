"""An index of names: the club of a country that a name stands for, by the table of clubs."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from syncd.matching.club_table import OTHER_SQUADS, ClubName, ClubTable, KnownClub
from syncd.matching.name_key import NameKey, Spelling


class FoundClub(NamedTuple):
    """The club that a name stands for, and which of its names this is; None if it is one of several clubs."""

    club: KnownClub | None
    name: ClubName | None = None


class _KnownName(NamedTuple):
    club: KnownClub
    name: ClubName
    extras: frozenset[str]


_NAMESAKES = FoundClub(None)


class ClubIndex:
    """The names of one country's clubs, or of all countries'.

    A name with other club forms than the table's is the same name, unless the country has another club that
    it may be: "FK Partizan" is Partizan, and "Yokohama" is neither Yokohama FC nor Yokohama F. Marinos.
    """

    def __init__(self) -> None:
        self._names = defaultdict[str, list[_KnownName]](list)
        self._by_word = defaultdict[str, set[KnownClub]](set)

    def add_clubs(self, clubs: Iterable[KnownClub], spelling: Spelling) -> None:
        """Add clubs under all their names."""
        for club in clubs:
            for name in club.names:
                key = spelling.key_of(name.text)
                self._names[key.words].append(_KnownName(club, name, key.extras))
                if name.kind not in OTHER_SQUADS:
                    for word in key.words.split():
                        self._by_word[word].add(club)

    def add(self, other: "ClubIndex") -> None:
        """Add all that another index has."""
        for words, names in other._names.items():
            self._names[words] += names
        for word, clubs in other._by_word.items():
            self._by_word[word] |= clubs

    def __bool__(self) -> bool:
        """Return whether there is any club."""
        return bool(self._names)

    def exact(self, key: NameKey, year: int) -> FoundClub | None:
        """Return the club that the table writes just so, club forms and numbers included; None if none."""
        found = [entry for entry in self._of_year(key, year) if entry.extras == key.extras]
        if found and len({entry.club for entry in found}) == 1:
            return FoundClub(found[0].club, found[0].name)
        return None

    def find(self, key: NameKey, year: int) -> FoundClub | None:
        """Return what the name stands for; None if the table does not say.

        Where the name says more than the table ("FK Partizan"), the nearest of the table's names counts.
        """
        found = self.exact(key, year)
        if found is not None:
            return found
        entries = [entry for entry in self._of_year(key, year) if entry.name.kind not in OTHER_SQUADS]
        nearest = _nearest(entries, key.extras)
        clubs = {entry.club for entry in nearest or entries}
        if len(clubs) == 1 and (nearest or self._with_words(key) <= clubs):
            entry = (nearest or entries)[0]
            return FoundClub(entry.club, entry.name)
        return _NAMESAKES if len(clubs | self._with_words(key)) > 1 else None

    def _of_year(self, key: NameKey, year: int) -> list[_KnownName]:
        """Return the entries of the year; if there are none, those of names that were given up."""
        entries = self._names.get(key.words, [])
        return [entry for entry in entries if entry.name.is_of(year)] or [
            entry for entry in entries if entry.name.year < year
        ]

    def _with_words(self, key: NameKey) -> set[KnownClub]:
        """Return the clubs of which a name has all these words, and perhaps more."""
        clubs = [self._by_word.get(word, set()) for word in key.words.split()]
        return set.intersection(*clubs) if clubs else set()


def _nearest(entries: list[_KnownName], extras: frozenset[str]) -> list[_KnownName]:
    """Return the entries that have most of these club forms and numbers, and no others if there are such."""
    entries = [entry for entry in entries if entry.extras <= extras] or [
        entry for entry in entries if entry.extras & extras
    ]
    most = max((len(entry.extras & extras) for entry in entries), default=0)
    return [entry for entry in entries if len(entry.extras & extras) == most]


class ClubIndexes:
    """The index of each country, made when it is first needed."""

    def __init__(self, table: ClubTable, spelling: Spelling) -> None:
        self.table = table
        self._spelling = spelling
        self._by_country: dict[str, ClubIndex] = {}
        self._all: ClubIndex | None = None

    def of(self, country: str) -> ClubIndex:
        """Return the index of a country, an empty one if it has no table. Raises `ClubTableError`."""
        found = self._by_country.get(country)
        if found is None:
            found = self._by_country[country] = ClubIndex()
            found.add_clubs(self.table.clubs(country), self._spelling)
        return found

    def of_all(self) -> ClubIndex:
        """Return one index of all countries, for what crosses borders."""
        if self._all is None:
            self._all = ClubIndex()
            for country in self.table.countries:
                self._all.add(self.of(country))
        return self._all
