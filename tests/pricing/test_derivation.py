from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.model.change import Cause
from syncd.model.pinnacle import Period
from syncd.pricing.board import Board, Outcome, SpecialMarket
from syncd.pricing.derivation import EQUIVALENT_BETS, Derivation, Quote, find_quote
from syncd.pricing.grammar import parse_selection
from syncd.pricing.market import NoPrice
from tests.pricing.boards import RESULT, board, moneyline, spread, total

FULL = board(
    moneyline=RESULT,
    spreads=(
        spread("-1", "3.1", "1.4"),
        spread("-0.5", "2.04", "1.88"),
        spread("0", "1.5", "2.74"),
        spread("0.5", "1.3", "3.6"),
    ),
    totals=(total("2.5", "1.95", "1.96"), total("2.75", "2.2", "1.75")),
    home_totals=(total("1.5", "2.1", "1.8"),),
    away_totals=(total("1.5", "2.9", "1.45"),),
)


def quote(text: str, on: Board, *, fair: bool = False) -> Quote | NoPrice:
    return find_quote(parse_selection(text), on, fair=fair)


def outcome_of(text: str, on: Board, *, fair: bool = False):
    found = quote(text, on, fair=fair)
    return found.cause if isinstance(found, NoPrice) else (found.derivation, found.price and str(found.price))


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("moneyline home", "2.05"),
        ("moneyline draw", "3.40"),
        ("moneyline away", "3.90"),
        ("spread -0.5 home", "2.04"),
        ("spread +0.5 away", "1.88"),
        ("spread -0.5 away", "3.6"),
        ("spread +1 away", "1.4"),
        ("spread 0 home", "1.5"),
        ("total 2.5 over", "1.95"),
        ("total 2.50 under", "1.96"),
        ("total 2.75 over", "2.2"),
        ("team_total home 1.5 over", "2.1"),
        ("team_total away 1.5 under", "1.45"),
    ],
)
def test_the_market_itself_comes_first(text, price):
    assert outcome_of(text, FULL) == (Derivation.EXACT, price)


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("double_chance 1X", "1.3"),
        ("double_chance X2", "1.88"),
        ("draw_no_bet home", "1.5"),
        ("draw_no_bet away", "2.74"),
    ],
)
def test_a_market_that_settles_alike_comes_second(text, price):
    assert outcome_of(text, FULL) == (Derivation.EQUIVALENT, price)


def test_a_win_and_a_handicap_of_half_a_goal_replace_each_other():
    only_1x2 = board(moneyline=RESULT)
    only_spread = board(spreads=(spread("-0.5", "2.04", "1.88"), spread("0.5", "1.3", "3.6")))
    assert outcome_of("spread -0.5 home", only_1x2) == (Derivation.EQUIVALENT, "2.05")
    assert outcome_of("spread -0.5 away", only_1x2) == (Derivation.EQUIVALENT, "3.90")
    assert outcome_of("moneyline home", only_spread) == (Derivation.EQUIVALENT, "2.04")
    assert outcome_of("moneyline away", only_spread) == (Derivation.EQUIVALENT, "3.6")
    assert outcome_of("moneyline draw", only_spread) is Cause.NO_MARKET


def test_nothing_replaces_a_moneyline_that_was_taken_down():
    offered = Period(number=0, spreads=(spread("-0.5", "2.04", "1.88"),))
    refused = quote("moneyline home", Board.of([offered], had_moneyline=[0]))
    assert isinstance(refused, NoPrice)
    assert refused.reason == ("Pinnacle has taken down its moneyline for the match",)
    assert outcome_of("moneyline home", Board.of([offered], had_moneyline=[1])) == (
        Derivation.EQUIVALENT,
        "2.04",
    )


@pytest.mark.parametrize(
    "text", ["double_chance 12", "double_chance 1X", "draw_no_bet away", "spread +0.5 away"]
)
def test_computing_comes_last_and_only_for_a_fair_price(text):
    only_1x2 = board(moneyline=RESULT)
    assert outcome_of(text, only_1x2, fair=True) == (Derivation.COMPUTED, None)
    refused = quote(text, only_1x2)
    assert isinstance(refused, NoPrice)
    assert "a raw one needs a market that exists" in refused.reason[-1]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("total 2.25 over", Cause.NO_LINE),
        ("spread -0.25 home", Cause.NO_LINE),
        ("spread -0.75 home", Cause.NO_LINE),
        ("team_total home 2.5 over", Cause.NO_LINE),
        ("moneyline home period 1", Cause.NO_MARKET),
        ("double_chance 12 period 1", Cause.NO_MARKET),
    ],
)
@pytest.mark.parametrize("fair", [True, False])
def test_a_neighbouring_line_or_period_is_never_used(text, cause, fair):
    assert outcome_of(text, FULL, fair=fair) == cause


def test_the_reason_lists_the_lines_that_are_offered():
    refused = quote("total 3.5 over", FULL)
    assert isinstance(refused, NoPrice)
    assert refused.reason == ("Pinnacle offers no total 3.5 for the match, only 2.5, 2.75",)


@pytest.mark.parametrize("fair", [True, False])
def test_a_moneyline_without_a_draw_is_no_1x2(fair):
    two_way = board(moneyline=moneyline("1.5", None, "2.7"), spreads=(spread("-0.5", "2.04", "1.88"),))
    assert outcome_of("moneyline home", two_way, fair=fair) is Cause.INCOMPLETE_MARKET
    assert outcome_of("double_chance 12", two_way, fair=True) is Cause.INCOMPLETE_MARKET
    assert outcome_of("spread -0.5 away", two_way, fair=fair) is Cause.INCOMPLETE_MARKET


def test_to_qualify_cannot_be_drawn():
    qualify = board(8, moneyline=moneyline("1.5", None, "2.7"))
    assert outcome_of("moneyline home period 8", qualify, fair=True) == (Derivation.EXACT, "1.5")
    assert outcome_of("moneyline draw period 8", qualify) is Cause.NO_MARKET


def test_raw_needs_its_own_side_and_fair_needs_all():
    half = board(moneyline=moneyline("2.05", "3.40", None), totals=(total("2.5", None, "1.9"),))
    assert outcome_of("moneyline home", half) == (Derivation.EXACT, "2.05")
    assert outcome_of("moneyline home", half, fair=True) is Cause.INCOMPLETE_MARKET
    assert outcome_of("moneyline away", half) is Cause.INCOMPLETE_MARKET
    assert outcome_of("total 2.5 over", half) is Cause.INCOMPLETE_MARKET


def test_a_market_that_is_being_suspended_is_not_replaced():
    suspended = board(moneyline=moneyline(None, "3.4", "3.9"), spreads=(spread("-0.5", "2.04", "1.88"),))
    assert outcome_of("moneyline home", suspended) is Cause.INCOMPLETE_MARKET
    half_a_spread = board(moneyline=RESULT, spreads=(spread("0", None, "2.74"),))
    assert outcome_of("draw_no_bet home", half_a_spread, fair=True) is Cause.INCOMPLETE_MARKET


@pytest.mark.parametrize("price", ["1", "0", "-110"])
def test_a_price_that_cannot_be_decimal_odds_is_no_price(price):
    assert (
        outcome_of("total 2.5 over", board(totals=(total("2.5", price, "1.9"),))) is Cause.INCOMPLETE_MARKET
    )


def double_chance(**fields: object) -> SpecialMarket:
    prices = {"Arsenal or Draw": "1.25", "Draw or Chelsea": "1.85", "Arsenal or Chelsea": "1.32"}
    outcomes = tuple(Outcome(name=name, price=Decimal(each)) for name, each in prices.items())
    return SpecialMarket(
        name="Double Chance", home="Arsenal", away="Chelsea", winners=2, outcomes=outcomes, **fields
    )


def with_specials(*specials: SpecialMarket) -> Board:
    return Board.of(FULL.periods.values(), specials)


def test_the_exact_market_of_a_double_chance_is_the_special_of_that_name():
    on = with_specials(double_chance())
    assert outcome_of("double_chance 1X", on) == (Derivation.EXACT, "1.25")
    assert outcome_of("double_chance 12", on, fair=True) == (Derivation.EXACT, "1.32")
    assert outcome_of("double_chance X2", on) == (Derivation.EXACT, "1.85")


def test_the_exact_market_of_draw_no_bet_is_the_special_of_that_name():
    outcomes = (Outcome(name="Arsenal", price=Decimal("1.52")), Outcome(name="Chelsea", price=Decimal("2.6")))
    dnb = SpecialMarket(name="Draw No Bet", home="Arsenal", away="Chelsea", outcomes=outcomes)
    on = with_specials(dnb)
    assert outcome_of("draw_no_bet home", on) == (Derivation.EXACT, "1.52")
    assert outcome_of("spread 0 away", Board.of([], [dnb])) == (Derivation.EQUIVALENT, "2.6")


def test_a_quote_says_why_earlier_derivations_failed():
    found = quote("double_chance 1X", with_specials())
    assert isinstance(found, Quote)
    assert found.failed == ("not by its own market: Pinnacle has no special 'Double Chance' for the match",)
    summed = quote("double_chance 12", FULL, fair=True)
    assert isinstance(summed, Quote)
    assert summed.derivation is Derivation.COMPUTED
    assert "specials are not read" in summed.failed[0]


@pytest.mark.parametrize("cause", [Cause.EVENT_HALTED, Cause.CUTOFF_PASSED])
def test_a_special_that_takes_no_bets_now_is_not_replaced(cause):
    when = datetime(2025, 11, 21, tzinfo=UTC)
    halted = double_chance(closed_reason="halted", closed_cause=cause, changed_at=when)
    found = quote("double_chance 1X", with_specials(halted))
    assert isinstance(found, NoPrice)
    assert (found.cause, found.since) == (cause, when)


def test_a_special_that_is_no_longer_offered_is_replaced():
    gone = double_chance(closed_reason="no longer listed")
    assert outcome_of("double_chance 1X", with_specials(gone)) == (Derivation.EQUIVALENT, "1.3")


def test_a_special_with_a_withdrawn_outcome_is_incomplete_since_it_changed():
    when = datetime(2025, 11, 21, tzinfo=UTC)
    half = double_chance(changed_at=when)
    half = msgspec.structs.replace(
        half, outcomes=(msgspec.structs.replace(half.outcomes[0], price=None), *half.outcomes[1:])
    )
    assert outcome_of("double_chance X2", with_specials(half)) == (Derivation.EXACT, "1.85")
    found = quote("double_chance X2", with_specials(half), fair=True)
    assert isinstance(found, NoPrice)
    assert (found.cause, found.since) == (Cause.INCOMPLETE_MARKET, when)


half_goals = st.sampled_from(("-0.5", "0", "0.5"))


@given(
    st.sampled_from([(each, same) for each in EQUIVALENT_BETS for same in EQUIVALENT_BETS[each]]),
    st.booleans(),
    st.lists(half_goals, unique=True),
    st.booleans(),
)
def test_bets_that_settle_alike_are_priced_alike(bets, fair, lines, has_1x2):
    on = board(
        moneyline=RESULT if has_1x2 else None, spreads=tuple(spread(each, "1.9", "1.98") for each in lines)
    )
    selection, same = bets
    if not same.holds(on, 0) or "moneyline" in f"{selection}{same.selection}":
        return
    one, other = (find_quote(each, on, fair=fair) for each in (selection, same.selection))
    assert isinstance(one, NoPrice) == isinstance(other, NoPrice)
    if isinstance(one, Quote) and isinstance(other, Quote):
        assert (one.market, one.wins, one.refunds) == (other.market, other.wins, other.refunds)
