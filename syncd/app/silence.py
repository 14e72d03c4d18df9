"""A process that did not run for a while: the guard may have withdrawn meanwhile, and no user did."""

from datetime import timedelta

import structlog

from syncd.app.components import Components
from syncd.app.withdrawal_note import may_have_been_withdrawn
from syncd.runtime.clock import Clock

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 10.0


class Silence:
    """Notices that the process was frozen for so long that its predictions may be gone."""

    def __init__(self, components: Components, clock: Clock) -> None:
        self._components = components
        self._clock = clock

    async def step(self) -> None:
        """Wait, and compare how long that took with how long it was meant to take."""
        before = self._clock.monotonic()
        await self._clock.sleep(LOOK_EVERY_S)
        silent_for = timedelta(seconds=self._clock.monotonic() - before - LOOK_EVERY_S)
        if may_have_been_withdrawn(silent_for, self._components.settings.guard.after):
            log.warning("was_frozen", for_s=round(silent_for.total_seconds()))
            # What is missing now was not deleted by a user.
            self._components.actual.doubt_all()
            self._components.gateway.leave_window_to_guard()
            self._components.signals.invalidate(everything=True)
