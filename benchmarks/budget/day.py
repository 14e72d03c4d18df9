"""A day of prices, generated from a seed: a Saturday, with kick-offs on this and three more days.

What it has of real days: prices move ever faster towards kick-off, and further; a move is often the first of
a burst, which in part goes back; a market is suspended for minutes and returns at other prices; half of the
day's matches kick off at a few moments, most of them at 15:00; some markets open during the day.
"""

import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from syncd.model.bettune import Pair
from syncd.model.change import Cause

FILTERS = 5
"""Home, draw, away, over, under."""

START = datetime(2026, 5, 2, tzinfo=UTC)
HOUR, DAY = 3600.0, 86_400.0

KICKOFFS = ((15.0, 0.4), (20.0, 0.14), (17.5, 0.1), (12.5, 0.07))
"""Hour -> share of the day's matches; the others at any quarter of an hour from 11:00 to 22:00."""

TODAY = 0.45
"""Share of the matches that kick off today; the others on the next three days."""

OPEN_LATER = 0.08
"""Share of the later matches whose markets open during the day."""

BURST, BURST_MOVES, BURST_S = 0.12, (2, 6), 90.0
SUSPENSIONS_AN_HOUR, SUSPENDED_S = 0.015, 120.0
LOWEST = 1010


class Move(NamedTuple):
    """From `at` on, in seconds of the day, a pair should have these Min Odds, in thousandths; 0 is none."""

    at: float
    pair: Pair
    odds: int
    cause: Cause


class Day(NamedTuple):
    """What the pairs should hold at midnight, and every later move of it, in order."""

    kickoffs: dict[int, float]
    """Seconds of the day, by match."""
    first: dict[Pair, int]
    moves: tuple[Move, ...]


def generate(predictions: int, seed: int, hours: float = 24.0) -> Day:
    """Generate a day with so many pairs of filter and match; `hours` cuts it short."""
    kickoffs: dict[int, float] = {}
    first: dict[Pair, int] = {}
    moves: list[Move] = []
    for match in range(predictions // FILTERS):
        dice = random.Random(f"{seed}/{match}")
        kickoff = kickoffs[match] = _kickoff(dice)
        market = _Market(match, kickoff, dice)
        opens = dice.uniform(0, DAY) if kickoff > DAY and dice.random() < OPEN_LATER else 0.0
        for filter_id, odds in enumerate(market.odds()):
            first[Pair(filter_id, match)] = 0 if opens else odds
        moves += (each for each in market.moves(opens) if each.at < hours * HOUR)
    return Day(kickoffs, first, tuple(sorted(moves)))


def moment(at: float) -> datetime:
    """Return a time of the day as the rules of syncd take it."""
    return START + timedelta(seconds=at)


def _kickoff(dice: random.Random) -> float:
    day = 0 if dice.random() < TODAY else dice.choice((1, 2, 3))
    share = dice.random()
    for hour, part in KICKOFFS:
        share -= part
        if share < 0:
            return day * DAY + hour * HOUR
    return day * DAY + dice.randrange(44, 88) * HOUR / 4


class _Market:
    """The five prices of a match; two numbers move them: who is stronger, and how many goals come."""

    def __init__(self, match: int, kickoff: float, dice: random.Random) -> None:
        self.match = match
        self.kickoff = kickoff
        self.dice = dice
        self.stronger, self.goals = dice.gauss(0, 0.45), dice.gauss(0, 0.12)

    def odds(self) -> tuple[int, ...]:
        home, away = math.exp(self.stronger), math.exp(-0.9 * self.stronger)
        draw = 3.3 * math.exp(0.25 * abs(self.stronger))
        over, under = math.exp(self.goals), math.exp(-self.goals)
        prices = (2.6 * home, draw, 2.7 * away, 1.95 * over, 1.95 * under)
        return tuple(max(LOWEST, round(1000 * price)) for price in prices)

    def moves(self, opens: float) -> Iterator[Move]:
        end = min(self.kickoff, DAY)
        known = (0,) * FILTERS if opens else self.odds()
        suspended_until = opens
        waiting = sorted([opens, *self._moments(opens, end)]) if opens else self._moments(0.0, end)
        for at in waiting:
            self._step(at)
            if at < suspended_until:
                continue
            if known[0] and self.dice.random() < self._suspension(at):
                suspended_until = at + SUSPENDED_S * self.dice.lognormvariate(0, 0.8)
                now = (0,) * FILTERS
                known = yield from self._changed(at, known, now, Cause.EVENT_HALTED)
                if suspended_until < end:
                    self._step(suspended_until)
                    known = yield from self._changed(suspended_until, known, self.odds(), Cause.PRICED)
                continue
            known = yield from self._changed(at, known, self.odds(), Cause.PRICED)
        if self.kickoff < DAY:
            yield from self._changed(self.kickoff, known, (0,) * FILTERS, Cause.MATCH_STARTED)

    def _changed(
        self, at: float, before: tuple[int, ...], after: tuple[int, ...], cause: Cause
    ) -> Iterator[Move]:
        for filter_id, (old, new) in enumerate(zip(before, after, strict=True)):
            if old != new:
                yield Move(at, Pair(filter_id, self.match), new, cause)
        return after

    def _moments(self, begin: float, end: float) -> list[float]:
        found, at = list[float](), begin
        while (at := at + self.dice.expovariate(self._moves_a_second(at))) < end:
            found.append(at)
            if self.dice.random() < BURST:
                more = self.dice.randint(*BURST_MOVES)
                found += (at + self.dice.uniform(1, BURST_S) for _ in range(more))
        return sorted(each for each in found if each < end)

    def _moves_a_second(self, at: float) -> float:
        return (0.5 + 12 / (1 + self._hours_ahead(at))) / HOUR

    def _step(self, at: float) -> None:
        size = 0.008 + 0.014 / (1 + self._hours_ahead(at))
        part = self.dice.random()
        if part < 0.7:
            self.stronger += self.dice.gauss(0, size)
        if part > 0.6:
            self.goals += self.dice.gauss(0, size)

    def _suspension(self, at: float) -> float:
        """The probability that this move is a suspension."""
        return SUSPENSIONS_AN_HOUR / HOUR / self._moves_a_second(at) + (
            0.01 if self._hours_ahead(at) < 2 else 0
        )

    def _hours_ahead(self, at: float) -> float:
        return max(0.0, self.kickoff - at) / HOUR
