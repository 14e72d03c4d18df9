"""A start whose database cannot be used yet: it waits, and withdraws by BetTune's own list.

If the process ended instead, it would withdraw nothing, and end again each time that a service manager starts
it.
"""

import asyncio
from pathlib import Path

import structlog

from syncd.app.blind_withdrawal import blind_budget, withdraw_blindly
from syncd.config.settings import Settings
from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import Clock
from syncd.runtime.notifier import deliver, make_notifier
from syncd.store.address import parse
from syncd.store.errors import (
    TRANSIENT_ERRORS,
    BadAddressError,
    BusyError,
    LeaseHeldError,
    NotWritableError,
    StoreError,
    UnreachableError,
)
from syncd.store.filelock import FileLock, FileLockedError
from syncd.store.health import STORE
from syncd.store.lease import this_process

log = structlog.get_logger(__name__)

PAUSE_S = 5.0
"""Seconds between two attempts to open the database."""

WITHDRAW_EVERY_S = 60.0


class BlindStart:
    """Call `after` with each error, and try again when it returns; call `end` when the database is open."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.withdrew = False
        """True if predictions of ours may have been deleted."""
        self.reason = ""
        """The reason why the database cannot be used. Empty until something has failed."""
        self.alerts = Alerts(clock)
        self._settings = settings
        self._clock = clock
        self.budget = blind_budget(settings, clock)
        self._notified: set[str] = set()
        self._since = clock.monotonic()
        self._withdraw_at = self._since + settings.safety.stale_after.total_seconds()

    def require_hope(self, error: StoreError) -> None:
        """Raise the error if waiting would be of no use.

        That is an error in the config: an address, a password or a name that is wrong, a file that was never
        there. A server that does not respond, or does not exist yet, may come.
        """
        path = None if isinstance(error, BadAddressError) else self._path()
        may_end = _server_may_end(error) if path is None else _may_exist(path) and _file_may_end(error)
        if not may_end:
            raise error

    async def after(self, error: StoreError) -> None:
        """Wait, and withdraw if the error has lasted for `safety.stale_after`.

        Raises what `require_hope` raises, and `LeaseHeldError` for a file on which another syncd works.
        """
        self.require_hope(error)
        self.reason = str(error)
        path = self._path()
        lock = _lock(path, error) if path else None
        try:
            self.alerts.fire(STORE, f"{error}; tried again until it can be used", notify=True)
            await self._notify()
            if self._clock.monotonic() >= self._withdraw_at:
                await self._withdraw(is_alone=path is not None)
                await self._notify()
            await self._clock.sleep(PAUSE_S)
        finally:
            if lock:
                lock.release()

    def end(self) -> None:
        """Resolve the alerts."""
        for alert in self.alerts.firing:
            self.alerts.resolve(alert.subject)

    async def _withdraw(self, *, is_alone: bool) -> None:
        """Withdraw once. A server may serve another syncd, which writes: then nothing is deleted."""
        self.withdrew = True
        await withdraw_blindly(
            self._settings,
            self._clock,
            self.alerts,
            self.budget,
            reason=self.reason,
            unchanged_for=None if is_alone else self._settings.safety.stale_after,
        )
        self._withdraw_at = self._clock.monotonic() + WITHDRAW_EVERY_S

    def _path(self) -> Path | None:
        return parse(self._settings.store.url.get_secret_value()).path

    async def _notify(self) -> None:
        notifier = await asyncio.to_thread(make_notifier, self._settings.notify.addresses)
        for alert in self.alerts.firing:
            if alert.subject not in self._notified:
                self._notified.add(alert.subject)
                if notifier and not await deliver(notifier, f"syncd: {alert.subject}", alert.message):
                    log.warning("notification_failed", subject=alert.subject)


def _server_may_end(error: StoreError) -> bool:
    return isinstance(error, UnreachableError | BusyError)


def _file_may_end(error: StoreError) -> bool:
    return isinstance(error, TRANSIENT_ERRORS)


def _may_exist(path: Path) -> bool:
    """Return whether a file may be there; a directory that cannot be looked into may hold one."""
    try:
        return path.exists() and not path.is_dir()
    except OSError:
        return True


def _lock(path: Path, error: StoreError) -> FileLock | None:
    """Make sure that no other syncd works on this file. Raises `StoreError` if one may."""
    lock_path = Path(f"{path}.lock")
    try:
        return FileLock.take(lock_path, this_process())
    except FileLockedError as locked:
        raise LeaseHeldError(f"another syncd ({locked}) works on this database", holder=str(locked)) from None
    except NotWritableError:
        if _may_exist(lock_path):
            raise error from None
        return None
