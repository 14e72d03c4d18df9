"""A bet is settled by the score as a bookmaker settles it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.evaluation.settlement import LOST, REFUNDED, WON, Payout, settle
from syncd.matching.results import Score
from syncd.pricing.grammar import parse_selection

HALF_WON = Payout(Decimal("0.5"), Decimal("0.5"))
HALF_LOST = Payout(Decimal(0), Decimal("0.5"))
SCORES = st.builds(Score, st.integers(0, 9), st.integers(0, 9))


@pytest.mark.parametrize(
    ("selection", "score", "payout"),
    [
        ("moneyline home", (2, 1), WON),
        ("moneyline draw", (2, 1), LOST),
        ("moneyline draw", (1, 1), WON),
        ("moneyline away", (0, 1), WON),
        ("double_chance 1X", (1, 1), WON),
        ("double_chance 12", (1, 1), LOST),
        ("double_chance X2", (1, 1), WON),
        ("draw_no_bet home", (1, 1), REFUNDED),
        ("draw_no_bet away", (1, 2), WON),
        ("spread -0.5 home", (1, 0), WON),
        ("spread -1 home", (1, 0), REFUNDED),
        ("spread -1 home", (2, 0), WON),
        ("spread +1 away", (1, 0), REFUNDED),
        ("spread -0.75 home", (1, 0), HALF_WON),
        ("spread -1.25 home", (1, 0), HALF_LOST),
        ("spread +0.25 away", (1, 1), HALF_WON),
        ("spread -0.25 home", (1, 1), HALF_LOST),
        ("total 2.5 over", (2, 1), WON),
        ("total 3 under", (2, 1), REFUNDED),
        ("total 2.75 over", (2, 1), HALF_WON),
        ("total 3.25 over", (2, 1), HALF_LOST),
        ("team_total home 1.5 over", (2, 0), WON),
        ("team_total away 0.5 under", (2, 0), WON),
        ("both_teams_to_score yes", (1, 1), WON),
        ("both_teams_to_score no", (1, 0), WON),
        ("odd_even odd", (2, 1), WON),
        ("odd_even even", (0, 0), WON),
        ("correct_score 2-1", (2, 1), WON),
        ("correct_score 1-2", (2, 1), LOST),
    ],
)
def test_it_is_settled_by_the_score_of_the_match(selection, score, payout):
    assert settle(parse_selection(selection), {0: Score(*score)}) == payout


@pytest.mark.parametrize(
    ("selection", "payout"),
    [
        ("moneyline home period 1", LOST),
        ("total 0.5 over period 1", WON),
        ("moneyline home period 2", WON),
        ("half_time_full_time draw/home", WON),
        ("half_time_full_time home/home", LOST),
    ],
)
def test_halves_and_both_together_are_settled_by_their_own_goals(selection, payout):
    assert settle(parse_selection(selection), {0: Score(3, 1), 1: Score(1, 1)}) == payout


@pytest.mark.parametrize(
    "selection", ["moneyline home period 1", "half_time_full_time draw/home", 'special "First Goal" Home']
)
def test_what_the_score_does_not_decide_has_no_result(selection):
    assert settle(parse_selection(selection), {0: Score(3, 1)}) is None


def test_a_first_half_with_more_goals_than_the_match_settles_no_second_half():
    assert settle(parse_selection("total 1 over period 2"), {0: Score(1, 0), 1: Score(2, 0)}) is None


@given(SCORES, st.integers(-12, 12))
def test_both_sides_of_a_spread_share_the_stakes(score, quarters):
    line = Decimal(quarters) / 4
    home = settle(parse_selection(f"spread {line:+} home"), {0: score})
    away = settle(parse_selection(f"spread {-line:+} away"), {0: score})
    assert home.won == 1 - away.won - away.refunded
    assert home.refunded == away.refunded


@given(SCORES)
def test_exactly_one_result_wins(score):
    results = [settle(parse_selection(f"moneyline {side}"), {0: score}) for side in ("home", "draw", "away")]
    assert sorted(results) == [LOST, LOST, WON]


def test_profit_is_that_of_a_stake_of_one():
    odds = Decimal("2.10")
    assert WON.profit(odds) == Decimal("1.10")
    assert LOST.profit(odds) == -1
    assert REFUNDED.profit(odds) == 0
    assert HALF_WON.profit(odds) == Decimal("0.55")
    assert HALF_LOST.profit(odds) == Decimal("-0.5")
