"""An alert about something that others do again and again: reported once, with the count when it is over."""

import asyncio
from typing import Final

import structlog

from syncd.runtime.alerts import Alerts

log = structlog.get_logger(__name__)

QUIET_S: Final = 30.0
"""It is over after this many seconds without another case."""

MAX_ADDRESSES: Final = 1000
"""Addresses that are remembered for the count."""


class RepeatedAlert:
    """Fires an alert at the first case, and resolves it when there was none for a while."""

    def __init__(
        self, alerts: Alerts, subject: str, *, notify: bool = False, quiet_s: float = QUIET_S
    ) -> None:
        self._alerts = alerts
        self._subject = subject
        self._notify = notify
        self._quiet_s = quiet_s
        self._count = 0
        self._addresses: set[str] = set()
        self._began = self._latest = 0.0
        self._check: asyncio.TimerHandle | None = None

    def note(self, address: str = "") -> int:
        """Count a case without an alert; returns how many there were since it was quiet last."""
        loop = asyncio.get_running_loop()
        self._latest = loop.time()
        if self._check is None:
            self._began = self._latest
            self._check = loop.call_later(self._quiet_s, self._when_due)
        self._count += 1
        if len(self._addresses) < MAX_ADDRESSES:
            self._addresses.add(address)
        return self._count

    def ring(self, message: str, address: str = "") -> None:
        """Count a case, and fire the alert if it is not firing yet."""
        self.note(address)
        self._alerts.fire(self._subject, message, notify=self._notify)

    def close(self) -> None:
        """Stop watching: the server ends."""
        if self._check:
            self._check.cancel()
            self._check = None
        self._alerts.resolve(self._subject)

    def _when_due(self) -> None:
        loop = asyncio.get_running_loop()
        if rest := max(0.0, self._latest + self._quiet_s - loop.time()):
            self._check = loop.call_later(rest, self._when_due)
            return
        self._check = None
        log.warning(
            "web_refused",
            subject=self._subject,
            count=self._count,
            addresses=len(self._addresses),
            lasted_s=round(self._latest - self._began),
        )
        self._count = 0
        self._addresses.clear()
        self._alerts.resolve(self._subject)
