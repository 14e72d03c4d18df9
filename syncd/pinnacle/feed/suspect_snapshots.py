"""A check of snapshots that no longer list what was open: events before kick-off, markets that take bets.

A snapshot that lost more than half of it is suspect, and is applied only when the next one agrees.
"""

from collections.abc import Callable, Collection, Hashable
from typing import TypeVar

from syncd.pinnacle.errors import EmptySnapshotError
from syncd.pinnacle.feed.endpoint import ApplyContext

KeyT = TypeVar("KeyT", bound=Hashable)


def suspect_reason(
    stored: Collection[KeyT],
    listed: Collection[KeyT],
    context: ApplyContext,
    *,
    is_open: Callable[[KeyT], bool],
    what: str,
) -> str:
    """Return the reason why a snapshot that lists these keys is suspect; empty if it can be applied.

    `is_open` is called for stored keys. Raises `EmptySnapshotError` if it is empty while something
    is open: neither an empty sport nor an account without access means that everything was called off.
    """
    lost = sum(is_open(key) for key in stored if key not in listed)
    if not lost or (listed and context.after_suspect):
        return ""
    # `is_open` takes time, so listed ones are counted only until there are enough of them.
    open_before = lost
    for key in listed:
        if key in stored:
            open_before += is_open(key)
        if open_before >= 2 * lost:
            return ""
    if not listed:
        raise EmptySnapshotError(f"an empty snapshot, though {lost} {what} were open")
    return f"a snapshot lost {lost} of {open_before} open {what}; waiting for a second one to agree"
