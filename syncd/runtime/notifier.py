"""Notifications to users: the addresses of apprise, each message in a thread and with a time limit."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

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
    apprise = _apprise()
    messenger = apprise.Apprise()
    with _silent_apprise():
        for url in urls:
            messenger.add(url)
    return lambda title, body: bool(messenger.notify(title=title, body=body))


def faults_of(urls: Sequence[str]) -> dict[int, str]:
    """Return why apprise cannot use an address, by its place in the list. No reason contains a secret."""
    if not urls:
        return {}
    apprise, faults = _apprise(), {}
    with _silent_apprise():
        for place, url in enumerate(urls):
            service = url.partition("://")[0].lower()
            if service not in apprise.plugins.N_MGR:
                faults[place] = "apprise knows no such service"
            elif apprise.Apprise.instantiate(url, suppress_exceptions=True) is None:
                faults[place] = f"this is no address of apprise's service {service}"
    return faults


def _apprise() -> Any:
    import apprise.plugins  # noqa: PLC0415 - its many services take time and memory, and most have no use for it

    return apprise


@contextmanager
def _silent_apprise() -> Iterator[None]:
    """Keep apprise from logging an address that it cannot read: it may be a secret."""
    logger = logging.getLogger("apprise")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


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
