"""What is left of a market's odds when the bookmaker's margin is taken out.

Notation: `r` = 1 / odds, and the booksum is the sum of `r` over all outcomes. Of `winners` outcomes that win
at once (1, but 2 for the three of a double chance) fair probabilities sum to `winners`. The methods and their
literature are in docs/pricing.md; shin is the default because it is unbiased on longshots, where
multiplicative gives odds that are too low.
"""

from collections.abc import Callable, Sequence
from decimal import Context, Decimal
from enum import StrEnum
from functools import lru_cache
from math import exp, log, sqrt
from typing import Final

ACCURACY: Final = Context(prec=12)
"""Significant digits of fair odds that computing error cannot reach: doubles and a bisection down to
neighbouring doubles are right to better than 1e-12 of the value (tests compare them with 30 digits)."""


class Method(StrEnum):
    """How the margin is thought to be spread over the outcomes."""

    SHIN = "shin"
    POWER = "power"
    ADDITIVE = "additive"
    """The same as margin weights proportional to the odds."""
    ODDS_RATIO = "odds_ratio"
    MULTIPLICATIVE = "multiplicative"


class MarginError(ValueError):
    """The method finds no probabilities in these odds."""


def booksum(odds: Sequence[Decimal], winners: int = 1) -> Decimal:
    """The sum of the reciprocal odds, for one winner: 1 is fair, 1.03 is a margin of 3 %."""
    return sum((1 / price for price in odds), Decimal(0)) / winners


@lru_cache(maxsize=4096)  # the filters for home, draw and away ask about the same odds
def fair_probabilities(odds: tuple[Decimal, ...], method: Method, winners: int = 1) -> tuple[Decimal, ...]:
    """The probability of each outcome; raises `MarginError` where the odds and the method allow none.

    `odds` are decimal and all of them; the answers sum to `winners` to within 1e-12.
    """
    r = [1 / float(price) for price in odds]
    if len(r) <= winners:
        raise MarginError("a single price has no margin to remove: all sides are needed")
    if any(not 0 < each < 1 for each in r):
        raise MarginError("odds must be above 1")
    if sum(r) < winners * (1 - 1e-12):
        raise MarginError(f"booksum {sum(r) / winners:.4f} is below 1")
    fair = METHODS[method](r, winners)
    if any(not 0 < p < 1 for p in fair):
        raise MarginError(f"{method} leaves a probability outside 0 and 1")
    return tuple(Decimal(p) for p in fair)


def accurate(value: Decimal) -> Decimal:
    """The value without the digits that are computing error, so that it can be rounded up by the rule.

    Fair odds of 2 that were computed as 2.0000000000000004 must not be rounded up to 2.001. What is rounded
    up afterwards is never below the true value by more than 5e-12 of it, far beneath BetTune's sixth decimal.
    """
    return ACCURACY.create_decimal(value)


def _multiplicative(r: list[float], winners: int) -> list[float]:
    scale = winners / sum(r)
    return [each * scale for each in r]


def _additive(r: list[float], winners: int) -> list[float]:
    share = (sum(r) - winners) / len(r)
    return [each - share for each in r]


def _power(r: list[float], winners: int) -> list[float]:
    """P = r ** k."""
    logs = [log(each) for each in r]

    def excess(k: float) -> float:
        return sum([exp(k * each) for each in logs]) - winners

    k = _root(excess, 1.0, _beyond(excess))
    return [exp(k * each) for each in logs]


def _odds_ratio(r: list[float], winners: int) -> list[float]:
    """The odds against, p / (1 - p), are r / (1 - r) divided by one c for all outcomes."""

    def excess(c: float) -> float:
        return sum([each / (c + each - c * each) for each in r]) - winners

    c = _root(excess, 1.0, _beyond(excess))
    return [each / (c + each - c * each) for each in r]


def _shin(r: list[float], winners: int) -> list[float]:
    """A share z of the stakes comes from people who know the result.

    p = (sqrt(z**2 + 4 (1 - z) r**2 / booksum) - z) / (2 (1 - z)), written without the difference, which
    would lose the digits of longshots. The model has one winner: a price at which several win stands for as
    many bets of a part of the stake.
    """
    parts = [each / winners for each in r]
    whole = sum(parts)
    weights = [each * each / whole for each in parts]

    def halves(z: float) -> list[float]:
        square, rest = z * z, 4 * (1 - z)
        return [w / (sqrt(square + rest * w) + z) for w in weights]

    z = _root(lambda z: sum(halves(z)) - 0.5, 0.0, 1.0)
    return [2 * half * winners for half in halves(z)]


def _beyond(excess: Callable[[float], float]) -> float:
    """A parameter at which a falling `excess` is below 0."""
    high = 2.0
    while excess(high) > 0:
        high *= 2
    return high


def _root(excess: Callable[[float], float], low: float, high: float) -> float:
    """Where `excess`, which falls, is 0: bisection until no double is left between the bounds."""
    while low < (middle := (low + high) / 2) < high:
        if excess(middle) > 0:
            low = middle
        else:
            high = middle
    return high


METHODS: Final[dict[Method, Callable[[list[float], int], list[float]]]] = {
    Method.SHIN: _shin,
    Method.POWER: _power,
    Method.ADDITIVE: _additive,
    Method.ODDS_RATIO: _odds_ratio,
    Method.MULTIPLICATIVE: _multiplicative,
}
