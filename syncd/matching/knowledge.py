"""The linker's knowledge from the first day: the hand-made table that ships with the package."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

import msgspec

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
    second_teams: Mapping[str, tuple[str, ...]]
    """The name of a second team -> the tokens of its club."""
    one_word: tuple[str, ...]
    """Places of two words of which one alone would mark a squad."""


class Knowledge(msgspec.Struct, frozen=True, kw_only=True):
    """Club forms, abbreviations, names of places, clubs and nations, squad markers, kinds of competition.

    `abbreviations` and `places` map a written token to what it stands for; `nations` maps every name of a
    nation to its first one; each row of `clubs` is one club; `competitions` maps a token to its kind.
    """

    forms: frozenset[str]
    common: frozenset[str]
    suffixes: tuple[str, ...]
    abbreviations: Mapping[str, tuple[str, ...]]
    places: Mapping[str, str]
    clubs: tuple[tuple[str, ...], ...]
    squads: SquadMarkers
    competitions: Mapping[str, str]
    bodies: frozenset[str]
    nations: Mapping[str, str]


def parse(text: str) -> Knowledge:
    """Parse a table. Raises `KeyError` if a part is missing, `TOMLDecodeError` if it is not TOML."""
    table: dict[str, Any] = tomllib.loads(text)
    return Knowledge(
        forms=_token_set(table["forms"]),
        common=_token_set(table["common"]),
        suffixes=tuple(table["suffixes"]),
        abbreviations={short: tuple(full.split()) for short, full in table["abbreviations"].items()},
        places=_by_spelling(table["places"]),
        clubs=tuple(tuple(row) for row in table["clubs"]["same"]),
        squads=_squad_markers(table["squads"]),
        competitions=_by_spelling(table["competitions"]),
        bodies=frozenset(normalize(body) for body in table["bodies"]["prefixes"].split()),
        nations=_by_spelling(table["nations"]),
    )


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
        second_teams={
            name: tuple(club.split("-")) for club, names in table["second_teams"].items() for name in names
        },
        one_word=tuple(table["one_word"]),
    )


def _token_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _by_spelling(rows: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Map every spelling of each row to the row's first name."""
    return {normalize(name): normalize(first) for first, names in rows.items() for name in (first, *names)}


@cache
def shipped() -> Knowledge:
    """Return the table that ships with syncd (`knowledge.toml`)."""
    return parse(resources.files(__package__).joinpath("knowledge.toml").read_text(encoding="utf-8"))
