"""Sending to apprise's addresses, each message in a thread of its own and with a time limit."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from typing import Any

NOTIFY_TIMEOUT_S = 30.0
"""A mail server that hangs delays the next message for no longer."""

Notifier = Callable[[str, str], bool]
"""Sends `(title, body)`; returns whether it was delivered. Called in a thread."""

INSTALL = "apprise is not installed: pip install 'syncd[notify]'"


def is_installed() -> bool:
    """Return whether apprise, which is an extra of the package, is there."""
    return find_spec("apprise") is not None


def make_notifier(urls: Sequence[str]) -> Notifier | None:
    """Make a notifier to apprise's addresses. None without any address."""
    if not urls:
        return None
    if not is_installed():
        return lambda _title, _body: False
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
    if not is_installed():
        return dict.fromkeys(range(len(urls)), INSTALL)
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


async def deliver(notifier: Notifier, title: str, body: str) -> bool:
    """Send a message; return whether it was delivered in time. Raises nothing.

    The thread is not one of asyncio's few: a server that hangs must not keep them from the work, and not the
    process from ending.
    """
    loop = asyncio.get_running_loop()
    delivered: asyncio.Future[bool] = loop.create_future()

    def send() -> None:
        done = False
        with suppress(Exception):  # whatever a service's code raises, it was not delivered
            done = notifier(title, body)
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(_finish, delivered, done)

    threading.Thread(target=send, name="notification", daemon=True).start()
    try:
        async with asyncio.timeout(NOTIFY_TIMEOUT_S):
            return await delivered
    except TimeoutError:
        return False


def _finish(future: asyncio.Future[bool], result: bool) -> None:
    if not future.done():
        future.set_result(result)
