"""Records alerts in the store, and sends notifications of those with `notify`."""

import asyncio

from syncd.runtime.alerts import Alert, Alerts
from syncd.runtime.clock import Clock
from syncd.runtime.notifier import Notifier, notify
from syncd.store import alerts as stored_alerts
from syncd.store.engine import Store


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
        """Send the notification of the next alert, and record it."""
        if self._unwritten is None:
            self._unwritten = await self._received.get()
            # First: the alert may be that nothing can be recorded.
            if self._unwritten.notify and not self._unwritten.is_update:
                await notify(self._notifier, self._unwritten)
        # Kept until it is written: no alert may be resolved in the store before it fired there.
        await self._record(self._unwritten)
        self._unwritten = None

    async def _record(self, alert: Alert) -> None:
        async with self._store.write() as conn:
            if alert.resolved_at is None:
                await stored_alerts.record_firing(conn, alert)
            else:
                await stored_alerts.record_resolved(conn, alert.subject, alert.resolved_at)
