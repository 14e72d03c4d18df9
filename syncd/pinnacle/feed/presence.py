"""The life of events and specials in the lists: listed, missed, gone, settled, revived.

Lists of fixtures never announce a removal. An item is not open from the first snapshot that misses it,
and a tombstone from the second; it is revived when it is listed again.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from msgspec.structs import replace

from syncd.model.feed import GONE_BY_STATUS, EventState, Gone
from syncd.model.special import SpecialState
from syncd.pinnacle.feed.endpoint import ApplyContext

StateT = TypeVar("StateT", EventState, SpecialState)
ContentT = TypeVar("ContentT")
KeyT = TypeVar("KeyT", bound=Hashable)

RECENTLY_SETTLED = timedelta(hours=1)


def differing_keys(stored: Mapping[KeyT, object], listed: Mapping[KeyT, object]) -> set[KeyT]:
    """The keys whose content differs between a snapshot and the store, or that only one of the two has."""
    return {key for key in stored.keys() | listed.keys() if stored.get(key) != listed.get(key)}


def changed_states(
    known: Mapping[int, StateT],
    listed: Mapping[int, ContentT],
    context: ApplyContext,
    *,
    new: Callable[[ContentT], StateT],
    updated: Callable[[StateT, ContentT], StateT | None],
    missed: Callable[[StateT], StateT],
) -> Iterable[StateT]:
    """The states to be written after a payload listed these contents.

    `known` are the stored states of the keys in question; a snapshot misses those that it does not list.
    """
    for key, content in listed.items():
        after = updated(known[key], content) if key in known else new(content)
        if after is not None:
            yield after
    if context.snapshot:
        yield from (missed(state) for key, state in known.items() if key not in listed)


def after_listing(before: StateT, after: StateT, context: ApplyContext, *, unchanged: bool) -> StateT | None:
    """The state after a payload listed it; None if there is nothing to write.

    `after` is the state before with the content of the payload, which is `unchanged` or not.
    """
    if _is_revived(before, context):
        return replace(after, changed_at=context.at, missed=0, gone_at=None, gone_because=None)
    if unchanged:
        return None
    return replace(after, changed_at=context.at) if before.listed else after


def after_missing(before: StateT, at: datetime) -> StateT:
    """The state after a snapshot did not list it."""
    if before.gone_at is not None:
        return replace(before, missed=1)
    missed = replace(before, missed=before.missed + 1, changed_at=at)
    return missed if missed.missed < 2 else replace(missed, gone_at=at, gone_because=Gone.ABSENT)


def after_settlement(before: StateT, status: int, at: datetime) -> StateT | None:
    """The state after a settlement of this status; None if an earlier one closed it already."""
    if before.gone_because not in (None, Gone.ABSENT, Gone.IN_PLAY):
        return None
    return replace(
        before, changed_at=at, missed=0, gone_at=before.gone_at or at, gone_because=GONE_BY_STATUS[status]
    )


def closes(status: int, settled_at: datetime | None, context: ApplyContext) -> bool:
    """Return whether a settlement that is new to us closes its event or special."""
    # The first response ever covers a whole day: what was deleted hours ago and is listed now has been
    # put back since.
    is_first = context.previous_ok_at is None
    is_old = settled_at is not None and context.server_now - settled_at > RECENTLY_SETTLED
    return status in GONE_BY_STATUS and not (is_first and is_old)


def _is_revived(state: EventState | SpecialState, context: ApplyContext) -> bool:
    if state.listed:
        return False
    if state.gone_because in (None, Gone.ABSENT):
        return True
    if state.gone_because is Gone.IN_PLAY:
        return state.missed > 0  # it stays listed while it is played
    # A snapshot may be a minute old and still list what was settled meanwhile. It counts once the item
    # has been off the list; a delta is never cached and lists only what is there.
    return not context.snapshot or state.missed > 0
