"""When to withdraw: decided from sightings of the daemon and a clock that nobody can set."""

from enum import StrEnum

import msgspec

from syncd.guard.daemon_probe import Sighting

RESPONDING_GRACE_S = 15.0
"""A daemon that responds withdraws by itself first: two that withdraw at once break BetTune's limit."""


class Advice(StrEnum):
    """The action that the guard should take now."""

    REST = "rest"
    """The daemon is ready, or stands by."""
    WAIT = "wait"
    """It is not ready, but not for long enough yet."""
    WITHDRAW = "withdraw"


class Watch:
    """The time since the daemon was last ready. `now_s` is monotonic, in seconds."""

    def __init__(self, after_s: float, now_s: float) -> None:
        self._after_s = after_s
        self._ready_at = now_s
        self._stood_back = False
        """True if the daemon has been left to withdraw by itself since it was last ready."""
        self.last = Sighting(is_ready=True)
        self.lease_holder = ""
        """The process that the daemon last named as the holder of the lease."""

    def see(self, sighting: Sighting, now_s: float) -> Advice:
        """Take a sighting; return what to do. One that was turned away is what the last one was."""
        if sighting.is_full:
            sighting = msgspec.structs.replace(self.last, responded=True)
        self.last = sighting
        self.lease_holder = sighting.lease_holder or self.lease_holder
        if sighting.is_ready:
            self._ready_at, self._stood_back = now_s, False
            return Advice.REST
        if sighting.withdraws and not self._stood_back:
            # Once, and for as long again: a withdrawal that goes nowhere is no withdrawal.
            self._ready_at, self._stood_back = now_s, True
        grace_s = min(RESPONDING_GRACE_S, self._after_s / 2) if sighting.responded else 0.0
        return Advice.WITHDRAW if self.not_ready_for_s(now_s) >= self._after_s + grace_s else Advice.WAIT

    def not_ready_for_s(self, now_s: float) -> float:
        """Seconds since the daemon was last ready."""
        return now_s - self._ready_at
