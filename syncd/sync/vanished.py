"""Many predictions that vanish together: no user deleted them by hand, so they are made again.

A guard, or a `syncd withdraw --now`, has deleted them beside a daemon that works.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from syncd.model.bettune import Pair

MIN_TOGETHER: Final = 10
ONE_IN: Final = 3
"""A user deletes fewer: at least `MIN_TOGETHER`, and one in `ONE_IN` of all predictions of ours."""

WITHIN: Final = timedelta(minutes=15)
"""The time in which a withdrawal by others is over, at any limit that is usual."""


class Vanished:
    """The predictions that were found to be deleted by hand within `WITHIN`. `now` is steady."""

    def __init__(self) -> None:
        self._found: dict[Pair, datetime] = {}
        self._began_at: datetime | None = None

    def note(self, pairs: Iterable[Pair], active: int, now: datetime) -> frozenset[Pair]:
        """Take what one reading found; return those that no user deleted, because so many vanished.

        `active` is the number of predictions of ours that are still believed to be there.
        """
        self._found = {pair: at for pair, at in self._found.items() if now - at <= WITHIN}
        self._found |= dict.fromkeys(pairs, now)
        if self._began_at is None or now - self._began_at > WITHIN:
            count = len(self._found)
            if count < MIN_TOGETHER or count * ONE_IN < count + active:
                return frozenset()
            self._began_at = now
        together, self._found = frozenset(self._found), {}
        return together
