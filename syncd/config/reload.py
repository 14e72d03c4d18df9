"""The keys that changed between two configurations, and those that a running daemon cannot apply."""

from collections.abc import Iterable, Iterator

from syncd.config.settings import Settings
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
