"""Records alerts in the store, and passes them on to the notifications."""

import asyncio

from syncd.runtime.alerts import Alert, Alerts
from syncd.runtime.clock import Clock
from syncd.runtime.notifications import Notifications
from syncd.store import alerts as stored_alerts
from syncd.store.engine import Store


class AlertRecorder:
    """Records every alert that fires or is resolved, in order."""

    def __init__(self, store: Store, clock: Clock, notifications: Notifications) -> None:
        self._store = store
        self._clock = clock
        self.notifications = notifications
        self._received: asyncio.Queue[Alert] = asyncio.Queue()
        self._unwritten: Alert | None = None

    async def start(self, alerts: Alerts) -> None:
        """Subscribe to the alerts: resolve what an earlier process left firing, record what fires now."""
        async with self._store.write() as conn:
            await stored_alerts.resolve_all(conn, self._clock.now())
            for alert in alerts.firing:
                await stored_alerts.record_firing(conn, alert)
        for alert in alerts.firing:
            self.notifications.put(alert)
        alerts.subscribe(self._take)

    async def step(self) -> None:
        """Record the next alert."""
        if self._unwritten is None:
            self._unwritten = await self._received.get()
        # Kept until it is written: no alert may be resolved in the store before it fired there.
        await self._record(self._unwritten)
        self._unwritten = None

    def _take(self, alert: Alert) -> None:
        # Not after the record: the alert may be that nothing can be recorded.
        self.notifications.put(alert)
        self._received.put_nowait(alert)

    async def _record(self, alert: Alert) -> None:
        async with self._store.write() as conn:
            if alert.resolved_at is None:
                await stored_alerts.record_firing(conn, alert)
            else:
                await stored_alerts.record_resolved(conn, alert.subject, alert.resolved_at)
