from datetime import timedelta
from decimal import Decimal

import pytest

from syncd.views import formatting
from tests.web.fixtures import NOW


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "never"),
        (0.9, "0 s"),
        (99, "99 s"),
        (100, "1 min"),
        (3 * 3600 + 300, "3 h 05 min"),
        (2 * 86400 + 4 * 3600, "2 d 4 h"),
    ],
)
def test_an_age_has_one_unit_or_two(seconds: float | None, text: str) -> None:
    assert formatting.age(seconds) == text


@pytest.mark.parametrize(
    ("odds", "text"),
    [("2", "2.00"), ("2.100000", "2.10"), ("2.150001", "2.150001"), ("1E+2", "100.00"), (None, "–")],
)
def test_odds_keep_every_digit_and_at_least_two_decimals(odds: str | None, text: str) -> None:
    assert formatting.odds(Decimal(odds) if odds else None) == text


def test_a_moment_of_another_day_shows_its_day() -> None:
    assert formatting.precise_moment(NOW, NOW) == "12:00:00"
    assert formatting.precise_moment(NOW - timedelta(days=1), NOW) == "30 Mar 12:00:00"


def test_counts_have_commas_and_a_noun_in_the_right_number() -> None:
    assert formatting.counted(1, "match", "matches") == "1 match"
    assert formatting.counted(2500, "match", "matches") == "2,500 matches"


def test_a_clock_that_was_set_back_makes_nothing_younger_than_now() -> None:
    assert formatting.ago(NOW + timedelta(seconds=5), NOW) == "0 s ago"
