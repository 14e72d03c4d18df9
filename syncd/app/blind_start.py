"""A start whose database file exists but cannot be used: wait for it, and withdraw by BetTune's own list.

If the process ended instead, it would withdraw nothing, and end again each time that a service manager starts
it.
"""

import asyncio
from pathlib import Path

import structlog

from syncd.app.blind_withdrawal import withdraw_blindly
from syncd.config.settings import Settings
from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import Clock
from syncd.runtime.notifier import make_notifier, notify
from syncd.store.address import parse
from syncd.store.errors import TRANSIENT_ERRORS, LeaseHeldError, NotWritableError, StoreError
from syncd.store.filelock import FileLock, FileLockedError
from syncd.store.health import STORE
from syncd.store.lease import this_process

log = structlog.get_logger(__name__)

PAUSE_S = 5.0
"""Seconds between two attempts to open the database."""

WITHDRAW_EVERY_S = 60.0


class BlindStart:
    """Call `after` with each error; the caller tries again when it returns."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.withdrew = False
        """True if predictions of ours may have been deleted."""
        self._settings = settings
        self._clock = clock
        self._alerts = Alerts(clock)
        self._notified: set[str] = set()
        self._since = clock.monotonic()
        self._withdraw_at = self._since + settings.safety.stale_after.total_seconds()
        self._path = parse(settings.store.url.get_secret_value()).path

    async def after(self, error: StoreError) -> None:
        """Wait, and withdraw if the error has lasted for `safety.stale_after`.

        Raises `StoreError` where waiting does not help: for a database that never existed, for a server
        (which may serve another syncd), and for a file on which another syncd works.
        """
        if self._path is None or not self._path.exists() or not _may_end(error):
            raise error
        lock = _lock(self._path, error)
        try:
            self._alerts.fire(STORE, f"{error}; tried again until it can be used", notify=True)
            if self._clock.monotonic() >= self._withdraw_at:
                self.withdrew = True
                await withdraw_blindly(self._settings, self._clock, self._alerts, reason=str(error))
                self._withdraw_at = self._clock.monotonic() + WITHDRAW_EVERY_S
            await self._notify()
            await self._clock.sleep(PAUSE_S)
        finally:
            if lock:
                lock.release()

    async def _notify(self) -> None:
        notifier = await asyncio.to_thread(make_notifier, self._settings.notify.addresses)
        for alert in self._alerts.firing:
            if alert.subject not in self._notified:
                self._notified.add(alert.subject)
                await notify(notifier, alert)


def _may_end(error: StoreError) -> bool:
    return isinstance(error, TRANSIENT_ERRORS)


def _lock(path: Path, error: StoreError) -> FileLock | None:
    """Make sure that no other syncd works on this file. Raises `StoreError` if one may."""
    lock_path = Path(f"{path}.lock")
    try:
        return FileLock.take(lock_path, this_process())
    except FileLockedError as locked:
        raise LeaseHeldError(f"another syncd ({locked}) works on this database", holder=str(locked)) from None
    except NotWritableError:
        if lock_path.exists():
            raise error from None
        return None
