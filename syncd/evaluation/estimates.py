"""Means with their confidence intervals, and how many values it takes until they mean something."""

import math
from collections.abc import Sequence
from statistics import NormalDist, fmean, stdev

import msgspec

CONFIDENCE = 0.95
"""The share of such intervals that contain the true mean."""


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """The mean of `n` values, with its confidence interval; None where there are too few values."""

    n: int
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    needed: int | None = None
    """The number of values with which this mean would differ from zero, if it and their spread stay."""

    @property
    def differs(self) -> bool:
        """True if the interval does not contain zero."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high


def estimate(values: Sequence[float]) -> Estimate:
    """Return the mean of the values, with an interval by Student's t."""
    n = len(values)
    if n < 2:
        return Estimate(n=n, mean=values[0] if values else None)
    mean, spread = fmean(values), stdev(values)
    half = t_quantile(n - 1) * spread / math.sqrt(n)
    needed = _needed(mean, spread)
    return Estimate(n=n, mean=mean, low=mean - half, high=mean + half, needed=needed)


def _needed(mean: float, spread: float) -> int | None:
    if mean == 0:
        return None
    return max(2, math.ceil((NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * spread / mean) ** 2))


def t_quantile(degrees: int) -> float:
    """Return the two-sided quantile of Student's t for `CONFIDENCE`.

    Exact for one and two degrees of freedom; from three on the expansion of Abramowitz and Stegun, 26.7.5,
    which is too small by 0.3 % for three and by less for more.
    """
    p = (1 + CONFIDENCE) / 2
    if degrees == 1:
        return math.tan(math.pi * (p - 0.5))
    if degrees == 2:
        return (2 * p - 1) / math.sqrt(2 * p * (1 - p))
    z = NormalDist().inv_cdf(p)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92_160,
    )
    return z + math.fsum(term / degrees**power for power, term in enumerate(terms, 1))


def drawdown(profits: Sequence[float]) -> float:
    """Return the largest fall of the running sum from its highest point, in the order given; at least 0."""
    total = highest = deepest = 0.0
    for profit in profits:
        total += profit
        highest = max(highest, total)
        deepest = max(deepest, highest - total)
    return deepest


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the value below which this share of the values is; None without values."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else None
