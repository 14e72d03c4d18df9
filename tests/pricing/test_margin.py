"""Compared with published figures, with 30 digits, and with properties of every method."""

from decimal import Decimal, localcontext
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.pricing.margin import MarginError, Method, booksum, fair_probabilities, without_float_error
from tests.pricing.boards import decimals, margined

PUBLISHED = [
    # mberk/shin
    ("2.6 2.4 4.3", "shin", "0.37299406033208965 0.4047794109200184 0.2222265287474275"),
    ("1.5 2.74", "shin", "0.6508515815085157 0.3491484184914841"),
    # penaltyblog
    ("2.7 2.3 4.4", "multiplicative", "0.35873804 0.42112726 0.2201347"),
    ("2.7 2.3 4.4", "additive", "0.3595618 0.42397404 0.21646416"),
    ("2.7 2.3 4.4", "power", "0.3591711 0.42373075 0.21709815"),
    ("2.7 2.3 4.4", "shin", "0.35934392 0.42324385 0.21741223"),
    ("2.7 2.3 4.4", "odds_ratio", "0.358810 0.422561 0.218629"),  # its solver is right to six digits
    # the vignette of R's implied, agentbets, oddsaccuracy
    ("4.20 3.70 1.95", "multiplicative", "0.2331556 0.2646631 0.5021813"),
    ("1.90 1.98", "multiplicative", "0.5103 0.4897"),
    ("2.10 3.60 3.40", "multiplicative", "0.455 0.265 0.281"),
    # computed with penaltyblog 1.13.1 and shin 0.2.2
    ("4.2 3.7 1.95", "additive", ".23103323 .26320826 .50575851"),
    ("4.2 3.7 1.95", "power", ".23114098 .26306409 .50579493"),
    ("4.2 3.7 1.95", "shin", ".23157196 .2635745 .50485354"),
    ("4.2 3.7 1.95", "odds_ratio", ".23200453 .2636413 .50435418"),
    ("2.45 3.7 2.9", "multiplicative", ".39888476 .26412639 .33698885"),
    ("2.45 3.7 2.9", "additive", ".40040956 .26251656 .33707388"),
    ("2.45 3.7 2.9", "power", ".40031665 .26271791 .33696544"),
    ("2.45 3.7 2.9", "shin", ".40002206 .26292715 .33705079"),
    ("2.45 3.7 2.9", "odds_ratio", ".39969135 .26338675 .3369219"),
    ("1.19 7 14", "multiplicative", ".79681275 .13545817 .06772908"),
    ("1.19 7 14", "additive", ".82212885 .12464986 .05322129"),
    ("1.19 7 14", "power", ".82631535 .1183479 .05533675"),
    ("1.19 7 14", "shin", ".81563122 .12709106 .05727772"),
    ("1.19 7 14", "odds_ratio", ".81599424 .1231373 .06086846"),
    ("4.2 3.7 1.95", "multiplicative", ".2331556 .26466311 .50218129"),
    ("1.5 2.74", "multiplicative", ".64622642 .35377358"),
    ("1.5 2.74", "additive", ".65085158 .34914842"),
    ("1.5 2.74", "power", ".65315228 .34684772"),
    ("1.5 2.74", "odds_ratio", ".65101782 .34898218"),
    ("1.9 2.0", "multiplicative", ".51282051 .48717949"),
    ("1.9 2.0", "shin", ".51315789 .48684211"),
    ("1.9 2.0", "additive", ".51315789 .48684211"),
    ("1.9 2.0", "power", ".51331969 .48668031"),
    ("1.9 2.0", "odds_ratio", ".51316702 .48683298"),
    ("1.43 2.95", "multiplicative", ".67351598 .32648402"),
    ("1.43 2.95", "shin", ".68015882 .31984118"),
    ("1.43 2.95", "additive", ".68015882 .31984118"),
    ("1.43 2.95", "power", ".6835655 .3164345"),
    ("1.43 2.95", "odds_ratio", ".68046286 .31953714"),
    ("2.05 3.40 3.90", "shin", ".47369008 .28182551 .24448441"),
]

FORMULAS = {
    Method.SHIN: lambda z, x, whole: ((z * z + 4 * (1 - z) * x * x / whole).sqrt() - z) / (2 * (1 - z)),
    Method.POWER: lambda k, x, _: (k * x.ln()).exp(),
    Method.ODDS_RATIO: lambda c, x, _: x / (c + x - c * x),
}
"""The probability of an outcome from the method's parameter, 1 / odds and the booksum."""

always_possible = st.sampled_from([each for each in Method if each is not Method.ADDITIVE])


@pytest.mark.parametrize(("odds", "method", "published"), PUBLISHED)
def test_published_probabilities_are_computed(odds: str, method: str, published: str):
    found = fair_probabilities(decimals(*odds.split()), Method(method))
    for ours, theirs in zip(found, decimals(*published.split()), strict=True):
        last_digit = Decimal(1).scaleb(theirs.as_tuple().exponent)
        assert abs(ours - theirs) <= max(last_digit, Decimal("1e-12"))


def test_published_fair_odds_of_a_market_of_six_are_computed():
    found = fair_probabilities(decimals("1.15", "5", "10", "20", "50", "100"), Method.POWER)
    for ours, theirs in zip(found, (1.21, 9.12, 23.63, 61.23, 215.54, 558.47), strict=True):
        assert float(1 / ours) == pytest.approx(theirs, rel=2e-3)


def test_additive_refuses_odds_that_give_a_longshot_a_negative_probability():
    odds = tuple(1 / Decimal(r) for r in ("0.87", "0.2", "0.1", "0.05", "0.02", "0.01"))
    with pytest.raises(MarginError, match="additive leaves a probability outside 0 and 1"):
        fair_probabilities(odds, Method.ADDITIVE)
    for method in (Method.POWER, Method.SHIN, Method.ODDS_RATIO):
        assert min(fair_probabilities(odds, method)) > 0


PARAMETERS = [
    # k of power, z of shin and c of odds ratio, published or computed beside the probabilities above
    ("2.7 2.3 4.4", "power", "1.0309132393169356"),
    ("2.7 2.3 4.4", "shin", "0.016236442857291165"),
    ("2.6 2.4 4.3", "shin", "0.01694251276407055"),
    ("1.5 2.74", "shin", "0.03172728540646625"),
    ("4.2 3.7 1.95", "power", "1.02065588"),
    ("4.2 3.7 1.95", "shin", "0.01060806"),
    ("4.2 3.7 1.95", "odds_ratio", "1.03445648"),
    ("2.45 3.7 2.9", "power", "1.02166238"),
    ("2.45 3.7 2.9", "shin", "0.01163502"),
    ("2.45 3.7 2.9", "odds_ratio", "1.03581416"),
    ("1.19 7 14", "power", "1.09672418"),
    ("1.19 7 14", "shin", "0.02883595"),
    ("1.19 7 14", "odds_ratio", "1.18683605"),
    ("1.5 2.74", "power", "1.05050957"),
    ("1.5 2.74", "odds_ratio", "1.07211253"),
    ("1.9 2.0", "power", "1.03895368"),
    ("1.9 2.0", "shin", "0.02631626"),
    ("1.9 2.0", "odds_ratio", "1.05409255"),
    ("1.43 2.95", "power", "1.06362868"),
    ("1.43 2.95", "shin", "0.03849436"),
    ("1.43 2.95", "odds_ratio", "1.09206494"),
]


@pytest.mark.parametrize(("odds", "method", "parameter"), PARAMETERS)
def test_published_parameters_give_our_probabilities(odds: str, method: str, parameter: str):
    found = fair_probabilities(decimals(*odds.split()), Method(method))
    r = [1 / price for price in decimals(*odds.split())]
    with localcontext(prec=30):
        for p, x in zip(found, r, strict=True):
            # Eight published digits of a parameter fix no more of a probability.
            assert abs(FORMULAS[Method(method)](Decimal(parameter), x, sum(r)) - p) < Decimal("1e-8")


@pytest.mark.parametrize("odds", ["2.7 2.3 4.4", "1.19 7 14", "1.15 5 10 20 50 100"])
def test_odds_ratio_divides_the_odds_of_all_outcomes_alike(odds: str):
    prices = decimals(*odds.split())
    found = fair_probabilities(prices, Method.ODDS_RATIO)
    c = [(price - 1) ** -1 / (p / (1 - p)) for p, price in zip(found, prices, strict=True)]
    assert max(c) - min(c) < Decimal("1e-12")


@given(margined(most=30))
def test_shin_agrees_with_the_package_of_that_name(odds):
    shin = pytest.importorskip("shin", reason="there are no wheels of shin for this Python")
    theirs = shin.calculate_implied_probabilities(list(map(float, odds)), max_iterations=100_000)
    for ours, other in zip(fair_probabilities(odds, Method.SHIN), theirs, strict=True):
        assert float(ours) == pytest.approx(other, abs=1e-9)


@given(margined(most=30), always_possible)
def test_probabilities_sum_to_one(odds, method):
    assert abs(sum(fair_probabilities(odds, method)) - 1) < Decimal("1e-14")


@given(margined(most=30), always_possible)
def test_fair_odds_are_above_the_offered_ones(odds, method):
    assert all(1 / p > offered for p, offered in zip(fair_probabilities(odds, method), odds, strict=True))


@given(margined(most=30), always_possible)
def test_order_and_equality_of_outcomes_are_kept(odds, method):
    by_odds = sorted(zip(odds, fair_probabilities(odds, method), strict=True))
    for (short, likely), (long, unlikely) in pairwise(by_odds):
        assert likely == unlikely if short == long else likely > unlikely


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("odds", [("2", "2"), ("4", "2", "4"), ("1.25", "5"), ("4", "4", "4", "4")])
def test_without_a_margin_nothing_changes(odds, method):
    for p, offered in zip(fair_probabilities(decimals(*odds), method), decimals(*odds), strict=True):
        assert without_float_error(1 / p) == offered


@given(margined(most=2))
def test_shin_is_additive_for_two_outcomes(odds):
    try:
        additive = fair_probabilities(odds, Method.ADDITIVE)
    except MarginError:
        return
    for one, other in zip(fair_probabilities(odds, Method.SHIN), additive, strict=True):
        assert abs(one - other) < Decimal("1e-14")


@given(margined(most=30))
def test_additive_is_buchdahls_margin_weights_proportional_to_the_odds(odds):
    try:
        found = fair_probabilities(odds, Method.ADDITIVE)
    except MarginError:
        return
    n, margin = len(odds), booksum(odds) - 1
    for p, offered in zip(found, odds, strict=True):
        assert float(1 / p) == pytest.approx(float(n * offered / (n - margin * offered)), rel=1e-9)


def root(excess, low, high):
    """Bisection far beyond doubles."""
    for _ in range(90):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return high


def in_thirty_digits(odds, method, winners=1):
    r = [1 / price for price in odds]
    whole = sum(r)
    formula = FORMULAS[method]
    bounds = (Decimal(0), Decimal("0.9")) if method is Method.SHIN else (Decimal(1), Decimal(30))
    parameter = root(lambda each: sum(formula(each, x, whole) for x in r) - winners, *bounds)
    return [formula(parameter, x, whole) for x in r]


@given(margined(), st.sampled_from((Method.SHIN, Method.POWER, Method.ODDS_RATIO)))
def test_doubles_are_exact_to_the_digits_that_are_kept(odds, method):
    found = fair_probabilities(odds, method)
    with localcontext(prec=30):
        for ours, exact in zip(found, in_thirty_digits(odds, method), strict=True):
            assert abs(ours / exact - 1) < Decimal("1e-12")


CORRECT_SCORE = """
    10.5 8.0 8.9 17 36 101 11.5 7.4 9.2 16 34 96 22 13 17 31 67 51 31 41 76 151 126 151 501 501 12
"""
"""A market of 27 outcomes, as large and with such a margin as correct scores have, with the rarest at 501."""


@pytest.mark.parametrize("method", Method)
def test_a_correct_score_with_longshots_at_501_keeps_its_order_and_sums_to_one(method: Method):
    odds = decimals(*CORRECT_SCORE.split())
    assert Decimal("1.15") < booksum(odds) < Decimal("1.30")
    if method is Method.ADDITIVE:
        with pytest.raises(MarginError, match="outside 0 and 1"):
            fair_probabilities(odds, method)
        return
    found = fair_probabilities(odds, method)
    assert abs(sum(found) - 1) < Decimal("1e-14")
    assert all(1 / p > price for p, price in zip(found, odds, strict=True))
    rarest = odds.index(Decimal(501))
    assert min(found) == found[rarest] == found[rarest + 1]


@given(margined(most=5), always_possible)
def test_with_two_winners_probabilities_sum_to_two(odds, method):
    doubled = tuple(1 / (Decimal(2) / price) for price in odds)
    if min(doubled) <= 1 or len(odds) < 3:
        return
    assert abs(sum(fair_probabilities(doubled, method, winners=2)) - 2) < Decimal("1e-13")
    assert booksum(doubled, winners=2) == pytest.approx(booksum(odds))


@pytest.mark.parametrize(
    ("odds", "method", "fair"),
    [
        ("1.32 1.30 1.70", "power", "1.381434 1.357104 1.854422"),
        ("1.32 1.30 1.70", "odds_ratio", "1.384786 1.360737 1.841719"),
        ("1.32 1.30 1.70", "multiplicative", "1.395928 1.374777 1.797786"),
        ("1.32 1.30 1.70", "additive", "1.390379 1.368207 1.818552"),
    ],
)
def test_a_double_chance_is_the_documented_formula_with_a_sum_of_two(odds: str, method: str, fair: str):
    found = fair_probabilities(decimals(*odds.split()), Method(method), winners=2)
    assert [f"{1 / p:.6f}" for p in found] == fair.split()


@given(margined(most=5), always_possible)
def test_prices_of_two_winners_follow_the_formulas_too(odds, method):
    doubled = tuple(1 / (Decimal(2) / price) for price in odds)
    if method not in FORMULAS or method is Method.SHIN or min(doubled) <= 1 or len(odds) < 3:
        return
    with localcontext(prec=30):
        for ours, exact in zip(
            fair_probabilities(doubled, method, winners=2), in_thirty_digits(doubled, method, 2), strict=True
        ):
            assert abs(ours / exact - 1) < Decimal("1e-12")


@pytest.mark.parametrize("method", [Method.POWER, Method.ODDS_RATIO])
def test_power_and_odds_ratio_leave_every_probability_below_one(method: Method):
    found = fair_probabilities(decimals("1.01", "1.02", "15"), method, winners=2)
    assert max(found) < 1


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize(
    ("odds", "why"),
    [(("2.1", "2.1"), "below 1"), (("1.9",), "all sides"), ((), "all sides"), (("1", "3"), "above 1")],
)
def test_odds_that_are_no_market_are_refused(odds, why, method):
    with pytest.raises(MarginError, match=why):
        fair_probabilities(decimals(*odds), method)
