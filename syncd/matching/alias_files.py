"""Tables of names that a user brings: TOML as the alias file's, CSV of two columns, openfootball's text.

Pure: a text in, rows and problems with their lines out. What the rows are worth is for `alias_check`.
"""

import csv
import tomllib
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, NamedTuple

from syncd.matching import openfootball
from syncd.matching.aliases import NAMES

_DELIMITERS = "\t;,"
_HEADINGS = ("pinnacle", "bettune")


class AliasFormat(StrEnum):
    """The form of a user's table of names."""

    TOML = "toml"
    CSV = "csv"
    OPENFOOTBALL = "openfootball"


SUFFIXES = {
    ".toml": AliasFormat.TOML,
    ".csv": AliasFormat.CSV,
    ".tsv": AliasFormat.CSV,
    ".txt": AliasFormat.OPENFOOTBALL,
}
"""The format by the end of a file's name."""


class AliasRow(NamedTuple):
    """One row: in Pinnacle's list this name is BetTune's `target`; in `names`, both are one club's."""

    line: int
    table: str
    """`teams`, `leagues` or `names`."""
    name: str
    target: str | int
    country: str = ""
    """Of `names` only, as it is written."""

    def __str__(self) -> str:
        """Say what the row was read as."""
        kind = {"teams": "team", "leagues": "league"}.get(self.table, f"club of {self.country}")
        target = f'"{self.target}"' if isinstance(self.target, str) else f"id {self.target}"
        return f'{kind} "{self.name}" = {target}'


class LineProblem(NamedTuple):
    """A line with what is wrong in it, and what to do; line 0 is the file as a whole."""

    line: int
    text: str


class AliasTable(NamedTuple):
    """The content of a file; `left_out` counts openfootball's lines that no alias can say."""

    rows: list[AliasRow]
    problems: list[LineProblem]
    left_out: int = 0


def read_table(text: str, form: AliasFormat) -> AliasTable:
    """Read a user's table of names; all that cannot be read is among the problems."""
    match form:
        case AliasFormat.TOML:
            return _read_toml(text)
        case AliasFormat.CSV:
            return _read_csv(text)
        case AliasFormat.OPENFOOTBALL:
            return _read_openfootball(text)


def _read_toml(text: str) -> AliasTable:
    try:
        document: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return AliasTable([], [LineProblem(_line_in(str(error)), f"not TOML: {error}; correct this first")])
    lines, rows, problems = toml_lines(text), list[AliasRow](), list[LineProblem]()
    for path, name, target in _toml_rows(document):
        line = lines.get((*path, name), lines.get(path, 0))
        if path[:1] == (NAMES,) and len(path) == 2 and isinstance(target, str):
            rows.append(AliasRow(line, NAMES, name, target, path[1]))
        elif path in (("teams",), ("leagues",)) and type(target) in (str, int):
            rows.append(AliasRow(line, path[0], name, target))
        else:
            problems.append(LineProblem(line, _toml_problem(path, name, target)))
    return AliasTable(rows, problems)


def _toml_rows(document: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], str, Any]]:
    for table, rows in document.items():
        if not isinstance(rows, dict):
            yield (), table, rows
            continue
        for name, target in rows.items():
            if table == NAMES and isinstance(target, dict):
                yield from (((table, name), other, usual) for other, usual in target.items())
            else:
                yield (table,), name, target


def _toml_problem(path: tuple[str, ...], name: str, target: object) -> str:
    if path[:1] in (("teams",), ("leagues",)):
        return f'"{name}": expected a BetTune name in quotes, or an id, found {target!r}'
    if path[:1] == (NAMES,):
        return f'"{name}": expected [{NAMES}.COUNTRY], and a club\'s usual name in quotes, found {target!r}'
    return f'"{".".join((*path, name))}" is in no table; put it under [teams], [leagues] or [{NAMES}.COUNTRY]'


def toml_lines(text: str) -> dict[tuple[str, ...], int]:
    """Return the line of each table and key that has a line of its own, by its path."""
    found, table = dict[tuple[str, ...], int](), tuple[str, ...]()
    for number, line in enumerate(text.split("\n"), 1):
        written = line.strip()
        if written.startswith("["):
            table = _path_of(written)
            found.setdefault(table, number)
        elif written and not written.startswith("#"):
            found.setdefault((*table, *_path_of(written)), number)
    return found


def _path_of(line: str) -> tuple[str, ...]:
    try:
        tree: Any = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return ()
    path = list[str]()
    while isinstance(tree, dict) and len(tree) == 1:
        ((part, tree),) = tree.items()
        path.append(part)
    return tuple(path)


def _line_in(message: str) -> int:
    """Return the line that tomllib names in a message; 0 if it names none."""
    _, _, after = message.partition("at line ")
    digits = after.partition(",")[0]
    return int(digits) if digits.isdigit() else 0


def _read_csv(text: str) -> AliasTable:
    rows, problems = list[AliasRow](), list[LineProblem]()
    first = next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
    delimiter = next((each for each in _DELIMITERS if each in first), ",")
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, skipinitialspace=True)
    try:
        for written in reader:
            cells = [cell.strip() for cell in written]
            if not any(cells) or cells[0].startswith("#"):
                continue
            if len(cells) != 2 or not all(cells):
                expected = "expected two columns, Pinnacle's name and BetTune's name or id"
                problems.append(LineProblem(reader.line_num, f"{expected}, found {len(cells)}: {cells}"))
            elif rows or tuple(cell.lower() for cell in cells) != _HEADINGS:
                target = int(cells[1]) if cells[1].isascii() and cells[1].isdigit() else cells[1]
                rows.append(AliasRow(reader.line_num, "teams", cells[0], target))
    except (csv.Error, ValueError) as error:
        problems.append(LineProblem(reader.line_num, f"not CSV: {error}; correct this first"))
    return AliasTable(rows, problems)


def _read_openfootball(text: str) -> AliasTable:
    read = openfootball.read_clubs(text)
    rows = [
        AliasRow(name.line, NAMES, name.text, club.usual, club.country)
        for club in read.clubs
        for name in club.names
    ]
    problems = [LineProblem(line, problem) for line, problem in read.problems]
    return AliasTable(rows, problems, read.left_out)
