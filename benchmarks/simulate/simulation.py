"""One run: the world, both services, the machines, the faults and the meter, put together by a seed."""

import asyncio
import gc
import shutil
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, TextIO

from aiohttp import web

from benchmarks.simulate.clock import START_S, SimulatedClock, true_time
from benchmarks.simulate.disk import Disk
from benchmarks.simulate.journal import Journal
from benchmarks.simulate.loop import SimulatedLoop
from benchmarks.simulate.machine import Machine
from benchmarks.simulate.meter import Meter
from benchmarks.simulate.network import Network
from benchmarks.simulate.seams import simulated
from benchmarks.simulate.season import STEP_S, Season
from syncd.config.settings import Settings
from syncd.simulator.bettune_server import BASE_PATH
from syncd.simulator.client_config import client_config
from syncd.simulator.fixture_list import Extent
from syncd.simulator.sandbox import Sandbox
from syncd.store.migrate import upgrade

PINNACLE_PORT, BETTUNE_PORT = 8801, 8802
MEMORY_DISK = Path("/dev/shm")
HOUR_S = 3600.0
LEASE_TTL = {False: timedelta(seconds=60), True: timedelta(seconds=10)}
"""A lease that nobody else wants need not be renewed every few seconds."""
DAY_S = 24 * HOUR_S

FILTERS = (
    ("Pinnacle Home", "Home", True),
    ("Pinnacle Over 2.5", "Over 2.5", True),
    ("Pinnacle BTTS", "BTTS Yes", True),
    ("Pinnacle Away (off)", "Away", False),
    ("By hand", "Home", True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be run."""

    seed: int
    days: float = 1.0
    leagues: int = 2
    machines: int = 1
    config: dict[str, Any] = field(default_factory=dict)


class Simulation:
    """Runs a plan; afterwards `meter`, `machines` and `sandbox` say what happened."""

    def __init__(self, plan: Plan, *, log: TextIO | None = None) -> None:
        self.plan = plan
        self.took_s = 0.0
        self._folder = tempfile.mkdtemp(
            prefix="syncd-simulate-", dir=MEMORY_DISK if MEMORY_DISK.is_dir() else None
        )
        self.loop = SimulatedLoop()
        self.clock = SimulatedClock(self.loop)
        self.journal = Journal(lambda: true_time(self.loop), self._folder, log)
        self.network = Network(self.loop, self.chance("network"))
        self.disk = Disk(self.loop, self.chance("disk"))
        self.machines: list[Machine] = []

    def chance(self, purpose: str) -> Random:
        """Random numbers of the seed for one purpose, which no other purpose disturbs."""
        return Random(f"{self.plan.seed}/{purpose}")

    def run(self) -> None:
        """Run it."""
        started = time.perf_counter()
        gc.collect()
        gc.disable()  # when an object is freed must depend on the run alone
        try:
            with ExitStack() as stack:
                seams = simulated(
                    self.loop,
                    self.network,
                    self.disk,
                    self.journal,
                    lease_ttl=LEASE_TTL[self.plan.machines > 1],
                )
                stack.enter_context(seams)
                self.loop.run_until_complete(self._run())
        finally:
            gc.enable()
            shutil.rmtree(self._folder, ignore_errors=True)
            self.took_s = time.perf_counter() - started

    async def _run(self) -> None:
        self.sandbox = Sandbox(
            seed=self.plan.seed,
            clock=self.clock,
            extent=Extent(leagues=self.plan.leagues, rounds=1),
            filters=FILTERS,
        )
        self.meter = Meter(self.sandbox, lambda text: self.journal.write("meter", text))
        await self._serve()
        settings = self._settings()
        await upgrade(settings.store.url.get_secret_value())
        await asyncio.sleep(1.0 - self.loop.time() % 1.0)  # the world moves on whole seconds
        self.machines = [
            Machine(f"syncd{number}", self.loop, settings, self.journal)
            for number in range(self.plan.machines)
        ]
        for machine in self.machines:
            machine.start()
        await self._let_time_pass()
        for machine in self.machines:
            await machine.stop()
        self.meter.finish()

    async def _let_time_pass(self) -> None:
        season = Season(self.sandbox.world, self.plan.leagues)
        steps = int(self.plan.days * DAY_S / STEP_S)
        for number in range(steps):
            games, texts = season.step()
            for text in texts:
                self.journal.write("world", text)
            self.meter.step(games)
            if number % int(HOUR_S / STEP_S) == 0:
                self._tidy(season)
            await asyncio.sleep(STEP_S)

    def _tidy(self, season: Season) -> None:
        season.forget()
        for server in (self.sandbox.pinnacle, self.sandbox.bettune):
            server.request_log.requests.clear()
        gc.collect()

    async def _serve(self) -> None:
        for port, server in ((PINNACLE_PORT, self.sandbox.pinnacle), (BETTUNE_PORT, self.sandbox.bettune)):
            app = server.app()
            runner = web.AppRunner(app, access_log=None)
            await runner.setup()
            assert runner.server is not None
            self.network.listen(port, runner.server)
        self.sandbox.pinnacle_url = f"http://127.0.0.1:{PINNACLE_PORT}"
        self.sandbox.bettune_url = f"http://127.0.0.1:{BETTUNE_PORT}{BASE_PATH}"

    def _settings(self) -> Settings:
        tree = client_config(
            pinnacle_url=self.sandbox.pinnacle_url,
            bettune_url=self.sandbox.bettune_url,
            pace={},
            requests=60,
        )
        tree["store"] = {"url": f"sqlite:///{self._folder}/syncd.db", "history": "2d"}
        return Settings.of(tree | self.plan.config)

    @property
    def passed(self) -> timedelta:
        """The virtual time that has passed."""
        return timedelta(seconds=self.loop.time() - START_S)
