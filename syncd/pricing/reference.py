"""Min Odds from an earlier price: "bet when the price is 3 % above its opening".

The market must still be offered now and satisfy the rule's terms; only the price is an earlier one.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import is_, itemgetter
from typing import NamedTuple

import msgspec

from syncd.model.change import Cause
from syncd.model.openness import is_open_period
from syncd.model.pinnacle import MATCH_PERIOD, SOCCER, Period
from syncd.pricing.board import Board, SpecialMarket
from syncd.pricing.derivation import Quote, find_quote, may_need_specials
from syncd.pricing.market import NoPrice
from syncd.pricing.min_odds import (
    Priced,
    Reference,
    ReferencePrice,
    Terms,
    base_price,
    is_plausible,
    odds_from,
    suitable_quote,
    takes_no_bets,
)
from syncd.pricing.selection import Selection


class PastBoard(NamedTuple):
    """The board of an event from a moment on, until the next one."""

    at: datetime
    board: Board
    open: bool = True
    """True if bets were taken on the event: the prices of a halted event do not count."""


BoardHistory = Sequence[PastBoard]
"""In order of time."""


class PastPrice(NamedTuple):
    """A price, raw or fair as the rule asks, at which the selection could be bet from a moment on."""

    price: Decimal
    at: datetime
    quote: Quote


def price_from(
    reference: Reference, selection: Selection, board: Board, earlier: PastPrice | None, terms: Terms
) -> Priced | NoPrice:
    """Like `min_odds.price`, but from the past price that `pick_reference` found; `board` is the one of now.

    If the past has none, the price of now is the first and the highest.
    """
    quote = suitable_quote(selection, board, terms)
    if isinstance(quote, NoPrice):
        return quote
    if reference is Reference.LATEST:
        return odds_from(selection, quote, terms)
    now = base_price(quote, terms) if is_plausible(quote.market) else None
    if earlier is None and now is None:
        reason = f"there is no whole market to take the {reference} price from, neither now nor before"
        return NoPrice(Cause.BOOKSUM, (str(quote.market), reason), quote.market.changed_at)
    exceeded = (
        reference is Reference.HIGHEST and earlier and isinstance(now, Decimal) and now >= earlier.price
    )
    if earlier is None or exceeded:
        return odds_from(selection, quote, terms)
    start = ReferencePrice(reference=reference, at=earlier.at, quote=earlier.quote)
    return odds_from(selection, quote, terms, start)


def boards_over_time(
    periods: Iterable[tuple[datetime, Period]],
    specials: Iterable[tuple[datetime, SpecialMarket]] | None = None,
    *,
    turns: Iterable[tuple[datetime, bool]] = (),
    sport_id: int = SOCCER,
    before: PastBoard | None = None,
) -> list[PastBoard]:
    """The boards of an event, one for each moment of change, from the history of its periods and specials.

    `turns` are the times when it opened (true) and closed; before the first it is open. `before` is the last
    board of an earlier call. Without `specials` they count as not read, as on a `Board`.
    """
    changes: list[tuple[datetime, Period | SpecialMarket | bool]] = [*periods, *(specials or ()), *turns]
    changes.sort(key=itemgetter(0))
    board = before.board if before else Board.of([], None if specials is None else [], sport_id=sport_id)
    is_open = before.open if before else True
    boards = []
    for at, changes_then in groupby(changes, key=itemgetter(0)):
        changed = [each for _, each in changes_then]
        board = _updated(board, changed)
        is_open = next((each for each in reversed(changed) if isinstance(each, bool)), is_open)
        boards.append(PastBoard(at, board, is_open))
    return boards


def _updated(board: Board, changed: Sequence[Period | SpecialMarket | bool]) -> Board:
    """The board after some of its periods and specials changed; what did not change stays the same object."""
    periods = {each.number: each for each in changed if isinstance(each, Period)}
    specials = {each.id: each for each in changed if isinstance(each, SpecialMarket)}
    before = {each.id: each for each in board.specials or ()}
    return msgspec.structs.replace(
        board,
        periods={**board.periods, **periods} if periods else board.periods,
        specials=tuple({**before, **specials}.values()) if specials else board.specials,
        had_moneyline=board.had_moneyline.union(n for n, each in periods.items() if each.moneyline),
    )


def pick_reference(reference: Reference, prices: Iterable[PastPrice]) -> PastPrice | None:
    """The price that a reference means, of `prices` in order of time: the first, or the first highest."""
    if reference is Reference.OPENING:
        return next(iter(prices), None)
    return max(prices, key=lambda each: each.price, default=None)


def past_prices(selection: Selection, history: BoardHistory, terms: Terms) -> Iterator[PastPrice]:
    """Each price at which the selection could be bet, in a whole market with a plausible booksum.

    Most boards differ only in what the selection does not depend on: these are skipped.
    """
    last_used: tuple[object, ...] = ()
    priced: tuple[Decimal, Quote] | None = None
    by_specials = may_need_specials(selection)
    for at, board, is_open in history:
        used = (board.periods.get(selection.period), board.specials if by_specials else None)
        if len(last_used) < len(used) or not all(map(is_, used, last_used)):
            last_used, priced = used, _plausible_price(selection, board, terms)
        if priced and is_open and _was_open(board, selection, at):
            yield PastPrice(priced[0], at, priced[1])
            priced = None  # the same price a while longer is no other price


def _plausible_price(selection: Selection, board: Board, terms: Terms) -> tuple[Decimal, Quote] | None:
    quote = find_quote(selection, board, fair=terms.price == "fair")
    if isinstance(quote, NoPrice) or takes_no_bets(quote.market) or not is_plausible(quote.market):
        return None
    price = base_price(quote, terms)
    return None if isinstance(price, NoPrice) else (price, quote)


def _was_open(board: Board, selection: Selection, at: datetime) -> bool:
    """Return whether bets were taken on the match and the selection's period; a special has its own state."""
    periods = [board.periods.get(number) for number in (MATCH_PERIOD, selection.period)]
    return all(period is None or is_open_period(period, at) for period in periods)
