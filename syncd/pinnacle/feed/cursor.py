"""Check of cursors before they are used: after one that is too far ahead, every later delta would be empty.

Pinnacle's own cursors are a sequence (3 thousand million after twenty years), those of PS3838 milliseconds
since 1970. In a day neither grows by a hundredth, and no host has ever sent one of 100 million million.
"""

from datetime import timedelta

HIGHEST_SEEN = 10**14
"""A higher one is never believed: such a feed lives on snapshots."""

FREE_LEAP = 100_000
"""A young sequence may grow by this much at once."""

GROWTH = 100
"""A cursor may grow by a hundredth at once, and by another hundredth for each day without a response."""

AGREEING = 3
"""A cursor of another size is believed when this many responses in a row agree: the host has changed it."""


class CursorDoubt:
    """Memory of a cursor that is too far ahead to be believed at once."""

    def __init__(self) -> None:
        self._last: int | None = None
        self._agreeing = 0

    def believes(self, last: int, known: int | None, unseen: timedelta) -> bool:
        """Return whether the `last` of a response is believed; `unseen` is the age of the known one."""
        if in_proportion(last, known, unseen):
            self._last, self._agreeing = None, 0
            return True
        agrees = self._last is not None and in_proportion(last, self._last, unseen)
        self._agreeing = self._agreeing + 1 if agrees else 1
        self._last = last
        return last <= HIGHEST_SEEN and self._agreeing >= AGREEING


def in_proportion(last: int, known: int | None, unseen: timedelta) -> bool:
    """Return whether a cursor fits the known one. One that is lower fits: a host may begin again."""
    if last > HIGHEST_SEEN:
        return False
    if known is None:
        return True
    days = 1 + max(0, unseen.days)
    return last - known <= FREE_LEAP + known * days // GROWTH


def stored_cursor(cursor: int | None) -> int | None:
    """Return a cursor as the store has it; None if it cannot be one, and a snapshot follows."""
    return cursor if cursor is not None and 1 < cursor <= HIGHEST_SEEN else None
