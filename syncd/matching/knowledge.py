"""The linker's knowledge from the first day: the hand-made tables that ship with the package."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import msgspec

from syncd.matching.club_index import AddedName, ClubIndexes
from syncd.matching.club_table import ClubTable
from syncd.matching.name_key import Spelling
from syncd.matching.spelling import normalize


class SquadEndings(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens that mark a squad only at the end of a team's name, after the name itself."""

    women: frozenset[str]
    second: frozenset[str]
    third: frozenset[str]
    youth: frozenset[str]


class SquadMarkers(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens and phrases that mark a women's, youth or reserve side."""

    women: frozenset[str]
    women_leagues: frozenset[str]
    """Those that mark a league only."""
    women_beginnings: tuple[str, ...]
    women_phrases: tuple[str, ...]
    reserve: frozenset[str]
    reserve_phrases: tuple[str, ...]
    youth: frozenset[str]
    """Tokens of leagues. In a team's name only the `endings` mark youth: many clubs are called Juniors."""
    youth_beginnings: tuple[str, ...]
    academy: frozenset[str]
    endings: SquadEndings
    first_teams: frozenset[str]
    """Names that end like those of a second team and are not."""
    ages: Mapping[str, Mapping[str, int]]
    """By country: phrases of leagues -> the age that they mean."""
    one_word: tuple[str, ...]
    """Places of two words of which one alone would mark a squad."""


class Knowledge(msgspec.Struct, frozen=True, kw_only=True):
    """Spelling of tokens, names of clubs and nations, squad markers, kinds of competition.

    `nations` maps every name of a nation to its first one; `competitions` maps a token to its kind.
    """

    spelling: Spelling
    common: frozenset[str]
    clubs: ClubIndexes
    squads: SquadMarkers
    competitions: Mapping[str, str]
    bodies: frozenset[str]
    nations: Mapping[str, str]
    cultures: Mapping[str, tuple[str, ...]]
    """By country, the languages of its clubs' names, as Pinnacle's translations call them."""
    other_cultures: tuple[str, ...]
    """The same for countries that are not among them."""

    def cultures_of(self, country: str) -> tuple[str, ...]:
        """Return the languages in which clubs of a country may be known."""
        return self.cultures.get(country, self.other_cultures)


def parse(text: str, clubs: ClubTable) -> Knowledge:
    """Parse a table. Raises `KeyError` if a part is missing, `TOMLDecodeError` if it is not TOML."""
    table: dict[str, Any] = tomllib.loads(text)
    spelling = Spelling(
        forms=_token_set(table["forms"]),
        plain_forms=_token_set(table["plain_forms"]),
        abbreviations={short: tuple(full.split()) for short, full in table["abbreviations"].items()},
        places=_by_spelling(table["places"]),
        suffixes=tuple(table["suffixes"]),
    )
    return Knowledge(
        spelling=spelling,
        common=_token_set(table["common"]),
        clubs=ClubIndexes(clubs, spelling),
        squads=_squad_markers(table["squads"]),
        competitions=_by_spelling(table["competitions"]),
        bodies=frozenset(normalize(body) for body in table["bodies"]["prefixes"].split()),
        nations=_by_spelling(table["nations"]),
        cultures=_by_country({name: each for name, each in table["cultures"].items() if name != "other"}),
        other_cultures=tuple(table["cultures"]["other"]),
    )


def _by_country(rows: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Turn countries by culture into cultures by country."""
    countries = sorted({country for each in rows.values() for country in each})
    return {
        country: tuple(culture for culture, each in rows.items() if country in each) for country in countries
    }


def _squad_markers(table: Mapping[str, Any]) -> SquadMarkers:
    return SquadMarkers(
        women=_token_set(table["women"]),
        women_leagues=_token_set(table["women_leagues"]),
        women_beginnings=tuple(table["women_beginnings"]),
        women_phrases=tuple(table["women_phrases"]),
        reserve=_token_set(table["reserve"]),
        reserve_phrases=tuple(table["reserve_phrases"]),
        youth=_token_set(table["youth"]),
        youth_beginnings=tuple(table["youth_beginnings"]),
        academy=_token_set(table["academy"]),
        endings=SquadEndings(**{squad: frozenset(tokens) for squad, tokens in table["endings"].items()}),
        first_teams=frozenset(table["first_teams"]),
        ages=table["ages"],
        one_word=tuple(table["one_word"]),
    )


def _token_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _by_spelling(rows: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Map every spelling of each row to the row's first name."""
    return {normalize(name): normalize(first) for first, names in rows.items() for name in (first, *names)}


@cache
def shipped() -> Knowledge:
    """Return the tables that ship with syncd: `knowledge.toml`, and in `clubs/` a file for each country."""
    package = resources.files(__package__)
    return parse(package.joinpath("knowledge.toml").read_text(encoding="utf-8"), shipped_clubs())


@lru_cache(maxsize=2)
def shipped_with(names: tuple[AddedName, ...]) -> Knowledge:
    """Return the shipped tables with the names that a user adds to the table of clubs."""
    known = shipped()
    if not names:
        return known
    added = [name._replace(country=known.nations.get(name.country, name.country)) for name in names]
    return msgspec.structs.replace(known, clubs=ClubIndexes(known.clubs.table, known.spelling, added))


@cache
def shipped_clubs() -> ClubTable:
    """Return the table of clubs that ships with syncd. A country's lines are parsed when they are needed."""
    files = resources.files(__package__).joinpath("clubs").iterdir()
    return ClubTable(
        {
            file.name.removesuffix(".txt"): file.read_text(encoding="utf-8")
            for file in files
            if file.name.endswith(".txt")
        }
    )
