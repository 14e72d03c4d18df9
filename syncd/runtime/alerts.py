"""What is wrong now: told once when it begins and once when it ends."""

from collections.abc import Callable
from datetime import datetime

import msgspec
import structlog

from syncd.runtime.clock import Clock

log = structlog.get_logger(__name__)


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """Something that goes on being wrong; `subject` is its stable name, such as `pinnacle.odds.29`."""

    subject: str
    message: str
    since: datetime
    until: datetime | None = None
    loud: bool = False
    """A person has to do something: it is also sent to the addresses of `[notify]`."""


class Alerts:
    """The troubles that last, by subject."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._open: dict[str, Alert] = {}
        self.listener: Callable[[Alert], None] | None = None
        """Told of each beginning (`until` is none) and end."""

    def begin(self, subject: str, message: str, *, loud: bool = False) -> bool:
        """It is wrong now. Tells whether that is news."""
        if subject in self._open:
            return False
        trouble = Alert(subject=subject, message=message, since=self._clock.now(), loud=loud)
        self._open[subject] = trouble
        (log.error if loud else log.warning)("trouble_began", subject=subject, message=message)
        self._tell(trouble)
        return True

    def end(self, subject: str) -> bool:
        """It is well again. Tells whether that is news."""
        trouble = self._open.pop(subject, None)
        if trouble is None:
            return False
        over = msgspec.structs.replace(trouble, until=self._clock.now())
        lasted = (over.until or over.since) - over.since
        log.info("trouble_ended", subject=subject, lasted_s=round(lasted.total_seconds()))
        self._tell(over)
        return True

    @property
    def open(self) -> tuple[Alert, ...]:
        """What is wrong now, the oldest first."""
        return tuple(self._open.values())

    def _tell(self, trouble: Alert) -> None:
        if self.listener:
            self.listener(trouble)
