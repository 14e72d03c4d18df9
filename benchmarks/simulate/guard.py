"""The guard of the simulation: `syncd guard` as a process of its own, started again when it ends."""

import asyncio
import sqlite3
from contextlib import closing, suppress

from benchmarks.simulate.clock import true_time
from benchmarks.simulate.journal import Journal
from benchmarks.simulate.loop import Process, SimulatedLoop
from benchmarks.simulate.machine import RESTART_AFTER_S, Death
from syncd.config.settings import Settings
from syncd.guard.daemon_probe import DaemonProbe
from syncd.guard.process import GuardProcess
from syncd.runtime.alerts import Alert, Alerts
from syncd.store.address import parse

GUARD = "guard"
"""The name of the process in the log begins so."""


class Guard:
    """The machine of the guard. `deaths` are the ends that nobody asked for."""

    def __init__(self, loop: SimulatedLoop, settings: Settings, journal: Journal, *, shared: bool) -> None:
        self.name = GUARD
        self.starts = 0
        self.deaths: list[Death] = []
        self._loop = loop
        self._settings = settings
        self._journal = journal
        self._shared = shared

    def start(self) -> None:
        """Start it."""
        self.starts += 1
        process = Process(f"{GUARD}.{self.starts}", self._loop)
        process.run(self._run(process)).add_done_callback(lambda task: self._ended(process, task))

    async def _run(self, process: Process) -> None:
        alerts = Alerts(process.clock)
        alerts.subscribe(lambda alert: self._note(process, alert))
        async with DaemonProbe(self._settings.guard.url, process.clock) as probe:
            await GuardProcess(
                self._settings, process.clock, alerts, probe, lease_holder=self._lease_holder
            ).run()

    async def _lease_holder(self) -> str:
        """Look into the database, if it stands for a server."""
        path = parse(self._settings.store.url.get_secret_value()).path
        if not self._shared or path is None:
            return ""
        with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as conn:
            row = conn.execute("SELECT holder, expires_at FROM leases").fetchone()
            if row and str(row[1]) > f"{true_time(self._loop):%Y-%m-%d %H:%M:%S}":
                return str(row[0])
        return ""

    def _note(self, process: Process, alert: Alert) -> None:
        self._journal.write(process.name, f"alert {alert.subject} {alert.message}")

    def _ended(self, process: Process, task: "asyncio.Task[None]") -> None:
        process.kill()
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self.deaths.append(Death(self._loop.time(), error))
            self._journal.write(process.name, self.deaths[-1].text)
        self._loop.call_later(RESTART_AFTER_S, self.start)
