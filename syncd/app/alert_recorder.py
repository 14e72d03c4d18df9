"""The scribe: writes troubles into the store, and tells a person of those that are loud."""

import asyncio
from collections.abc import Callable

import structlog

from syncd.config.settings import Notify
from syncd.runtime.alerts import Alert, Alerts
from syncd.runtime.clock import Clock
from syncd.store import alerts
from syncd.store.engine import Store

log = structlog.get_logger(__name__)

TELL_WITHIN = 30.0
"""Seconds that a notification may take: no mail server may hold up the next one."""

Tell = Callable[[str, str], bool]
"""`(title, body)`: whether it was delivered. Called in a thread."""


class AlertRecorder:
    """Hears of every trouble's beginning and end."""

    def __init__(self, store: Store, clock: Clock, tell: Tell) -> None:
        self._store = store
        self._clock = clock
        self._tell = tell
        self._heard: asyncio.Queue[Alert] = asyncio.Queue()
        self._in_hand: Alert | None = None

    async def begin(self, known: Alerts) -> None:
        """Listen; what an earlier process left open is closed, and what is wrong now written down."""
        async with self._store.write() as conn:
            await alerts.end_all(conn, self._clock.now())
            for trouble in known.open:
                await alerts.begin(conn, trouble)
        known.listener = self._heard.put_nowait

    async def step(self) -> None:
        """Write the next one down, and tell of it."""
        if self._in_hand is None:
            self._in_hand = await self._heard.get()
        # Kept until it is written: an end must never be written before its beginning.
        await self._write(self._in_hand)
        trouble, self._in_hand = self._in_hand, None
        if trouble.loud:
            await self._notify(trouble)

    async def _write(self, trouble: Alert) -> None:
        async with self._store.write() as conn:
            if trouble.until is None:
                await alerts.begin(conn, trouble)
            else:
                await alerts.end(conn, trouble.subject, trouble.until)

    async def _notify(self, trouble: Alert) -> None:
        title = f"syncd: {trouble.subject}" + ("" if trouble.until is None else " is over")
        try:
            async with asyncio.timeout(TELL_WITHIN):
                delivered = await asyncio.to_thread(self._tell, title, trouble.message)
        except TimeoutError:
            delivered = False
        if not delivered:
            log.warning("notification_failed", subject=trouble.subject)


def teller(notify: Notify) -> Tell:
    """Sends to apprise's addresses; without any, every message counts as delivered."""
    if not notify.urls:
        return lambda _title, _body: True
    import apprise  # noqa: PLC0415 - its many services take time and memory, and most have no use for it

    messenger = apprise.Apprise()
    for url in notify.urls:
        messenger.add(url.get_secret_value())
    return lambda title, body: bool(messenger.notify(title=title, body=body))
