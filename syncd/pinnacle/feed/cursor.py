"""Check of cursors: after one that is ahead of the host's, every later delta would be empty.

Pinnacle's own cursors are a sequence (3 thousand million after twenty years), those of PS3838 milliseconds
since 1970. In a day neither grows by a hundredth, and no host has ever sent one of 100 million million. One
that is out of proportion, or a time in the future, is doubted at once. No proportion shows one that is ahead
by a minute: so each cursor is tried once, by a delta since the one before it.
"""

from datetime import UTC, datetime, timedelta

HIGHEST_SEEN = 10**14
"""A higher one is never believed: such a feed lives on snapshots."""

FREE_LEAP = 100_000
"""A young sequence may grow by this much at once."""

GROWTH = 100
"""A cursor may grow by a hundredth at once, and by another hundredth for each day without a response."""

MILLISECONDS = range(10**12, 10**13)
"""Cursors that are a time, in milliseconds since 1970: of the years 2001 to 2286."""

AHEAD = timedelta(seconds=30)
"""A cursor that is a time may be ahead of the server's `Date` by this much."""

AGREEING = 3
"""A cursor of another size is believed when this many responses in a row agree: the host has changed it."""


class CursorDoubt:
    """Memory of a cursor that is too far ahead to be believed at once."""

    def __init__(self) -> None:
        self._last: int | None = None
        self._agreeing = 0

    def believes(self, last: int, known: int | None, unseen: timedelta, server_now: datetime) -> bool:
        """Return whether the `last` of a response is believed; `unseen` is the age of the known one."""
        if in_proportion(last, known, unseen) and not is_future(last, server_now):
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


def is_future(last: int, server_now: datetime) -> bool:
    """Return whether a cursor is a time that has not come yet."""
    if last not in MILLISECONDS:
        return False
    return datetime.fromtimestamp(last / 1000, UTC) > server_now + AHEAD


class CursorTrial:
    """The trial of the newest cursor: the delta after an empty one is requested since the cursor before it.

    If the newest cursor is right, that delta brings what is known, and ends at the newest cursor. If it is
    ahead of the host's, the delta brings what was missed, and ends below it. A trial costs no request: it
    takes the place of a delta that would most likely be empty, too.

    The first cursor of a process has none before it. After an empty delta a snapshot tries it.
    """

    def __init__(self) -> None:
        self._before: int | None = None
        """The cursor before the newest one. None if that has been tried, or cannot be."""
        self._is_due = False
        self._is_first = True
        """True until a delta or a second snapshot has confirmed the first cursor."""
        self.needs_snapshot = False
        """True while the first cursor is to be tried."""

    def since(self, cursor: int) -> int:
        """The cursor since which to request the next delta."""
        return self._before if self._before is not None and self._is_due else cursor

    def applied(self, since: int | None, last: int | None, known: int | None) -> bool:
        """Take note of a response since a cursor (None: a snapshot). `known` is the newest cursor before it.

        Returns whether it shows that the newest cursor is ahead of the host's.
        """
        was_trial = since is not None and since == self._before and self._is_due
        moved = last is not None and last != known
        self._try_first(since, known, moved=moved)
        if was_trial:
            self._before, self._is_due = None, False
            return last is not None and known is not None and last < known
        if moved:
            # One that was ahead is no cursor to try others by.
            self._before = known if known is not None and last is not None and known < last else None
            self._is_due = False
        elif since is not None:
            self._is_due = self._before is not None
        return False

    def _try_first(self, since: int | None, known: int | None, *, moved: bool) -> None:
        if not self._is_first:
            return
        if since is None:
            self._is_first = known is None
        elif moved:
            self._is_first = False
        else:
            self.needs_snapshot = True
        self.needs_snapshot = self.needs_snapshot and self._is_first


def stored_cursor(cursor: int | None) -> int | None:
    """Return a cursor as the store has it; None if it cannot be one, and a snapshot follows."""
    return cursor if cursor is not None and 1 < cursor <= HIGHEST_SEEN else None
