"""The state of a feed after a response: what is stored with the data."""

from typing import Any

from msgspec.structs import replace

from syncd.model.feed import FeedState
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
