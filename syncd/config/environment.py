"""Settings from the environment: `SYNCD_PINNACLE__PACE__ODDS_DELTA=5s`."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, get_args

from syncd.config.problems import Problem
from syncd.config.tree import Key, Node, dotted, find, walk

PREFIX = "SYNCD_"
CONFIG_VARIABLE = "SYNCD_CONFIG"
"""The path of the config file; not a setting itself."""

# Kubernetes sets these in every container if there is a service called "syncd".
KUBERNETES = re.compile(r"SYNCD_(SERVICE_(HOST|PORT)|PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?)")

NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
MAX_DIGITS = 100
"""Of a whole number: Python refuses to read those of thousands."""


@dataclass(frozen=True, slots=True)
class Override:
    """One setting from the environment, converted as far as its text allows."""

    variable: str
    key: Key
    value: Any


def variable_name(key: Key) -> str:
    """The environment variable of a key."""
    return PREFIX + "__".join(str(part).upper() for part in key)


def read_environment(environ: Mapping[str, str]) -> tuple[list[Override], list[Problem]]:
    """The settings among environment variables, and problems for unknown `SYNCD_` variables.

    An empty variable counts as not set: compose files pass `X=${X:-}`.
    """
    overrides, problems = [], []
    for variable, text in sorted(_settings_in(environ)):
        key = _key(variable)
        node = find(key)
        if node is None or node.is_table:
            problems.append(_unknown(variable, node))
        else:
            overrides.append(Override(variable, key, typed(text.strip(), node)))
    return overrides, problems


def typed(text: str, node: Node) -> Any:
    """The text as the value that TOML would give; unchanged if it does not fit."""
    if node.is_list and not text.startswith("["):
        element = Node.of(get_args(node.type)[0])
        return [typed(part.strip(), element) for part in text.split(",") if part.strip()]
    if node.is_list or node.is_map:
        return _from_json(text)
    if node.type in (int, Decimal) and NUMBER.fullmatch(text):
        is_whole = node.type is int and "." not in text and len(text) <= MAX_DIGITS
        return int(text) if is_whole else Decimal(text)
    return text


def _from_json(text: str) -> Any:
    try:
        return json.loads(text, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError):
        return text


def _settings_in(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for variable, text in environ.items():
        if not variable.startswith(PREFIX) or variable == CONFIG_VARIABLE or not text.strip():
            continue
        if not KUBERNETES.fullmatch(variable):
            yield variable, text


def _key(variable: str) -> Key:
    parts = variable.removeprefix(PREFIX).lower().split("__")
    return tuple(int(part) if part.isascii() and part.isdigit() else part for part in parts)


def _unknown(variable: str, node: Node | None) -> Problem:
    if node is not None:
        example = f"{variable}__{node.names[0].upper()}"
        return Problem(where=variable, fault="this is a whole section", expected=f"a key of it, as {example}")
    known = [variable_name(key) for key, node in walk() if not node.is_table]
    nearest = _same_name(variable) or "".join(get_close_matches(variable, known, n=1, cutoff=0.75))
    return Problem(where=variable, fault="unknown variable", nearest=nearest)


def _same_name(variable: str) -> str:
    """The settings with the name of a variable without section, such as `SYNCD_TOKEN`."""
    name = variable.removeprefix(PREFIX).lower()
    return " or ".join(variable_name(key) for key, _ in walk() if dotted(key).endswith(f".{name}"))
