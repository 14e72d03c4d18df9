"""Pauses that double with each failure, up to a longest one."""

from datetime import timedelta
from typing import TypeVar

Pause = TypeVar("Pause", float, timedelta)
"""Seconds, or a time."""

MOST_DOUBLINGS = 10
"""By then any pause is the longest; with more a power of two would grow without end."""


def doubled(first: Pause, times: int, longest: Pause) -> Pause:
    """Return the first pause, doubled so many times; `longest` at most."""
    return min(first * (1 << min(times, MOST_DOUBLINGS)), longest)
