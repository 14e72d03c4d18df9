"""From a selection and a board to the Min Odds that a rule asks for, step by step and with the reason."""

from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from typing import Final, Literal

import msgspec

from syncd.model.change import Cause
from syncd.pricing import margin
from syncd.pricing.board import Board
from syncd.pricing.margin import MarginError, Method
from syncd.pricing.market import Market, Refused
from syncd.pricing.quote import Quote, Road, find_quote
from syncd.pricing.selection import Selection

LOWEST_BOOKSUM: Final = Decimal("1.005")
HIGHEST_BOOKSUM: Final = {2: Decimal("1.085"), 3: Decimal("1.10")}
"""Of soccer matches, by the number of outcomes: outside these a market is half suspended, or mixed from two
snapshots. Of 20,000 matches 98 % had 1X2 that summed to 1.019..1.073, and two-way markets to 1.017..1.063."""
HIGHEST_BOOKSUM_OF_DEAR: Final = Decimal("1.16")
"""Of specials and other sports. Recorded are sums up to 1.15 in basketball, where a quarter of all lines is
above 1.085, to 1.13 in hockey and to 1.11 in baseball."""
HIGHEST_BOOKSUM_OF_MANY: Final = Decimal("1.30")
"""Specials of four and more outcomes, a correct score for one, carry far larger margins."""

MOST_DECIMALS: Final = 6
"""BetTune keeps no more."""


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule asks of a price. Raises `ValueError` on figures that no price can satisfy."""

    price: Literal["raw", "fair"] = "raw"
    method: Method = Method.SHIN
    factor: Decimal = Decimal(1)
    decimals: int = 3
    min_odds: Decimal | None = None
    max_odds: Decimal | None = None
    min_limit: Decimal | None = None
    """Smallest maximum stake, as Pinnacle states it: a volume in the account's currency."""
    max_booksum: Decimal | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.decimals <= MOST_DECIMALS:
            raise ValueError(f"decimals must be 0 to {MOST_DECIMALS}, not {self.decimals}")
        if self.factor <= 0:
            raise ValueError(f"factor must be above 0, not {self.factor}")


class Reference(StrEnum):
    """Which of Pinnacle's prices a rule starts from."""

    LATEST = "latest"
    OPENING = "opening"
    """The first that the history holds."""
    HIGHEST = "highest"
    """The highest so far, that of now among them."""


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """The earlier price that a rule starts from."""

    reference: Reference
    at: datetime
    quote: Quote

    def __str__(self) -> str:
        own = self.quote.price
        what = ROAD_WORDS[self.quote.road] if own is None else own
        return f"{self.reference} price of {self.at:%d %b %H:%M} UTC: {what}"


class Priced(msgspec.Struct, frozen=True, kw_only=True):
    """Min Odds with everything they were made from."""

    odds: Decimal
    selection: Selection
    terms: Terms
    quote: Quote
    """The market as it is now."""
    moment: Moment | None = None
    """The earlier price that the odds were made from; none where that is Pinnacle's latest."""
    fair: Decimal | None
    """The odds without margin, before the factor; none for a raw price."""

    @property
    def source_price(self) -> Decimal | None:
        """Pinnacle's own price, of now or of `moment`; none where the odds were computed from 1X2."""
        return (self.moment or self).quote.price

    @property
    def booksum(self) -> Decimal | None:
        """Of the market as it is now; none where it has a side missing, which a raw price may."""
        return self.quote.market.booksum

    @property
    def road(self) -> Road:
        """How the price of now was come by."""
        return self.quote.road

    @property
    def words(self) -> tuple[str, ...]:
        """The steps from the market to the odds, a short line each."""
        steps = _found(self.selection, self.quote)
        if self.quote.price is not None:
            steps.append(f"Pinnacle's price: {self.quote.price}")
        if self.moment:
            steps += _at_that_time(self.moment)
        if self.fair is not None:
            steps.append(f"margin removed by {self.terms.method}: {self.fair:.6f}")
        exact = (self.fair or self.source_price or self.odds) * self.terms.factor
        if self.terms.factor != 1:
            steps.append(f"times {self.terms.factor}: {exact:.6f}")
        if exact != self.odds:
            steps.append(f"rounded up: {self.odds}")
        return tuple(steps)


def price(selection: Selection, board: Board, terms: Terms) -> Priced | Refused:
    """The Min Odds of a selection, or the reason why there are none.

    The steps are the rule's, in their order: market, limit, booksum, margin, factor, bounds, rounding up.
    Whether the event and its period are open for bets is not asked here; that of a special is.
    """
    quote = suitable_quote(selection, board, terms)
    return quote if isinstance(quote, Refused) else odds_from(selection, quote, terms)


def suitable_quote(selection: Selection, board: Board, terms: Terms) -> Quote | Refused:
    """The market, with the limit and the booksum that the rule asks for."""
    quote = find_quote(selection, board, fair=terms.price == "fair")
    if isinstance(quote, Refused):
        return quote
    unfit = _limit_refused(quote.market, terms) or _booksum_refused(quote.market, terms)
    return _with_what_was_found(unfit, selection, quote) if unfit else quote


def odds_from(
    selection: Selection, quote: Quote, terms: Terms, moment: Moment | None = None
) -> Priced | Refused:
    """The odds from a suitable quote, or from the price of an earlier moment in its place."""
    base = base_price(moment.quote if moment else quote, terms)
    odds = base if isinstance(base, Refused) else _asked(base, terms)
    if isinstance(odds, Refused):
        return _with_what_was_found(odds, selection, quote, moment)
    fair = base if isinstance(base, Decimal) and terms.price == "fair" else None
    return Priced(odds=odds, selection=selection, terms=terms, quote=quote, moment=moment, fair=fair)


def base_price(quote: Quote, terms: Terms) -> Decimal | Refused:
    """The price that the rule starts from: Pinnacle's own, or the fair one."""
    if terms.price == "raw" and quote.price is not None:
        return quote.price
    try:
        return fair_odds(quote, terms.method)
    except MarginError as error:
        return Refused(Cause.BOOKSUM, (str(error),))


def is_believable(market: Market) -> bool:
    """Whether all sides are there, with a booksum that a whole market of one moment can have."""
    return market.booksum is not None and LOWEST_BOOKSUM <= market.booksum <= _highest_booksum(market)


def fair_odds(quote: Quote, method: Method) -> Decimal:
    """Decimal odds at which the bet neither wins nor loses in the long run; raises `MarginError`.

    A refunded outcome is as if it had not been played. On an Asian line with refunds or halves the two prices
    of the line already are odds of stakes at risk, so the same formula holds.
    """
    market = quote.market
    prices = tuple(price for outcome in market.prices if (price := market.offered(outcome)) is not None)
    chances = dict(zip(market.prices, margin.fair_probabilities(prices, method, market.winners), strict=True))
    win = sum((chances[outcome] for outcome in quote.wins), Decimal(0))
    refund = sum((chances[outcome] for outcome in quote.refunds), Decimal(0))
    return margin.accurate((1 - refund) / win)


def round_up(odds: Decimal, decimals: int) -> Decimal:
    """The next odds of so many decimals that are not below these: Min Odds may err only upwards."""
    return odds.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_CEILING)


ROAD_WORDS: Final = {
    Road.EXACT: "Pinnacle's own market",
    Road.EQUIVALENT: "by a market that settles exactly alike",
    Road.ARITHMETIC: "computed from 1X2",
}


def _found(selection: Selection, quote: Quote) -> list[str]:
    """What was found at Pinnacle, before the rule's terms, in words."""
    return [f"{selection}: {ROAD_WORDS[quote.road]}", *quote.passed, *_with_booksum(quote.market)]


def _at_that_time(moment: Moment) -> list[str]:
    """The earlier price in words, with the market that it stood in."""
    return [str(moment), *_with_booksum(moment.quote.market)]


def _with_booksum(market: Market) -> list[str]:
    return [str(market)] if market.booksum is None else [str(market), f"booksum: {market.booksum:.4f}"]


def _with_what_was_found(
    refused: Refused, selection: Selection, quote: Quote, moment: Moment | None = None
) -> Refused:
    earlier = _at_that_time(moment) if moment else []
    words = (*_found(selection, quote), *earlier, *refused.words)
    return Refused(refused.cause, words, quote.market.changed_at)


def _asked(base: Decimal, terms: Terms) -> Decimal | Refused:
    """The base by factor, bounds and rounding."""
    odds = base * terms.factor
    if terms.min_odds is not None and odds < terms.min_odds:
        return Refused(Cause.BELOW_MIN_ODDS, (f"{odds:.6f} is below min_odds {terms.min_odds}",))
    if terms.max_odds is not None and odds > terms.max_odds:
        return Refused(Cause.ABOVE_MAX_ODDS, (f"{odds:.6f} is above max_odds {terms.max_odds}",))
    untouched = terms.price == "raw" and terms.factor == 1
    rounded = round_up(odds, MOST_DECIMALS if untouched else terms.decimals)
    if rounded <= 1:
        return Refused(Cause.BELOW_MIN_ODDS, (f"{rounded} is no price: odds are above 1",))
    return base if untouched and rounded == base else rounded


def _limit_refused(market: Market, terms: Terms) -> Refused | None:
    if terms.min_limit is None:
        return None
    if market.max_stake is None:
        return Refused(Cause.LIMIT_TOO_SMALL, ("Pinnacle names no limit, and the rule asks for min_limit",))
    if market.max_stake < terms.min_limit:
        return Refused(
            Cause.LIMIT_TOO_SMALL, (f"limit {market.max_stake} is below min_limit {terms.min_limit}",)
        )
    return None


def _booksum_refused(market: Market, terms: Terms) -> Refused | None:
    if terms.price == "raw" and terms.max_booksum is None:
        return None
    booksum = market.booksum
    if booksum is None:
        missing = " and ".join(market.missing)
        return Refused(Cause.INCOMPLETE_MARKET, (f"no price for {missing}, so the booksum is not known",))
    if terms.max_booksum is not None and booksum > terms.max_booksum:
        return Refused(Cause.BOOKSUM, (f"the booksum is above max_booksum {terms.max_booksum}",))
    if terms.price == "fair" and not is_believable(market):
        bounds = f"{LOWEST_BOOKSUM} to {_highest_booksum(market)}"
        words = f"the booksum is outside {bounds}, so this is no whole market of one moment"
        return Refused(Cause.BOOKSUM, (words,))
    return None


def _highest_booksum(market: Market) -> Decimal:
    of_soccer = HIGHEST_BOOKSUM.get(len(market.prices))
    if of_soccer is None:
        return HIGHEST_BOOKSUM_OF_MANY
    return HIGHEST_BOOKSUM_OF_DEAR if market.dear else of_soccer
