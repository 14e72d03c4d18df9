"""The machine's clock: whether servers confirm it when syncd starts, and an alert while it is wrong."""

from datetime import timedelta

from syncd.runtime.alerts import Alerts
from syncd.runtime.smooth_clock import SmoothClock
from syncd.runtime.waiting import until

CLOCK = "clock"
"""Alert: the machine's clock differs from the time that syncd goes by."""

WRONG = timedelta(minutes=1)

LOOK_EVERY_S = 10.0

FIRST_WORD_WITHIN_S = 1.0
"""Seconds that the start waits for a server to name the time."""

CORRECTED_WITHIN_S = 5.0
"""Seconds that it waits for a second one, if the first one contradicts this machine."""


async def until_time_is_known(clock: SmoothClock) -> None:
    """Wait until a server has confirmed the time, or two have corrected it; not for long."""
    began = clock.monotonic()

    def is_known_or_late() -> bool:
        longest_s = CORRECTED_WITHIN_S if clock.is_contradicted else FIRST_WORD_WITHIN_S
        return clock.is_confirmed or clock.monotonic() - began >= longest_s

    await until(is_known_or_late, clock)


class ClockWatch:
    """Fires the alert while the clock of this machine is wrong, by what the servers say or said."""

    def __init__(self, clock: SmoothClock, alerts: Alerts) -> None:
        self._clock = clock
        self._alerts = alerts

    async def step(self) -> None:
        """Look once, and wait."""
        jump = self._clock.jump
        if abs(jump) < WRONG:
            self._alerts.resolve(CLOCK)
        else:
            side = "ahead of" if jump > timedelta(0) else "behind"
            self._alerts.fire(
                CLOCK,
                f"this machine's clock is {_rounded(jump)} {side} the time that syncd goes by: set it right",
            )
        await self._clock.sleep(LOOK_EVERY_S)


def _rounded(jump: timedelta) -> timedelta:
    return timedelta(seconds=round(abs(jump).total_seconds()))
