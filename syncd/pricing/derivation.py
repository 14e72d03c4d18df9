"""Derive Pinnacle's price for a selection: exact, equivalent or computed, in this order.

A neighbouring line is never used, nor a model of goals. The next derivation is tried only if the market or
the line is not offered at all. A market that lacks a side or takes no bets is being suspended, and then the
rest of the board cannot be trusted either.
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
from syncd.pricing.market import Market, NoPrice
from syncd.pricing.selection import (
    DOUBLE_CHANCE,
    DRAW_NO_BET,
    DoubleChanceSelection,
    DrawNoBetSelection,
    MoneylineSelection,
    Selection,
    SpecialSelection,
    SpreadSelection,
    TeamTotalSelection,
    TotalSelection,
)
from syncd.pricing.specials import find_special
from syncd.pricing.straight import find_straight


class Derivation(StrEnum):
    """The way in which a price is found."""

    EXACT = "exact"
    """The market itself, at exactly this line."""
    EQUIVALENT = "equivalent"
    """A market of another name that every result settles alike."""
    COMPUTED = "computed"
    """Sums of the fair probabilities of 1X2. Never for a raw price, which needs a market that exists."""


DERIVATION_TEXT: Final = {
    Derivation.EXACT: "Pinnacle's own market",
    Derivation.EQUIVALENT: "by a market that settles exactly alike",
    Derivation.COMPUTED: "computed from 1X2",
}

_FAILED_TEXT: Final = {
    Derivation.EXACT: "not by its own market",
    Derivation.EQUIVALENT: "not by one that settles alike",
    Derivation.COMPUTED: "not computed from 1X2",
}


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """The market that prices a selection: which of its outcomes win, and which return the stake."""

    derivation: Derivation
    market: Market
    wins: tuple[str, ...]
    refunds: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    """The reasons why the derivations before this one failed, as short lines."""

    @property
    def price(self) -> Decimal | None:
        """Pinnacle's own price; None if it has to be computed."""
        return None if self.derivation is Derivation.COMPUTED else self.market.price_of(self.wins[0])


SUSPENDING_CAUSES: Final = frozenset({Cause.INCOMPLETE_MARKET, Cause.EVENT_HALTED, Cause.CUTOFF_PASSED})
"""The market is there and takes no bets now: no other derivation is tried."""

Condition = Callable[[Board, int], bool]
"""Returns whether two bets on a period, given by its number, are settled alike on this board."""


def _in_score(board: Board, _period: int) -> bool:
    """The spread counts the score, so half a goal or none is settled as the result is."""
    return board.spreads_count_the_score


def _three_way(board: Board, period: int) -> bool:
    """The moneyline has a draw, on which it loses, as a handicap of -0.5 does. A two-way one refunds it."""
    return board.spreads_count_the_score and board.can_draw(period) is True


def _two_way(board: Board, period: int) -> bool:
    """The moneyline has no draw: if one happens, the stake is returned, as in draw no bet."""
    return board.can_draw(period) is False


def _two_way_in_score(board: Board, period: int) -> bool:
    return _two_way(board, period) and _in_score(board, period)


def _never_had_a_moneyline(board: Board, period: int) -> bool:
    """The moneyline was not taken down; a price from another market would survive its suspension.

    Only in soccer is a moneyline known to be three-way before there is one.
    """
    return board.sport_id == SOCCER and _three_way(board, period) and period not in board.had_moneyline


class EquivalentBet(NamedTuple):
    """Another selection that every result settles alike, if the condition holds."""

    selection: Selection
    holds: Condition


def _equivalent_bets(*rows: tuple[str, str, Condition]) -> dict[Selection, list[EquivalentBet]]:
    found: dict[Selection, list[EquivalentBet]] = {}
    for one, other, holds in rows:
        for side in ("home", "away") if "SIDE" in one else ("",):
            selection, same = (parse_selection(text.replace("SIDE", side)) for text in (one, other))
            found.setdefault(selection, []).append(EquivalentBet(same, holds))
    return found


EQUIVALENT_BETS: Final = _equivalent_bets(
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
"""Selection -> the selections that are settled alike, in the order in which they are tried."""


class Payoff(NamedTuple):
    """The outcomes of a market that win a bet, and those that return its stake."""

    wins: tuple[str, ...]
    refunds: tuple[str, ...] = ()


FROM_1X2: Final = {
    parse_selection(text): payoff
    for text, payoff in {
        "double_chance 1X": Payoff(("home", "draw")),
        "double_chance 12": Payoff(("home", "away")),
        "double_chance X2": Payoff(("draw", "away")),
        "draw_no_bet home": Payoff(("home",), refunds=("draw",)),
        "draw_no_bet away": Payoff(("away",), refunds=("draw",)),
        "spread +0.5 home": Payoff(("home", "draw")),
        "spread +0.5 away": Payoff(("draw", "away")),
        "spread 0 home": Payoff(("home",), refunds=("draw",)),
        "spread 0 away": Payoff(("away",), refunds=("draw",)),
    }.items()
}
"""Selections that the outcomes of 1X2 settle, and for which Pinnacle need not offer a market of its own."""


def find_quote(selection: Selection, board: Board, *, fair: bool) -> Quote | NoPrice:
    """The quote of the first derivation that succeeds; a fair price needs all sides of the market."""
    failures: list[NoPrice] = []
    failed: list[str] = []
    for derivation, derive in DERIVATIONS.items():
        if derivation is Derivation.COMPUTED and not fair:
            break
        for found in derive(selection, board):
            if isinstance(found, Quote):
                return _if_priced(msgspec.structs.replace(found, failed=tuple(failed)), fair=fair)
            failures.append(found)
            if found.cause in SUSPENDING_CAUSES:
                return _no_price(selection, failures, fair=fair)
            failed += [f"{_FAILED_TEXT[derivation]}: {line}" for line in found.reason]
    return _no_price(selection, failures, fair=fair)


def may_need_specials(selection: Selection) -> bool:
    """Return whether one of the derivations of its price uses a special."""
    equivalent = (each.selection for each in EQUIVALENT_BETS.get(_in_period(selection, MATCH_PERIOD), ()))
    return any(
        isinstance(each, SpecialSelection | DoubleChanceSelection | DrawNoBetSelection)
        for each in (selection, *equivalent)
    )


def find_market(selection: Selection, board: Board) -> Market | NoPrice:
    """The market of the selection itself. Raises `TypeError` for a class of selections that has none."""
    match selection:
        case SpecialSelection():
            return find_special(selection, board)
        case DoubleChanceSelection(pairing=pairing, period=period):
            return find_special(SpecialSelection(DOUBLE_CHANCE, pairing, period=period), board)
        case DrawNoBetSelection(side=side, period=period):
            return find_special(SpecialSelection(DRAW_NO_BET, side.title(), period=period), board)
        case MoneylineSelection() | SpreadSelection() | TotalSelection() | TeamTotalSelection():
            return find_straight(selection, board)
        case _:
            raise TypeError(f"no market is known for {selection!r}")


def _exact(selection: Selection, board: Board) -> Iterator[Quote | NoPrice]:
    yield _quote(Derivation.EXACT, find_market(selection, board))


def _equivalent(selection: Selection, board: Board) -> Iterator[Quote | NoPrice]:
    period = selection.period
    for other in EQUIVALENT_BETS.get(_in_period(selection, MATCH_PERIOD), ()):
        if other.holds(board, period):
            yield _quote(Derivation.EQUIVALENT, find_market(_in_period(other.selection, period), board))


def _computed(selection: Selection, board: Board) -> Iterator[Quote | NoPrice]:
    payoff, period = _payoff_in_1x2(selection), selection.period
    applies = board.spreads_count_the_score or not isinstance(selection, SpreadSelection)
    if payoff and applies and board.can_draw(period):
        market = find_market(MoneylineSelection("home", period=period), board)
        yield _quote(Derivation.COMPUTED, market, payoff)


DERIVATIONS: Final[dict[Derivation, Callable[[Selection, Board], Iterator[Quote | NoPrice]]]] = {
    Derivation.EXACT: _exact,
    Derivation.EQUIVALENT: _equivalent,
    Derivation.COMPUTED: _computed,
}
"""Tried in this order; one that does not apply to the selection yields nothing."""


def _quote(derivation: Derivation, market: Market | NoPrice, payoff: Payoff | None = None) -> Quote | NoPrice:
    if isinstance(market, NoPrice):
        return market
    wins, refunds = payoff or Payoff((market.selected,))
    return Quote(derivation=derivation, market=market, wins=wins, refunds=refunds)


def _if_priced(quote: Quote, *, fair: bool) -> Quote | NoPrice:
    """The quote if every price that it needs is there."""
    market = quote.market
    missing = (
        market.missing if fair else [outcome for outcome in quote.wins if market.price_of(outcome) is None]
    )
    if missing:
        reason = (str(market), f"no price for {' and '.join(missing)}")
        return NoPrice(Cause.INCOMPLETE_MARKET, reason, market.changed_at)
    return quote


def _no_price(selection: Selection, failures: list[NoPrice], *, fair: bool) -> NoPrice:
    """All failures as one, with the cause of the one that ended the search, or else of the first."""
    reason = list(dict.fromkeys(line for failure in failures for line in failure.reason))
    decisive = failures[-1] if failures[-1].cause in SUSPENDING_CAUSES else failures[0]
    if not fair and _payoff_in_1x2(selection):
        reason.append("a fair price would be computed from 1X2, a raw one needs a market that exists")
    return NoPrice(decisive.cause, tuple(reason), decisive.since)


def _payoff_in_1x2(selection: Selection) -> Payoff | None:
    return FROM_1X2.get(_in_period(selection, MATCH_PERIOD))


def _in_period(selection: Selection, period: int) -> Selection:
    return selection if selection.period == period else msgspec.structs.replace(selection, period=period)
