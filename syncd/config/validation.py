"""Convert plain values to settings, or find all problems: of single keys and between keys."""

import json
from collections.abc import Iterator
from copy import deepcopy
from decimal import Decimal
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from syncd.config.problems import Problem
from syncd.config.relations import conflicts
from syncd.config.settings import Settings
from syncd.config.sources import Sources
from syncd.config.toml_file import at
from syncd.config.tree import Key, Node, dotted, find, nearest
from syncd.config.values import UnusableAddressError

UNKNOWN = "extra_forbidden"
MAX_SHOWN = 60
"""The number of characters of a wrong value that are shown."""
MAX_SHOWN_BITS = 1000


def validate(sources: Sources) -> tuple[Settings | None, list[Problem]]:
    """The settings and the problems; the settings may be used only if there are no problems."""
    errors: list[ErrorDetails] = []
    try:
        settings = Settings.of(sources.tree)
    except ValidationError as error:
        errors = error.errors()
        repaired = _without_wrong_values(sources.tree, errors)
        if repaired is None:
            return None, [_problem(error, sources) for error in _without_repeats(errors)]
        settings = repaired
    wrong = {_field_key(error["loc"]) for error in errors if error["type"] != UNKNOWN}
    problems = [_problem(error, sources) for error in _without_repeats(errors)]
    problems += _conflict_problems(settings, sources, wrong)
    return settings, problems


def _without_repeats(errors: list[ErrorDetails]) -> Iterator[ErrorDetails]:
    """The errors that do not only repeat another: a list is "too short" because its only element is wrong."""
    places = {tuple(error["loc"]) for error in errors}
    for error in errors:
        place = tuple(error["loc"])
        deeper = any(len(other) > len(place) and other[: len(place)] == place for other in places)
        if not (error["type"] == "too_short" and deeper):
            yield error


def _problem(error: ErrorDetails, sources: Sources) -> Problem:
    key: Key = tuple(part for part in error["loc"] if part != "[key]")
    where, node = sources.where(key), find(key)
    if error["type"] == UNKNOWN or error["loc"][-1] == "[key]":
        return _unknown(where, key)
    expected = node.expected() if node else ""
    # The input in pydantic's error may be parsed already; the user looks for what the file contains.
    fault = "is missing" if error["type"] == "missing" else f"is {shown(at(sources.tree, key), node)}"
    reason = error.get("ctx", {}).get("error")
    if isinstance(reason, UnusableAddressError):
        fault += f", {reason}"
    return Problem(where=where, key=dotted(key), fault=fault, expected=expected)


def _unknown(where: str, key: Key) -> Problem:
    similar = nearest(key)
    parent = find(key[:-1])
    listing = f"one of {', '.join(parent.names)}" if parent and not similar else ""
    return Problem(where=where, key=dotted(key), fault="is unknown", expected=listing, nearest=similar)


def shown(value: Any, node: Node | None) -> str:
    """A wrong value as text, without any that is or may contain a secret."""
    if node is None or node.is_secret or node.is_table or isinstance(value, dict):
        hidden = " (not shown)" if node and node.is_secret and isinstance(value, str) else ""
        return kind_of(value) + hidden
    if isinstance(value, str) and _may_hide_a_secret(value):
        return "text (not shown: it may contain a password)"
    if isinstance(value, str | bool) or value == []:
        text = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, int) and value.bit_length() > MAX_SHOWN_BITS:
        text = "a number with too many digits"  # Python refuses to print what 0xfff... may be
    elif isinstance(value, int | Decimal):
        text = str(value)
    else:
        return kind_of(value)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 3] + "..."


def _may_hide_a_secret(text: str) -> bool:
    """Return whether it is an address with a user or a query, or looks like one."""
    return "@" in text or ("://" in text and "?" in text)


def kind_of(value: Any) -> str:
    """The kind of the value as text."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        return "text"
    if isinstance(value, int | Decimal):
        return "a number"
    return "a date or time"


def _field_key(place: tuple[str | int, ...]) -> Key:
    """The key whose whole value cannot be used because something in it is wrong."""
    key: Key = ()
    for part in place:
        node = find((*key, part))
        parent = find(key)
        if node is None or parent is None or not (parent.is_table or _holds_tables(parent)):
            break
        key = (*key, part)
    return key


def _holds_tables(node: Node) -> bool:
    element = node.child(0) if node.is_list else None
    return bool(element and element.is_table)


def _without_wrong_values(tree: dict[str, Any], errors: list[ErrorDetails]) -> Settings | None:
    """The settings with the default in place of each wrong value; None if that is not possible.

    So constraints between the other keys can be checked in the same run.
    """
    tree = deepcopy(tree)
    for error in errors:
        _reset(tree, error)
    try:
        return Settings.of(tree)
    except ValidationError:
        return None


def _reset(tree: dict[str, Any], error: ErrorDetails) -> None:
    key: Key = error["loc"] if error["type"] == UNKNOWN else _field_key(error["loc"])
    place: Any = tree
    for part in key[:-1]:
        place = place[part]
    if isinstance(place, list):
        place[int(key[-1])] = {"filter": _unused_filter(key)}
    elif key[:1] == ("rules",) and key[2:] == ("filter",):
        place["filter"] = _unused_filter(key)
    else:
        place.pop(key[-1], None)


def _unused_filter(key: Key) -> str:
    """A value for the only key without a default: a filter name that nobody uses, different for each rule."""
    return f"\0{key[1]}"


def _conflict_problems(settings: Settings, sources: Sources, wrong: set[Key]) -> list[Problem]:
    return [
        Problem(
            where=sources.where(conflict.keys[0]),
            key=dotted(conflict.keys[0]),
            fault=conflict.fault,
            expected=conflict.expected,
        )
        for conflict in conflicts(settings)
        if not any(key[: len(bad)] == bad for key in conflict.keys for bad in wrong)
    ]
