"""What a kind of fault is: how it begins and ends, how long it lasts, and what exposure it may cost.

`extra` is how much longer than usual a prediction may be wrong while it lasts or just after it. Pinnacle's
faults may cost `stale_after`, since until then a price that nobody confirms still stands; BetTune's may cost
as long as BetTune takes no writes; a process that is dead or frozen, as long as that.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Protocol

from benchmarks.simulate.disk import Disk
from benchmarks.simulate.machine import Machine
from benchmarks.simulate.network import Network
from benchmarks.simulate.paces import MINUTE_S, Setup
from benchmarks.simulate.spoilers import Spoil, Spoiler, Spoilers
from syncd.model.bettune import Pair
from syncd.simulator.faults import FaultInjector
from syncd.simulator.sandbox import Sandbox

AFTERMATH_S = 300.0

PORTS = {"pinnacle": 8801, "bettune": 8802}

SHORT, LONG = (20.0, 240.0), (20.0, 2400.0)
ONCE = (0.0, 0.0)
"""Seconds that faults last."""


class Stage(Protocol):
    """What faults happen to."""

    sandbox: Sandbox
    network: Network
    disk: Disk
    machines: list[Machine]
    spoilers: Mapping[str, Spoilers]

    def leader(self) -> Machine:
        """The machine whose daemon works."""
        ...

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something later."""
        ...

    @property
    def database(self) -> Path:
        """The file of the database."""
        ...

    def edited(self, pair: Pair) -> None:
        """Note that a user has changed or deleted one of our predictions."""
        ...

    def forget_edits(self) -> None:
        """Note that nobody can remember what a user has deleted: the database is gone."""
        ...

    async def read_page(self, path: str) -> int:
        """Request a page of the daemon that works. Returns the status; 0 if there was no response."""
        ...

    def forgive_values(self, *, forgive: bool) -> None:
        """Do not blame the daemon for what BetTune makes of its odds."""
        ...


End = Callable[[], object]
Begin = Callable[[Stage, Random, float], End | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultKind:
    """A kind of fault."""

    name: str
    begin: Begin
    lengths: tuple[float, float]
    """Seconds."""
    extra: Callable[[float, Setup], float]
    """Seconds of exposure beyond the usual, by the length of the fault."""
    guarded: bool = False
    """Whether a guard makes a difference."""
    forgets: bool = False
    """Whether the database is empty afterwards, so that nobody knows which requests were sent."""
    aftermath: float = AFTERMATH_S
    """Seconds after its end in which it may still be the cause."""


def injected(service: str, kind: str, path: str = "*", **how: Any) -> Begin:
    def begin(stage: Stage, _: Random, length: float) -> End:
        injector: FaultInjector = getattr(stage.sandbox, service).faults
        injector.inject(kind, path=path, seconds=length, **how)
        return lambda: None

    return begin


def spoilt(
    service: str, make: Callable[[Random], Spoil], paths: tuple[str, ...] = ("*",), **how: Any
) -> Begin:
    def begin(stage: Stage, rng: Random, _: float) -> End:
        spoiler = Spoiler(spoil=make(rng), path=rng.choice(paths), **how)
        return stage.spoilers[service].add(spoiler)

    return begin


def down(service: str) -> Begin:
    def begin(stage: Stage, _: Random, __: float) -> End:
        stage.network.down.add(PORTS[service])
        return lambda: stage.network.down.discard(PORTS[service])

    return begin


def slow(service: str) -> Begin:
    def begin(stage: Stage, rng: Random, _: float) -> End:
        stage.network.slowness[PORTS[service]] = rng.uniform(0.5, 8.0)
        return lambda: stage.network.slowness.pop(PORTS[service], None)

    return begin


def flaky(rng: Random) -> Spoil:
    return lambda _, response: response if rng.random() < 0.5 else None


def stale(length: float, setup: Setup) -> float:
    """Until what Pinnacle has not confirmed is withdrawn."""
    return min(length + setup.pace.feeds_s, setup.pace.stale_s) + 2 * MINUTE_S


def whole(length: float, _: Setup) -> float:
    """BetTune takes nothing for so long; then the writes that have waited go."""
    return length + 3 * MINUTE_S


def snapshot(_: float, setup: Setup) -> float:
    """Until the next snapshot shows what was doubted or lost."""
    return setup.pace.snapshot_s + 2 * MINUTE_S


def about(seconds: float) -> Callable[[float, Setup], float]:
    """So many seconds, however long the fault is."""
    return lambda _, __: seconds


def again(_: float, setup: Setup) -> float:
    """After a start: the feeds' pace, the links, the plan, the reads before the first write."""
    return setup.pace.feeds_s + 3 * MINUTE_S


def away_and_again(length: float, setup: Setup) -> float:
    """As long as nobody works, and a start."""
    return setup.withdrawn_after(length) + again(length, setup)
