"""What a library or the program asks of the machine, replaced by the simulation for the time of a run."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import partial
from typing import Any
from unittest import mock

import structlog
from aiohttp import web

from benchmarks.simulate.clock import library_datetime, true_time
from benchmarks.simulate.disk import Disk, connect_to
from benchmarks.simulate.journal import Journal
from benchmarks.simulate.loop import PROCESS, SimulatedLoop
from benchmarks.simulate.network import Network, SimulatedConnector
from syncd.config.settings import WebSettings
from syncd.runtime.alerts import Alerts
from syncd.simulator.special_kinds import KINDS
from syncd.store.engine import Store
from syncd.store.filelock import FileLock
from syncd.sync.interruptions import FROZEN_S

INFO = 20

ALONE_TTL = timedelta(minutes=10)
"""A lease that nobody else wants need not be renewed every few seconds."""

COMMANDS_EVERY_S = 1800.0
"""Nobody sends commands here: looking for them each second would be most of the work of a quiet day."""

POLL_AT_LATEST_AFTER_S = 300.0

LOOK_EVERY_S = 30.0
"""Looks at what seldom happens and is bounded in minutes."""

GUARD_LOOKS_EVERY_S = 60.0
CHECK_EVERY_S = 0.5
PROBE_EVERY_S = 5.0

HOUSEKEEPING_EVERY = timedelta(hours=6)
EVIDENCE_EVERY = RESULTS_EVERY = timedelta(minutes=30)
TRANSLATIONS_EVERY_S = 1800.0
"""What no price waits for: a game's result comes hours after its kick-off."""

SPECIALS = (
    tuple(kind for kind in KINDS if kind.name in ("Both Teams To Score?", "Double Chance")) + KINDS[-1:]
)
"""One that a filter needs, one that none does, and one with a line: fewer to price and to list."""


@contextmanager
def simulated(
    loop: SimulatedLoop,
    network: Network,
    disk: Disk,
    journal: Journal,
    *,
    lease_ttl: timedelta,
    longest_silence: timedelta,
) -> Iterator[None]:
    """Put the simulation in the place of sockets, threads, files' locks, clocks and the log.

    `longest_silence`: of a feed, until a snapshot has to confirm what is known.
    """

    def now() -> datetime:
        process = PROCESS.get()
        return process.clock.now() if process else true_time(loop)

    with ExitStack() as stack:
        for target, stand_in in {
            "aiohttp.TCPConnector": SimulatedConnector,
            "aiohttp.client.TCPConnector": SimulatedConnector,
            "aiohttp.connector.monotonic": loop.time,
            "aiohttp.web_response.rfc822_formatted_time": lambda: format_datetime(
                true_time(loop), usegmt=True
            ),
            "syncd.store.drivers.open_connection": connect_to(disk),
            "apscheduler.schedulers.base.datetime": library_datetime(now),
            "apscheduler.triggers.interval.datetime": library_datetime(now),
            "apscheduler.executors.base.datetime": library_datetime(now),
            "syncd.store.lease.this_process": _process_name,
            "syncd.app.daemon.tune_interpreter": lambda: None,
            "syncd.app.commands.READ_EVERY_S": COMMANDS_EVERY_S,
            "syncd.app.polling.POLL_AT_LATEST_AFTER_S": POLL_AT_LATEST_AFTER_S,
            "syncd.pinnacle.feed.schedule.LONGEST_SILENCE": longest_silence,
            "syncd.sync.interruptions.LOOK_EVERY_S": LOOK_EVERY_S,
            "syncd.sync.interruptions.FROZEN_S": LOOK_EVERY_S + FROZEN_S,
            "syncd.guard.process.MAX_LOOK_EVERY_S": GUARD_LOOKS_EVERY_S,
            "syncd.guard.watch.RESPONDING_GRACE_S": GUARD_LOOKS_EVERY_S + LOOK_EVERY_S,
            "syncd.runtime.waiting.CHECK_EVERY_S": CHECK_EVERY_S,
            "syncd.store.health.PROBE_EVERY_S": PROBE_EVERY_S,
            "syncd.app.silence.LOOK_EVERY_S": GUARD_LOOKS_EVERY_S,
            "syncd.runtime.supervisor.LOOK_EVERY_S": LOOK_EVERY_S,
            "syncd.app.daemon.DAEMON_LEASE_TTL": lease_ttl,
            "syncd.app.tasks.HOUSEKEEPING_EVERY": HOUSEKEEPING_EVERY,
            "syncd.app.tasks.COMPARE_RESULTS_EVERY": RESULTS_EVERY,
            "syncd.bettune.evidence_days.PAUSE": EVIDENCE_EVERY,
            "syncd.linking.translator.LOOK_EVERY_S": TRANSLATIONS_EVERY_S,
            "syncd.simulator.listed_specials.KINDS": SPECIALS,
        }.items():
            stack.enter_context(mock.patch(target, stand_in))
        stack.enter_context(mock.patch("syncd.web.server._listening", partial(_listening, network)))
        stack.enter_context(mock.patch.object(FileLock, "take", classmethod(_take_lock)))
        if lease_ttl < ALONE_TTL:
            _share_the_store(stack, loop)
        SimulatedConnector.network = network
        _log_to(journal)
        stack.callback(structlog.reset_defaults)
        loop.set_exception_handler(lambda _, context: _report(journal, context))
        yield


@asynccontextmanager
async def _listening(
    network: Network, runner: web.AppRunner, _: Alerts, config: WebSettings, __: object
) -> AsyncIterator[str]:
    """Serve the page on the simulated network."""
    assert runner.server is not None
    close = network.listen(config.port, runner.server)
    try:
        yield f"http://127.0.0.1:{config.port}/"
    finally:
        close()


def _share_the_store(stack: ExitStack, loop: SimulatedLoop) -> None:
    """Let several daemons work on one SQLite file as on PostgreSQL, by a lease and the database's clock."""

    async def database_clock(*_: object) -> datetime:
        return true_time(loop)

    stack.enter_context(mock.patch("syncd.store.lease._lock_file", return_value=None))
    stack.enter_context(mock.patch("syncd.store.lease._now", database_clock))
    stack.enter_context(mock.patch.object(Store, "on_sqlite", property(lambda _: False)))


_real_take = FileLock.take.__func__  # type: ignore[attr-defined]


def _take_lock(cls: type[FileLock], *args: Any) -> FileLock:
    """The kernel releases the lock of a process that was killed."""
    lock: FileLock = _real_take(cls, *args)
    process = PROCESS.get()
    if process is not None:
        process.on_kill.append(lock.release)
    return lock


def _process_name() -> str:
    process = PROCESS.get()
    return process.name if process else "simulation"


def _log_to(journal: Journal) -> None:
    structlog.configure(
        processors=[structlog.stdlib.add_log_level, _without_level, journal.record_event],
        wrapper_class=structlog.make_filtering_bound_logger(INFO),
        cache_logger_on_first_use=False,
    )


def _without_level(_logger: object, _method: str, event: Any) -> Any:
    event.pop("level", None)
    return event


def _report(journal: Journal, context: dict[str, Any]) -> None:
    error = context.get("exception")
    if not isinstance(error, asyncio.CancelledError):
        journal.write("loop", f"{context.get('message')} {error!r}")
