"""Pinnacle's price of a selection over time, as it was offered, with the fair price behind it."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from syncd.model.openness import is_open_period
from syncd.model.pinnacle import MATCH_PERIOD
from syncd.pricing.board import Board
from syncd.pricing.derivation import find_quote
from syncd.pricing.margin import Method
from syncd.pricing.market import NoPrice
from syncd.pricing.min_odds import Terms, base_price, is_plausible
from syncd.pricing.reference import BoardHistory, boards_over_time
from syncd.pricing.selection import Selection
from syncd.store.offer_history import OpennessChange, PastPeriod

BOARDS_PER_SLICE = 20
"""Boards priced before the event loop gets its turn."""

KEPT_PRICES = 20_000
"""Prices kept for the next reader: the history of a dozen selections."""


class PriceAt(NamedTuple):
    """Both prices from a moment on; None: there was none."""

    at: datetime
    price: Decimal | None
    """Pinnacle's own; None also if it has to be computed from 1X2."""
    fair: Decimal | None


class ClosedSpan(NamedTuple):
    """A time in which no bets were taken on the event."""

    start: datetime
    end: datetime | None
    """None: it still is closed."""


Prices = tuple[Decimal | None, Decimal | None]


class PriceLines:
    """Prices the past of events; what a selection cost at a moment is computed once."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[Selection, Method, tuple[int, ...]], Prices] = OrderedDict()

    async def line(
        self,
        selection: Selection,
        method: Method,
        periods: Sequence[PastPeriod],
        turns: Sequence[OpennessChange],
        sport_id: int,
    ) -> list[PriceAt]:
        """Return the prices at each moment at which they changed, in order of time."""
        boards = boards_over_time(
            ((each.at, each.period) for each in periods),
            turns=((each.at, each.open) for each in turns),
            sport_id=sport_id,
        )
        ids = _ids_over_time(periods, boards)
        found: list[PriceAt] = []
        for count, (past, of_board) in enumerate(zip(boards, ids, strict=True), start=1):
            is_open = past.open and _takes_bets(past.board, selection, past.at)
            prices = self._prices(selection, method, past.board, of_board) if is_open else (None, None)
            # It begins with a price: what was closed when it was first seen, was closed "always".
            if found[-1][1:] != prices if found else prices != (None, None):
                found.append(PriceAt(past.at, *prices))
            if not count % BOARDS_PER_SLICE:
                await asyncio.sleep(0)
        return found

    def _prices(self, selection: Selection, method: Method, board: Board, ids: tuple[int, ...]) -> Prices:
        key = (selection, method, ids)
        if key not in self._known:
            self._known[key] = _price_of(selection, board), _fair_of(selection, board, method)
            if len(self._known) > KEPT_PRICES:
                self._known.popitem(last=False)
        return self._known[key]


def closed_spans(turns: Sequence[OpennessChange]) -> list[ClosedSpan]:
    """Return the times in which the event was closed, from the moments at which it closed and opened."""
    spans: list[ClosedSpan] = []
    closed_at: datetime | None = None
    for turn in turns:
        if not turn.open and closed_at is None:
            closed_at = turn.at
        elif turn.open and closed_at is not None:
            spans.append(ClosedSpan(closed_at, turn.at))
            closed_at = None
    return [*spans, ClosedSpan(closed_at, None)] if closed_at is not None else spans


def _ids_over_time(periods: Sequence[PastPeriod], boards: BoardHistory) -> list[tuple[int, ...]]:
    """Return for each board the entries of the history that it is made of."""
    current: dict[int, int] = {}
    found: list[tuple[int, ...]] = []
    index = 0
    for past in boards:
        while index < len(periods) and periods[index].at <= past.at:
            current[periods[index].period.number] = periods[index].id
            index += 1
        found.append(tuple(current[number] for number in sorted(current)))
    return found


def _takes_bets(board: Board, selection: Selection, at: datetime) -> bool:
    known = (board.periods.get(number) for number in (MATCH_PERIOD, selection.period))
    return all(period is None or is_open_period(period, at) for period in known)


def _price_of(selection: Selection, board: Board) -> Decimal | None:
    quote = find_quote(selection, board, fair=False)
    return None if isinstance(quote, NoPrice) else quote.price


def _fair_of(selection: Selection, board: Board, method: Method) -> Decimal | None:
    quote = find_quote(selection, board, fair=True)
    if isinstance(quote, NoPrice) or not is_plausible(quote.market):
        return None
    fair = base_price(quote, Terms(price="fair", method=method))
    return None if isinstance(fair, NoPrice) else fair
