"""An event loop whose clock jumps to the next timer, so that no test waits.

Time stops while work is in progress: callbacks, sockets of this process, worker threads. When nothing is in
progress and the next thing to happen is a timer, the clock jumps to it. A backoff of 30 seconds needs
no time, and a test does not depend on the speed of the machine.

That takes everything in one process, as SQLite and the simulated services are. A PostgreSQL server is not:
for its tests the clock runs at `SPEED` times real time instead.

A folder of tests is on virtual time when its `conftest.py` imports `pytest_asyncio_loop_factories` and
`virtual_libraries_for_tests`.
"""

import asyncio
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any
from unittest import mock

import pytest

from tests.support.direct_sqlite import direct_sqlite

EPOCH = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
"""The wall time at which each loop begins: a Saturday noon, so that no run meets midnight by chance."""

GRACE_S = 0.001
"""Real seconds that the kernel has to deliver what one socket of this process sent to another."""

SENDS = ("send", "sendall", "sendmsg", "sendto", "connect", "connect_ex", "shutdown", "close")
"""Methods of a socket after which another one may become ready."""

POLL_S = 0.001
"""Real seconds between two looks at a worker thread."""

SPEED = 4
"""Virtual seconds in a real one where the clock may not jump."""


class _WorkInProgress:
    """How many calls are in progress in other threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.count = 0

    def add(self, number: int) -> None:
        with self._lock:
            self.count += number


class _Traffic:
    """Whether a socket of this process has sent something that may still be on its way."""

    watched = False
    on_its_way = True

    @classmethod
    def has_settled(cls) -> None:
        """Nothing has arrived for a while."""
        cls.on_its_way = not cls.watched

    @classmethod
    @contextmanager
    def watch(cls) -> Iterator[None]:
        """Note what is sent; before and after, something always may be on its way."""
        with mock.patch.multiple(socket.socket, **{name: cls._noted(name) for name in SENDS}):
            cls.watched = cls.on_its_way = True
            try:
                yield
            finally:
                cls.watched = False
        cls.on_its_way = True

    @classmethod
    def _noted(cls, name: str) -> Callable[..., Any]:
        """The method of a socket; each call of it is noted."""
        method = getattr(socket.socket, name)

        @wraps(method)
        def send(sock: socket.socket, *arguments: Any) -> Any:
            cls.on_its_way = True
            return method(sock, *arguments)

        return send


class _Selector(selectors.DefaultSelector):
    """Moves the loop's clock instead of waiting for a timer."""

    def __init__(self) -> None:
        super().__init__()
        self.threads = _WorkInProgress()
        self._jumped = 0.0
        self._scaled_since: float | None = None

    def now(self) -> float:
        if self._scaled_since is None:
            return self._jumped
        return self._jumped + (time.monotonic() - self._scaled_since) * SPEED

    def forbid_jumps(self) -> None:
        self._scaled_since = time.monotonic()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        if self._scaled_since is not None:
            return super().select(timeout / SPEED)
        if self.threads.count:
            return super().select(POLL_S)
        ready = super().select(0)
        if not ready and _Traffic.on_its_way:
            ready = super().select(GRACE_S)
            if not ready:
                _Traffic.has_settled()
        if not ready:
            self._jumped += timeout
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """The event loop of tests on virtual time."""

    def __init__(self) -> None:
        self._selector_with_clock = _Selector()
        super().__init__(self._selector_with_clock)

    def time(self) -> float:
        """Seconds since the loop was made, by its own clock."""
        return self._selector_with_clock.now()

    def forbid_jumps(self) -> None:
        """Let time run from now on, for tests that talk to another process."""
        self._selector_with_clock.forbid_jumps()

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:
        """As usual; the clock does not jump while the function runs."""
        threads = self._selector_with_clock.threads
        threads.add(1)
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(lambda _: threads.add(-1))
        return future


class LoopClock:
    """The `Clock` of the running loop."""

    def now(self) -> datetime:
        return EPOCH + timedelta(seconds=asyncio.get_running_loop().time())

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


class SettableClock(LoopClock):
    """The machine's clock, which a test sets; time goes on evenly beside it. One for each test."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)
        """How far it is ahead of the true time."""

    def now(self) -> datetime:
        return super().now() + self.ahead

    def set(self, ahead: timedelta) -> None:
        self.ahead = _LoopDatetime.ahead = ahead


class _LoopDatetime(datetime):
    """The clock of APScheduler, which calls `datetime.now` itself."""

    ahead = timedelta(0)

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return (LoopClock().now() + cls.ahead).astimezone(tz or UTC)


@contextmanager
def virtual_libraries() -> Iterator[None]:
    """Let SQLite work without threads, APScheduler use the loop's clock, and the loop know of traffic."""
    with (
        direct_sqlite(),
        _Traffic.watch(),
        mock.patch("apscheduler.schedulers.base.datetime", _LoopDatetime),
        mock.patch("apscheduler.triggers.interval.datetime", _LoopDatetime),
        mock.patch("apscheduler.executors.base.datetime", _LoopDatetime),
    ):
        _LoopDatetime.ahead = timedelta(0)
        yield


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, type[VirtualTimeLoop]]:
    """The event loops of tests on virtual time."""
    return {"virtual": VirtualTimeLoop}


@pytest.fixture(autouse=True)
def virtual_libraries_for_tests() -> Iterator[None]:
    """Virtual time in libraries, too."""
    with virtual_libraries():
        yield
