"""Where Pinnacle's price for a selection stands: the roads to it, in the order of `ROADS`.

Never a neighbouring line, never a model of goals. The next road is taken only where the market or the line
is not offered at all: one that is there with a side missing, or that takes no bets, is being suspended, and
what else stands on the board then is not to be trusted either.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from syncd.model.change import Cause
from syncd.model.pinnacle import MATCH_PERIOD, SOCCER
from syncd.pricing.board import Board
from syncd.pricing.grammar import parse_selection
from syncd.pricing.market import Market, Refused
from syncd.pricing.selection import (
    DOUBLE_CHANCE,
    DRAW_NO_BET,
    DoubleChance,
    DrawNoBet,
    Moneyline,
    Selection,
    Special,
    Spread,
    TeamTotal,
    Total,
)
from syncd.pricing.specials import find_special
from syncd.pricing.straight import find_straight


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
    passed: tuple[str, ...] = ()
    """Why the roads before this one led nowhere, a short line each."""

    @property
    def price(self) -> Decimal | None:
        """Pinnacle's own price; none on the road of arithmetic."""
        return None if self.road is Road.ARITHMETIC else self.market.offered(self.wins[0])


STOPS: Final = frozenset({Cause.INCOMPLETE_MARKET, Cause.EVENT_HALTED, Cause.CUTOFF_PASSED})
"""The market is there and takes no bets now: no other road is tried."""

Condition = Callable[[Board, int], bool]


def _in_score(board: Board, _period: int) -> bool:
    """The spread counts what decides the result, so half a goal or none settles as the result does."""
    return board.spreads_count_the_score


def _three_way(board: Board, period: int) -> bool:
    """The moneyline has a draw, which loses: that is half a goal behind. A two-way one refunds it."""
    return board.spreads_count_the_score and board.can_draw(period) is True


def _two_way(board: Board, period: int) -> bool:
    """The moneyline has no draw: if one happens all the same the stakes go back, as in draw no bet."""
    return board.can_draw(period) is False


def _two_way_in_score(board: Board, period: int) -> bool:
    return _two_way(board, period) and _in_score(board, period)


def _never_had_a_moneyline(board: Board, period: int) -> bool:
    """A moneyline that was there and is not was taken down: a price from elsewhere would outlive that.

    Only soccer's rules tell without the market that it would be a three-way one.
    """
    return board.sport_id == SOCCER and _three_way(board, period) and period not in board.had_moneyline


class SameBet(NamedTuple):
    """Another market that every result settles alike, where the condition holds."""

    selection: Selection
    holds: Condition


def _same_bets(*rows: tuple[str, str, Condition]) -> dict[Selection, list[SameBet]]:
    found: dict[Selection, list[SameBet]] = {}
    for one, other, holds in rows:
        for side in ("home", "away") if "SIDE" in one else ("",):
            selection, same = (parse_selection(text.replace("SIDE", side)) for text in (one, other))
            found.setdefault(selection, []).append(SameBet(same, holds))
    return found


SAME_BETS: Final = _same_bets(
    ("moneyline SIDE", "spread -0.5 SIDE", _never_had_a_moneyline),
    ("spread -0.5 SIDE", "moneyline SIDE", _three_way),
    ("draw_no_bet SIDE", "spread 0 SIDE", _in_score),
    ("draw_no_bet SIDE", "moneyline SIDE", _two_way),
    ("spread 0 SIDE", "draw_no_bet SIDE", _in_score),
    ("spread 0 SIDE", "moneyline SIDE", _two_way_in_score),
    ("double_chance 1X", "spread +0.5 home", _in_score),
    ("double_chance X2", "spread +0.5 away", _in_score),
    ("spread +0.5 home", "double_chance 1X", _in_score),
    ("spread +0.5 away", "double_chance X2", _in_score),
)
"""Selection -> the markets that settle alike, in the order in which they are tried."""


class Settling(NamedTuple):
    """Which outcomes of 1X2 win a bet, and which give its stake back."""

    wins: tuple[str, ...]
    refunds: tuple[str, ...] = ()


FROM_1X2: Final = {
    parse_selection(text): settling
    for text, settling in {
        "double_chance 1X": Settling(("home", "draw")),
        "double_chance 12": Settling(("home", "away")),
        "double_chance X2": Settling(("draw", "away")),
        "draw_no_bet home": Settling(("home",), refunds=("draw",)),
        "draw_no_bet away": Settling(("away",), refunds=("draw",)),
        "spread +0.5 home": Settling(("home", "draw")),
        "spread +0.5 away": Settling(("draw", "away")),
        "spread 0 home": Settling(("home",), refunds=("draw",)),
        "spread 0 away": Settling(("away",), refunds=("draw",)),
    }.items()
}
"""Bets that the three outcomes of 1X2 settle, and no single market of Pinnacle's need offer."""


def find_quote(selection: Selection, board: Board, *, fair: bool) -> Quote | Refused:
    """The price's place by the first road that leads to one; a fair price needs all sides of the market."""
    refusals: list[Refused] = []
    passed: list[str] = []
    for road, travel in ROADS.items():
        if road is Road.ARITHMETIC and not fair:
            break
        for found in travel(selection, board):
            if isinstance(found, Quote):
                return _with_prices(msgspec.structs.replace(found, passed=tuple(passed)), fair=fair)
            refusals.append(found)
            if found.cause in STOPS:
                return _nowhere(selection, refusals, fair=fair)
            passed += [f"{PASSED[road]}: {words}" for words in found.words]
    return _nowhere(selection, refusals, fair=fair)


def may_need_specials(selection: Selection) -> bool:
    """Whether one of the roads to its price leads over a special of Pinnacle's."""
    same = (each.selection for each in SAME_BETS.get(_in_period(selection, MATCH_PERIOD), ()))
    return any(isinstance(each, Special | DoubleChance | DrawNoBet) for each in (selection, *same))


def find_market(selection: Selection, board: Board) -> Market | Refused:
    """The market of the selection itself."""
    match selection:
        case Special():
            return find_special(selection, board)
        case DoubleChance(pairing=pairing, period=period):
            return find_special(Special(DOUBLE_CHANCE, pairing, period=period), board)
        case DrawNoBet(side=side, period=period):
            return find_special(Special(DRAW_NO_BET, side.title(), period=period), board)
        case Moneyline() | Spread() | Total() | TeamTotal():
            return find_straight(selection, board)
        case _:
            raise TypeError(f"no market is known for {selection!r}")


def _by_its_own_market(selection: Selection, board: Board) -> Iterator[Quote | Refused]:
    yield _quote(Road.EXACT, find_market(selection, board))


def _by_the_same_bet(selection: Selection, board: Board) -> Iterator[Quote | Refused]:
    period = selection.period
    for same in SAME_BETS.get(_in_period(selection, MATCH_PERIOD), ()):
        if same.holds(board, period):
            yield _quote(Road.EQUIVALENT, find_market(_in_period(same.selection, period), board))


def _by_arithmetic(selection: Selection, board: Board) -> Iterator[Quote | Refused]:
    settling, period = _settling(selection), selection.period
    counts = board.spreads_count_the_score or not isinstance(selection, Spread)
    if settling and counts and board.can_draw(period):
        market = find_market(Moneyline("home", period=period), board)
        yield _quote(Road.ARITHMETIC, market, settling)


ROADS: Final[dict[Road, Callable[[Selection, Board], Iterator[Quote | Refused]]]] = {
    Road.EXACT: _by_its_own_market,
    Road.EQUIVALENT: _by_the_same_bet,
    Road.ARITHMETIC: _by_arithmetic,
}
"""Tried in this order; a road is empty where no such selection has it."""

PASSED: Final = {
    Road.EXACT: "not by its own market",
    Road.EQUIVALENT: "not by one that settles alike",
    Road.ARITHMETIC: "not computed from 1X2",
}


def _quote(road: Road, market: Market | Refused, settling: Settling | None = None) -> Quote | Refused:
    if isinstance(market, Refused):
        return market
    wins, refunds = settling or Settling((market.asked,))
    return Quote(road=road, market=market, wins=wins, refunds=refunds)


def _with_prices(quote: Quote, *, fair: bool) -> Quote | Refused:
    market = quote.market
    needed = (
        market.missing if fair else [outcome for outcome in quote.wins if market.offered(outcome) is None]
    )
    if needed:
        words = (str(market), f"no price for {' and '.join(needed)}")
        return Refused(Cause.INCOMPLETE_MARKET, words, market.changed_at)
    return quote


def _nowhere(selection: Selection, refusals: list[Refused], *, fair: bool) -> Refused:
    """All refusals as one, under the cause of the one that ended the search, or else of the first road."""
    words = list(dict.fromkeys(line for refused in refusals for line in refused.words))
    told = refusals[-1] if refusals[-1].cause in STOPS else refusals[0]
    if not fair and _settling(selection):
        words.append("a fair price would be computed from 1X2, a raw one needs a market that exists")
    return Refused(told.cause, tuple(words), told.since)


def _settling(selection: Selection) -> Settling | None:
    return FROM_1X2.get(_in_period(selection, MATCH_PERIOD))


def _in_period(selection: Selection, period: int) -> Selection:
    return selection if selection.period == period else msgspec.structs.replace(selection, period=period)
