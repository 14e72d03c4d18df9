"""One run: the world, both services, the machines, the faults and the meter, put together by a seed."""

import asyncio
import gc
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, TextIO

from aiohttp import web

from benchmarks.simulate.clock import START_S, SimulatedClock, true_time
from benchmarks.simulate.disk import Disk
from benchmarks.simulate.fault_kind import PORTS
from benchmarks.simulate.journal import Journal
from benchmarks.simulate.loop import SimulatedLoop
from benchmarks.simulate.machine import Machine
from benchmarks.simulate.meter import Meter
from benchmarks.simulate.network import Network
from benchmarks.simulate.paces import PACES
from benchmarks.simulate.schedule import Fault, draw, kinds_of
from benchmarks.simulate.seams import ALONE_TTL, simulated
from benchmarks.simulate.season import STEP_S, Season
from benchmarks.simulate.spoilers import Spoilers
from syncd.config.settings import Settings
from syncd.simulator.bettune_server import BASE_PATH
from syncd.simulator.client_config import client_config, merged
from syncd.simulator.fixture_list import Extent
from syncd.simulator.sandbox import Sandbox
from syncd.store.migrate import upgrade

MEMORY_DISK = Path("/dev/shm")
HOUR_S = 3600.0
SHARED_TTL = timedelta(seconds=10)
"""As in the daemon."""
DAY_S = 24 * HOUR_S
TIDY_EVERY_S = 6 * HOUR_S

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
    pace: str = "patient"
    """One of `PACES`."""
    machines: int = 1
    faults: tuple[str, ...] = ()
    """Globs on the names of kinds; empty: none."""
    only: frozenset[int] = frozenset()
    """The numbers of the faults to keep; empty: all."""
    config: dict[str, Any] = field(default_factory=dict)


class Simulation:
    """Runs a plan; afterwards `meter`, `machines` and `sandbox` say what happened."""

    def __init__(self, plan: Plan, *, log: TextIO | None = None) -> None:
        self.plan = plan
        self.pace = PACES[plan.pace]
        self.took_s = 0.0
        self._folder = tempfile.mkdtemp(
            prefix="syncd-simulate-", dir=MEMORY_DISK if MEMORY_DISK.is_dir() else None
        )
        self.loop = SimulatedLoop()
        self.clock = SimulatedClock(self.loop)
        self.journal = Journal(lambda: true_time(self.loop), self._folder, log)
        self.network = Network(self.loop, self.chance("network"))
        self.disk = Disk(self.loop, self.chance("disk"))
        self.disk.shared = plan.machines > 1
        self.machines: list[Machine] = []
        self.spoilers = {"pinnacle": Spoilers(), "bettune": Spoilers()}
        drawn = draw(self.chance("faults"), kinds_of(plan.faults), plan.days * DAY_S)
        self.faults = [fault for fault in drawn if not plan.only or fault.number in plan.only]
        self.started = 0.0
        """The loop's time when the machines started."""

    def chance(self, purpose: str) -> Random:
        """Random numbers of the seed for one purpose, which no other purpose disturbs."""
        return Random(f"{self.plan.seed}/{purpose}")

    def run(self) -> None:
        """Run it."""
        started = time.process_time()
        gc.collect()
        gc.disable()  # when an object is freed must depend on the run alone
        try:
            with ExitStack() as stack:
                seams = simulated(
                    self.loop,
                    self.network,
                    self.disk,
                    self.journal,
                    lease_ttl=SHARED_TTL if self.plan.machines > 1 else ALONE_TTL,
                )
                stack.enter_context(seams)
                self.loop.run_until_complete(self._run())
        finally:
            gc.enable()
            shutil.rmtree(self._folder, ignore_errors=True)
            self.took_s = time.process_time() - started

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
        self.started = self.loop.time()
        for fault in self.faults:
            self.later(fault.at, partial(self._begin, fault))
        await self._let_time_pass()
        for machine in self.machines:
            await machine.stop()
        self.meter.finish()

    async def _let_time_pass(self) -> None:
        season = Season(self.sandbox.world, self.plan.leagues, self.meter.learn)
        steps = int(self.plan.days * DAY_S / STEP_S)
        for number in range(steps):
            for text in season.step():
                self.journal.write("world", text)
            self.meter.step()
            if number % int(TIDY_EVERY_S / STEP_S) == 0:
                self._tidy(season)
            await asyncio.sleep(STEP_S)

    # --- what faults may do: the Stage

    def leader(self) -> Machine:
        """The machine whose daemon works, or the first if none does."""
        working = (each for each in self.machines if each.daemon and each.daemon.components)
        return next(working, self.machines[0])

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Do something later."""
        self.loop.call_later(seconds, act)

    def forgive_values(self, *, forgive: bool) -> None:
        """Do not blame the daemon for what BetTune makes of its odds."""
        self.meter.forgives_values = forgive

    def _begin(self, fault: Fault) -> None:
        self.journal.write("fault", f"begins: {fault}")
        end = fault.kind.begin(self, self.chance(f"{fault.number}/{fault.kind.name}"), fault.length)
        if end is not None:
            self.later(fault.length, partial(self._end, fault, end))

    def _end(self, fault: Fault, end: Callable[[], object]) -> None:
        end()
        self.journal.write("fault", f"ends: {fault}")

    def _tidy(self, season: Season) -> None:
        season.forget()
        for server in (self.sandbox.pinnacle, self.sandbox.bettune):
            server.request_log.requests.clear()
        gc.collect()

    async def _serve(self) -> None:
        for name, port in PORTS.items():
            app = getattr(self.sandbox, name).app()
            self.spoilers[name].install(app, self.clock)
            runner = web.AppRunner(app, access_log=None)
            await runner.setup()
            assert runner.server is not None
            self.network.listen(port, runner.server)
        self.sandbox.pinnacle_url = f"http://127.0.0.1:{PORTS['pinnacle']}"
        self.sandbox.bettune_url = f"http://127.0.0.1:{PORTS['bettune']}{BASE_PATH}"

    def _settings(self) -> Settings:
        tree = client_config(
            pinnacle_url=self.sandbox.pinnacle_url,
            bettune_url=self.sandbox.bettune_url,
            pace={},
            requests=60,
        )
        tree["store"] = {"url": f"sqlite:///{self._folder}/syncd.db", "history": "2d"}
        return Settings.of(merged(merged(tree, self.pace.config()), self.plan.config))

    @property
    def passed(self) -> timedelta:
        """The virtual time that has passed."""
        return timedelta(seconds=self.loop.time() - START_S)
