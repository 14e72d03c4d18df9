"""Which faults happen when: drawn from the seed, each by itself, so that some can be left out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from random import Random

from benchmarks.simulate.fault_kind import FaultKind
from benchmarks.simulate.fault_kinds import KINDS
from benchmarks.simulate.meter import Episode
from benchmarks.simulate.paces import Setup

QUIET_S = (900.0, 2700.0)
"""Between two faults, so that what follows one is not taken for the other's doing."""

OVERLAPPING = 0.15
"""The chance that a fault begins before the last one has ended."""

FIRST_AT_S = 1200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault of the schedule. Times are seconds since the start of the run."""

    number: int
    kind: FaultKind
    at: float
    length: float

    @property
    def ends(self) -> float:
        """When it ends."""
        return self.at + self.length

    def touches(self, since: float, until: float) -> bool:
        """Whether it may have to do with what happened in this time."""
        return self.at <= until and since <= self.ends + self.kind.aftermath

    def extra(self, setup: Setup) -> float:
        """Seconds of exposure that it may cost beyond the usual."""
        return self.kind.extra(self.length, setup)

    def __str__(self) -> str:
        return f"#{self.number} {self.kind.name} at {self.at:.0f} for {self.length:.0f} s"


def kinds_of(patterns: Sequence[str]) -> list[FaultKind]:
    """The kinds that any of the globs names. Raises ValueError for a glob without any."""
    for pattern in patterns:
        if not any(fnmatch(name, pattern) for name in KINDS):
            raise ValueError(f"no kind of fault is called {pattern}; there are: {', '.join(KINDS)}")
    return [kind for name, kind in KINDS.items() if any(fnmatch(name, each) for each in patterns)]


def draw(rng: Random, kinds: Sequence[FaultKind], seconds: float) -> list[Fault]:
    """Draw the faults of a run: every kind once before any comes again."""
    found: list[Fault] = []
    waiting: list[FaultKind] = []
    at = FIRST_AT_S
    while kinds:
        if not waiting:
            waiting = rng.sample(list(kinds), len(kinds))
        kind = waiting.pop()
        length = rng.uniform(*kind.lengths)
        if at + length > seconds - FIRST_AT_S:
            return found
        found.append(Fault(number=len(found), kind=kind, at=at, length=length))
        overlaps = rng.random() < OVERLAPPING
        at += rng.uniform(0, length) if overlaps else length + rng.uniform(*QUIET_S)
    return found


def allowed(episode: Episode, start: float, faults: Iterable[Fault], setup: Setup) -> float:
    """The longest that this exposure may last, by the faults that it may have to do with."""
    return setup.pace.usual_s + sum(fault.extra(setup) for fault in near_to(episode, start, faults))


def near_to(episode: Episode, start: float, faults: Iterable[Fault]) -> list[Fault]:
    """The faults that an exposure may have to do with. `start`: the clock at the start of the run."""
    return [fault for fault in faults if fault.touches(episode.since - start, episode.until - start)]
