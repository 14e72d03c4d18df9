"""No figure without its number, nor without how sure it is."""

import random

import pytest

from syncd.evaluation.estimates import Estimate, drawdown, estimate, percentile, t_quantile


@pytest.mark.parametrize(
    ("degrees", "quantile"),
    # Any table of Student's t, two-sided 95 %.
    [(1, 12.706), (2, 4.303), (3, 3.182), (5, 2.571), (10, 2.228), (30, 2.042), (1000, 1.962)],
)
def test_the_quantiles_are_those_of_the_tables(degrees, quantile):
    assert t_quantile(degrees) == pytest.approx(quantile, rel=4e-3)


def test_a_mean_has_its_interval():
    found = estimate([0.1, 0.2, 0.3])
    assert found.mean == pytest.approx(0.2)
    assert found.low == pytest.approx(0.2 - 4.303 * 0.1 / 3**0.5, abs=1e-3)
    assert found.high == pytest.approx(0.2 + 4.303 * 0.1 / 3**0.5, abs=1e-3)
    assert not found.differs


def test_too_few_values_have_no_interval():
    assert estimate([]) == Estimate(n=0)
    assert estimate([0.4]) == Estimate(n=1, mean=0.4)


def test_so_many_values_are_needed_as_make_it_differ():
    rng = random.Random(4)
    few = estimate([rng.gauss(0.05, 0.5) for _ in range(100)])
    assert few.needed > 50
    many = estimate([0.05 + 0.5 * (-1) ** n for n in range(2 * few.needed)])
    assert estimate([1.0, -1.0]).needed is None
    assert many.needed == pytest.approx((1.96 * 0.5 / 0.05) ** 2, rel=0.02)


def test_the_drawdown_is_the_largest_fall_from_a_highest_point():
    assert drawdown([1, -1, -1, 2, -0.5]) == 2
    assert drawdown([-1, -1]) == 2
    assert drawdown([1, 1]) == 0


def test_percentiles_are_values_that_occurred():
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile([], 0.5) is None
