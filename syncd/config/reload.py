"""The keys that changed between two configurations, and those that a running daemon cannot apply."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from syncd.config.database_url import MASK
from syncd.config.settings import Settings
from syncd.config.show import plain_values, toml_value
from syncd.config.tree import ROOT, Key, Node, dotted

RESTART_ONLY = frozenset({"store.url", "web.host", "web.port"})
"""Used only at start: the database and the port. All others are applied at SIGHUP."""


def changed_keys(old: Settings, new: Settings) -> list[str]:
    """The dotted keys whose values differ; rules and other lists count as one.

    A secret from a file is compared by its content, under the key that the file is for.
    """
    return [dotted(key) for key in _differences(old, new, ROOT, ())]


def needs_restart(keys: Iterable[str]) -> list[str]:
    """Those of the changed keys that take effect only at the next start."""
    return [key for key in keys if key in RESTART_ONLY]


def _differences(old: object, new: object, node: Node, key: Key) -> Iterator[Key]:
    if old == new:
        return
    if not node.is_table:
        yield key
        return
    for name in node.fields:
        child = node.child(name)
        if child is not None:
            yield from _differences(getattr(old, name), getattr(new, name), child, (*key, name))


class ChangedLine(NamedTuple):
    """One setting that differs, as a line of TOML before and after; secrets are masked."""

    key: str
    before: str
    """Empty if it is new."""
    after: str
    """Empty if it is gone."""


def changed_lines(old: Settings, new: Settings) -> Iterator[ChangedLine]:
    """Yield every single value that differs. A secret is named if it differs, and never shown."""
    before, after = dict(_lines(plain_values(old), "")), dict(_lines(plain_values(new), ""))
    for key in dict.fromkeys((*before, *after)):
        if before.get(key) != after.get(key):
            yield ChangedLine(key, before.get(key, ""), after.get(key, ""))
    shown = {*before, *after}
    for key in changed_keys(old, new):
        if key in shown and before.get(key) == after.get(key):
            yield ChangedLine(key, MASK, f"{MASK} (another)")


def _lines(value: object, key: str) -> Iterator[tuple[str, str]]:
    """Yield each single value with its key; rules by the filter that they name: one more moves no other."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _lines(one, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        for number, one in enumerate(value):
            yield from _lines(one, f"{key}[{one.get('filter', number)}]")
        yield key, ", ".join(str(one.get("filter", number)) for number, one in enumerate(value))
    else:
        yield key, toml_value(value)
