"""Times of the day, by the clock on the wall."""

from datetime import time

import msgspec


class DailySpan(msgspec.Struct, frozen=True):
    """From one time of the day to another, which may be after midnight. The end is not in it."""

    start: time
    end: time

    def includes(self, now: time) -> bool:
        """Return whether a time of the day is in it."""
        if self.start <= self.end:
            return self.start <= now < self.end
        return now >= self.start or now < self.end
