"""An index of names: the club of a country that a name stands for, by the table of clubs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from types import MappingProxyType
from typing import NamedTuple

from syncd.matching.club_table import OTHER_SQUADS, ClubName, ClubTable, KnownClub
from syncd.matching.name_key import NameKey, Spelling
from syncd.matching.parameters import LAST_TABLE_YEAR, MIN_SPELLING_SIMILARITY
from syncd.matching.spelling import token_similarity

ClubsByWord = Mapping[str, Set[KnownClub]]
"""Each word of clubs' names, and the clubs that have it."""
NO_CLUBS: ClubsByWord = MappingProxyType({})


class FoundClub(NamedTuple):
    """The club that a name stands for, and which of its names this is.

    If that is not certain, `club` is None and `possible` are those that it may stand for: one if the name is
    almost one of that club's (`H. Jerusalem`), several if each may be meant ("Yokohama").
    """

    club: KnownClub | None
    name: ClubName | None = None
    possible: frozenset[KnownClub] = frozenset()

    @property
    def clubs(self) -> frozenset[KnownClub]:
        """The clubs that the name may stand for."""
        return frozenset((self.club,)) if self.club else self.possible

    @property
    def bare(self) -> bool:
        """True if the name is one that several clubs have."""
        return len(self.possible) > 1


class AddedName(NamedTuple):
    """Another name of a club that a user adds to the table: country, the name, and the club's usual one."""

    country: str
    name: str
    usual: str


class _KnownName(NamedTuple):
    club: KnownClub
    name: ClubName
    extras: frozenset[str]


class ClubIndex:
    """The names of one country's clubs, or of all countries'.

    A name with other club forms than the table's is the same name, unless the country has another club that
    it may be: "FK Partizan" is Partizan, and "Yokohama" is neither Yokohama FC nor Yokohama F. Marinos.
    """

    def __init__(self, plain_forms: frozenset[str]) -> None:
        self._plain_forms = plain_forms
        self._shared: dict[frozenset[str], frozenset[str]] = {}
        """Each set of club forms once: thousands of names have the same few."""
        self._extras = defaultdict[KnownClub | None, frozenset[str]](frozenset)
        self._names = defaultdict[str, list[_KnownName]](list)
        self._by_word = defaultdict[str, set[KnownClub]](set)
        self._with_word = defaultdict[str, list[str]](list)

    def add_clubs(self, clubs: Iterable[KnownClub], spelling: Spelling) -> None:
        """Add clubs under all their names."""
        for club in clubs:
            for name in club.names:
                key = spelling.key_of(name.text)
                extras = self._shared.setdefault(key.extras, key.extras)
                if extras:
                    self._extras[club] |= extras
                self._names[key.words].append(_KnownName(club, name, extras))
                if name.kind not in OTHER_SQUADS:
                    for word in key.words.split():
                        self._by_word[word].add(club)

    def add_names(self, names: Iterable[AddedName], spelling: Spelling) -> None:
        """Add a user's names, each to the club that it or the usual name stands for; else to a new club.

        A name that the table gives to another club adds nothing.
        """
        for name in names:
            keys = spelling.key_of(name.usual), spelling.key_of(name.name)
            found = [known.club for key in keys if (known := self.find(key, LAST_TABLE_YEAR))]
            clubs = {club for club in found if club is not None}
            if len(clubs) > 1 or not all(key.words for key in keys):
                continue
            club = clubs.pop() if clubs else KnownClub(name.country, (ClubName(name.usual),))
            for key, text in zip(keys, (name.usual, name.name), strict=True):
                self._add_name(club, ClubName(text), key)

    def _add_name(self, club: KnownClub, name: ClubName, key: NameKey) -> None:
        if any(known.extras == key.extras for known in self._names.get(key.words, ())):
            return
        self._extras[club] |= key.extras
        self._names[key.words].append(_KnownName(club, name, key.extras))
        for word in key.words.split():
            self._by_word[word].add(club)

    @property
    def by_word(self) -> ClubsByWord:
        """Each word, and the clubs whose names have it."""
        return self._by_word

    def others_with_words(self, key: NameKey, club: KnownClub | None) -> set[KnownClub]:
        """Return the clubs but this one of which a name has all these words, and perhaps more."""
        return self._with_words(key) - {club} if club else self._with_words(key)

    def add(self, other: "ClubIndex") -> None:
        """Add all that another index has."""
        for words, names in other._names.items():
            self._names[words] += names
        for word, clubs in other._by_word.items():
            self._by_word[word] |= clubs
        self._extras |= other._extras

    def __bool__(self) -> bool:
        """Return whether there is any club."""
        return bool(self._names)

    def exact(self, key: NameKey, year: int) -> FoundClub | None:
        """Return the club that the table writes just so, club forms and numbers included; None if none."""
        return _only([entry for entry in self._of_year(key, year) if entry.extras == key.extras])

    def find(self, key: NameKey, year: int) -> FoundClub | None:
        """Return the club whose first team the name stands for; None if the table does not say.

        The nearest of the table's names counts. What the name says beyond it must be a form that all clubs
        may have, or one of this club's: "IFK Trelleborg" is not Trelleborgs FF.
        """
        key = self._in_order(key)
        entries = [entry for entry in self._of_year(key, year) if entry.name.kind not in OTHER_SQUADS]
        nearest = _nearest(entries, key.extras)
        found, others = _only(nearest or entries), self._with_words(key)
        if found is None or (not nearest and others != {found.club}):
            possible = frozenset(entry.club for entry in entries) | others
            return FoundClub(None, None, possible) if len(possible) > 1 else None
        return found if key.extras <= self._plain_forms | self._extras[found.club] else None

    def almost(self, key: NameKey) -> FoundClub | None:
        """Return the clubs that a name may stand for of which the table has no such name.

        It has one with the same number of words, some of them shortened or misspelt: "H. Jerusalem". Or the
        name consists of two: "Beerschot Antwerp" is Beerschot, of Antwerp.
        """
        words = key.words.split()
        clubs = {
            club for known in self._sharing_a_word(words) if _alike(words, known) for club in self._of(known)
        }
        clubs = clubs or self._of_two_names(words)
        return FoundClub(None, None, frozenset(clubs)) if clubs else None

    def _of_two_names(self, words: list[str]) -> set[KnownClub]:
        """Return whose club a name is that ends with the name of another: the last one is its place.

        Unless the first one is: a place is what several clubs are named after.
        """
        for length in range(len(words) - 1, 0, -1):
            first, last = self._of(" ".join(words[:length])), self._of(" ".join(words[length:]))
            if first and last and first.isdisjoint(last):
                is_place = [
                    any(len(self._by_word[word]) > 1 for word in part)
                    for part in (words[:length], words[length:])
                ]
                return last if is_place == [True, False] else first
        return set()

    def _of(self, words: str) -> set[KnownClub]:
        """Return the clubs whose first teams are named by these words."""
        names = self._names.get(words, ())
        return {known.club for known in names if known.name.kind not in OTHER_SQUADS}

    def _sharing_a_word(self, words: Iterable[str]) -> set[str]:
        """Return the table's names, without club forms, that have at least one of these words."""
        if not self._with_word:
            for known in self._names:
                for word in known.split():
                    self._with_word[word].append(known)
        return {known for word in words for known in self._with_word.get(word, ())}

    def _in_order(self, key: NameKey) -> NameKey:
        """Return the key as the table writes it, if only the order of the words differs: "Verdy Tokyo"."""
        if key.words in self._names or " " not in key.words:
            return key
        words = sorted(key.words.split())
        same = [known for known in self._sharing_a_word(words[:1]) if sorted(known.split()) == words]
        return key._replace(words=same[0]) if len(same) == 1 else key

    def _of_year(self, key: NameKey, year: int) -> list[_KnownName]:
        """Return the names of the year, and those given up before that no club has now."""
        names = self._names.get(key.words, [])
        now = [name for name in names if name.name.is_of(year)]
        if len(now) == len(names):
            return now
        taken = {name.extras for name in now}
        return now + [name for name in names if name.name.year < year and name.extras not in taken]

    def _with_words(self, key: NameKey) -> set[KnownClub]:
        """Return the clubs of which a name has all these words, and perhaps more."""
        clubs = [self._by_word.get(word, set()) for word in key.words.split()]
        return set.intersection(*clubs) if clubs else set()


def _only(names: list[_KnownName]) -> FoundClub | None:
    """Return the club of these names if it is one club."""
    if names and all(entry.club is names[0].club for entry in names):
        return FoundClub(names[0].club, names[0].name)
    return None


def _nearest(names: list[_KnownName], extras: frozenset[str]) -> list[_KnownName]:
    """Return the names that have most of these club forms and numbers, and no others if there are such."""
    less = [name for name in names if name.extras <= extras]
    names = less or [name for name in names if name.extras & extras and _numbers(name.extras) <= extras]
    most = max((len(name.extras & extras) for name in names), default=0)
    return [name for name in names if len(name.extras & extras) == most]


def _alike(words: list[str], known: str) -> bool:
    """Return whether each word is the known name's, or shortens or misspells it, one being equal."""
    others = known.split()
    if len(words) != len(others) or words == others:
        return False
    return not set(words).isdisjoint(others) and all(map(_may_be_one_word, words, others))


def _may_be_one_word(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(short) == 1:
        return long.startswith(short)
    return token_similarity(short, long) >= MIN_SPELLING_SIMILARITY


def _numbers(extras: frozenset[str]) -> frozenset[str]:
    return frozenset(extra for extra in extras if extra.isdigit())


class ClubIndexes:
    """The index of each country, made when it is first needed."""

    def __init__(self, table: ClubTable, spelling: Spelling, added: Iterable[AddedName] = ()) -> None:
        """`added` are names by a user, their countries as those of the table."""
        self.table = table
        self._spelling = spelling
        self._added = defaultdict[str, list[AddedName]](list)
        for name in added:
            self._added[name.country].append(name)
        self._by_country: dict[str, ClubIndex] = {}
        self._all: ClubIndex | None = None

    @property
    def made(self) -> set[str]:
        """The countries whose own index was needed."""
        return set(self._by_country)

    def of(self, country: str) -> ClubIndex:
        """Return the index of a country, an empty one if it has no table. Raises `ClubTableError`."""
        found = self._by_country.get(country)
        if found is None:
            found = self._by_country[country] = ClubIndex(self._spelling.plain_forms)
            found.add_clubs(self.table.clubs(country), self._spelling)
            found.add_names(self._added.get(country, ()), self._spelling)
        return found

    def of_all(self) -> ClubIndex:
        """Return one index of all countries, for what crosses borders. Raises `ClubTableError`."""
        if self._all is None:
            self._all = ClubIndex(self._spelling.plain_forms)
            for country in sorted({*self.table.countries, *self._added}):
                # Most countries are never needed by themselves.
                if country in self._by_country or country in self._added:
                    self._all.add(self.of(country))
                else:
                    self._all.add_clubs(self.table.clubs(country), self._spelling)
        return self._all
