"""How a prediction was kept: each moment is in step, too low, missing or rightly empty."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.evaluation.active_odds import active_over_time
from syncd.evaluation.offers import offers
from syncd.evaluation.service import Service, service
from tests.evaluation.histories import HOME, KICKOFF, at, prices, rule, sent

MINUTE = timedelta(minutes=1)


def kept(history, writes, *, since=0.0, until=180.0, **terms) -> Service:
    found = offers(HOME, history, rule(**terms), KICKOFF)
    minimum = terms.get("min_change", Decimal(0))
    return service(found, active_over_time(writes), since=at(since), until=at(until), min_change=minimum)


def test_a_prediction_that_follows_a_minute_later_is_behind_for_that_minute():
    found = kept(prices((0, "2.00"), (60, "2.50")), sent((1, "2.00"), (61, "2.50"), (180, None)))
    assert found.wanted == 180 * MINUTE
    assert found.in_step == 178 * MINUTE
    assert found.missed == MINUTE
    assert found.too_low == MINUTE
    assert found.exposure == pytest.approx(0.2 / 60)
    assert found.lags == (MINUTE, MINUTE)


def test_a_prediction_where_there_should_be_none_counts_in_full():
    found = kept(prices((0, "2.00"), (60, None)), sent((0, "2.00"), (90, None)))
    assert found.too_low == 30 * MINUTE
    assert found.exposure == pytest.approx(0.5)
    assert found.lags == (30 * MINUTE,)


def test_too_high_is_missed_and_no_exposure():
    found = kept(prices((0, "2.00"), (60, "1.80")), sent((0, "2.00"), (70, "1.80"), (180, None)))
    assert found.missed == 10 * MINUTE
    assert found.exposure == 0


def test_a_change_that_the_rule_does_not_send_is_in_step():
    minimum = Decimal("0.01")
    found = kept(prices((0, "2.00"), (60, "2.01")), sent((0, "2.00"), (180, None)), min_change=minimum)
    assert found.in_step == found.wanted
    assert found.lags == ()


def test_of_several_changes_that_one_write_follows_the_lag_is_from_the_first():
    found = kept(
        prices((0, "2.00"), (60, "2.10"), (62, "2.20")), sent((0, "2.00"), (65, "2.20"), (180, None))
    )
    assert found.lags == (5 * MINUTE,)


def test_only_the_time_that_is_asked_for_counts():
    assert kept(prices((0, "2.00")), sent((0, "2.00")), since=30, until=90).wanted == 60 * MINUTE


odds = st.sampled_from(["2.00", "2.10", "2.30", None])
changes = st.lists(st.tuples(st.integers(0, 170), odds), max_size=6, unique_by=lambda each: each[0]).map(
    sorted
)


@given(changes, changes)
def test_wanted_time_is_in_step_too_low_or_missed_and_parts_add_up_to_the_whole(moves, writes):
    history = prices((0, "2.00"), *(move for move in moves if move[0] > 0))
    whole = kept(history, sent(*writes))
    assert whole.in_step + whole.missed <= whole.wanted
    assert whole.in_step + whole.missed + whole.too_low >= whole.wanted
    parts = kept(history, sent(*writes), until=77).plus(kept(history, sent(*writes), since=77))
    assert parts.wanted == whole.wanted
    assert parts.in_step == whole.in_step
    assert parts.exposure == pytest.approx(whole.exposure)
