"""What becomes of an event or a special as lists name it, miss it, and settlements close it.

Lists of fixtures never announce a removal. What is on one is not open from the first snapshot that
does not name it, and a tombstone from the second; it lives again when it returns.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from msgspec.structs import replace

from syncd.model.feed import EventState, Gone
from syncd.model.special import SpecialState
from syncd.pinnacle.feed.mirror import Occasion

StateT = TypeVar("StateT", EventState, SpecialState)
T = TypeVar("T")
KeyT = TypeVar("KeyT", bound=Hashable)

CLOSES = {1: Gone.SETTLED, 2: Gone.SETTLED, 3: Gone.CANCELLED, 4: Gone.CANCELLED, 5: Gone.DELETED}
"""What a settlement does to its event or special, by the manual's status."""

FRESH = timedelta(hours=1)


def differing(listing: Mapping[KeyT, object], named: Mapping[KeyT, object]) -> set[KeyT]:
    """The keys of which a snapshot says something else than the store."""
    return {key for key in listing.keys() | named.keys() if listing.get(key) != named.get(key)}


def compare(
    known: Mapping[int, StateT],
    told: Mapping[int, T],
    occasion: Occasion,
    *,
    appeared: Callable[[T], StateT],
    named: Callable[[StateT, T], StateT | None],
    missed: Callable[[StateT], StateT],
) -> Iterable[StateT]:
    """The states that are to be written after an answer told of these, and of no others."""
    for key, content in told.items():
        after = named(known[key], content) if key in known else appeared(content)
        if after is not None:
            yield after
    if occasion.snapshot:
        yield from (missed(state) for key, state in known.items() if key not in told)


def named(before: StateT, told: StateT, occasion: Occasion, *, same: bool) -> StateT | None:
    """The state after an answer named it; none where nothing is to be written.

    `told` is the state before with the content of the answer, `same` whether that is what it was.
    """
    if returns(before, occasion):
        return replace(told, changed_at=occasion.at, missed=0, gone_at=None, gone_because=None)
    if same:
        return None
    return replace(told, changed_at=occasion.at) if before.listed else told


def returns(state: EventState | SpecialState, occasion: Occasion) -> bool:
    """Whether an answer that names it brings it back."""
    if state.listed:
        return False
    if state.gone_because in (None, Gone.ABSENT):
        return True
    # A snapshot may be a minute old and still name what was settled meanwhile. It counts once it
    # has been off the list; a delta is never cached and tells only of what is on it.
    return not occasion.snapshot or state.missed > 0


def missed(state: StateT, at: datetime) -> StateT:
    """The state after a snapshot did not name it."""
    if state.gone_at is not None:
        return replace(state, missed=1)
    once = replace(state, missed=state.missed + 1, changed_at=at)
    return once if once.missed < 2 else replace(once, gone_at=at, gone_because=Gone.ABSENT)


def closed(state: StateT, status: int, at: datetime) -> StateT | None:
    """The state after a settlement of this status; none where it was closed by one before."""
    if state.gone_because not in (None, Gone.ABSENT):
        return None
    return replace(state, changed_at=at, missed=0, gone_at=state.gone_at or at, gone_because=CLOSES[status])


def closes(status: int, settled_at: datetime | None, occasion: Occasion) -> bool:
    """Whether a settlement that is news to us ends anything."""
    # The first answer ever tells of a whole day: what was deleted hours ago and is on the list of
    # fixtures now has been put back since.
    first = occasion.seen_before is None
    old = settled_at is not None and occasion.server_now - settled_at > FRESH
    return status in CLOSES and not (first and old)
