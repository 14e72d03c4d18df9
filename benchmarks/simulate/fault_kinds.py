"""Every kind of fault, by name."""

from collections.abc import Mapping

from benchmarks.simulate.bettune_faults import bettune
from benchmarks.simulate.fault_kind import FaultKind
from benchmarks.simulate.machine_faults import machine
from benchmarks.simulate.people_faults import people
from benchmarks.simulate.pinnacle_faults import pinnacle

_ALL = (*pinnacle(), *bettune(), *machine(), *people())

KINDS: Mapping[str, FaultKind] = {each.name: each for each in _ALL}
