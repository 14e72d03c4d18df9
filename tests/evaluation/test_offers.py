"""What was offered for a selection over time, and which Min Odds its rule would have said."""

from datetime import timedelta
from decimal import Decimal

import pytest

from syncd.evaluation.offers import closing_price, offers
from syncd.pricing.grammar import parse_selection
from syncd.pricing.margin import Method
from syncd.pricing.min_odds import Reference
from tests.evaluation.histories import HOME, KICKOFF, at, prices, rule


def shown(history, terms=None, selection=HOME):
    """Minutes after noon, price and right Min Odds."""
    return [
        ((each.at - at(0)) / timedelta(minutes=1), each.price, each.right)
        for each in offers(selection, history, terms or rule(), KICKOFF)
    ]


def row(minutes, price, right):
    return (minutes, price and Decimal(price), right and Decimal(right))


def test_each_price_holds_until_the_next_and_none_after_kick_off():
    assert shown(prices((0, "2.05"), (10, "2.10"), (200, "2.40"))) == [
        row(0, "2.05", "2.05"),
        row(10, "2.10", "2.10"),
        row(180, None, None),
    ]


def test_the_right_min_odds_are_those_of_the_rule():
    assert shown(prices((0, "2.05")), rule(factor=Decimal("1.02")))[0] == row(0, "2.05", "2.091")


def test_a_market_that_is_taken_down_or_halted_offers_nothing_until_it_is_back():
    history = prices((0, "2.05"), (10, None), (20, "2.05"), turns=[(30, False), (40, True)])
    assert [price for _, price, _ in shown(history)] == [
        Decimal("2.05"), None, Decimal("2.05"), None, Decimal("2.05"), None,
    ]  # fmt: skip


def test_a_cutoff_ends_the_offer_by_time_alone():
    assert shown(prices((0, "2.05"), cutoff=at(90)))[-1] == row(90, None, None)


def test_the_times_of_a_rule_bound_what_is_right_but_not_what_is_offered():
    terms = rule(open_before=timedelta(hours=2), close_before=timedelta(minutes=10))
    assert shown(prices((0, "2.05")), terms) == [
        row(0, "2.05", None),
        row(60, "2.05", "2.05"),
        row(170, "2.05", None),
        row(180, None, None),
    ]


@pytest.mark.parametrize(("reference", "right"), [("opening", "2.05"), ("highest", "2.10")])
def test_a_rule_may_start_from_an_earlier_price(reference, right):
    found = shown(prices((0, "2.05"), (10, "2.10"), (20, "2.00")), rule(reference=Reference(reference)))
    assert found[2] == row(20, "2.00", right)


def test_a_change_of_another_market_is_no_change_of_this_offer():
    assert len(shown(prices((0, "2.05"), (10, "2.05"), (20, "2.05")))) == 2


def test_a_selection_that_is_never_offered_has_no_price():
    found = shown(prices((0, "2.05")), selection=parse_selection("total 2.5 over"))
    assert {price for _, price, _ in found} == {None}


def test_the_closing_price_is_the_last_on_which_bets_were_taken():
    found = offers(HOME, prices((0, "2.05"), (100, "2.20"), (170, None)), rule(), KICKOFF)
    closing = closing_price(HOME, found, Method.MULTIPLICATIVE)
    assert closing.at == at(100)
    assert closing.price == Decimal("2.20")
    # 1 / (1/2.20 / (1/2.20 + 1/3.40 + 1/3.90))
    assert float(closing.fair) == pytest.approx(2.20 * (1 / 2.20 + 1 / 3.40 + 1 / 3.90), abs=1e-6)


def test_there_is_no_closing_price_without_an_offer():
    assert closing_price(HOME, offers(HOME, prices((0, None)), rule(), KICKOFF), Method.SHIN) is None
