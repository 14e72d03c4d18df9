"""Notifications to users: the addresses of apprise, each message in a thread and with a time limit."""

import asyncio
from collections.abc import Callable, Sequence

import structlog

from syncd.runtime.alerts import Alert

log = structlog.get_logger(__name__)

NOTIFY_TIMEOUT_S = 30.0
"""A mail server that hangs does not delay the next notification for longer."""

Notifier = Callable[[str, str], bool]
"""Sends `(title, body)`; returns whether it was delivered. Called in a thread."""


def make_notifier(urls: Sequence[str]) -> Notifier:
    """A notifier to apprise's addresses; without any address it reports every message as delivered."""
    if not urls:
        return lambda _title, _body: True
    import apprise  # noqa: PLC0415 - its many services take time and memory, and most have no use for it

    messenger = apprise.Apprise()
    for url in urls:
        messenger.add(url)
    return lambda title, body: bool(messenger.notify(title=title, body=body))


async def notify(notifier: Notifier, alert: Alert) -> None:
    """Send an alert, or that it is resolved. A failure is logged."""
    title = f"syncd: {alert.subject}" + ("" if alert.resolved_at is None else " is resolved")
    try:
        async with asyncio.timeout(NOTIFY_TIMEOUT_S):
            delivered = await asyncio.to_thread(notifier, title, alert.message)
    except TimeoutError:
        delivered = False
    if not delivered:
        log.warning("notification_failed", subject=alert.subject)
