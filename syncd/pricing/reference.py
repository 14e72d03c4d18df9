"""Min Odds from an earlier price: "bet when the price is 3 % above its opening".

The market has to be there and fit for the rule now all the same; only the price is that of another moment.
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
from syncd.pricing.market import Refused
from syncd.pricing.min_odds import (
    Moment,
    Priced,
    Reference,
    Terms,
    base_price,
    is_believable,
    odds_from,
    suitable_quote,
)
from syncd.pricing.quote import Quote, find_quote, may_need_specials
from syncd.pricing.selection import Selection


class Standing(NamedTuple):
    """What stood from a moment on, until the next one."""

    at: datetime
    board: Board
    open: bool = True
    """Whether bets were taken on the event: what stands while it is halted is no offer."""


Past = Sequence[Standing]
"""In order of time."""


class Offer(NamedTuple):
    """What a selection was to be had for at a moment: raw or fair, as the rule asks."""

    price: Decimal
    at: datetime
    quote: Quote


def price_at(
    reference: Reference, selection: Selection, board: Board, past: Past, terms: Terms
) -> Priced | Refused:
    """As `min_odds.price`, but from the price that `reference` names; `board` is the one of now."""
    return price_from(reference, selection, board, told_by(reference, offers(selection, past, terms)), terms)


def price_from(
    reference: Reference, selection: Selection, board: Board, earlier: Offer | None, terms: Terms
) -> Priced | Refused:
    """The same from the one offer that tells the reference.

    Where the past holds none, the price of now is the first and the highest.
    """
    quote = suitable_quote(selection, board, terms)
    if isinstance(quote, Refused):
        return quote
    if reference is Reference.LATEST:
        return odds_from(selection, quote, terms)
    now = base_price(quote, terms) if is_believable(quote.market) else None
    if earlier is None and now is None:
        words = f"there is no whole market to take the {reference} price from, neither now nor before"
        return Refused(Cause.BOOKSUM, (str(quote.market), words), quote.market.changed_at)
    beaten = reference is Reference.HIGHEST and earlier and isinstance(now, Decimal) and now >= earlier.price
    if earlier is None or beaten:
        return odds_from(selection, quote, terms)
    moment = Moment(reference=reference, at=earlier.at, quote=earlier.quote)
    return odds_from(selection, quote, terms, moment)


def boards_over_time(
    periods: Iterable[tuple[datetime, Period]],
    specials: Iterable[tuple[datetime, SpecialMarket]] | None = None,
    *,
    turns: Iterable[tuple[datetime, bool]] = (),
    sport_id: int = SOCCER,
    before: Standing | None = None,
) -> list[Standing]:
    """What stood on an event, from the history of its periods and specials: one for each moment of change.

    `turns` tells when it opened (true) and closed; until the first it is open. `before` is the last of what
    was told earlier. Without `specials` they count as not read, as on a `Board`.
    """
    told: list[tuple[datetime, Period | SpecialMarket | bool]] = [*periods, *(specials or ()), *turns]
    told.sort(key=itemgetter(0))
    board = before.board if before else Board.of([], None if specials is None else [], sport_id=sport_id)
    is_open = before.open if before else True
    stood = []
    for at, news_then in groupby(told, key=itemgetter(0)):
        news = [each for _, each in news_then]
        board = _with_news(board, news)
        is_open = next((each for each in reversed(news) if isinstance(each, bool)), is_open)
        stood.append(Standing(at, board, is_open))
    return stood


def _with_news(board: Board, news: Sequence[Period | SpecialMarket | bool]) -> Board:
    """The board after some of its periods and specials changed; what did not change stays the same object."""
    periods = {each.number: each for each in news if isinstance(each, Period)}
    specials = {each.id: each for each in news if isinstance(each, SpecialMarket)}
    before = {each.id: each for each in board.specials or ()}
    return msgspec.structs.replace(
        board,
        periods={**board.periods, **periods} if periods else board.periods,
        specials=tuple({**before, **specials}.values()) if specials else board.specials,
        had_moneyline=board.had_moneyline.union(n for n, each in periods.items() if each.moneyline),
    )


def told_by(reference: Reference, offered: Iterable[Offer]) -> Offer | None:
    """The offer that a reference means, of offers in order of time: the first, or the first highest."""
    if reference is Reference.OPENING:
        return next(iter(offered), None)
    return max(offered, key=lambda each: each.price, default=None)


def offers(selection: Selection, past: Past, terms: Terms) -> Iterator[Offer]:
    """Each moment at which the selection could be bet on, in a whole market that can be believed.

    Most moments change what the selection does not stand on: those are passed over.
    """
    stood_on: tuple[object, ...] = ()
    offer: tuple[Decimal, Quote] | None = None
    by_specials = may_need_specials(selection)
    for at, board, is_open in past:
        stands_on = (board.periods.get(selection.period), board.specials if by_specials else None)
        if len(stood_on) < len(stands_on) or not all(map(is_, stands_on, stood_on)):
            stood_on, offer = stands_on, _believable_offer(selection, board, terms)
        if offer and is_open and _was_open(board, selection, at):
            yield Offer(offer[0], at, offer[1])
            offer = None  # that it stands there a while longer makes no other price


def _believable_offer(selection: Selection, board: Board, terms: Terms) -> tuple[Decimal, Quote] | None:
    quote = find_quote(selection, board, fair=terms.price == "fair")
    if isinstance(quote, Refused) or not is_believable(quote.market):
        return None
    price = base_price(quote, terms)
    return None if isinstance(price, Refused) else (price, quote)


def _was_open(board: Board, selection: Selection, at: datetime) -> bool:
    """Whether bets were taken on the match and on the selection's period; a special says that itself."""
    periods = [board.periods.get(number) for number in (MATCH_PERIOD, selection.period)]
    return all(held is None or is_open_period(held, at) for held in periods)
