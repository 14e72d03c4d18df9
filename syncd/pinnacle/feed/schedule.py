"""The pure decisions of a feed: its next request, its pauses, and whether a response is in sequence."""

from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from syncd.model.feed import FeedState
from syncd.runtime.backoff import doubled

MAX_DELTA_GAP = timedelta(minutes=10)
"""The longest gap that a delta is trusted to cover: no document says how far back `since` reaches."""

LONGEST_SILENCE = timedelta(minutes=5)
"""Even in the quietest sport with open markets about a tenth of the periods changes within two minutes. A
feed that is silent for longer may use a cursor that is too far ahead."""

SNAPSHOT_CACHE_LIFE = timedelta(seconds=90)
"""The server caches snapshots for 60 s, but not deltas; this leaves a margin."""

FIRST_OUTAGE_PAUSE = timedelta(seconds=1)
MAX_OUTAGE_PAUSE = timedelta(seconds=10)
"""The longest pause during an outage, if the pace allows: old prices cost money."""

MAX_429_PAUSE = timedelta(minutes=15)
"""The longest pause after a 429. One that names more cannot mean it, and counts as if it named none."""

MAX_503_PAUSE = timedelta(seconds=45)
"""The longest pause that a response with an outage may name."""


class FeedRequest(msgspec.Struct, frozen=True):
    """One request: a snapshot, or a delta `since` a cursor."""

    since: int | None = None

    @property
    def snapshot(self) -> bool:
        """True if everything is requested."""
        return self.since is None


SNAPSHOT_REQUEST = FeedRequest()


class Waits(NamedTuple):
    """The time until the pace allows a request of each kind; zero if it is allowed now."""

    snapshot: timedelta
    delta: timedelta


def next_request(
    state: FeedState,
    now: datetime,
    waits: Waits,
    *,
    snapshot_due: bool,
    since: int | None = None,
    kept_last: int | None = None,
) -> tuple[FeedRequest, timedelta]:
    """The next request, and how long until it is allowed.

    `since` is the cursor of the next delta, if it is not the newest. `kept_last` is the `last` of a snapshot
    that is kept until the delta after it is received. A snapshot that has to wait does not delay the deltas.
    """
    if kept_last is not None:
        return FeedRequest(kept_last), waits.delta
    if delta_is_safe(state, now) and (not snapshot_due or waits.delta < waits.snapshot):
        return FeedRequest(state.cursor if since is None else since), waits.delta
    return SNAPSHOT_REQUEST, waits.snapshot


def snapshot_is_due(state: FeedState, now: datetime, *, resnapshot: timedelta) -> bool:
    """Return whether a snapshot should be requested as soon as the pace allows."""
    return (
        not delta_is_safe(state, now)
        or bool(state.suspect)
        or state.snapshot_at is None
        or abs(now - state.snapshot_at) >= resnapshot
    )


def is_silent(state: FeedState, now: datetime) -> bool:
    """Return whether nothing new was received for so long that a snapshot is needed to confirm it."""
    received = [at for at in (state.snapshot_at, state.changed_at) if at is not None]
    return bool(received) and abs(now - max(received)) >= LONGEST_SILENCE


def delta_is_safe(state: FeedState, now: datetime) -> bool:
    """Return whether the cursor is recent enough for a delta to contain every change since."""
    if state.cursor is None or state.ok_at is None:
        return False
    # Absolute: a clock that was set back says nothing about the gap.
    return abs(now - state.ok_at) <= MAX_DELTA_GAP


def may_predate_deltas(state: FeedState, last: int | None, requested_at: datetime) -> bool:
    """Return whether a snapshot may be older than the deltas that were applied already.

    Applied as it is, it would turn prices back until the next delta. The snapshot is newer, whatever its
    `last`, if the last good response is older than any cache, or was a snapshot too.
    """
    if state.ok_at is None or state.ok_at == state.snapshot_at:
        return False
    if abs(requested_at - state.ok_at) > SNAPSHOT_CACHE_LIFE:
        return False
    return last is None or state.cursor is None or last < state.cursor


def runs_backwards(request: FeedRequest, last: int | None) -> bool:
    """Return whether a delta ends before it began: the server has lost its sequence."""
    return request.since is not None and last is not None and last < request.since


def next_cursor(last: int | None, before: int | None) -> int | None:
    """The cursor after a response with this `last`: the one before if it has none.

    None for 0 and 1, which fair use forbids as `since`.
    """
    if last is None:
        return before
    return last if last > 1 else None


def pause_after_429(gap: timedelta, retry_after_s: float | None, consecutive: int) -> timedelta:
    """Retry-After, but at least the gap; without it the gap, doubled after each `consecutive` 429."""
    if retry_after_s is not None and retry_after_s <= MAX_429_PAUSE.total_seconds():
        return max(gap, timedelta(seconds=retry_after_s))
    return max(gap, doubled(gap, consecutive - 1, MAX_429_PAUSE))


def pause_after_outage(failures: int, retry_after_s: float | None = None) -> timedelta:
    """The first pause after the first failure (`failures` 0), doubled after each further one up to a maximum.

    Retry-After if it is longer; one that cannot be meant counts for nothing.
    """
    pause = doubled(FIRST_OUTAGE_PAUSE, failures, MAX_OUTAGE_PAUSE)
    if retry_after_s is None or retry_after_s > MAX_429_PAUSE.total_seconds():
        return pause
    return max(pause, min(timedelta(seconds=retry_after_s), MAX_503_PAUSE))
