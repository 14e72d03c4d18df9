from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.model.change import Cause
from syncd.pricing.board import Board, Outcome, SpecialMarket
from syncd.pricing.derivation import Derivation
from syncd.pricing.grammar import parse_selection
from syncd.pricing.margin import Method
from syncd.pricing.min_odds import NoPrice, Priced, Terms, price, round_up
from tests.pricing.boards import RESULT, board, margined, moneyline, spread, total

ONLY_1X2 = board(moneyline=RESULT, max_moneyline=Decimal(500))


def priced(text: str, on: Board, **terms) -> Priced:
    found = price(parse_selection(text), on, Terms(**terms))
    assert isinstance(found, Priced)
    return found


def no_price(text: str, on: Board, **terms) -> NoPrice:
    found = price(parse_selection(text), on, Terms(**terms))
    assert isinstance(found, NoPrice)
    return found


@pytest.mark.parametrize("odds", ["2.05", "1.061", "28.48", "3.4", "3.40", "1.787401"])
def test_a_raw_price_is_copied_to_the_digit(odds):
    found = priced("moneyline home", board(moneyline=moneyline(odds, "12", "29")), decimals=2)
    assert str(found.odds) == odds


def test_a_raw_price_with_more_than_six_decimals_is_rounded_up():
    american = board(moneyline=moneyline(str(1 + Decimal(100) / 120), "3.4", "3.9"))
    assert priced("moneyline home", american).odds == Decimal("1.833334")


@pytest.mark.parametrize(
    ("decimals", "odds"), [(0, "3"), (1, "2.1"), (2, "2.10"), (3, "2.092"), (4, "2.0911"), (6, "2.091002")]
)
def test_with_a_factor_odds_are_rounded_up(decimals, odds):
    found = priced("moneyline home", ONLY_1X2, factor=Decimal("1.0200005"), decimals=decimals)
    assert str(found.odds) == odds


def test_odds_that_are_already_round_do_not_change():
    assert priced("moneyline home", ONLY_1X2, factor=Decimal("1.2"), decimals=2).odds == Decimal("2.46")


@pytest.mark.parametrize(
    ("text", "fair"),
    [
        ("double_chance 1X", "1.3236"),
        ("double_chance 12", "1.3924"),
        ("double_chance X2", "1.9000"),
        ("draw_no_bet home", "1.5161"),
        ("draw_no_bet away", "2.9375"),
        ("spread 0 home", "1.5161"),
        ("spread +0.5 home", "1.3236"),
    ],
)
def test_computing_from_fair_1x2_gives_the_known_odds(text, fair):
    found = priced(text, ONLY_1X2, price="fair")
    assert (found.derivation, found.source_price) == (Derivation.COMPUTED, None)
    assert found.fair is not None
    assert found.fair.quantize(Decimal("0.0001")) == Decimal(fair)


def test_fair_odds_of_equal_sides_are_exactly_two():
    level = board(totals=(total("2.5", "1.95", "1.95"),))
    for method in Method:
        found = priced("total 2.5 over", level, price="fair", method=method)
        assert (found.fair, found.odds) == (2, 2)


@given(
    st.tuples(*[st.decimals("1.5", "8", places=3)] * 2),
    st.sampled_from((Method.ADDITIVE, Method.MULTIPLICATIVE, Method.SHIN)),
    st.integers(0, 6),
)
def test_fair_odds_are_rounded_up_from_the_exact_value(odds, method, decimals):
    found = price(
        parse_selection("total 2.5 over"),
        board(totals=(total("2.5", *map(str, odds)),)),
        Terms(price="fair", method=method, decimals=decimals),
    )
    if isinstance(found, NoPrice):
        assert found.cause is Cause.BOOKSUM
        return
    with localcontext(prec=50):
        over, under = (1 / each for each in odds)
        share = over / (over + under) if method is Method.MULTIPLICATIVE else over - (over + under - 1) / 2
        exact = 1 / share
        assert found.odds - Decimal(1).scaleb(-decimals) < exact
        assert found.odds >= exact * (1 - Decimal("1e-11"))


@pytest.mark.parametrize(
    ("home", "draw", "away", "plausible"),
    [
        ("2.05", "3.40", "3.90", True),  # 1.0383
        ("2.13", "3.50", "4.05", False),  # 1.0021
        ("2.20", "3.60", "4.30", False),  # 0.9649
        ("1.95", "3.20", "3.65", True),  # 1.0993
        ("1.94", "3.20", "3.65", False),  # 1.1019
    ],
)
def test_a_fair_price_needs_a_plausible_booksum(home, draw, away, plausible):
    on = board(moneyline=moneyline(home, draw, away))
    found = price(parse_selection("moneyline home"), on, Terms(price="fair"))
    assert isinstance(found, Priced) is plausible
    assert isinstance(price(parse_selection("moneyline home"), on, Terms()), Priced)


def test_the_plausible_booksum_is_narrower_with_two_sides():
    assert priced("total 2.5 over", board(totals=(total("2.5", "1.85", "1.85"),)), price="fair")
    too_expensive = board(totals=(total("2.5", "1.84", "1.84"),))
    assert no_price("total 2.5 over", too_expensive, price="fair").cause is Cause.BOOKSUM


@pytest.mark.parametrize(
    ("prices", "is_absurd"),
    [
        (("1.01", "1.01", "1.01"), True),
        (("2.05", "3.40", "3.90"), False),
        (("2.00", "3.00", "2.00"), False),  # 1.3333
        (("2.00", "3.00", "1.90"), True),  # 1.3596
        (("1.01", "1.01", None), True),
        (("1.01", None, None), False),
    ],
)
def test_a_booksum_that_no_bookmaker_offers_holds_back_a_raw_price_too(prices, is_absurd):
    on = board(moneyline=moneyline(*prices))
    found = price(parse_selection("moneyline home"), on, Terms())
    assert (isinstance(found, NoPrice) and found.cause is Cause.BOOKSUM) is is_absurd
    strict = price(parse_selection("moneyline home"), on, Terms(max_booksum=Decimal(5)))
    assert not (is_absurd and isinstance(strict, Priced))


def test_many_outcomes_may_have_a_larger_booksum():
    def on(odds: str) -> Board:
        outcomes = tuple(Outcome(name=str(number), price=Decimal(odds)) for number in range(6))
        return Board.of([], [SpecialMarket(name="Goals", outcomes=outcomes)])

    assert priced('special "Goals" 1', on("4"))  # 1.5
    assert no_price('special "Goals" 1', on("2.9")).cause is Cause.BOOKSUM  # 2.07


@given(margined())
def test_no_market_with_a_margin_of_a_bookmaker_is_absurd(odds):
    outcomes = tuple(Outcome(name=str(number), price=each) for number, each in enumerate(odds))
    on = Board.of([], [SpecialMarket(name="Goals", outcomes=outcomes)])
    assert priced('special "Goals" 0', on).odds == odds[0]


@pytest.mark.parametrize("limit", ["0", "-1"])
def test_a_market_on_which_no_stake_is_taken_is_not_open(limit):
    on = board(
        moneyline=RESULT,
        spreads=(spread("0", "1.9", "1.98", limit), spread("-0.5", "2.1", "1.8", "50")),
        totals=(total("2.5", "1.85", "2.0"),),
        max_moneyline=Decimal(limit),
        max_spread=Decimal(500),
        max_total=Decimal(limit),
    )
    for selection in ("moneyline home", "spread 0 home", "total 2.5 over"):
        for terms in ({}, {"price": "fair"}, {"min_limit": Decimal(0)} if limit == "0" else {}):
            assert no_price(selection, on, **terms).cause is Cause.NO_MARKET
    assert priced("spread -0.5 home", on)


def test_a_market_without_a_limit_is_open():
    assert priced("moneyline home", board(moneyline=RESULT))


def test_max_booksum_applies_to_raw_prices_too():
    assert priced("moneyline home", ONLY_1X2, max_booksum=Decimal("1.04"))
    assert no_price("moneyline home", ONLY_1X2, max_booksum=Decimal("1.03")).cause is Cause.BOOKSUM
    half = board(moneyline=moneyline("2.05", "3.4", None))
    assert no_price("moneyline home", half, max_booksum=Decimal("1.04")).cause is Cause.INCOMPLETE_MARKET


def test_two_winners_of_three_sum_to_two():
    odds = {"1X": "1.28", "12": "1.35", "X2": "1.83"}
    outcomes = tuple(Outcome(name=name, price=Decimal(each)) for name, each in odds.items())
    on = Board.of([], [SpecialMarket(name="Double Chance", outcomes=outcomes, winners=2)])
    found = priced('special "Double Chance" 1X', on, price="fair", method=Method.MULTIPLICATIVE)
    assert found.booksum == sum(1 / Decimal(each) for each in odds.values()) / 2
    assert found.fair is not None
    assert found.fair == pytest.approx(Decimal("1.28") * found.booksum)


def test_the_limit_of_the_line_comes_before_that_of_the_period():
    on = board(
        spreads=(spread("0", "1.9", "1.98", "80"), spread("-0.5", "2.1", "1.8")), max_spread=Decimal(500)
    )
    assert no_price("spread 0 home", on, min_limit=Decimal(100)).cause is Cause.LIMIT_TOO_SMALL
    assert priced("spread -0.5 home", on, min_limit=Decimal(500))
    unlimited = board(moneyline=RESULT)
    assert no_price("moneyline home", unlimited, min_limit=Decimal(1)).cause is Cause.LIMIT_TOO_SMALL


def test_bounds_apply_before_rounding():
    terms = {"factor": Decimal("1.001"), "decimals": 1}  # 2.05205, rounded up 2.1
    assert (
        no_price("moneyline home", ONLY_1X2, min_odds=Decimal("2.06"), **terms).cause is Cause.BELOW_MIN_ODDS
    )
    assert (
        no_price("moneyline home", ONLY_1X2, max_odds=Decimal("2.05"), **terms).cause is Cause.ABOVE_MAX_ODDS
    )
    assert priced("moneyline home", ONLY_1X2, min_odds=Decimal("2.05"), max_odds=Decimal("2.06"), **terms)


def test_a_factor_that_leaves_no_odds_gives_no_price():
    assert no_price("moneyline home", ONLY_1X2, factor=Decimal("0.4")).cause is Cause.BELOW_MIN_ODDS


@pytest.mark.parametrize("wrong", [{"decimals": 7}, {"decimals": -1}, {"factor": Decimal(0)}])
def test_terms_that_no_price_can_meet_are_refused_immediately(wrong):
    with pytest.raises(ValueError, match="must be"):
        Terms(**wrong)


def test_additive_that_finds_no_probability_gives_no_price():
    on = board(moneyline=moneyline("1.02", "20", "90"))
    assert no_price("moneyline away", on, price="fair", method=Method.ADDITIVE).cause is Cause.BOOKSUM


def test_the_reason_goes_step_by_step_from_the_market_to_the_odds():
    assert priced("moneyline home", ONLY_1X2, price="fair", factor=Decimal("1.02")).reason == (
        "moneyline home: Pinnacle's own market",
        "moneyline of the match: home 2.05, draw 3.40, away 3.90",
        "booksum: 1.0383",
        "Pinnacle's price: 2.05",
        "margin removed by shin: 2.111085",
        "times 1.02: 2.153307",
        "rounded up: 2.154",
    )


def test_no_price_says_what_was_found_and_what_failed():
    assert no_price("moneyline home", ONLY_1X2, max_odds=Decimal(2)).reason == (
        "moneyline home: Pinnacle's own market",
        "moneyline of the match: home 2.05, draw 3.40, away 3.90",
        "booksum: 1.0383",
        "2.050000 is above max_odds 2",
    )


@given(st.decimals("1.001", "1000", places=9), st.integers(0, 6))
def test_rounding_up_is_the_next_step_not_below(odds, decimals):
    rounded = round_up(odds, decimals)
    assert rounded - Decimal(1).scaleb(-decimals) < odds <= rounded
