"""One run: the world, both services, the machines, the faults and the meter, put together by a seed."""

import asyncio
import gc
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, TextIO

import aiohttp
from aiohttp import web

from benchmarks.simulate.audit import Audit
from benchmarks.simulate.clock import START_S, SimulatedClock, true_time
from benchmarks.simulate.disk import Disk
from benchmarks.simulate.fault_kind import PORTS
from benchmarks.simulate.guard import Guard
from benchmarks.simulate.journal import Journal
from benchmarks.simulate.loop import SimulatedLoop
from benchmarks.simulate.machine import Machine
from benchmarks.simulate.memory import MemoryGrowth
from benchmarks.simulate.meter import Meter
from benchmarks.simulate.network import Network
from benchmarks.simulate.paces import PACES, Setup
from benchmarks.simulate.schedule import Fault, draw, kinds_of
from benchmarks.simulate.seams import ALONE_TTL, simulated
from benchmarks.simulate.season import STEP_S, Season
from benchmarks.simulate.spoilers import AUTHOR, Spoilers
from syncd.config.settings import Settings
from syncd.model.bettune import Pair
from syncd.simulator.bettune_server import BASE_PATH
from syncd.simulator.client_config import client_config, merged
from syncd.simulator.fixture_list import Extent
from syncd.simulator.sandbox import Sandbox
from syncd.store.migrate import upgrade

DATABASE = "syncd.db"
FRONT_PORT = 8810
"""Leads to the page of the daemon that works."""

READERS_WAIT_S = 20.0

MEMORY_DISK = Path("/dev/shm")
HOUR_S = 3600.0
SHARED_TTL = timedelta(seconds=60)
"""Six times that of the daemon, for the same reason."""
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
    guard: bool = False
    faults: tuple[str, ...] = ()
    """Globs on the names of kinds; empty: none."""
    only: frozenset[int] = frozenset()
    """The numbers of the faults to keep; empty: all."""
    config: dict[str, Any] = field(default_factory=dict)


class Simulation:
    """Runs a plan; afterwards `meter`, `machines` and `sandbox` say what happened."""

    def __init__(self, plan: Plan, *, log: TextIO | None = None) -> None:
        self.plan = plan
        self.setup = Setup(pace=PACES[plan.pace], daemons=plan.machines, guarded=plan.guard)
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
        self.guard: Guard | None = None
        self.memory = MemoryGrowth()
        self.page_errors: list[str] = []
        self._well_since: float | None = None
        self.started = 0.0
        """The loop's time when the machines started."""

    def chance(self, purpose: str) -> Random:
        """Random numbers of the seed for one purpose, which no other purpose disturbs."""
        return Random(f"{self.plan.seed}/{purpose}")

    def run(self) -> None:
        """Run it."""
        started = time.process_time()
        gc.collect()
        gc.freeze()
        gc.disable()  # when an object is freed must depend on the run alone
        try:
            with ExitStack() as stack:
                seams = simulated(
                    self.loop,
                    self.network,
                    self.disk,
                    self.journal,
                    lease_ttl=SHARED_TTL if self.plan.machines > 1 else ALONE_TTL,
                    longest_silence=self.setup.pace.longest_silence,
                )
                stack.enter_context(seams)
                self.loop.run_until_complete(self._run())
        finally:
            gc.enable()
            gc.unfreeze()
            shutil.rmtree(self._folder, ignore_errors=True)
            self.took_s = time.process_time() - started

    async def _run(self) -> None:
        self.sandbox = Sandbox(
            seed=self.plan.seed,
            clock=self.clock,
            extent=Extent(leagues=self.plan.leagues, rounds=1),
            filters=FILTERS,
        )
        self.meter = Meter(
            self.sandbox,
            lambda text: self.journal.write("meter", text),
            settled_s=self.setup.pace.snapshot_s,
        )
        self.audit = self._make_audit()
        await self._serve()
        settings = self._settings()
        await upgrade(settings.store.url.get_secret_value())
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=READERS_WAIT_S))
        await asyncio.sleep(1.0 - self.loop.time() % 1.0)  # the world moves on whole seconds
        self.machines = [
            Machine(f"syncd{number}", self.loop, _with_port(settings, number), self.journal)
            for number in range(self.plan.machines)
        ]
        for machine in self.machines:
            machine.start()
        self.network.leads_to[FRONT_PORT] = lambda: self.leader().port
        if self.plan.guard:
            self.guard = Guard(self.loop, settings, self.journal, shared=self.plan.machines > 1)
            self.guard.start()
        self.started = self.loop.time()
        for fault in self.faults:
            self.later(fault.at, partial(self._begin, fault))
        await self._let_time_pass()
        for machine in self.machines:
            await machine.stop()
        await self._session.close()
        self.meter.finish()

    def _make_audit(self) -> Audit:
        account = self.sandbox.bettune.account

        def actual(pair: Pair) -> Decimal | None:
            found = account.prediction(pair)
            return found.odds if found else None

        audit = Audit(self.loop.time, actual, lambda: self._well_since)
        record = account._record

        def record_with_author(pair: Pair, before: Any, after: Any) -> None:
            record(pair, before, after)
            audit.wrote(account.writes[-1], AUTHOR.get())

        account._record = record_with_author  # type: ignore[method-assign]
        self.journal.on_event = audit.said
        return audit

    async def _let_time_pass(self) -> None:
        season = Season(self.sandbox.world, self.plan.leagues, self.meter.learn)
        steps = int(self.plan.days * DAY_S / STEP_S)
        for number in range(steps):
            for text in season.step():
                self.journal.write("world", text)
            self.meter.step()
            self._look_who_is_well()
            if number % int(TIDY_EVERY_S / STEP_S) == 0:
                self._tidy(season)
            await asyncio.sleep(STEP_S)

    # --- what faults may do: the Stage

    def leader(self) -> Machine:
        """The machine whose daemon works, or the first if none does."""
        working = (each for each in self.machines if each.daemon and each.daemon.components)
        return next(working, self.machines[0])

    @property
    def database(self) -> Path:
        """The file of the database."""
        return Path(self._folder) / DATABASE

    def edited(self, pair: Pair) -> None:
        """Note that a user has changed or deleted one of our predictions."""
        self.meter.edited(pair)
        self.audit.edited(pair)
        self.journal.write("user", f"edits {pair}")

    def forget_edits(self) -> None:
        """Note that nobody can remember what a user has deleted: the database is gone."""
        self.audit.forget_edits()

    async def read_page(self, path: str) -> int:
        """Request a page of the daemon that works. Returns the status; 0 if there was no response."""
        try:
            async with self._session.get(f"http://127.0.0.1:{FRONT_PORT}{path}") as response:
                await response.read()
        except (aiohttp.ClientError, TimeoutError):
            return 0
        if response.status >= 500 and response.status != 503:
            self.page_errors.append(f"{self._now_text()} {path}: {response.status}")
        return response.status

    def _now_text(self) -> str:
        return f"{true_time(self.loop):%d %H:%M:%S}"

    def _look_who_is_well(self) -> None:
        if not any(each.is_well for each in self.machines):
            self._well_since = None
        elif self._well_since is None:
            self._well_since = self.loop.time()

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Do something later."""
        self.loop.call_later(seconds, act)

    def forgive_values(self, *, forgive: bool) -> None:
        """Do not blame the daemon for what BetTune makes of its odds."""
        self.meter.forgive_values(forgive=forgive)

    def _begin(self, fault: Fault) -> None:
        self.journal.write("fault", f"begins: {fault}")
        end = fault.kind.begin(self, self.chance(f"{fault.number}/{fault.kind.name}"), fault.length)
        if end is not None:
            self.later(fault.length, partial(self._end, fault, end))

    def _end(self, fault: Fault, end: Callable[[], object]) -> None:
        end()
        self.journal.write("fault", f"ends: {fault}")

    def _tidy(self, season: Season) -> None:
        """Drop what the services keep: memory that grows must be the daemon's."""
        season.forget()
        for cached in _caches_of_services():
            cached.cache_clear()
        for server in (self.sandbox.pinnacle, self.sandbox.bettune):
            server.request_log.requests.clear()
        gc.collect()
        self.memory.note(self.loop.time(), tuple(each.process.name for each in self.machines))

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
        tree["store"] = {"url": f"sqlite:///{self.database}", "history": "2d"}
        tree["guard"] = {
            "url": f"http://127.0.0.1:{FRONT_PORT}/",
            "after": f"{self.setup.guard_after_s:.0f}s",
        }
        return Settings.of(merged(merged(tree, self.setup.pace.config()), self.plan.config))

    @property
    def passed(self) -> timedelta:
        """The virtual time that has passed."""
        return timedelta(seconds=self.loop.time() - START_S)


def _caches_of_services() -> Iterator[Any]:
    """Yield the bounded caches of the simulated services: until they are full they look like a leak."""
    for name, module in list(sys.modules.items()):
        if name.startswith("syncd.simulator."):
            for each in vars(module).values():
                if hasattr(each, "cache_clear") and each.cache_parameters()["maxsize"] is not None:
                    yield each


def _with_port(settings: Settings, number: int) -> Settings:
    """The settings of one machine: its page has a port of its own."""
    web_settings = settings.web.model_copy(update={"port": FRONT_PORT + 1 + number})
    return settings.model_copy(update={"web": web_settings})
