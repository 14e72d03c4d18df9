"""The yardstick: an order that knows every later move of the day.

A greedy choice with look-ahead. For each pair that differs it knows what sending its value now saves until so
many seconds from now, if nothing more is sent for that pair: a value that is replaced in a moment saves next
to nothing. It sends what saves most exposure, then what saves most missed time. Like every order here it may
send only the value that a pair should hold at that moment, and it has the same limit; it never reads.

It is no lower bound: none is known that is near, since what a write saves depends on the writes before it.
How far ahead it pays to look depends on how long the queue is, so each of `LOOK_AHEAD_S` is tried and the
best is taken. A test compares it with the best of all orders on days that are small enough to try them all.
"""

import heapq
from collections import defaultdict

from benchmarks.budget.day import DAY, Day, Move
from benchmarks.budget.meter import Account, gap_of
from syncd.bettune.window import Urgency
from syncd.model.bettune import Pair

LOOK_AHEAD_S = (30.0, 600.0, 1800.0)

RANK_EVERY_S = 60.0
"""All that waits is ranked again this often; what moves, at once."""

Saved = tuple[float, float]
"""Exposure and missed time, in seconds."""


class Oracle:
    """Sends what saves most within its look-ahead."""

    def __init__(self, account: Account, day: Day, look_ahead_s: float) -> None:
        self._account = account
        self._look_ahead_s = look_ahead_s
        self._later: dict[Pair, list[Move]] = defaultdict(list)
        for move in reversed(day.moves):
            self._later[move.pair].append(move)
        self._waiting: set[Pair] = set()
        self._ranked: list[tuple[float, float, Pair, int]] = []
        self._version: dict[Pair, int] = defaultdict(int)
        self._ranked_at = 0.0

    def moved(self, move: Move) -> None:
        """Take note of a move that has come."""
        self._later[move.pair].pop()
        self._version[move.pair] += 1
        if self._account.wanted[move.pair] == self._account.actual[move.pair]:
            self._waiting.discard(move.pair)
        else:
            self._waiting.add(move.pair)
            heapq.heappush(self._ranked, self._rank(move.pair, move.at))

    def due(self, at: float) -> Urgency | None:
        """Everything may use the whole budget."""
        return Urgency.URGENT if self._waiting else None

    def send(self, at: float) -> None:
        """Send what saves most."""
        if at - self._ranked_at >= RANK_EVERY_S:
            self._ranked_at = at
            self._ranked = [self._rank(pair, at) for pair in self._waiting]
            heapq.heapify(self._ranked)
        while True:
            _, _, pair, version = heapq.heappop(self._ranked)
            if version == self._version[pair] and pair in self._waiting:
                break
        self._waiting.remove(pair)
        self._version[pair] += 1
        self._account.write(pair, self._account.wanted[pair], at)

    def _rank(self, pair: Pair, at: float) -> tuple[float, float, Pair, int]:
        exposure, missed = saved(
            self._account.actual[pair],
            self._account.wanted[pair],
            self._later[pair],
            at,
            min(at + self._look_ahead_s, DAY, self._account.kickoffs[pair.match_id]),
        )
        return -exposure, -missed, pair, self._version[pair]


def saved(actual: int, wanted: int, later: list[Move], since: float, until: float) -> Saved:
    """Return what `wanted` in place of `actual` saves in this span; `later` moves, the last first."""
    exposure = missed = 0.0
    now, should = since, wanted
    for move in reversed(later):
        if now >= until:
            break
        span = min(move.at, until) - now
        exposure += span * (gap_of(actual, should) - gap_of(wanted, should))
        missed += span * (_is_missed(actual, should) - _is_missed(wanted, should))
        now, should = move.at, move.odds
    if now < until:
        exposure += (until - now) * (gap_of(actual, should) - gap_of(wanted, should))
        missed += (until - now) * (_is_missed(actual, should) - _is_missed(wanted, should))
    return exposure, missed


def _is_missed(actual: int, wanted: int) -> bool:
    return bool(wanted) and (not actual or actual > wanted)
