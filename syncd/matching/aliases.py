"""The user's own aliases: names that no rule can connect, written down in a small TOML file.

    [teams]                              # Pinnacle's name = BetTune's name, or its team id
    "Al-Suqoor" = "Neom SC"
    "Wydad AC" = 123456

    [leagues]                            # Pinnacle's league = BetTune's tournament name, or its id
    "Japan - J League" = "J1 League"

    [names.Austria]                      # another name of a club = its usual name, in either list
    "Rapid Vienna" = "SK Rapid Wien"

Names are compared once normalised, so accents, case and punctuation do not matter.
"""

import difflib
import tomllib
from collections.abc import Mapping
from typing import Any

import msgspec

from syncd.matching.club_index import AddedName
from syncd.matching.spelling import normalize

NAMES = "names"
"""The table of clubs' other names, with a table for each country."""
_TABLES = ("teams", "leagues", NAMES)


class AliasError(ValueError):
    """An alias file that cannot be used: `str()` names file and key, and says what was expected."""


class Aliases(msgspec.Struct, frozen=True, kw_only=True):
    """Pinnacle's normalised name -> BetTune's normalised name or id, for teams and for leagues."""

    teams: Mapping[str, str | int] = {}
    leagues: Mapping[str, str | int] = {}
    names: tuple[AddedName, ...] = ()
    """Other names of clubs: they are added to the table of clubs."""

    def same_team(self, pinnacle: str, bettune: str, team_id: int) -> bool:
        """Return whether the file says that these two names are one team."""
        return _same(self.teams, pinnacle, bettune, team_id)

    def has_team(self, pinnacle: str) -> bool:
        """Return whether the file has a row for this name."""
        return bool(self.teams) and normalize(pinnacle) in self.teams

    def same_league(self, pinnacle: str, tournament: str, tournament_id: int) -> bool:
        """Return whether the file says that this league is that tournament."""
        return _same(self.leagues, pinnacle, tournament, tournament_id)


def _same(table: Mapping[str, str | int], pinnacle: str, bettune: str, target_id: int) -> bool:
    target = table.get(normalize(pinnacle)) if table else None
    return target is not None and target in (target_id, normalize(bettune))


def parse(text: str, source: str) -> Aliases:
    """Parse an alias file; `source` names the file in errors.

    Raises `AliasError` with all that is wrong at once.
    """
    try:
        document: dict[str, Any] = tomllib.loads(text)
    except RecursionError:
        raise AliasError(f"{source}: is nested too deeply") from None
    except ValueError as error:  # tomllib lets more through than its own, as of a number of 5,000 digits
        raise AliasError(f"{source}: not TOML: {error}") from error
    problems = [_unknown_table(source, table) for table in document if table not in _TABLES]
    teams, leagues = (
        _parse_table(source, table, document.get(table, {}), problems) for table in ("teams", "leagues")
    )
    names = _parse_names(source, document.get(NAMES, {}), problems)
    if problems:
        raise AliasError("\n".join(problems))
    return Aliases(teams=teams, leagues=leagues, names=names)


def _unknown_table(source: str, table: str) -> str:
    near = difflib.get_close_matches(table, _TABLES, n=1)
    hint = (
        f"; did you mean [{near[0]}]?"
        if near
        else f"; expected {' or '.join(f'[{name}]' for name in _TABLES)}"
    )
    return f"{source}: [{table}] is not known{hint}"


def _parse_table(source: str, table: str, rows: object, problems: list[str]) -> dict[str, str | int]:
    if not isinstance(rows, dict):
        problems.append(f"{source}: {table} must be a table of names")
        return {}
    parsed: dict[str, str | int] = {}
    for name, written in rows.items():
        key, target = normalize(name), normalize(written) if isinstance(written, str) else written
        if problem := _problem(key, target, parsed):
            problems.append(f'{source}: {table}."{name}": {problem.format(written=written)}')
        else:
            parsed[key] = target
    return parsed


def _parse_names(source: str, countries: object, problems: list[str]) -> tuple[AddedName, ...]:
    if not isinstance(countries, dict) or not all(isinstance(rows, dict) for rows in countries.values()):
        problems.append(f"{source}: {NAMES} must be a table of names for each country, [{NAMES}.Austria]")
        return ()
    found = list[AddedName]()
    for country, rows in countries.items():
        table = f"{NAMES}.{country}"
        _parse_table(source, table, rows, problems)
        for name, usual in rows.items():
            if isinstance(usual, str):
                found.append(AddedName(normalize(country), name, usual))
            elif isinstance(usual, int) and not isinstance(usual, bool):
                problems.append(f'{source}: {table}."{name}": expected the club\'s usual name, found {usual}')
    return tuple(found)


def _problem(key: str, target: object, parsed: Mapping[str, str | int]) -> str:
    """Return what is wrong with one row, both names normalised; "" if nothing is."""
    if not key:
        return "the name has no letter or digit"
    if isinstance(target, bool) or not isinstance(target, str | int):
        return "expected a BetTune name or id, found {written!r}"
    if target == "":
        return "BetTune's name, {written!r}, has no letter or digit"
    if parsed.get(key, target) != target:
        return "the name has two different rows (case, accents and punctuation do not matter)"
    return ""
