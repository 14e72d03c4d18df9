"""What the difference between two kick-off times says about being one match."""

import math
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise

FARTHEST_S = 4 * 86_400.0
"""Pinnacle's placeholder times were measured up to 71 hours off; nothing farther is a candidate."""
FARTHEST_HELD_S = 21 * 86_400.0
"""A link once made outlives a postponement of this length."""

_SAME_MINUTE = 2.9
_AT_TOLERANCE = 0.7
_LATER = ((3.0, -1.3), (24.0, -2.9), (72.0, -4.2), (96.0, -5.0))
"""Hours apart and log likelihood ratio; between two points it falls with the logarithm of the difference."""
_HELD_LOWEST = -1.0


class Kickoffs:
    """The log likelihood ratio of a kick-off difference, for one tolerance."""

    def __init__(self, tolerance: timedelta) -> None:
        self.tolerance_s = max(60.0, tolerance.total_seconds())
        later = [(hours * 3600.0, weight) for hours, weight in _LATER if hours * 3600.0 > self.tolerance_s]
        points = [(0.0, _SAME_MINUTE), (self.tolerance_s, _AT_TOLERANCE), *later]
        self._points = [(math.log1p(seconds / 60.0), weight) for seconds, weight in points]
        # Kick-offs stand at quarters of an hour: their differences are few, and asked for again and again.
        self._weight = lru_cache(maxsize=5_000)(self._weigh)

    def likeness(self, apart_s: float, *, held: bool = False) -> float:
        """For `apart_s` seconds between the two; against a link that stands (`held`) they weigh little."""
        weight = self._weight(abs(apart_s))
        return max(weight, _HELD_LOWEST) if held else weight

    def _weigh(self, apart_s: float) -> float:
        at = math.log1p(apart_s / 60.0)
        for (left, high), (right, low) in pairwise(self._points):
            if at <= right:
                return high + (low - high) * (at - left) / (right - left)
        return self._points[-1][1]


def apart_words(apart_s: float) -> str:
    """`same kick-off`, `5 min apart`, `3 h apart`, `2 days apart`."""
    minutes = round(abs(apart_s) / 60)
    if minutes == 0:
        return "same kick-off"
    if minutes < 120:
        return f"kick-off {minutes} min apart"
    hours = round(minutes / 60)
    return f"kick-off {hours} h apart" if hours < 48 else f"kick-off {round(hours / 24)} days apart"
