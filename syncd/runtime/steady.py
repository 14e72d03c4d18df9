"""Moments by a clock that nobody can set: every "not before" within this process is one.

Such a moment is a `datetime`, so that it can be computed with, but it is comparable only with other such
moments of this process. What is stored is converted from and to wall time.
"""

from datetime import UTC, datetime, timedelta

from syncd.runtime.clock import Clock

_ORIGIN = datetime(2000, 1, 1, tzinfo=UTC)
_LONG_AGO = -timedelta(days=30)


def steady_now(clock: Clock) -> datetime:
    """Return this moment by the monotonic clock."""
    return at_monotonic(clock.monotonic())


def at_monotonic(seconds: float) -> datetime:
    """Return the steady moment at which `Clock.monotonic` showed so many seconds."""
    return _ORIGIN + timedelta(seconds=seconds)


def from_wall(clock: Clock, moment: datetime, *, at_most_ahead: timedelta) -> datetime:
    """Return a stored moment as a steady one. A clock that was set puts it at most `at_most_ahead` away."""
    return steady_now(clock) + max(_LONG_AGO, min(moment - clock.now(), at_most_ahead))


def to_wall(clock: Clock, moment: datetime) -> datetime:
    """Return a steady moment as wall time, to be stored or shown."""
    return clock.now() + (moment - steady_now(clock))
