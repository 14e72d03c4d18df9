"""The rules that a database was last written by: another config of the same one is an accident, or news."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from syncd.config.settings import Rule, Settings
from syncd.config.show import plain_values
from syncd.config.tree import Key, dotted
from syncd.store import facts
from syncd.store.connection import AsyncConnection

WRITTEN_BY = "written_by"
"""The rules that wrote last, and to which BetTune: a key of the store's facts."""


NUMBER = re.compile(r"\d+(\.\d+)?")


class WrittenBy(msgspec.Struct, frozen=True):
    """Settings that decide which Min Odds are written, and where to. No secret is among them."""

    values: dict[str, Any]


def of_settings(settings: Settings) -> WrittenBy:
    """Return what a config decides of it, as plain values: numbers as text."""
    return WrittenBy(
        {
            "bettune": {"base_url": settings.bettune.base_url},
            "rules": [_of_rule(rule) for rule in settings.rules],
            "bet_types": dict(settings.bet_types),
        }
    )


def _of_rule(rule: Rule) -> dict[str, Any]:
    """The keys that are not as usual, and the filter: a key that a newer syncd adds changes no rule."""
    usual = _plain(Rule(filter=rule.filter))
    return {
        name: value for name, value in _plain(rule).items() if name == "filter" or value != usual.get(name)
    }


def _plain(rule: Rule) -> dict[str, Any]:
    return {
        name: f"{value.normalize():f}" if isinstance(value, Decimal) else value
        for name, value in plain_values(rule).items()
    }


def differences(before: WrittenBy, now: WrittenBy) -> list[str]:
    """Return the keys that differ, as `rules[0].price was "raw", is "fair"`, and rules of one side only."""
    return list(_differences(_whole(before), _whole(now), ()))


def _whole(written_by: WrittenBy) -> dict[str, Any]:
    """The values with the defaults of each rule."""
    usual = _plain(Rule(filter="*"))
    rules = [usual | rule for rule in written_by.values.get("rules", ())]
    return written_by.values | {"rules": rules}


def _differences(before: Any, now: Any, key: Key) -> Iterator[str]:
    if before == now:
        return
    old, new = _children(before), _children(now)
    if old is None or new is None:
        yield f"{dotted(key)} {_change(before, now)}"
        return
    for name in dict.fromkeys([*old, *new]):
        yield from _differences(old.get(name), new.get(name), (*key, name))


def _children(value: Any) -> Mapping[str | int, Any] | None:
    """The parts of a table or of a list of tables. None for a value, which is shown as a whole."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and all(isinstance(each, dict) for each in value):
        return dict(enumerate(value))
    return None


def _change(before: Any, now: Any) -> str:
    if before is None:
        return f"was not set, is {_shown(now)}"
    if now is None:
        return f"was {_shown(before)}, is not set"
    return f"was {_shown(before)}, is {_shown(now)}"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return f'filter = "{value["filter"]}"' if "filter" in value else "a table"
    is_number = isinstance(value, str) and NUMBER.fullmatch(value)
    return str(value) if is_number else msgspec.json.encode(value).decode()


async def load_differences(conn: AsyncConnection, settings: Settings) -> list[str]:
    """Return what differs from what this database was last written by; empty if nothing has written yet."""
    before = await facts.get(conn, WRITTEN_BY, WrittenBy)
    return [] if before is None else differences(before, of_settings(settings))


async def note(conn: AsyncConnection, settings: Settings, now: datetime) -> list[str]:
    """Store what writes from now on. Returns what differs from before, as `load_differences` does."""
    found = await load_differences(conn, settings)
    await facts.put(conn, WRITTEN_BY, of_settings(settings), now)
    return found
