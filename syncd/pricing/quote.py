"""Where Pinnacle's price for a selection stands: the roads to it, in the order of `ROADS`.

Never a neighbouring line, never a model of goals. The next road is taken only where the market or the line
is not offered at all: one that is there with a side missing is being suspended, and what else stands on the
board then is not to be trusted either.
"""

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from syncd.model.change import Cause
from syncd.model.pinnacle import MATCH_PERIOD
from syncd.pricing.board import Board
from syncd.pricing.markets import Market, Refused, find_market
from syncd.pricing.selection import Moneyline, Selection, parse_selection


class Road(StrEnum):
    """How the price was come by."""

    EXACT = "exact"
    """The market itself, at exactly this line."""
    EQUIVALENT = "equivalent"
    """A market of another name that settles exactly alike."""
    ARITHMETIC = "arithmetic"
    """Sums of the fair probabilities of 1X2: never for a raw price, which needs a market that exists."""


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """The market that prices a selection: which of its outcomes win, and which give the stake back."""

    road: Road
    market: Market
    wins: tuple[str, ...]
    refunds: tuple[str, ...] = ()

    @property
    def price(self) -> Decimal | None:
        """Pinnacle's own price; none on the road of arithmetic."""
        return None if self.road is Road.ARITHMETIC else self.market.offered(self.wins[0])


class Settling(NamedTuple):
    """Which outcomes of 1X2 win a bet, and which give its stake back."""

    wins: tuple[str, ...]
    refunds: tuple[str, ...] = ()


SAME_BET: Final = {
    parse_selection(one): parse_selection(other)
    for one, other in {
        "spread -0.5 home": "moneyline home",
        "spread -0.5 away": "moneyline away",
        "draw_no_bet home": "spread 0 home",
        "draw_no_bet away": "spread 0 away",
        "double_chance 1X": "spread +0.5 home",
        "double_chance X2": "spread +0.5 away",
        "spread 0 home": "draw_no_bet home",
        "spread 0 away": "draw_no_bet away",
        "spread +0.5 home": "double_chance 1X",
        "spread +0.5 away": "double_chance X2",
    }.items()
}
"""Bets that every result settles alike, in a period that can end in a draw.

There is none for the moneyline: Pinnacle offers it on every game that it prices, so one that is not there was
taken down, and a price from elsewhere would outlive its suspension. Spread lines come and go.
"""

FROM_1X2: Final = {
    parse_selection(text): settling
    for text, settling in {
        "double_chance 1X": Settling(("home", "draw")),
        "double_chance 12": Settling(("home", "away")),
        "double_chance X2": Settling(("draw", "away")),
        "draw_no_bet home": Settling(("home",), refunds=("draw",)),
        "draw_no_bet away": Settling(("away",), refunds=("draw",)),
    }.items()
}
"""Bets that the three outcomes of 1X2 settle, and no single market of Pinnacle's need offer."""


def find_quote(selection: Selection, board: Board, *, fair: bool) -> Quote | Refused:
    """The price's place by the first road that leads to one; a fair price needs all sides of the market."""
    refusals: list[Refused] = []
    for road, travel in ROADS.items():
        if road is Road.ARITHMETIC and not fair:
            break
        found = travel(selection, board)
        if isinstance(found, Quote):
            return _with_prices(found, fair=fair)
        if found is not None:
            refusals.append(found)
            if found.cause is Cause.INCOMPLETE_MARKET:
                break
    return _nowhere(selection, refusals, fair=fair)


def _by_its_own_market(selection: Selection, board: Board) -> Quote | Refused | None:
    return _quote(Road.EXACT, find_market(selection, board))


def _by_the_same_bet(selection: Selection, board: Board) -> Quote | Refused | None:
    other = SAME_BET.get(_of_the_match(selection))
    if other is None or not board.can_draw(selection.period):
        return None
    return _quote(Road.EQUIVALENT, find_market(_in_period(other, selection.period), board))


def _by_arithmetic(selection: Selection, board: Board) -> Quote | Refused | None:
    settling = _settling(selection)
    if settling is None or not board.can_draw(selection.period):
        return None
    market = find_market(Moneyline("home", period=selection.period), board)
    return _quote(Road.ARITHMETIC, market, settling)


ROADS: Final[dict[Road, Callable[[Selection, Board], Quote | Refused | None]]] = {
    Road.EXACT: _by_its_own_market,
    Road.EQUIVALENT: _by_the_same_bet,
    Road.ARITHMETIC: _by_arithmetic,
}
"""Tried in this order; a road answers none where no such selection has it."""


def _quote(
    road: Road, market: Market | Refused | None, settling: Settling | None = None
) -> Quote | Refused | None:
    if not isinstance(market, Market):
        return market
    wins, refunds = settling or Settling((market.asked,))
    return Quote(road=road, market=market, wins=wins, refunds=refunds)


def _with_prices(quote: Quote, *, fair: bool) -> Quote | Refused:
    market = quote.market
    needed = (
        market.missing if fair else [outcome for outcome in quote.wins if market.offered(outcome) is None]
    )
    if needed:
        return Refused(Cause.INCOMPLETE_MARKET, (str(market), f"no price for {' and '.join(needed)}"))
    return quote


def _nowhere(selection: Selection, refusals: list[Refused], *, fair: bool) -> Refused:
    """All refusals as one, under the cause of the first road, which is the selection's own market."""
    words = list(dict.fromkeys(line for refused in refusals for line in refused.words))
    if not refusals:
        words.append(f"Pinnacle has no market for {selection}")
    if not fair and _settling(selection):
        words.append("a fair price would be computed from 1X2, a raw one needs a market that exists")
    return Refused(refusals[0].cause if refusals else Cause.NO_MARKET, tuple(words))


def _settling(selection: Selection) -> Settling | None:
    bet = _of_the_match(selection)
    return FROM_1X2.get(bet) or FROM_1X2.get(SAME_BET.get(bet, bet))


def _of_the_match(selection: Selection) -> Selection:
    return _in_period(selection, MATCH_PERIOD)


def _in_period(selection: Selection, period: int) -> Selection:
    return selection if selection.period == period else msgspec.structs.replace(selection, period=period)
