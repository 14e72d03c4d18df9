"""Offers of Pinnacle for one selection over time, and the Min Odds that its rule would have said."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

import msgspec

from syncd.model.openness import is_open_period
from syncd.model.pinnacle import MATCH_PERIOD
from syncd.pricing.board import Board
from syncd.pricing.derivation import find_quote, may_need_specials
from syncd.pricing.margin import MarginError, Method
from syncd.pricing.market import NoPrice
from syncd.pricing.min_odds import (
    Priced,
    Reference,
    Terms,
    base_price,
    fair_odds,
    is_plausible,
    takes_no_bets,
)
from syncd.pricing.reference import BoardHistory, PastPrice, pick_reference, price_from
from syncd.pricing.selection import Selection


class RuleTerms(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a rule that says which Min Odds are right, and when."""

    terms: Terms
    reference: Reference = Reference.LATEST
    close_before: timedelta = timedelta(0)
    open_before: timedelta | None = None
    min_change: Decimal = Decimal(0)
    """A relative change smaller than this is not sent, so Min Odds that differ by less are in step."""


class Offer(NamedTuple):
    """The offer for a selection from `at` on, until the next one."""

    at: datetime
    price: Decimal | None
    """Pinnacle's own price while bets are taken on it; None while there is none, or it has to be computed."""
    right: Decimal | None
    """The Min Odds that the rule says; None if it says that there should be no prediction."""
    board: Board


class ClosingPrice(NamedTuple):
    """The last price on which bets were taken, and its fair value by the rule's method."""

    at: datetime
    price: Decimal
    fair: Decimal | None
    """None if the market was not whole, so that its margin cannot be removed."""


def offers(selection: Selection, history: BoardHistory, rule: RuleTerms, kickoff: datetime) -> list[Offer]:
    """Return the offers of a selection until kick-off, in order of time, each unlike the one before."""
    closes = kickoff - rule.close_before
    opens = kickoff - rule.open_before if rule.open_before is not None else None
    found: list[Offer] = []
    for offer in _with_limits(_computed(selection, history, rule), opens, closes, kickoff):
        if not found or (offer.price, offer.right) != (found[-1].price, found[-1].right):
            found.append(offer)
    return found


def closing_price(selection: Selection, found: Sequence[Offer], method: Method) -> ClosingPrice | None:
    """Return the last price of these offers on which bets were taken; None if there was none."""
    last = next((each for each in reversed(found) if each.price is not None), None)
    if last is None or last.price is None:
        return None
    return ClosingPrice(last.at, last.price, fair_price(selection, last.board, method))


def fair_price(selection: Selection, board: Board, method: Method) -> Decimal | None:
    """Return the price without margin on a board; None if its market is not whole, or not plausible."""
    quote = find_quote(selection, board, fair=True)
    if isinstance(quote, NoPrice) or not is_plausible(quote.market):
        return None
    try:
        return fair_odds(quote, method)
    except MarginError:
        return None


def _computed(selection: Selection, history: BoardHistory, rule: RuleTerms) -> Iterator[Offer]:
    """Yield an offer for each board on which something differs that the selection depends on."""
    earlier: PastPrice | None = None
    used: tuple[object, ...] = ()
    cutoff: datetime | None = None
    by_specials = may_need_specials(selection)
    board = Board()
    for at, new_board, is_open in history:
        if cutoff and cutoff < at:
            yield Offer(cutoff, None, None, board)
        board = new_board
        takes_bets = is_open and _takes_bets(board, selection, at)
        # By identity: what did not change stays the same object.
        parts = (board.periods.get(selection.period), board.specials if by_specials else None)
        now_used = (*map(id, parts), takes_bets)
        if now_used == used:
            continue
        used = now_used
        price = _offered(selection, board) if takes_bets else None
        right = price_from(rule.reference, selection, board, earlier, rule.terms) if takes_bets else None
        if takes_bets:
            earlier = _reference(selection, board, at, rule, earlier)
        cutoff = _cutoff(board, selection) if takes_bets else None
        yield Offer(at, price, right.odds if isinstance(right, Priced) else None, board)
    if cutoff:
        yield Offer(cutoff, None, None, board)


def _with_limits(
    found: Iterator[Offer], opens: datetime | None, closes: datetime, kickoff: datetime
) -> Iterator[Offer]:
    """Yield the offers until kick-off, with no right Min Odds before `opens` and from `closes` on."""
    last: Offer | None = None
    for offer in found:
        yield from _between(last, offer.at, opens, closes, kickoff)
        if offer.at >= kickoff:
            return
        last = offer
        is_wanted = (opens is None or offer.at >= opens) and offer.at < closes
        yield offer if is_wanted else offer._replace(right=None)
    yield from _between(last, kickoff, opens, closes, kickoff)


def _between(
    last: Offer | None, until: datetime, opens: datetime | None, closes: datetime, kickoff: datetime
) -> Iterator[Offer]:
    """Yield what the rule's times and kick-off change after an offer, up to a moment."""
    if last is None:
        return
    if opens is not None and last.at < opens < min(until, closes):
        yield last._replace(at=opens)
    if last.at < closes < kickoff and closes < until:
        yield last._replace(at=closes, right=None)
    if last.at < kickoff <= until:
        yield Offer(kickoff, None, None, last.board)


def _takes_bets(board: Board, selection: Selection, at: datetime) -> bool:
    found = [board.periods.get(number) for number in (MATCH_PERIOD, selection.period)]
    return found[0] is not None and all(each is None or is_open_period(each, at) for each in found)


def _cutoff(board: Board, selection: Selection) -> datetime | None:
    """Return when time alone ends the bets on a selection, as far as its periods say."""
    found = [board.periods.get(number) for number in (MATCH_PERIOD, selection.period)]
    return min((each.cutoff for each in found if each and each.cutoff), default=None)


def _offered(selection: Selection, board: Board) -> Decimal | None:
    quote = find_quote(selection, board, fair=False)
    return None if isinstance(quote, NoPrice) or takes_no_bets(quote.market) else quote.price


def _reference(
    selection: Selection, board: Board, at: datetime, rule: RuleTerms, earlier: PastPrice | None
) -> PastPrice | None:
    """Return the price that later ones start from, by a rule that starts from an earlier one."""
    if rule.reference is Reference.LATEST:
        return None
    quote = find_quote(selection, board, fair=rule.terms.price == "fair")
    if isinstance(quote, NoPrice) or takes_no_bets(quote.market) or not is_plausible(quote.market):
        return earlier
    price = base_price(quote, rule.terms)
    now = [] if isinstance(price, NoPrice) else [PastPrice(price, at, quote)]
    return pick_reference(rule.reference, [*([earlier] if earlier else []), *now])
