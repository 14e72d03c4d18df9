"""Alerts: conditions that need attention, each logged once when it fires and once when it is resolved.

The words are Alertmanager's. An alert that is fired again while it is firing is the same alert;
its message may be updated meanwhile.
"""

from collections.abc import Callable
from datetime import datetime

import msgspec
import structlog

from syncd.runtime.clock import Clock
from syncd.runtime.printable import one_line

log = structlog.get_logger(__name__)


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """A condition that lasts until it is resolved; `subject` names it, such as `pinnacle.odds.29`."""

    subject: str
    message: str
    fired_at: datetime
    resolved_at: datetime | None = None
    """None while it is firing."""
    notify: bool = False
    """A user has to act: the alert is also sent to the addresses of `[notify]`."""
    is_update: bool = False
    """It was firing before, with another message: nobody is notified again."""


class Alerts:
    """The alerts that are firing, by subject."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._firing: dict[str, Alert] = {}
        self._listener: Callable[[Alert], None] | None = None

    def subscribe(self, listener: Callable[[Alert], None]) -> None:
        """Call `listener` with every alert that fires or is resolved from now on."""
        self._listener = listener

    def fire(self, subject: str, message: str, *, notify: bool = False) -> bool:
        """Fire an alert. Returns false if it is firing already: its message then stays as it was."""
        if subject in self._firing:
            return False
        message = one_line(message)  # it may contain names, and goes to logs, pages and notifications
        alert = Alert(subject=subject, message=message, fired_at=self._clock.now(), notify=notify)
        self._firing[subject] = alert
        (log.error if notify else log.warning)("alert_firing", subject=subject, message=message)
        self._publish(alert)
        return True

    def update(self, subject: str, message: str) -> None:
        """Replace the message of an alert that is firing, as a withdrawal goes on; nobody is notified."""
        alert = self._firing.get(subject)
        if alert is not None and alert.message != message:
            self._firing[subject] = msgspec.structs.replace(alert, message=message)
            self._publish(msgspec.structs.replace(self._firing[subject], is_update=True))

    def resolve(self, subject: str) -> bool:
        """Resolve an alert. Returns false if it was not firing."""
        alert = self._firing.pop(subject, None)
        if alert is None:
            return False
        now = self._clock.now()
        lasted_s = round((now - alert.fired_at).total_seconds())
        log.info("alert_resolved", subject=subject, lasted_s=lasted_s)
        self._publish(msgspec.structs.replace(alert, resolved_at=now))
        return True

    @property
    def firing(self) -> tuple[Alert, ...]:
        """The alerts that are firing, the oldest first."""
        return tuple(self._firing.values())

    def _publish(self, alert: Alert) -> None:
        if self._listener:
            self._listener(alert)
