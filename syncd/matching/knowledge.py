"""What the linker knows from the first day: the hand-made table that ships with the package."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from syncd.matching.text import plain


class SquadEndings(msgspec.Struct, frozen=True, kw_only=True):
    """Words that mark a squad at the end of a team's name, behind a name."""

    women: frozenset[str]
    second: frozenset[str]
    third: frozenset[str]
    youth: frozenset[str]


class SquadWords(msgspec.Struct, frozen=True, kw_only=True):
    """Words and phrases by which a women's, youth or reserve side is told from the first team."""

    women: frozenset[str]
    women_leagues: frozenset[str]
    """Those that mark a league only."""
    women_beginnings: tuple[str, ...]
    women_phrases: tuple[str, ...]
    reserve: frozenset[str]
    reserve_phrases: tuple[str, ...]
    youth: frozenset[str]
    """Words of leagues; of a team's name only the `endings` mark youth, for many clubs are called Juniors."""
    youth_beginnings: tuple[str, ...]
    academy: frozenset[str]
    endings: SquadEndings
    first_teams: frozenset[str]
    second_teams: Mapping[str, tuple[str, ...]]
    """The name of a second team -> the words of its club."""
    one_word: tuple[str, ...]


class Knowledge(msgspec.Struct, frozen=True, kw_only=True):
    """Club-form words, abbreviations, names of places, clubs and nations, squad markers, kinds of league.

    `abbreviations` and `places` map a written word to the words that it stands for; `nations` maps every name
    of a nation to its first one; each row of `clubs` is one club; `competitions` maps a word to its notion.
    """

    forms: frozenset[str]
    common: frozenset[str]
    suffixes: tuple[str, ...]
    abbreviations: Mapping[str, tuple[str, ...]]
    places: Mapping[str, str]
    clubs: tuple[tuple[str, ...], ...]
    squads: SquadWords
    competitions: Mapping[str, str]
    bodies: frozenset[str]
    nations: Mapping[str, str]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _inverted(rows: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Every spelling of each row, pointing at the row's first name."""
    return {plain(name): plain(first) for first, names in rows.items() for name in (first, *names)}


def parse(text: str) -> Knowledge:
    """A knowledge table from its TOML text; raises `KeyError` or `TOMLDecodeError` where it is not one."""
    table: dict[str, Any] = tomllib.loads(text)
    return Knowledge(
        forms=_words(table["forms"]),
        common=_words(table["common"]),
        suffixes=tuple(table["suffixes"]),
        abbreviations={short: tuple(full.split()) for short, full in table["abbreviations"].items()},
        places=_inverted(table["places"]),
        clubs=tuple(tuple(row) for row in table["clubs"]["same"]),
        squads=_squad_words(table["squads"]),
        competitions=_inverted(table["competitions"]),
        bodies=frozenset(plain(body) for body in table["bodies"]["prefixes"].split()),
        nations=_inverted(table["nations"]),
    )


def _squad_words(table: Mapping[str, Any]) -> SquadWords:
    return SquadWords(
        women=_words(table["women"]),
        women_leagues=_words(table["women_leagues"]),
        women_beginnings=tuple(table["women_beginnings"]),
        women_phrases=tuple(table["women_phrases"]),
        reserve=_words(table["reserve"]),
        reserve_phrases=tuple(table["reserve_phrases"]),
        youth=_words(table["youth"]),
        youth_beginnings=tuple(table["youth_beginnings"]),
        academy=_words(table["academy"]),
        endings=SquadEndings(**{squad: frozenset(words) for squad, words in table["endings"].items()}),
        first_teams=frozenset(table["first_teams"]),
        second_teams={
            name: tuple(club.split("-")) for club, names in table["second_teams"].items() for name in names
        },
        one_word=tuple(table["one_word"]),
    )


@cache
def shipped() -> Knowledge:
    """The table that ships with syncd (`knowledge.toml`)."""
    return parse(resources.files(__package__).joinpath("knowledge.toml").read_text(encoding="utf-8"))
