"""Pure decisions of a feed: what to ask next, how long to wait, and whether an answer is in its order."""

from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from syncd.model.feed import FeedState

LONGEST_GAP = timedelta(minutes=10)
"""After so long without a good answer a delta is not trusted: how far `since` reaches is nowhere said."""

SNAPSHOT_CACHE = timedelta(seconds=90)
"""Snapshots are cached by the server for 60 s, deltas are not; with something to spare."""


class Ask(msgspec.Struct, frozen=True):
    """One call: a snapshot, or a delta `since` a cursor."""

    since: int | None = None

    @property
    def snapshot(self) -> bool:
        """Whether everything is asked for."""
        return self.since is None


SNAPSHOT = Ask()

LONGEST_BACKOFF = timedelta(seconds=10)
"""An outage is asked about at least so often, where the pace allows: freshness is the product."""

LONGEST_429_PAUSE = timedelta(minutes=15)


class Waits(NamedTuple):
    """How long until the pace allows each kind of call; zero: now."""

    snapshot: timedelta
    delta: timedelta


def next_ask(
    state: FeedState, now: datetime, waits: Waits, *, wanted: bool, held_since: int | None = None
) -> tuple[Ask, timedelta]:
    """The next call, and how long until it is allowed.

    `wanted` is a snapshot that is due or was asked for; `held_since` the end of one that waits for
    the delta after it. A snapshot that has to wait its turn does not keep the deltas waiting.
    """
    if held_since is not None:
        return Ask(held_since), waits.delta
    if delta_is_safe(state, now) and (not wanted or waits.delta < waits.snapshot):
        return Ask(state.cursor), waits.delta
    return SNAPSHOT, waits.snapshot


def wants_snapshot(state: FeedState, now: datetime, *, resnapshot: timedelta) -> bool:
    """Whether a snapshot is due, as soon as the pace allows one."""
    return (
        not delta_is_safe(state, now)
        or bool(state.suspect)
        or state.snapshot_at is None
        or abs(now - state.snapshot_at) >= resnapshot
    )


def delta_is_safe(state: FeedState, now: datetime) -> bool:
    """Whether the cursor is young enough for a delta to tell everything since."""
    if state.cursor is None or state.ok_at is None:
        return False
    # Absolute: a clock that was set back says nothing about the gap.
    return abs(now - state.ok_at) <= LONGEST_GAP


def is_older(state: FeedState, last: int | None, asked_at: datetime) -> bool:
    """Whether a snapshot may be of an earlier time than what deltas have told since.

    Then it must not be applied as it is: prices would run backwards until the next delta. Where
    the last good answer is older than any cache, the snapshot is newer whatever its `last`.
    """
    if state.cursor is None or state.ok_at is None or last is None:
        return False
    return 1 < last < state.cursor and abs(asked_at - state.ok_at) <= SNAPSHOT_CACHE


def runs_backwards(ask: Ask, last: int | None) -> bool:
    """Whether a delta ends before it began: the server has lost its sequence."""
    return ask.since is not None and last is not None and last < ask.since


def usable_cursor(last: int | None, before: int | None) -> int | None:
    """The cursor after an answer. 0 and 1 are forbidden as `since`, and an absent one changes nothing."""
    if last is None:
        return before
    return last if last > 1 else None


def pause_after_429(gap: timedelta, retry_after_s: float | None, times: int) -> timedelta:
    """Retry-After, or a whole interval; ever longer ones where that was not enough `times` on end."""
    if retry_after_s is not None:
        return max(gap, timedelta(seconds=retry_after_s))
    doubled: timedelta = gap * 2 ** min(times - 1, 10)
    return max(gap, min(doubled, LONGEST_429_PAUSE))


def pause_after_outage(failures: int) -> timedelta:
    """Longer with each failure on end (0: the first), within bounds."""
    return min(timedelta(seconds=2 ** min(failures, 10)), LONGEST_BACKOFF)
