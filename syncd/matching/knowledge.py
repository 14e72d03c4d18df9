"""What the linker knows from the first day: the hand-made table that ships with the package."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from syncd.matching.text import plain


class SquadWords(msgspec.Struct, frozen=True, kw_only=True):
    """Words and phrases by which a women's, youth or reserve side is told from the first team."""

    women: frozenset[str]
    women_phrases: tuple[str, ...]
    reserve: frozenset[str]
    reserve_phrases: tuple[str, ...]
    reserve_endings: frozenset[str]
    youth: frozenset[str]
    first_teams: frozenset[str]


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
    squads = table["squads"]
    return Knowledge(
        forms=_words(table["forms"]),
        common=_words(table["common"]),
        suffixes=tuple(table["suffixes"]),
        abbreviations={short: tuple(full.split()) for short, full in table["abbreviations"].items()},
        places=_inverted(table["places"]),
        clubs=tuple(tuple(row) for row in table["clubs"]["same"]),
        squads=SquadWords(
            women=_words(squads["women"]),
            women_phrases=tuple(squads["women_phrases"]),
            reserve=_words(squads["reserve"]),
            reserve_phrases=tuple(squads["reserve_phrases"]),
            reserve_endings=frozenset(squads["reserve_endings"]),
            youth=_words(squads["youth"]),
            first_teams=frozenset(squads["first_teams"]),
        ),
        competitions=_inverted(table["competitions"]),
        bodies=frozenset(plain(body) for body in table["bodies"]["prefixes"].split()),
        nations=_inverted(table["nations"]),
    )


@cache
def shipped() -> Knowledge:
    """The table that ships with syncd (`knowledge.toml`)."""
    return parse(resources.files(__package__).joinpath("knowledge.toml").read_text(encoding="utf-8"))
