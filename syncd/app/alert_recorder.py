"""Records alerts in the store, and sends notifications of those with `notify`."""

import asyncio
from collections.abc import Callable

import structlog

from syncd.config.settings import NotifySettings
from syncd.runtime.alerts import Alert, Alerts
from syncd.runtime.clock import Clock
from syncd.store import alerts as stored_alerts
from syncd.store.engine import Store

log = structlog.get_logger(__name__)

NOTIFY_TIMEOUT_S = 30.0
"""A mail server that does not respond must not hold up the next alert."""

Notifier = Callable[[str, str], bool]
"""Sends `(title, body)`; returns whether it was delivered. Called in a thread."""


class AlertRecorder:
    """Records every alert that fires or is resolved, in order."""

    def __init__(self, store: Store, clock: Clock, notifier: Notifier) -> None:
        self._store = store
        self._clock = clock
        self._notifier = notifier
        self._received: asyncio.Queue[Alert] = asyncio.Queue()
        self._unwritten: Alert | None = None

    async def start(self, alerts: Alerts) -> None:
        """Subscribe to the alerts: resolve what an earlier process left firing, record what fires now."""
        async with self._store.write() as conn:
            await stored_alerts.resolve_all(conn, self._clock.now())
            for alert in alerts.firing:
                await stored_alerts.record_firing(conn, alert)
        alerts.subscribe(self._received.put_nowait)

    async def step(self) -> None:
        """Record the next alert, and send its notification."""
        if self._unwritten is None:
            self._unwritten = await self._received.get()
        # Kept until it is written: no alert may be resolved in the store before it fired there.
        await self._record(self._unwritten)
        alert, self._unwritten = self._unwritten, None
        if alert.notify:
            await self._notify(alert)

    async def _record(self, alert: Alert) -> None:
        async with self._store.write() as conn:
            if alert.resolved_at is None:
                await stored_alerts.record_firing(conn, alert)
            else:
                await stored_alerts.record_resolved(conn, alert.subject, alert.resolved_at)

    async def _notify(self, alert: Alert) -> None:
        title = f"syncd: {alert.subject}" + ("" if alert.resolved_at is None else " is resolved")
        try:
            async with asyncio.timeout(NOTIFY_TIMEOUT_S):
                delivered = await asyncio.to_thread(self._notifier, title, alert.message)
        except TimeoutError:
            delivered = False
        if not delivered:
            log.warning("notification_failed", subject=alert.subject)


def make_notifier(notify: NotifySettings) -> Notifier:
    """A notifier to apprise's addresses; without any address it reports every message as delivered."""
    if not notify.urls:
        return lambda _title, _body: True
    import apprise  # noqa: PLC0415 - its many services take time and memory, and most have no use for it

    messenger = apprise.Apprise()
    for url in notify.urls:
        messenger.add(url.get_secret_value())
    return lambda title, body: bool(messenger.notify(title=title, body=body))
