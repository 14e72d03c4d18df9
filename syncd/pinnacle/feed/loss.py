"""Whether a snapshot may be believed that no longer names what was open.

"Open" is what would be lost if it were wrong: events that have not kicked off, markets that take bets.
"""

from collections.abc import Callable, Collection, Hashable
from typing import TypeVar

from syncd.pinnacle.errors import BadPayloadError
from syncd.pinnacle.feed.mirror import Occasion

KeyT = TypeVar("KeyT", bound=Hashable)


def doubt_snapshot(
    held: Collection[KeyT],
    told: Collection[KeyT],
    occasion: Occasion,
    *,
    is_open: Callable[[KeyT], bool],
    what: str,
) -> str:
    """Why a snapshot is not to be applied yet; empty where it is.

    Raises `BadPayloadError` for an empty one where something was open: no answer of a whole sport,
    or of an account that is shut out, is a reason to believe that everything was called off.
    """
    lost = sum(is_open(key) for key in held if key not in told)
    if not lost or (told and occasion.agreed):
        return ""
    # What is still there is counted only until it is enough: to see whether it is open takes time.
    open_before = lost
    for key in told:
        if key in held:
            open_before += is_open(key)
        if open_before >= 2 * lost:
            return ""
    if not told:
        raise BadPayloadError(f"an empty snapshot, though {lost} {what} were open")
    return f"a snapshot lost {lost} of {open_before} open {what}; waiting for a second one to agree"
