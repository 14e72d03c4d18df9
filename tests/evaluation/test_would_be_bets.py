"""BetTune bets where Pinnacle's price moves to at least the Min Odds that stand."""

from datetime import timedelta
from decimal import Decimal

import pytest

from syncd.evaluation.active_odds import Effect, active_before, active_over_time
from syncd.evaluation.offers import ClosingPrice, offers
from syncd.evaluation.would_be_bets import first_bet
from tests.evaluation.histories import HOME, KICKOFF, at, prices, rule, sent


def bet(history, writes, terms=None):
    return first_bet(offers(HOME, history, terms or rule(), KICKOFF), active_over_time(writes))


def test_a_rise_above_min_odds_that_nobody_has_raised_yet_is_a_bet_on_a_stale_price():
    found = bet(prices((0, "2.05"), (10, "2.20")), sent((1, "2.05"), (11, "2.20")))
    assert (found.at, found.price, found.min_odds) == (at(10), Decimal("2.20"), Decimal("2.05"))
    assert found.age == timedelta(minutes=9)
    assert found.stale
    assert found.right == Decimal("2.20")
    assert found.rightly_made


def test_with_a_factor_a_stale_bet_may_be_one_that_the_right_min_odds_would_not_have_made():
    terms = rule(factor=Decimal("1.05"))
    found = bet(prices((0, "2.00"), (10, "2.20")), sent((1, "2.10"), (11, "2.31")), terms)
    assert found.stale
    assert found.right == Decimal("2.31")
    assert not found.rightly_made


def test_the_first_one_of_a_pair_counts():
    found = bet(prices((0, "2.05"), (10, "2.20"), (20, "2.40")), sent((1, "2.05")))
    assert found.at == at(10)


@pytest.mark.parametrize(
    ("history", "writes"),
    [
        pytest.param(prices((0, "2.05"), (10, "2.00")), sent((1, "2.05")), id="a fall"),
        pytest.param(prices((0, "2.05")), sent((1, "2.05")), id="no move"),
        pytest.param(prices((0, "2.05"), (10, "2.20")), sent((11, "2.20")), id="nothing active yet"),
        pytest.param(prices((0, "2.05"), (10, "2.20")), sent((1, "2.05"), (9, None)), id="deleted before"),
        pytest.param(prices((0, "2.05"), (190, "2.20")), sent((1, "2.05")), id="after kick-off"),
        pytest.param(
            prices((0, "2.05"), (10, "2.20"), turns=[(5, False)]), sent((1, "2.05")), id="no bets are taken"
        ),
    ],
)
def test_it_does_not_bet(history, writes):
    assert bet(history, writes) is None


def test_min_odds_that_should_not_be_there_are_stale():
    found = bet(prices((0, "2.05"), (10, "2.20")), sent((1, "2.05")), rule(max_odds=Decimal("2.10")))
    assert found.right is None
    assert found.stale
    assert not found.rightly_made


def test_its_closing_value_is_against_the_fair_closing_price():
    found = bet(prices((0, "2.05"), (10, "2.20")), sent((1, "2.05")))
    assert found.closing_value(ClosingPrice(at(170), Decimal("2.00"), Decimal("2.00"))) == Decimal("0.1")
    assert found.closing_value(ClosingPrice(at(170), Decimal("2.00"), None)) is None
    assert found.closing_value(None) is None


def test_a_write_that_was_not_carried_out_changes_nothing():
    found = active_over_time([*sent((1, "2.05")), *sent((5, "2.20"), effect=Effect.NONE)])
    assert active_before(found, at(6)).odds == Decimal("2.05")


def test_a_write_of_unknown_effect_counts_as_what_the_next_one_found():
    lost = sent((5, "2.20"), effect=Effect.UNKNOWN)
    following = sent((1, "2.05"), (9, "2.30"))
    found = active_over_time([following[0], *lost, following[1]])
    assert active_before(found, at(6)).odds == Decimal("2.05")
    assert active_before(active_over_time([following[0], *lost]), at(6)).odds == Decimal("2.20")
