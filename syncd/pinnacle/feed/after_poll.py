"""The state of a feed after a response: what is stored with the data."""

from datetime import datetime
from typing import Any

from msgspec.structs import replace

from syncd.model.feed import FeedState
from syncd.pinnacle.errors import BadRequestError, EmptySnapshotError, PinnacleError
from syncd.pinnacle.feed.endpoint import Applied
from syncd.pinnacle.feed.schedule import FeedRequest, next_cursor
from syncd.pinnacle.responses import Response


def after_response(state: FeedState, response: Response[Any]) -> FeedState:
    """The state after any good response, whether it can be applied or not."""
    skew = response.skew
    return replace(
        state,
        polled_at=response.received_at,
        skew=state.skew if skew is None else skew,
        failures=0,
        error="",
        error_since=None,
    )


def after_applying(
    state: FeedState, request: FeedRequest, response: Response[Any], last: int | None, applied: Applied
) -> FeedState:
    """The state after a response with this `last` was applied, unless it is suspect."""
    state = after_response(state, response)
    if applied.suspect:
        return replace(state, suspect=applied.suspect)
    return replace(
        state,
        cursor=next_cursor(last, state.cursor),
        snapshot_at=response.requested_at if request.snapshot else state.snapshot_at,
        ok_at=response.requested_at,
        changed_at=response.received_at if applied.changed else state.changed_at,
        suspect="" if request.snapshot else state.suspect,
    )


def after_failure(
    state: FeedState, request: FeedRequest, exc: PinnacleError, error: str, now: datetime
) -> FeedState:
    """The state after a request that failed; `error` is its text."""
    cursor_refused = isinstance(exc, BadRequestError) and not request.snapshot
    return replace(
        state,
        cursor=None if cursor_refused else state.cursor,
        ok_at=_content_at(state) if isinstance(exc, EmptySnapshotError) else state.ok_at,
        polled_at=now,
        failures=state.failures + 1,
        error=error,
        error_since=state.error_since or now,
    )


def _content_at(state: FeedState) -> datetime | None:
    """When a response last had content.

    A host that has nothing to say of what was open has said as little in the empty deltas before: they are no
    confirmation.
    """
    known = [at for at in (state.snapshot_at, state.changed_at) if at is not None]
    return min(state.ok_at, max(known)) if known and state.ok_at else state.ok_at
