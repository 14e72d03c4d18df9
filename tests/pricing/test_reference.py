from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from syncd.model.change import Cause
from syncd.model.pinnacle import Moneyline, Period
from syncd.pricing.board import Board, Outcome, SpecialMarket
from syncd.pricing.grammar import parse_selection
from syncd.pricing.market import NoPrice
from syncd.pricing.min_odds import ABSURD_BOOKSUM, Priced, Reference, Terms, price
from syncd.pricing.reference import BoardHistory, boards_over_time
from tests.pricing.boards import moneyline, price_from_history, spread

OPENED = datetime(2025, 11, 17, 14, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOW_PERIOD = Period(number=0, moneyline=moneyline("2.00", "3.50", "3.80"), max_moneyline=Decimal(500))
NOW = Board.of([NOW_PERIOD])

Prices = tuple[str | None, str | None, str | None]


def history(*prices: Prices, **fields: object) -> list[tuple[datetime, Period]]:
    """The match period, an hour between each change and the next."""
    return [
        (OPENED + at * HOUR, Period(number=0, moneyline=moneyline(*each), **fields))
        for at, each in enumerate(prices)
    ]


def priced(
    reference: str, past: BoardHistory, text: str = "moneyline home", board: Board = NOW, **terms: object
) -> Priced | NoPrice:
    return price_from_history(Reference(reference), parse_selection(text), board, past, Terms(**terms))


def odds(
    reference: str, past: BoardHistory, text: str = "moneyline home", board: Board = NOW, **terms: object
) -> str:
    found = priced(reference, past, text, board, **terms)
    assert isinstance(found, Priced), found
    return str(found.odds)


ROSE_AND_FELL = history(("2.10", "3.40", "3.60"), ("2.30", "3.40", "3.20"), ("2.00", "3.50", "3.80"))


@pytest.mark.parametrize(
    ("reference", "price"), [("latest", "2.00"), ("opening", "2.10"), ("highest", "2.30")]
)
def test_the_price_is_that_of_the_moment_that_the_rule_names(reference, price):
    assert odds(reference, boards_over_time(ROSE_AND_FELL)) == price


def test_three_percent_above_the_opening():
    assert odds("opening", boards_over_time(ROSE_AND_FELL), factor=Decimal("1.03")) == "2.163"


def test_a_fair_price_comes_from_the_market_of_that_moment():
    past = boards_over_time(ROSE_AND_FELL)
    then = price(parse_selection("moneyline home"), past[0][1], Terms(price="fair"))
    found = priced("opening", past, price="fair")
    assert isinstance(found, Priced)
    assert isinstance(then, Priced)
    assert found.odds == then.odds
    assert found.reason == (
        "moneyline home: Pinnacle's own market",
        "moneyline of the match: home 2.00, draw 3.50, away 3.80",
        "booksum: 1.0489",
        "Pinnacle's price: 2.00",
        "opening price of 17 Nov 14:05 UTC: 2.10",
        "moneyline of the match: home 2.10, draw 3.40, away 3.60",
        "booksum: 1.0481",
        f"margin removed by shin: {then.fair:.6f}",
        f"rounded up: {then.odds}",
    )
    assert found.source_price == Decimal("2.10")


def test_the_highest_of_all_may_be_the_price_of_now():
    found = priced("highest", boards_over_time(history(("1.90", "3.60", "4.20"))))
    assert isinstance(found, Priced)
    assert (found.odds, found.earlier) == (Decimal("2.00"), None)


def test_without_a_past_the_price_of_now_is_the_first():
    assert odds("opening", []) == odds("highest", []) == "2.00"


@pytest.mark.parametrize(
    "first",
    [
        history((None, "3.40", "3.60")),
        history(("3.10", None, "3.60")),
        history(("9.00", "3.40", "3.60")),
        history(("3.10", "2.10", "2.10")),
        history(("2.80", "3.10", "2.70"), status=2),
        history(("2.80", "3.10", "2.70"), cutoff=OPENED),
    ],
)
def test_moments_without_bets_or_with_an_implausible_market_do_not_count(first):
    past = boards_over_time([*first, (OPENED + HOUR, ROSE_AND_FELL[0][1])])
    assert odds("opening", past) == odds("highest", past) == "2.10"


def test_the_market_must_still_be_offered_and_satisfy_the_terms_now():
    past = boards_over_time(ROSE_AND_FELL)
    gone = priced("opening", past, board=Board.of([]))
    assert isinstance(gone, NoPrice)
    assert gone.cause is Cause.NO_MARKET
    small = priced("opening", past, min_limit=Decimal(501))
    assert isinstance(small, NoPrice)
    assert small.cause is Cause.LIMIT_TOO_SMALL
    wide = priced("opening", past, max_booksum=Decimal("1.0485"))
    assert isinstance(wide, NoPrice)
    assert wide.cause is Cause.BOOKSUM


def test_the_bounds_apply_to_the_result():
    past = boards_over_time(ROSE_AND_FELL)
    assert odds("opening", past, min_odds=Decimal("2.05")) == "2.10"
    below = priced("latest", past, min_odds=Decimal("2.05"))
    assert isinstance(below, NoPrice)
    above = priced("highest", past, max_odds=Decimal("2.20"))
    assert isinstance(above, NoPrice)
    assert above.cause is Cause.ABOVE_MAX_ODDS
    assert "highest price of 17 Nov 15:05 UTC: 2.30" in above.reason


def test_without_a_plausible_market_now_or_before_there_is_no_reference():
    half = Board.of([Period(number=0, moneyline=moneyline("2.00", "3.5", None))])
    assert odds("latest", [], board=half) == "2.00"
    assert isinstance(priced("opening", [], board=half), NoPrice)


def test_only_exactly_this_line_has_a_past():
    earlier = [(OPENED, Period(number=0, spreads=(spread("-0.75", "2.2", "1.75"),)))]
    now = Board.of([Period(number=0, spreads=(spread("-0.5", "1.9", "2.0"),))])
    assert odds("opening", boards_over_time(earlier), "spread -0.5 home", now) == "1.9"


def special(yes: str, **fields: object) -> SpecialMarket:
    outcomes = (Outcome(name="Yes", price=Decimal(yes)), Outcome(name="No", price=Decimal("1.9")))
    return SpecialMarket(id=7, name="Both Teams To Score?", outcomes=outcomes, **fields)


def test_a_special_has_a_past_of_its_own():
    past = boards_over_time(
        history(("2.10", "3.40", "3.60")),
        [
            (OPENED, special("1.8", closed_reason="halted")),
            (OPENED + HOUR, special("2.05")),
            (OPENED + 2 * HOUR, special("2")),
        ],
    )
    now = Board.of([NOW_PERIOD], [special("1.98")])
    assert odds("opening", past, "both_teams_to_score yes", now) == "2.05"


def test_boards_over_time_have_one_board_for_each_moment():
    half = Period(number=1, moneyline=moneyline("2.6", "2.2", "4.5"))
    past = boards_over_time([*ROSE_AND_FELL, (OPENED, half), (OPENED + HOUR, Period(number=1))], sport_id=4)
    assert [each.at for each in past] == [OPENED, OPENED + HOUR, OPENED + 2 * HOUR]
    assert past[0][1].periods == {0: ROSE_AND_FELL[0][1], 1: half}
    assert past[2][1].periods == {0: ROSE_AND_FELL[2][1], 1: Period(number=1)}
    assert past[2][1].had_moneyline == {0, 1}
    assert (past[0][1].specials, past[0][1].sport_id) == (None, 4)
    assert boards_over_time([], []) == []


three = st.tuples(*[st.decimals("1.5", "6", places=2)] * 3)


@given(st.lists(three, min_size=1, max_size=12), st.sampled_from(["raw", "fair"]))
def test_the_highest_is_no_lower_than_any_plausible_price(prices, kind):
    assume(sum(1 / side for side in prices[-1]) <= ABSURD_BOOKSUM)
    periods = [
        (OPENED + at * HOUR, Period(number=0, moneyline=Moneyline(home=home, draw=draw, away=away)))
        for at, (home, draw, away) in enumerate(prices)
    ]
    past = boards_over_time(periods)
    highest = priced("highest", past, price=kind)
    assert isinstance(highest, Priced)
    selection, terms = parse_selection("moneyline home"), Terms(price=kind)
    for (_, each, _), sides in zip(past, prices, strict=True):
        booksum = sum(1 / side for side in sides)
        found = price(selection, each, terms)
        if isinstance(found, Priced) and Decimal("1.005") <= booksum <= Decimal("1.10"):
            assert highest.odds >= found.odds
