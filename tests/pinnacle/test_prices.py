from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.pinnacle.decode.events import decode_period
from syncd.pinnacle.decode.prices import OddsFormat, american_to_decimal
from syncd.pinnacle.errors import BadPayloadError


def period(text: str, odds_format=OddsFormat.DECIMAL):
    return decode_period(b'{"number": 0, ' + text.encode() + b"}", odds_format)


@pytest.mark.parametrize(
    ("american", "decimal"),
    [("-100", "2"), ("100", "2"), ("150.0", "2.5"), ("-200", "1.5"), ("5472", "55.72"), ("-125", "1.8")],
)
def test_american_odds_convert_exactly(american, decimal):
    assert american_to_decimal(Decimal(american)) == Decimal(decimal)


def test_a_conversion_without_an_exact_result_keeps_28_digits():
    assert american_to_decimal(Decimal(-127)) == 1 + Decimal(100) / Decimal(127)


@given(st.integers(-99, 99))
def test_between_minus_100_and_100_there_are_no_american_odds(price):
    with pytest.raises(BadPayloadError):
        american_to_decimal(Decimal(price))


def test_prices_are_kept_to_the_digit():
    moneyline = period('"moneyline": {"home": 1.20, "draw": 6.061, "away": 14}').moneyline
    assert [str(moneyline.home), str(moneyline.draw), str(moneyline.away)] == ["1.20", "6.061", "14"]


@pytest.mark.parametrize("price", ["-127.0", "0.95", "-1", "1e9"])
def test_an_impossible_price_makes_the_period_invalid(price):
    with pytest.raises(BadPayloadError):
        period(f'"totals": [{{"points": 2.5, "over": {price}, "under": 1.9}}]')


def test_positive_american_odds_are_recognised_too():
    with pytest.raises(BadPayloadError, match="not decimal odds"):
        period('"moneyline": {"home": 141, "draw": 251, "away": 197}')


@pytest.mark.parametrize("no_price", ["0", "null", "1", "0.0"])
def test_a_side_without_a_price_is_absent(no_price):
    line = period(f'"spreads": [{{"hdp": -0.5, "home": {no_price}, "away": 1.9}}]').spreads[0]
    assert (line.home, line.away) == (None, Decimal("1.9"))


def test_a_line_without_prices_is_left_out():
    assert not period('"totals": [{"points": 2.5, "over": 0, "under": null}]').has_prices


def test_the_main_line_wins_over_an_alternative_of_the_same_handicap():
    main, other = '{"hdp": 0, "home": 1.9, "away": 2}', '{"altLineId": 7, "hdp": 0.0, "home": 3, "away": 1.4}'
    for order in (f"{main}, {other}", f"{other}, {main}"):
        (line,) = period(f'"spreads": [{order}]').spreads
        assert line.home == Decimal("1.9")


def test_two_alternatives_that_differ_leave_no_line():
    one = '{"altLineId": 1, "hdp": 1, "home": 1.9, "away": 2}'
    other = '{"altLineId": 2, "hdp": 1, "home": 3, "away": 1.4}'
    assert period(f'"spreads": [{one}, {other}]').spreads == ()


def test_the_same_alternative_twice_is_one_line():
    line = '{"altLineId": 1, "points": 2.5, "over": 1.9, "under": 2}'
    assert len(period(f'"totals": [{line}, {line}]').totals) == 1


@pytest.mark.parametrize(
    "team_total",
    [
        '{"home": {"points": 1.5, "over": 1.9, "under": 1.9}, "away": null}',
        '{"home": [{"points": 1.5, "over": 1.9, "under": 1.9}], "away": []}',
    ],
)
def test_team_totals_are_an_object_or_arrays(team_total):
    found = period(f'"teamTotal": {team_total}')
    assert [line.points for line in found.home_totals] == [Decimal("1.5")]
    assert found.away_totals == ()


def test_both_spellings_of_the_moneyline_are_read():
    found = period('"moneyLine": {"home": 1.9, "away": 1.9}, "maxMoneyLine": 250.0')
    assert (found.moneyline.draw, found.max_moneyline) == (None, 250)


@pytest.mark.parametrize(
    ("cutoff", "year"),
    [("0001-01-01T00:00:00Z", 1970), ("2025-03-31T22:30:56Z", 2025), ("2013-06-18T14:02:26.6508", 2013)],
)
def test_cutoffs_are_aware_and_can_be_calculated_with(cutoff, year):
    found = period(f'"cutoff": "{cutoff}"').cutoff
    assert (found.year, found.utcoffset().total_seconds()) == (year, 0)
