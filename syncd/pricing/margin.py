"""Fair probabilities: a market's odds without the bookmaker's margin.

Notation: `r` = 1 / odds, and the booksum is the sum of `r` over all outcomes. Fair probabilities sum to
`winners`, the number of outcomes that win together: 1, but 2 for the three of a double chance. The methods
and their literature are in docs/pricing.md; shin is the default because it is unbiased on longshots, where
multiplicative gives odds that are too low.
"""

from collections.abc import Callable, Sequence
from decimal import Context, Decimal
from enum import StrEnum
from functools import lru_cache
from math import exp, log, sqrt
from typing import Final

ACCURACY: Final = Context(prec=12)
"""12 significant digits of fair odds are free of floating point error: doubles, and a bisection down to
neighbouring doubles, have a relative error below 1e-12 (tests compare them with 30 digits)."""


class Method(StrEnum):
    """Models of how the margin is distributed over the outcomes."""

    SHIN = "shin"
    POWER = "power"
    ADDITIVE = "additive"
    """The same as margin weights proportional to the odds."""
    ODDS_RATIO = "odds_ratio"
    MULTIPLICATIVE = "multiplicative"


class MarginError(ValueError):
    """The method gives no probabilities for these odds."""


def booksum(odds: Sequence[Decimal], winners: int = 1) -> Decimal:
    """The sum of the inverse odds, for one winner: 1 is fair, 1.03 is a margin of 3 %."""
    return sum((1 / price for price in odds), Decimal(0)) / winners


@lru_cache(maxsize=4096)  # the filters for home, draw and away use the same odds
def fair_probabilities(odds: tuple[Decimal, ...], method: Method, winners: int = 1) -> tuple[Decimal, ...]:
    """The probability of each outcome, in the order of `odds`; they sum to `winners` to within 1e-12.

    `odds` are the decimal odds of all outcomes. Raises `MarginError` if a price is missing or not above 1, if
    the booksum is below 1, or if the method leaves a probability outside 0 and 1.
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


def without_float_error(value: Decimal) -> Decimal:
    """The value without the digits that are floating point error, so that the rule can round it up.

    Fair odds of 2 that were computed as 2.0000000000000004 must not be rounded up to 2.001. The result is at
    most 5e-12 of the value below the true one, which is far less than BetTune's sixth decimal.
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

    k = _root(excess, 1.0, _upper_bound(excess))
    return [exp(k * each) for each in logs]


def _odds_ratio(r: list[float], winners: int) -> list[float]:
    """The odds p / (1 - p) are r / (1 - r) divided by the same c for all outcomes."""

    def excess(c: float) -> float:
        return sum([each / (c + each - c * each) for each in r]) - winners

    c = _root(excess, 1.0, _upper_bound(excess))
    return [each / (c + each - c * each) for each in r]


def _shin(r: list[float], winners: int) -> list[float]:
    """A share z of the stakes comes from bettors who know the result.

    p = (sqrt(z**2 + 4 (1 - z) r**2 / booksum) - z) / (2 (1 - z)), rewritten without the difference,
    which would lose the digits of longshots. The model has one winner: a market in which several win is
    treated as that many bets with a part of the stake each.
    """
    parts = [each / winners for each in r]
    whole = sum(parts)
    weights = [each * each / whole for each in parts]

    def halves(z: float) -> list[float]:
        square, rest = z * z, 4 * (1 - z)
        return [w / (sqrt(square + rest * w) + z) for w in weights]

    z = _root(lambda z: sum(halves(z)) - 0.5, 0.0, 1.0)
    return [2 * half * winners for half in halves(z)]


def _upper_bound(excess: Callable[[float], float]) -> float:
    """A parameter at which the decreasing function `excess` is not above 0."""
    high = 2.0
    while excess(high) > 0:
        high *= 2
    return high


def _root(excess: Callable[[float], float], low: float, high: float) -> float:
    """The root of the decreasing function `excess`: bisection until no double is left between the bounds."""
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
