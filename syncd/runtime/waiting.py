"""Waits for conditions that no event announces."""

from collections.abc import Callable

from syncd.runtime.clock import Clock

CHECK_EVERY_S = 0.02


async def until(is_met: Callable[[], bool], clock: Clock) -> None:
    """Return when the condition is met. It is checked every `CHECK_EVERY_S`."""
    while not is_met():
        await clock.sleep(CHECK_EVERY_S)
