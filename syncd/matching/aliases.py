"""The user's own aliases: names that no rule can connect, written down in a small TOML file.

    [teams]                              # Pinnacle's name = BetTune's name, or its team id
    "Al-Suqoor" = "Neom SC"
    "Wydad AC" = 123456

    [leagues]                            # Pinnacle's league = BetTune's tournament name, or its id
    "Japan - J League" = "J1 League"

Names are compared as plain words, so accents, case and punctuation do not matter.
"""

import difflib
import tomllib
from collections.abc import Mapping
from typing import Any

import msgspec

from syncd.matching.text import plain

_TABLES = ("teams", "leagues")


class AliasError(ValueError):
    """An alias file that cannot be used: `str()` says file, key and what was expected."""


class Aliases(msgspec.Struct, frozen=True, kw_only=True):
    """Plain Pinnacle name -> plain BetTune name or id, for teams and for leagues."""

    teams: Mapping[str, str | int] = {}
    leagues: Mapping[str, str | int] = {}

    def team(self, pinnacle: str, bettune: str, team_id: int) -> bool:
        """Whether the file says that these two names are one team."""
        return _agrees(self.teams, pinnacle, bettune, team_id)

    def league(self, pinnacle: str, tournament: str, tournament_id: int) -> bool:
        """Whether the file says that this league is that tournament."""
        return _agrees(self.leagues, pinnacle, tournament, tournament_id)


def _agrees(table: Mapping[str, str | int], pinnacle: str, bettune: str, target_id: int) -> bool:
    said = table.get(plain(pinnacle)) if table else None
    return said is not None and said in (target_id, plain(bettune))


def parse(text: str, source: str) -> Aliases:
    """Aliases from a file's text; `source` names the file in errors.

    Raises `AliasError` with all that is wrong at once.
    """
    try:
        document: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise AliasError(f"{source}: not TOML: {error}") from error
    problems = [_unknown_table(source, table) for table in document if table not in _TABLES]
    tables = {table: _read(source, table, document.get(table, {}), problems) for table in _TABLES}
    if problems:
        raise AliasError("\n".join(problems))
    return Aliases(teams=tables["teams"], leagues=tables["leagues"])


def _unknown_table(source: str, table: str) -> str:
    near = difflib.get_close_matches(table, _TABLES, n=1)
    hint = (
        f"; did you mean [{near[0]}]?"
        if near
        else f"; expected {' or '.join(f'[{name}]' for name in _TABLES)}"
    )
    return f"{source}: [{table}] is not known{hint}"


def _read(source: str, table: str, rows: object, problems: list[str]) -> dict[str, str | int]:
    if not isinstance(rows, dict):
        problems.append(f"{source}: {table} must be a table of names")
        return {}
    read: dict[str, str | int] = {}
    for name, target in rows.items():
        key, meant = plain(name), plain(target) if isinstance(target, str) else target
        if fault := _fault(key, meant, read):
            problems.append(f'{source}: {table}."{name}": {fault.format(target=target)}')
        else:
            read[key] = meant
    return read


def _fault(key: str, meant: object, read: Mapping[str, str | int]) -> str:
    """What is wrong with one row, both names in plain words; "" where nothing is."""
    if not key:
        return "the name has no letter or digit"
    if isinstance(meant, bool) or not isinstance(meant, str | int):
        return "expected a BetTune name or id, found {target!r}"
    if meant == "":
        return "BetTune's name, {target!r}, has no letter or digit"
    if read.get(key, meant) != meant:
        return "stands here twice, as case, accents and punctuation do not matter, for different names"
    return ""
