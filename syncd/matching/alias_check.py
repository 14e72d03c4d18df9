"""Judge a user's rows of names: new, known or refused, and why. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from enum import StrEnum
from functools import cached_property

import msgspec

from syncd.matching.alias_files import AliasRow, LineProblem
from syncd.matching.aliases import NAMES, Aliases
from syncd.matching.club_index import AddedName, ClubIndex
from syncd.matching.club_table import KnownClub
from syncd.matching.knowledge import Knowledge
from syncd.matching.name_key import NameKey
from syncd.matching.parameters import MIN_CLUB_NAME_LETTERS
from syncd.matching.spelling import normalize


class RowState(StrEnum):
    """The fate of a row when it is imported."""

    NEW = "new"
    KNOWN = "known"
    """The alias file or the shipped table says the same, or an earlier row of the file."""
    REFUSED = "refused"


class JudgedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row, what becomes of it, and why if it is not simply new; what to do if it is refused."""

    row: AliasRow
    state: RowState
    reason: str = ""


class ListedNames(msgspec.Struct, frozen=True, kw_only=True):
    """The names in both lists at hand, normalised, and the ids in BetTune's."""

    pinnacle: dict[str, Set[str]]
    """By table, `teams` or `leagues`."""
    bettune: dict[str, Set[str | int]]

    def lack(self, row: AliasRow) -> str:
        """Say which of the row's names is in no list now; empty if none."""
        table = "teams" if row.table == NAMES else row.table
        target = normalize(row.target) if isinstance(row.target, str) else row.target
        if row.table == NAMES:
            lists = {*self.pinnacle[table], *self.bettune[table]}
            names = {normalize(row.name): row.name, target: row.target}
            missing = [str(shown) for name, shown in names.items() if name not in lists]
            return f"{_quoted(missing)} in neither list now" if len(missing) == len(names) else ""
        missing_left = normalize(row.name) not in self.pinnacle[table]
        missing_right = target not in self.bettune[table]
        if missing_left and missing_right:
            return "in neither list now: are both names spelled as there?"
        if missing_left:
            return f'"{row.name}" is not in Pinnacle\'s list now: is it spelled as there?'
        return (
            f'"{row.target}" is not in BetTune\'s list now: is it spelled as there?' if missing_right else ""
        )


def judge_rows(
    rows: Sequence[AliasRow], *, current: Aliases, knowledge: Knowledge, year: int, source: str
) -> list[JudgedRow]:
    """Judge each row by the others, by the alias file in force (`source`), and by the table of clubs."""
    return list(_Judge(rows, current, knowledge, year, source).judged())


def problems_of(judged: Iterable[JudgedRow]) -> list[LineProblem]:
    """Return what is wrong with the refused rows, with their lines."""
    return [
        LineProblem(each.row.line, f"{each.row}: {each.reason}")
        for each in judged
        if each.state is RowState.REFUSED
    ]


def _quoted(names: Iterable[object]) -> str:
    return " and ".join(f'"{name}"' for name in names)


def _target_key(target: str | int) -> str | int:
    return normalize(target) if isinstance(target, str) else target


def _given_twice(other: AliasRow, kind: str) -> str:
    return f'line {other.line} gives the name to another {kind}, "{other.target}"; keep the right one'


class _Judge:
    def __init__(
        self, rows: Sequence[AliasRow], current: Aliases, knowledge: Knowledge, year: int, source: str
    ) -> None:
        self._rows, self._current, self._source = rows, current, source
        self._knowledge, self._year = knowledge, year
        self._spelling = knowledge.spelling
        self._same_key = defaultdict[tuple[str, str, str], list[AliasRow]](list)
        self._usuals = defaultdict[tuple[str, NameKey], dict[str, AliasRow]](dict)
        self._with_word = defaultdict[tuple[str, str], set[str]](set)
        self._names_of = defaultdict[tuple[str, str], list[str]](list)
        for row in rows:
            self._same_key[self._key(row)].append(row)
            if row.table == NAMES:
                self._add_club_names(row)
        self._files_names = {(each.country, normalize(each.name)): each for each in self._files_club_names()}

    def _files_club_names(self) -> Iterator[AddedName]:
        for each in self._current.names:
            yield each._replace(country=self._country(each.country))

    def _add_club_names(self, row: AliasRow) -> None:
        country, usual = self._country(row.country), str(row.target)
        self._names_of[country, usual].append(row.name)
        for name in (row.name, usual):
            key = self._spelling.key_of(name)
            self._usuals[country, key].setdefault(normalize(usual), row)
            for word in key.words.split():
                self._with_word[country, word].add(usual)

    def _country(self, written: str) -> str:
        country = normalize(written)
        return self._knowledge.nations.get(country, country)

    def _key(self, row: AliasRow) -> tuple[str, str, str]:
        return row.table, self._country(row.country), normalize(row.name)

    def judged(self) -> Iterator[JudgedRow]:
        for row in self._rows:
            if problem := self._unreadable(row) or self._contradicted(row):
                yield JudgedRow(row=row, state=RowState.REFUSED, reason=problem)
            elif row.table == NAMES:
                yield self._judge_club_name(row)
            else:
                yield self._judge_pair(row)

    def _unreadable(self, row: AliasRow) -> str:
        if not normalize(row.name):
            return "the name has no letter or digit; delete the row"
        if _target_key(row.target) == "":
            return f"{row.target!r} has no letter or digit; write the name as in BetTune's list"
        if row.table == NAMES and self._country(row.country) not in self._knowledge.nations.values():
            return f'"{row.country}" is no country that syncd knows; write it as in the names of leagues'
        return ""

    def _contradicted(self, row: AliasRow) -> str:
        """Return how another row, or the alias file, contradicts this one; "" if none does."""
        same = self._same_key[self._key(row)]
        if other := next(
            (each for each in same if _target_key(each.target) != _target_key(row.target)), None
        ):
            kind = {"teams": "club", "leagues": "league", NAMES: f"club of {row.country}"}[row.table]
            return _given_twice(other, kind)
        if row.table != NAMES and same[0] is not row:
            return f"a duplicate of line {same[0].line}; delete one of them"
        if (found := self._in_file(row)) not in (None, _target_key(row.target)):
            return f'{self._source} has another row for the name, "{found}"; correct the wrong one'
        return ""

    def _in_file(self, row: AliasRow) -> str | int | None:
        if row.table == NAMES:
            known = self._files_names.get(self._key(row)[1:])
            return normalize(known.usual) if known else None
        rows = self._current.teams if row.table == "teams" else self._current.leagues
        return rows.get(normalize(row.name))

    def _judge_pair(self, row: AliasRow) -> JudgedRow:
        if self._in_file(row) is not None:
            return JudgedRow(row=row, state=RowState.KNOWN, reason=f"in {self._source}")
        if row.table == "teams" and isinstance(row.target, str) and (problem := self._two_clubs(row)):
            return JudgedRow(row=row, state=RowState.REFUSED, reason=problem)
        return JudgedRow(row=row, state=RowState.NEW)

    def _two_clubs(self, row: AliasRow) -> str:
        """Return in which country the table of clubs has the two names for two clubs; "" if in none."""
        problem = ""
        keys = self._spelling.key_of(row.name), self._spelling.key_of(str(row.target))
        for country in self._with_clubs_of(*keys):
            clubs = self._knowledge.clubs.of(country)
            one, other = (self._club_of(clubs, key) for key in keys)
            if one and one is other:
                return ""
            if one and other:
                problem = (
                    f"the shipped table gives the names to two clubs of {country}, "
                    f"{_quoted((one.name, other.name))}; delete the row"
                )
        return problem

    def _with_clubs_of(self, *keys: NameKey) -> list[str]:
        """Return the countries whose table has all words of these names: elsewhere it finds no club."""
        words = {word for key in keys for word in key.words.split()}
        found = [self._countries_by_word.get(word, frozenset[str]()) for word in words]
        return sorted(frozenset.intersection(*found)) if found else []

    @cached_property
    def _countries_by_word(self) -> dict[str, frozenset[str]]:
        """Asked country by country, twenty thousand rows would take minutes."""
        found = defaultdict[str, set[str]](set)
        for country in self._knowledge.clubs.table.countries:
            for word in self._knowledge.clubs.of(country).by_word:
                found[word].add(country)
        return {word: frozenset(countries) for word, countries in found.items()}

    def _club(self, clubs: ClubIndex, name: str) -> KnownClub | None:
        return self._club_of(clubs, self._spelling.key_of(name))

    def _club_of(self, clubs: ClubIndex, key: NameKey) -> KnownClub | None:
        found = clubs.find(key, self._year)
        return found.club if found else None

    def _judge_club_name(self, row: AliasRow) -> JudgedRow:
        if known := self._who_knows(row):
            return JudgedRow(row=row, state=RowState.KNOWN, reason=known)
        country = self._country(row.country)
        problem = self._of_two_clubs(row, country) or self._says_too_little(row, country)
        if problem := problem or self._of_another(row, country):
            return JudgedRow(row=row, state=RowState.REFUSED, reason=problem)
        return JudgedRow(row=row, state=RowState.NEW)

    def _who_knows(self, row: AliasRow) -> str:
        """Return what says the same as the row; "" if nothing does."""
        if self._in_file(row) is not None:
            return f"in {self._source}"
        first, usual = self._same_key[self._key(row)][0], str(row.target)
        if first is not row or normalize(usual) == normalize(row.name):
            return "the file has it before"
        clubs = self._knowledge.clubs.of(self._country(row.country))
        one = self._club(clubs, row.name)
        return "in the shipped table" if one and one is self._club(clubs, usual) else ""

    def _of_another(self, row: AliasRow, country: str) -> str:
        clubs = self._knowledge.clubs.of(country)
        one = self._club(clubs, row.name)
        if one is None or one is self._owner(clubs, country, str(row.target)):
            return ""
        return f'the shipped table gives the name to "{one.name}" of {country}; delete it'

    def _of_two_clubs(self, row: AliasRow, country: str) -> str:
        others = self._usuals[country, self._spelling.key_of(row.name)]
        other = next((each for usual, each in others.items() if usual != normalize(str(row.target))), None)
        return _given_twice(other, f"club of {country}") if other else ""

    def _owner(self, clubs: ClubIndex, country: str, usual: str) -> KnownClub | None:
        """Return the table's club of a usual name, else the only one of its other names."""
        if known := self._club(clubs, usual):
            return known
        found = {club for name in self._names_of[country, usual] if (club := self._club(clubs, name))}
        return found.pop() if len(found) == 1 else None

    def _says_too_little(self, row: AliasRow, country: str) -> str:
        """Return why a name does not set its club apart from others; "" if it does."""
        key, usual = self._spelling.key_of(row.name), str(row.target)
        if len(normalize(row.name)) < MIN_CLUB_NAME_LETTERS or set(key.words.split()) <= self._spelling.forms:
            return "the name says too little of a club; delete it"
        clubs = self._knowledge.clubs.of(country)
        owner = self._owner(clubs, country, usual)
        if self._club(clubs, row.name):
            return ""
        others = {club.name for club in clubs.others_with_words(key, owner)}
        others |= set.intersection(*(self._with_word[country, word] for word in key.words.split())) - {usual}
        if not others:
            return ""
        return f"it may also be {_quoted(sorted(others)[:1])}; delete it, or write the whole name"
