"""What an order of writing costs: exposure, the same by money at risk, and missed time.

*Exposure* is time multiplied by the gap, the share by which the Min Odds is lower than it should be; a
prediction that should not be there has the gap 1. It ends at kick-off. *Missed* is time during which the Min
Odds is too high, or missing. Both in hours, added up over all pairs.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.budget.day import HOUR, Day, Move
from syncd.model.bettune import Pair

ABSENT_GAP = 1.0


@dataclass
class Cost:
    """The figures of one run, in hours."""

    exposure: float = 0.0
    at_risk: float = 0.0
    """Exposure that counts once at the kick-off, half one hour before it, a quarter three hours before it."""
    missed: float = 0.0
    missed_near: float = 0.0
    """Missed time, counted as `at_risk` is."""


class Account:
    """What BetTune keeps and what it should keep, pair by pair; `cost` is what the difference has cost."""

    def __init__(self, day: Day) -> None:
        self.kickoffs: Mapping[int, float] = day.kickoffs
        self.wanted = dict(day.first)
        self.actual = dict(day.first)
        self.cost = Cost()
        self.writes = self.needed = self.reads = 0
        self._since: dict[Pair, float] = {}

    def move(self, move: Move) -> None:
        """Let a pair want something else from now on."""
        self._settle(move.pair, move.at)
        self.wanted[move.pair] = move.odds

    def write(self, pair: Pair, odds: int, at: float) -> None:
        """Carry out one request: a PUT of these odds, or a DELETE if they are 0."""
        self._settle(pair, at)
        self.writes += 1
        self.needed += odds == self.wanted[pair] != self.actual[pair]
        self.actual[pair] = odds

    def finish(self, at: float) -> None:
        """Add what the last span of each pair has cost."""
        for pair in self.wanted:
            self._settle(pair, at)

    def _settle(self, pair: Pair, at: float) -> None:
        since, self._since[pair] = self._since.get(pair, 0.0), at
        actual, wanted = self.actual[pair], self.wanted[pair]
        kickoff = self.kickoffs[pair.match_id]
        until = min(at, kickoff)
        if actual == wanted or until <= since:
            return
        if gap := gap_of(actual, wanted):
            self.cost.exposure += gap * (until - since) / HOUR
            self.cost.at_risk += gap * math.log((HOUR + kickoff - since) / (HOUR + kickoff - until))
        else:
            self.cost.missed += (until - since) / HOUR
            self.cost.missed_near += math.log((HOUR + kickoff - since) / (HOUR + kickoff - until))


def gap_of(actual: int, wanted: int) -> float:
    """Return by which share an actual value is too low; 0 if it is not. 0 as a value is none."""
    if not actual:
        return 0.0
    return min(1.0, max(0.0, wanted / actual - 1)) if wanted else ABSENT_GAP
