"""From a selection and a board to the Min Odds that a rule asks for, step by step and with the reason."""

from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from typing import Final, Literal

import msgspec

from syncd.model.change import Cause
from syncd.pricing import margin
from syncd.pricing.board import Board
from syncd.pricing.derivation import DERIVATION_TEXT, Derivation, Quote, find_quote
from syncd.pricing.margin import MarginError, Method
from syncd.pricing.market import Market, NoPrice
from syncd.pricing.selection import Selection

MIN_BOOKSUM: Final = Decimal("1.005")
MAX_BOOKSUM_OF_SOCCER: Final = {2: Decimal("1.085"), 3: Decimal("1.10")}
"""Of soccer's match markets, by the number of outcomes. Outside these bounds a market is half suspended, or
mixed from two snapshots. Of 20,000 matches 98 % had 1X2 with booksums of 1.019 to 1.073, and two-way markets
with 1.017 to 1.063."""
MAX_BOOKSUM_OF_HIGH_MARGIN: Final = Decimal("1.16")
"""Of specials and other sports. Recorded booksums reach 1.15 in basketball, where a quarter of all lines is
above 1.085, 1.13 in hockey and 1.11 in baseball."""
MAX_BOOKSUM_OF_MANY_OUTCOMES: Final = Decimal("1.30")
"""Of markets with four or more outcomes, such as a correct score, whose margins are far larger."""

ABSURD_BOOKSUM: Final = Decimal("1.35")
"""A booksum above this is no bookmaker's: the prices themselves are wrong, raw ones too. Twice the largest
margin that was recorded; three prices of 1.01 would be 2.97."""
ABSURD_BOOKSUM_OF_MANY_OUTCOMES: Final = Decimal("2.00")
"""The same with four or more outcomes."""

MAX_DECIMALS: Final = 6
"""BetTune keeps no more."""


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """The terms of a rule for a price. Raises `ValueError` for `decimals` or a `factor` out of range."""

    price: Literal["raw", "fair"] = "raw"
    method: Method = Method.SHIN
    factor: Decimal = Decimal(1)
    decimals: int = 3
    min_odds: Decimal | None = None
    max_odds: Decimal | None = None
    min_limit: Decimal | None = None
    """Smallest maximum stake, as Pinnacle gives it: a volume in the account's currency."""
    max_booksum: Decimal | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.decimals <= MAX_DECIMALS:
            raise ValueError(f"decimals must be 0 to {MAX_DECIMALS}, not {self.decimals}")
        if self.factor <= 0:
            raise ValueError(f"factor must be above 0, not {self.factor}")


class Reference(StrEnum):
    """The price of Pinnacle's that a rule starts from."""

    LATEST = "latest"
    OPENING = "opening"
    """The first in the history."""
    HIGHEST = "highest"
    """The highest so far, the latest included."""


class ReferencePrice(msgspec.Struct, frozen=True, kw_only=True):
    """The earlier price that a rule starts from."""

    reference: Reference
    at: datetime
    quote: Quote

    def __str__(self) -> str:
        price = self.quote.price
        text = DERIVATION_TEXT[self.quote.derivation] if price is None else price
        return f"{self.reference} price of {self.at:%d %b %H:%M} UTC: {text}"


class Priced(msgspec.Struct, frozen=True, kw_only=True):
    """Min Odds with everything they were made from."""

    odds: Decimal
    selection: Selection
    terms: Terms
    quote: Quote
    """The market as it is now."""
    earlier: ReferencePrice | None = None
    """The earlier price that the odds were made from; None if they were made from the latest."""
    fair: Decimal | None
    """The odds without margin, before the factor; None for a raw price."""

    @property
    def source_price(self) -> Decimal | None:
        """Pinnacle's own price, the latest or the `earlier` one; None if it was computed from 1X2."""
        return (self.earlier or self).quote.price

    @property
    def booksum(self) -> Decimal | None:
        """Of the market as it is now; None if a side is missing, which only a raw price allows."""
        return self.quote.market.booksum

    @property
    def derivation(self) -> Derivation:
        """The derivation of the price of now."""
        return self.quote.derivation

    @property
    def reason(self) -> tuple[str, ...]:
        """The steps from the market to the odds, a short line each."""
        steps = _steps_to_market(self.selection, self.quote)
        if self.quote.price is not None:
            steps.append(f"Pinnacle's price: {self.quote.price}")
        if self.earlier:
            steps += _steps_to_reference(self.earlier)
        if self.fair is not None:
            steps.append(f"margin removed by {self.terms.method}: {self.fair:.6f}")
        exact = (self.fair or self.source_price or self.odds) * self.terms.factor
        if self.terms.factor != 1:
            steps.append(f"times {self.terms.factor}: {exact:.6f}")
        if exact != self.odds:
            steps.append(f"rounded up: {self.odds}")
        return tuple(steps)


def price(selection: Selection, board: Board, terms: Terms) -> Priced | NoPrice:
    """The Min Odds of a selection, or the reason why there are none.

    The steps, in this order: market, limit, booksum, margin, factor, bounds, rounding up. The caller checks
    whether the event and its period are open; whether a special is open is checked here.
    """
    quote = suitable_quote(selection, board, terms)
    return quote if isinstance(quote, NoPrice) else odds_from(selection, quote, terms)


def suitable_quote(selection: Selection, board: Board, terms: Terms) -> Quote | NoPrice:
    """The quote, if its market has the limit and the booksum that the rule asks for."""
    quote = find_quote(selection, board, fair=terms.price == "fair")
    if isinstance(quote, NoPrice):
        return quote
    unsuitable = (
        _check_limit(quote.market, terms) or _check_open(quote.market) or _check_booksum(quote.market, terms)
    )
    return _with_steps(unsuitable, selection, quote) if unsuitable else quote


def odds_from(
    selection: Selection, quote: Quote, terms: Terms, earlier: ReferencePrice | None = None
) -> Priced | NoPrice:
    """The odds from a suitable quote, or instead from an earlier price."""
    base = base_price(earlier.quote if earlier else quote, terms)
    odds = base if isinstance(base, NoPrice) else _apply_terms(base, terms)
    if isinstance(odds, NoPrice):
        return _with_steps(odds, selection, quote, earlier)
    fair = base if isinstance(base, Decimal) and terms.price == "fair" else None
    return Priced(odds=odds, selection=selection, terms=terms, quote=quote, earlier=earlier, fair=fair)


def base_price(quote: Quote, terms: Terms) -> Decimal | NoPrice:
    """The price that the rule starts from: Pinnacle's own, or the fair one."""
    if terms.price == "raw" and quote.price is not None:
        return quote.price
    try:
        return fair_odds(quote, terms.method)
    except MarginError as error:
        return NoPrice(Cause.BOOKSUM, (str(error),))


def is_plausible(market: Market) -> bool:
    """Return whether all sides are there, with a booksum that a whole market of one moment can have."""
    return market.booksum is not None and MIN_BOOKSUM <= market.booksum <= _max_booksum(market)


def fair_odds(quote: Quote, method: Method) -> Decimal:
    """Decimal odds at which the bet breaks even in the long run. Raises `MarginError`.

    (1 - P(refund)) / P(win): a refunded bet is as if it had not been placed. On an Asian line with refunds or
    half refunds the two prices of the line already are odds of stakes at risk, so the same formula applies.
    """
    market = quote.market
    prices = tuple(price for outcome in market.prices if (price := market.price_of(outcome)) is not None)
    fair = margin.fair_probabilities(prices, method, market.winners)
    probabilities = dict(zip(market.prices, fair, strict=True))
    win = sum((probabilities[outcome] for outcome in quote.wins), Decimal(0))
    refund = sum((probabilities[outcome] for outcome in quote.refunds), Decimal(0))
    return margin.without_float_error((1 - refund) / win)


def round_up(odds: Decimal, decimals: int) -> Decimal:
    """The lowest odds with this many decimals that are not below `odds`: Min Odds may err only upwards."""
    return odds.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_CEILING)


def _steps_to_market(selection: Selection, quote: Quote) -> list[str]:
    """Lines about what was found at Pinnacle, before the rule's terms."""
    derived = f"{selection}: {DERIVATION_TEXT[quote.derivation]}"
    return [derived, *quote.failed, *_with_booksum(quote.market)]


def _steps_to_reference(earlier: ReferencePrice) -> list[str]:
    """Lines about the earlier price and its market."""
    return [str(earlier), *_with_booksum(earlier.quote.market)]


def _with_booksum(market: Market) -> list[str]:
    return [str(market)] if market.booksum is None else [str(market), f"booksum: {market.booksum:.4f}"]


def _with_steps(
    no_price: NoPrice, selection: Selection, quote: Quote, earlier: ReferencePrice | None = None
) -> NoPrice:
    """The same with the steps that led to it."""
    steps = _steps_to_market(selection, quote) + (_steps_to_reference(earlier) if earlier else [])
    return NoPrice(no_price.cause, (*steps, *no_price.reason), quote.market.changed_at)


def _apply_terms(base: Decimal, terms: Terms) -> Decimal | NoPrice:
    """The base price by factor, bounds and rounding."""
    odds = base * terms.factor
    if terms.min_odds is not None and odds < terms.min_odds:
        return NoPrice(Cause.BELOW_MIN_ODDS, (f"{odds:.6f} is below min_odds {terms.min_odds}",))
    if terms.max_odds is not None and odds > terms.max_odds:
        return NoPrice(Cause.ABOVE_MAX_ODDS, (f"{odds:.6f} is above max_odds {terms.max_odds}",))
    unchanged = terms.price == "raw" and terms.factor == 1
    rounded = round_up(odds, MAX_DECIMALS if unchanged else terms.decimals)
    if rounded <= 1:
        return NoPrice(Cause.BELOW_MIN_ODDS, (f"{rounded} is no price: odds are above 1",))
    return base if unchanged and rounded == base else rounded


def _check_limit(market: Market, terms: Terms) -> NoPrice | None:
    if terms.min_limit is None:
        return None
    if market.max_stake is None:
        return NoPrice(Cause.LIMIT_TOO_SMALL, ("Pinnacle names no limit, and the rule asks for min_limit",))
    if market.max_stake < terms.min_limit:
        return NoPrice(
            Cause.LIMIT_TOO_SMALL, (f"limit {market.max_stake} is below min_limit {terms.min_limit}",)
        )
    return None


def _check_open(market: Market) -> NoPrice | None:
    if not takes_no_bets(market):
        return None
    return NoPrice(Cause.NO_MARKET, (f"Pinnacle takes no bet there: its limit is {market.max_stake}",))


def takes_no_bets(market: Market) -> bool:
    """Return whether Pinnacle shows prices at which nobody can bet: a limit of 0, which none is not."""
    return market.max_stake is not None and market.max_stake <= 0


def _check_booksum(market: Market, terms: Terms) -> NoPrice | None:
    if market.known_booksum > _absurd_booksum(market):
        return NoPrice(Cause.BOOKSUM, ("no bookmaker offers such a booksum, so these are no prices",))
    if terms.price == "raw" and terms.max_booksum is None:
        return None
    booksum = market.booksum
    if booksum is None:
        missing = " and ".join(market.missing)
        return NoPrice(Cause.INCOMPLETE_MARKET, (f"no price for {missing}, so the booksum is not known",))
    if terms.max_booksum is not None and booksum > terms.max_booksum:
        return NoPrice(Cause.BOOKSUM, (f"the booksum is above max_booksum {terms.max_booksum}",))
    if terms.price == "fair" and not is_plausible(market):
        bounds = f"{MIN_BOOKSUM} to {_max_booksum(market)}"
        reason = f"the booksum is outside {bounds}, so this is no whole market of one moment"
        return NoPrice(Cause.BOOKSUM, (reason,))
    return None


def _absurd_booksum(market: Market) -> Decimal:
    is_small = len(market.prices) in MAX_BOOKSUM_OF_SOCCER
    return ABSURD_BOOKSUM if is_small else ABSURD_BOOKSUM_OF_MANY_OUTCOMES


def _max_booksum(market: Market) -> Decimal:
    of_soccer = MAX_BOOKSUM_OF_SOCCER.get(len(market.prices))
    if of_soccer is None:
        return MAX_BOOKSUM_OF_MANY_OUTCOMES
    return MAX_BOOKSUM_OF_HIGH_MARGIN if market.high_margin else of_soccer
