"""Prices and periods from wire to model: exact decimal odds, and one line for each handicap.

A handicap with two contradicting lines gets none.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar, overload

from syncd.model.bounds import HIGHEST_LINE, HIGHEST_PRICE, HIGHEST_STAKE, is_between, moment, number
from syncd.model.pinnacle import Moneyline, Period, SpreadLine, TotalLine
from syncd.pinnacle.decode.wire import WireMoneyline, WirePeriod, WireSpread, WireTotal
from syncd.pinnacle.errors import BadPayloadError

ONE = Decimal(1)
HUNDRED = Decimal(100)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

LineT = TypeVar("LineT", SpreadLine, TotalLine)


class OddsFormat(StrEnum):
    """The format of the prices in a response. The client requests decimal; recordings have both."""

    DECIMAL = "Decimal"
    AMERICAN = "American"


def american_to_decimal(price: Decimal) -> Decimal:
    """Convert an American price p to decimal odds: 1 + p/100 above 0, 1 + 100/-p below.

    Raises `BadPayloadError` if p is between -100 and 100: no American price is.
    """
    if abs(price) < HUNDRED:
        raise BadPayloadError(f"{price} is not an American price")
    return ONE + (price / HUNDRED if price > 0 else HUNDRED / -price)


def period_from_wire(wire: WirePeriod, odds_format: OddsFormat = OddsFormat.DECIMAL) -> Period:
    """The period with its markets, without the lines that have no price on any side.

    Raises `BadPayloadError` or `OutOfBoundsError` if a price, a line or a time is impossible.
    """
    markets = _MarketDecoder(odds_format)
    teams = wire.team_total
    return Period(
        number=wire.number,
        status=wire.status,
        cutoff=utc(wire.cutoff),
        moneyline=markets.moneyline(wire.moneyline or wire.money_line),
        spreads=markets.spreads(wire.spreads or ()),
        totals=markets.totals(wire.totals or ()),
        home_totals=markets.totals(_as_list(teams.home if teams else None)),
        away_totals=markets.totals(_as_list(teams.away if teams else None)),
        max_moneyline=stake(wire.max_moneyline if wire.max_moneyline is not None else wire.max_money_line),
        max_spread=stake(wire.max_spread),
        max_total=stake(wire.max_total),
        max_team_total=stake(wire.max_team_total),
    )


@overload
def utc(value: datetime) -> datetime: ...
@overload
def utc(value: datetime | None) -> datetime | None: ...
def utc(value: datetime | None) -> datetime | None:
    """The time as aware UTC. Year 1, seen for "long closed", becomes 1970: it can be calculated with.

    Raises `OutOfBoundsError` for a time that is as far in the future.
    """
    if value is None:
        return None
    return EPOCH if value.year < EPOCH.year else moment(value)


def _as_list(total: list[WireTotal] | WireTotal | None) -> Sequence[WireTotal]:
    if total is None:
        return ()
    return total if isinstance(total, list) else (total,)


class _MarketDecoder:
    """Decodes markets whose prices have one format."""

    def __init__(self, odds_format: OddsFormat) -> None:
        self._price = _decimal_price if odds_format is OddsFormat.DECIMAL else _american_price
        self._decimal = odds_format is OddsFormat.DECIMAL

    def moneyline(self, wire: WireMoneyline | None) -> Moneyline | None:
        if wire is None:
            return None
        home, draw, away = self._price(wire.home), self._price(wire.draw), self._price(wire.away)
        self._check_format(home, draw, away)
        if home is None and draw is None and away is None:
            return None
        return Moneyline(home=home, draw=draw, away=away)

    def spreads(self, wires: Iterable[WireSpread]) -> tuple[SpreadLine, ...]:
        lines: dict[Decimal, tuple[bool, SpreadLine | None]] = {}
        for wire in wires:
            home, away = self._price(wire.home), self._price(wire.away)
            self._check_format(home, away)
            if wire.hdp is None or (home is None and away is None):
                continue
            line = SpreadLine(hdp=line_of(wire.hdp), home=home, away=away, max_stake=stake(wire.max))
            _add_line(lines, wire.hdp, main=wire.alt_line_id is None, line=line)
        return tuple(line for _, line in lines.values() if line is not None)

    def totals(self, wires: Iterable[WireTotal]) -> tuple[TotalLine, ...]:
        lines: dict[Decimal, tuple[bool, TotalLine | None]] = {}
        for wire in wires:
            over, under = self._price(wire.over), self._price(wire.under)
            self._check_format(over, under)
            if wire.points is None or (over is None and under is None):
                continue
            line = TotalLine(points=line_of(wire.points), over=over, under=under, max_stake=stake(wire.max))
            _add_line(lines, wire.points, main=wire.alt_line_id is None, line=line)
        return tuple(line for _, line in lines.values() if line is not None)

    def _check_format(self, *prices: Decimal | None) -> None:
        # American favourites are negative, but a market can be all positive: +141 +251 +197.
        if not self._decimal or (prices[0] is not None and prices[0] < HUNDRED):
            return
        sides = [price for price in prices if price is not None]
        if len(sides) > 1 and min(sides) >= HUNDRED:
            raise BadPayloadError(f"prices {sides[0]} and {sides[1]} of one market are not decimal odds")


def _add_line(
    lines: dict[Decimal, tuple[bool, LineT | None]], key: Decimal, *, main: bool, line: LineT
) -> None:
    """Add a line under its handicap. The main line wins; two alternatives that differ leave none."""
    other = lines.get(key)
    if other is None or (main and not other[0]):
        lines[key] = (main, line)
    elif other[0] == main and other[1] != line:
        lines[key] = (main, None)


def decimal_odds(price: Decimal | None, odds_format: OddsFormat = OddsFormat.DECIMAL) -> Decimal | None:
    """A price as decimal odds; None for no price: null, 0, or 1, at which nothing is won.

    Raises `BadPayloadError` if it cannot be a price of this format.
    """
    return _decimal_price(price) if odds_format is OddsFormat.DECIMAL else _american_price(price)


@overload
def line_of(value: Decimal) -> Decimal: ...
@overload
def line_of(value: Decimal | None) -> Decimal | None: ...
def line_of(value: Decimal | None) -> Decimal | None:
    """The same handicap or points. Raises `OutOfBoundsError` if it cannot be one, such as NaN."""
    return None if value is None else number(value, HIGHEST_LINE)


def stake(value: Decimal | None) -> Decimal | None:
    """The same limit. Raises `OutOfBoundsError` if it cannot be one."""
    return None if value is None else number(value, HIGHEST_STAKE)


def _decimal_price(price: Decimal | None) -> Decimal | None:
    if price is None or is_between(price, ONE, HIGHEST_PRICE):
        return price
    number(price, HIGHEST_PRICE)
    if not price or price == ONE:
        return None
    raise BadPayloadError(f"{price} cannot be decimal odds")


def _american_price(price: Decimal | None) -> Decimal | None:
    return american_to_decimal(number(price, HIGHEST_PRICE)) if price else None
