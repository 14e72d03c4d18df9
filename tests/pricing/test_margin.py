"""Against published figures, against 30 digits, and against what must hold for any method."""

from decimal import Decimal, localcontext
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.pricing.margin import MarginError, Method, accurate, booksum, fair_probabilities
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
    ("1.5 2.74", "multiplicative", ".64622642 .35377358"),
    ("1.5 2.74", "power", ".65315228 .34684772"),
    ("1.5 2.74", "odds_ratio", ".65101782 .34898218"),
    ("1.9 2.0", "multiplicative", ".51282051 .48717949"),
    ("1.9 2.0", "shin", ".51315789 .48684211"),
    ("1.9 2.0", "power", ".51331969 .48668031"),
    ("1.9 2.0", "odds_ratio", ".51316702 .48683298"),
    ("1.43 2.95", "multiplicative", ".67351598 .32648402"),
    ("1.43 2.95", "shin", ".68015882 .31984118"),
    ("1.43 2.95", "power", ".6835655 .3164345"),
    ("1.43 2.95", "odds_ratio", ".68046286 .31953714"),
    ("2.05 3.40 3.90", "shin", ".47369008 .28182551 .24448441"),
]

methods = st.sampled_from(Method)
always_possible = st.sampled_from([each for each in Method if each is not Method.ADDITIVE])


@pytest.mark.parametrize(("odds", "method", "published"), PUBLISHED)
def test_published_probabilities_come_out(odds: str, method: str, published: str):
    found = fair_probabilities(decimals(*odds.split()), Method(method))
    for ours, theirs in zip(found, decimals(*published.split()), strict=True):
        last_digit = Decimal(1).scaleb(theirs.as_tuple().exponent)
        assert abs(ours - theirs) <= max(last_digit, Decimal("1e-12"))


def test_published_fair_odds_of_a_market_of_six_come_out():
    found = fair_probabilities(decimals("1.15", "5", "10", "20", "50", "100"), Method.POWER)
    for ours, theirs in zip(found, (1.21, 9.12, 23.63, 61.23, 215.54, 558.47), strict=True):
        assert float(1 / ours) == pytest.approx(theirs, rel=2e-3)


def test_additive_refuses_what_would_leave_a_longshot_less_than_nothing():
    odds = tuple(1 / Decimal(r) for r in ("0.87", "0.2", "0.1", "0.05", "0.02", "0.01"))
    with pytest.raises(MarginError, match="additive leaves a probability outside 0 and 1"):
        fair_probabilities(odds, Method.ADDITIVE)
    for method in (Method.POWER, Method.SHIN, Method.ODDS_RATIO):
        assert min(fair_probabilities(odds, method)) > 0


@given(margined(), always_possible)
def test_probabilities_sum_to_one(odds, method):
    assert abs(sum(fair_probabilities(odds, method)) - 1) < Decimal("1e-14")


@given(margined(), always_possible)
def test_fair_odds_are_above_the_offered_ones(odds, method):
    assert all(1 / p > offered for p, offered in zip(fair_probabilities(odds, method), odds, strict=True))


@given(margined(), always_possible)
def test_order_and_equality_of_outcomes_are_kept(odds, method):
    by_odds = sorted(zip(odds, fair_probabilities(odds, method), strict=True))
    for (short, likely), (long, unlikely) in pairwise(by_odds):
        assert likely == unlikely if short == long else likely > unlikely


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("odds", [("2", "2"), ("4", "2", "4"), ("1.25", "5"), ("4", "4", "4", "4")])
def test_without_a_margin_nothing_changes(odds, method):
    for p, offered in zip(fair_probabilities(decimals(*odds), method), decimals(*odds), strict=True):
        assert accurate(1 / p) == offered


@given(margined(most=2))
def test_shin_is_additive_for_two_outcomes(odds):
    try:
        additive = fair_probabilities(odds, Method.ADDITIVE)
    except MarginError:
        return
    for one, other in zip(fair_probabilities(odds, Method.SHIN), additive, strict=True):
        assert abs(one - other) < Decimal("1e-14")


@given(margined())
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


def in_thirty_digits(odds, method):
    r = [1 / price for price in odds]
    whole, logs = sum(r), {x: x.ln() for x in r}
    formulas = {
        Method.SHIN: lambda z, x: ((z * z + 4 * (1 - z) * x * x / whole).sqrt() - z) / (2 * (1 - z)),
        Method.POWER: lambda k, x: (k * logs[x]).exp(),
        Method.ODDS_RATIO: lambda c, x: x / (c + x - c * x),
    }
    formula = formulas[method]
    bounds = (Decimal(0), Decimal("0.9")) if method is Method.SHIN else (Decimal(1), Decimal(30))
    parameter = root(lambda each: sum(formula(each, x) for x in r) - 1, *bounds)
    return [formula(parameter, x) for x in r]


@given(margined(), st.sampled_from((Method.SHIN, Method.POWER, Method.ODDS_RATIO)))
def test_doubles_are_right_to_the_digits_that_are_kept(odds, method):
    found = fair_probabilities(odds, method)
    with localcontext(prec=30):
        for ours, exact in zip(found, in_thirty_digits(odds, method), strict=True):
            assert abs(ours / exact - 1) < Decimal("1e-12")


@given(margined(most=5), always_possible)
def test_with_two_winners_probabilities_sum_to_two(odds, method):
    doubled = tuple(1 / (Decimal(2) / price) for price in odds)
    if min(doubled) <= 1 or len(odds) < 3:
        return
    assert abs(sum(fair_probabilities(doubled, method, winners=2)) - 2) < Decimal("1e-13")
    assert booksum(doubled, winners=2) == pytest.approx(booksum(odds))


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize(
    ("odds", "why"),
    [(("2.1", "2.1"), "below 1"), (("1.9",), "all sides"), ((), "all sides"), (("1", "3"), "above 1")],
)
def test_odds_that_are_no_market_are_refused(odds, why, method):
    with pytest.raises(MarginError, match=why):
        fair_probabilities(decimals(*odds), method)
