"""Check of the server's clock: cutoffs are by it, so an old `Date` would keep predictions for too long.

A skew of some minutes means that this machine's clock is wrong, and is compensated. A larger one is believed
only if this machine's clock has just been set by as much, which the monotonic clock shows.
"""

from datetime import datetime, timedelta

from syncd.pinnacle.errors import BadPayloadError
from syncd.runtime.clock import Clock
from syncd.runtime.smooth_clock import LARGEST_SKEW


class ServerClock:
    """The skew of one host's clock against ours, as last believed."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._skew = timedelta(0)
        self._began: datetime | None = None
        """The wall time at zero of the steady clock, when the skew was last believed."""

    def check(self, skew: timedelta | None) -> None:
        """Raise `BadPayloadError` if the server's clock, by this response, cannot be right."""
        if skew is None:
            return
        began = self._wall_at_zero()
        set_ahead = began - self._began if self._began else timedelta(0)
        if abs(skew) > LARGEST_SKEW and abs(skew - (self._skew - set_ahead)) > LARGEST_SKEW:
            minutes, side = (
                round(abs(skew) / timedelta(minutes=1)),
                "ahead of" if skew > LARGEST_SKEW else "behind",
            )
            raise BadPayloadError(
                f"the server's clock is {minutes} min {side} this machine's: is its time right?"
            )
        self._skew, self._began = skew, began

    def _wall_at_zero(self) -> datetime:
        return self._clock.now() - timedelta(seconds=self._clock.monotonic())
