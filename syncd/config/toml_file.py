"""The config file: its values with the line of each key, and the starter file."""

import os
import re
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

from syncd.config.plain_file import MAX_CONFIG_BYTES, make_private_folder, read_plain
from syncd.config.problems import ConfigError, Problem
from syncd.config.tree import Key

HEADER = re.compile(r"^\s*(\[\[?)([^\[\]=]+)\]\]?\s*(?:#.*)?$")
ASSIGNMENT = re.compile(r"""^\s*((?:[A-Za-z0-9_.\s-]|"[^"]*"|'[^']*')+?)\s*=""")
POSITION = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
TWICE = re.compile(r"Cannot declare \('(.+?)',?\) twice")


@dataclass(frozen=True, slots=True)
class TomlFile:
    """The content of a file; `lines` counts from 1."""

    path: Path
    tree: dict[str, Any]
    lines: dict[Key, int] = field(default_factory=dict)

    def where(self, key: Key) -> str:
        """`file:line` of a key, or of the innermost table around it."""
        for length in range(len(key), 0, -1):
            if line := self.lines.get(key[:length]):
                return f"{self.path}:{line}"
        return str(self.path)

    def has(self, key: Key) -> bool:
        """Return whether the file has a value for this key."""
        return at(self.tree, key) is not None


def at(tree: Any, key: Key) -> Any:
    """The value at a key; None if there is none."""
    for part in key:
        known = part in tree if isinstance(tree, dict) else part in range(_length(tree))
        if not known:
            return None
        tree = tree[part]
    return tree


def _length(tree: Any) -> int:
    return len(tree) if isinstance(tree, list) else 0


def read_toml(path: Path) -> TomlFile:
    """Read a config file. Raises `ConfigError` if it cannot be read or is not TOML."""
    text = _text(path)
    try:
        # Prices and factors must never become binary floats.
        tree = tomllib.loads(text, parse_float=Decimal)
    except RecursionError:
        raise ConfigError([Problem(where=str(path), fault="is nested too deeply")]) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([_syntax_problem(path, text, str(error))]) from None
    except (ValueError, ArithmeticError):  # of 5,000 digits, or of an exponent of twenty
        raise ConfigError([Problem(where=str(path), fault="has a number with too many digits")]) from None
    return TomlFile(path, tree, _lines(text))


def _text(path: Path) -> str:
    try:
        return read_plain(path, MAX_CONFIG_BYTES)
    except FileNotFoundError:
        fault = (
            "there is no such file; `syncd config init` writes one to begin with, "
            "`--config` or SYNCD_CONFIG names another"
        )
    except IsADirectoryError:
        fault = "is a directory, not a file"
    except PermissionError:
        fault = "may not be read by this user"
    except UnicodeDecodeError:
        fault = "is not UTF-8 text"
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no file can have this name"
        fault = f"cannot be read: {reason}"
    raise ConfigError([Problem(where=str(path), fault=fault)])


def _syntax_problem(path: Path, text: str, message: str) -> Problem:
    position = POSITION.search(message)
    line, column = position.groups() if position else (None, None)
    place = f"{line}:{column}" if line else str(len(text.splitlines()))
    reason = POSITION.sub("", message)
    twice = TWICE.match(reason)
    if twice:
        fault = f"[{twice[1]}] is defined twice"
    elif reason.startswith("Cannot overwrite"):
        fault = "this key is defined twice"
    else:
        fault = f"this is not TOML ({reason[:1].lower()}{reason[1:]})"
    expected = "" if "twice" in fault else 'key = value, with text and durations in quotes: "10m"'
    return Problem(where=f"{path}:{place}", fault=fault, expected=expected)


def _lines(text: str) -> dict[Key, int]:
    """The line of each key, as far as single lines show it: for messages only, never for values."""
    lines: dict[Key, int] = {}
    tables: dict[Key, int] = {}
    table: Key = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := HEADER.match(line):
            table = _parts(header[2])
            lines.setdefault(table, number)
            if header[1] == "[[":
                tables[table] = tables.get(table, -1) + 1
                table = (*table, tables[table])
            lines.setdefault(table, number)
        elif assignment := ASSIGNMENT.match(line):
            lines.setdefault((*table, *_parts(assignment[1])), number)
    return lines


def _parts(text: str) -> Key:
    """The parts of a dotted key by TOML's own rules; empty if it is no key."""
    try:
        tree: Any = tomllib.loads(f"{text.strip()} = 0")
    except tomllib.TOMLDecodeError:
        return ()
    parts = []
    while isinstance(tree, dict):
        ((part, tree),) = tree.items()
        parts.append(part)
    return tuple(parts)


def starter_text() -> str:
    """The starter file, with comments; `config/syncd.example.toml` of the repository is the same."""
    return resources.files("syncd.config").joinpath("starter.toml").read_text(encoding="utf-8")


def write_starter(path: Path) -> None:
    """Write the starter file, and create its directory. Raises `FileExistsError` if the file exists."""
    # For this user alone: secrets may be written into it, and the database may lie beside it.
    make_private_folder(path.parent)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(starter_text())
