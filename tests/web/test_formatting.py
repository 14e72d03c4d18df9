from datetime import timedelta
from decimal import Decimal

import pytest

from syncd.web import formatting
from tests.web.fixtures import NOW


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "never"),
        (0.9, "0 s"),
        (99, "99 s"),
        (100, "1 min"),
        (3 * 3600 + 300, "3 h 05 min"),
        (2 * 86400 + 4 * 3600, "2 d 4 h"),
    ],
)
def test_an_age_is_said_in_one_unit_or_two(seconds: float | None, said: str) -> None:
    assert formatting.age(seconds) == said


@pytest.mark.parametrize(
    ("odds", "said"),
    [("2", "2.00"), ("2.100000", "2.10"), ("2.150001", "2.150001"), ("1E+2", "100.00"), (None, "–")],
)
def test_odds_keep_every_digit_and_at_least_two_decimals(odds: str | None, said: str) -> None:
    assert formatting.odds(Decimal(odds) if odds else None) == said


def test_a_moment_of_another_day_tells_its_day() -> None:
    assert formatting.moment(NOW, NOW) == "12:00:00"
    assert formatting.moment(NOW - timedelta(days=1), NOW) == "30 Mar 12:00:00"
