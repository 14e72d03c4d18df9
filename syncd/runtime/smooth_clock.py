"""Wall time that goes on evenly when somebody sets the clock.

A machine's clock is set by a user, by NTP, by a paused virtual machine that wakes. What was measured by it,
such as the age of a response, must not change with it. So a jump is ignored, and the time goes on by the
steady clock, until the servers say that the machine's clock is right and this one is not.

A machine's clock that is wrong when the process starts is not believed either, if two servers that know
nothing of each other name the same other time.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from syncd.runtime.clock import Clock
from syncd.runtime.server_times import ServerTimes

log = structlog.get_logger(__name__)

LARGEST_CORRECTION = timedelta(seconds=1)
"""NTP corrects a clock in small steps: these are followed."""

CLEARLY = timedelta(seconds=10)
"""A server confirms the machine's clock if this clock differs from the server's by this much more."""

DOUBTFUL = timedelta(hours=1)
"""While this clock and a server differ by more, nothing is deleted for its age."""

LARGEST_SKEW = timedelta(minutes=10)
"""A server whose clock differs by less confirms this one; the difference is compensated."""

DATES_ARE_EXACT_TO = timedelta(seconds=3)
"""A clock set by servers follows the machine's own if that differs by less: a `Date` has whole seconds."""

RESPONSES_TO_BELIEVE = 2
"""The machine's clock is right when this many responses in a row confirm it."""

_ORIGIN = datetime(2000, 1, 1, tzinfo=UTC)


def _nothing() -> None:
    """Default of `on_adopt`."""


class SmoothClock:
    """A `Clock` whose wall time has no jumps; `machine` is the clock that may have them."""

    def __init__(self, machine: Clock, on_adopt: Callable[[], None] = _nothing) -> None:
        self.machine = machine
        self._on_adopt = on_adopt
        self._offset = self._machine_offset()
        self._jump = timedelta(0)
        self._votes = 0
        self._servers = ServerTimes()
        self._is_by_servers = False
        self.is_confirmed = False
        """True once a server has named about the same time, or two servers have set this clock."""
        self.is_contradicted = False
        """True if a server has named quite another time, and none has confirmed this one."""
        self.is_doubted = True
        """True until a server has responded, and while the last one that did names quite another time."""
        self.adopted = timedelta(0)
        """By how much this clock was set by `observe`, until somebody has moved what was stored before."""

    @property
    def jump(self) -> timedelta:
        """Time by which the machine's clock is ahead of this one. Zero if it was never set."""
        self.now()
        return self._jump

    def now(self) -> datetime:
        """Wall time, aware UTC."""
        machine = self._machine_offset()
        jump = machine - self._offset
        if abs(jump) <= (DATES_ARE_EXACT_TO if self._is_by_servers else LARGEST_CORRECTION):
            self._is_by_servers = False
            self._offset, jump = machine, timedelta(0)
        elif abs(jump - self._jump) > LARGEST_CORRECTION:
            self._votes = 0
            log.warning("clock_set", by_s=round(jump.total_seconds()))
        self._jump = jump
        return self._steady() + self._offset

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return self.machine.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Return after this time has passed."""
        await self.machine.sleep(seconds)

    def observe(self, server_time: datetime | None, server: str = "") -> None:
        """Learn from the time that a server has just named which clock is right."""
        now = self.now()
        self.is_doubted = server_time is not None and abs(server_time - now) > DOUBTFUL
        if server_time is None:
            return
        self._servers.note(server, server_time - self._steady())
        if not self.is_confirmed:
            self._confirm(abs(server_time - now) <= LARGEST_SKEW)
        if self._jump:
            self._vote(server_time)

    def _confirm(self, is_about_right: bool) -> None:
        """Believe the machine's clock, or two servers that agree on another time. Else go on as it is."""
        agreed = self._servers.agreed()
        self.is_confirmed = is_about_right or agreed is not None
        self.is_contradicted = not self.is_confirmed
        if agreed is not None and not is_about_right:
            self._is_by_servers = True
            self._adopt(agreed)

    def _vote(self, server_time: datetime) -> None:
        speaks_for_machine = abs(server_time - self.now()) > abs(server_time - self.machine.now()) + CLEARLY
        self._votes = self._votes + 1 if speaks_for_machine else 0
        if self._votes >= RESPONSES_TO_BELIEVE:
            self._is_by_servers = False
            self._adopt(self._machine_offset())

    def _adopt(self, offset: timedelta) -> None:
        """Use another time: whatever was measured by the one before has to be loaded again."""
        by = offset - self._offset
        log.warning("clock_adopted", by_s=round(by.total_seconds()))
        self.adopted += by
        self._offset, self._jump, self._votes = offset, self._machine_offset() - offset, 0
        self._on_adopt()

    def _steady(self) -> datetime:
        return _ORIGIN + timedelta(seconds=self.machine.monotonic())

    def _machine_offset(self) -> timedelta:
        return self.machine.now() - self._steady()


def observe_server_time(clock: Clock, server_time: datetime | None, server: str) -> None:
    """Pass on the time of a server, by name, to a clock that learns from it."""
    if isinstance(clock, SmoothClock):
        clock.observe(server_time, server)
