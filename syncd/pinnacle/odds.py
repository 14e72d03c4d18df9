"""From the wire's periods to the model's: exact prices, one line per handicap, no guesses."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar, overload

from syncd.model.pinnacle import Moneyline, Period, SpreadLine, TotalLine
from syncd.pinnacle.errors import BadPayloadError
from syncd.pinnacle.wire import WireMoneyline, WirePeriod, WireSpread, WireTotal

ONE = Decimal(1)
HUNDRED = Decimal(100)
HIGHEST_PRICE = Decimal(1_000_000)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

LineT = TypeVar("LineT", SpreadLine, TotalLine)


class OddsFormat(StrEnum):
    """How the prices of an answer are written. We ask for decimal; recordings hold both."""

    DECIMAL = "Decimal"
    AMERICAN = "American"


def american_to_decimal(price: Decimal) -> Decimal:
    """Decimal odds of an American price: 1 + p/100 above 0, 1 + 100/-p below.

    Raises `BadPayloadError` between -100 and 100, where there is no American price.
    """
    if abs(price) < HUNDRED:
        raise BadPayloadError(f"{price} is no American price")
    return ONE + (price / HUNDRED if price > 0 else HUNDRED / -price)


def period_from_wire(wire: WirePeriod, odds_format: OddsFormat = OddsFormat.DECIMAL) -> Period:
    """The period with its markets; a side without a price and a line without sides are left out.

    Raises `BadPayloadError` where a price or a line is impossible.
    """
    read = _Reader(odds_format)
    teams = wire.team_total
    return Period(
        number=wire.number,
        status=wire.status,
        cutoff=moment(wire.cutoff),
        moneyline=read.moneyline(wire.moneyline or wire.money_line),
        spreads=read.spreads(wire.spreads or ()),
        totals=read.totals(wire.totals or ()),
        home_totals=read.totals(_listed(teams.home if teams else None)),
        away_totals=read.totals(_listed(teams.away if teams else None)),
        max_moneyline=wire.max_moneyline if wire.max_moneyline is not None else wire.max_money_line,
        max_spread=wire.max_spread,
        max_total=wire.max_total,
        max_team_total=wire.max_team_total,
    )


def moment(value: datetime | None) -> datetime | None:
    """Aware UTC. Year 1 was seen for "long closed": it becomes 1970, from which one can subtract."""
    if value is None:
        return None
    if value.year < EPOCH.year:
        return EPOCH
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _listed(total: list[WireTotal] | WireTotal | None) -> Sequence[WireTotal]:
    if total is None:
        return ()
    return total if isinstance(total, list) else (total,)


class _Reader:
    """Reads prices of one format."""

    def __init__(self, odds_format: OddsFormat) -> None:
        self._price = _decimal_price if odds_format is OddsFormat.DECIMAL else _american_price
        self._decimal = odds_format is OddsFormat.DECIMAL

    def moneyline(self, wire: WireMoneyline | None) -> Moneyline | None:
        if wire is None:
            return None
        home, draw, away = self._price(wire.home), self._price(wire.draw), self._price(wire.away)
        self._doubt_format(home, draw, away)
        if home is None and draw is None and away is None:
            return None
        return Moneyline(home=home, draw=draw, away=away)

    def spreads(self, wires: Iterable[WireSpread]) -> tuple[SpreadLine, ...]:
        lines: dict[Decimal, tuple[bool, SpreadLine | None]] = {}
        for wire in wires:
            home, away = self._price(wire.home), self._price(wire.away)
            self._doubt_format(home, away)
            if wire.hdp is None or (home is None and away is None):
                continue
            line = SpreadLine(hdp=finite(wire.hdp), home=home, away=away, max_stake=wire.max)
            _enter(lines, wire.hdp, main=wire.alt_line_id is None, line=line)
        return tuple(line for _, line in lines.values() if line is not None)

    def totals(self, wires: Iterable[WireTotal]) -> tuple[TotalLine, ...]:
        lines: dict[Decimal, tuple[bool, TotalLine | None]] = {}
        for wire in wires:
            over, under = self._price(wire.over), self._price(wire.under)
            self._doubt_format(over, under)
            if wire.points is None or (over is None and under is None):
                continue
            line = TotalLine(points=finite(wire.points), over=over, under=under, max_stake=wire.max)
            _enter(lines, wire.points, main=wire.alt_line_id is None, line=line)
        return tuple(line for _, line in lines.values() if line is not None)

    def _doubt_format(self, *prices: Decimal | None) -> None:
        # American favourites are negative, but a market can be all positive: +141 +251 +197.
        if not self._decimal or (prices[0] is not None and prices[0] < HUNDRED):
            return
        sides = [price for price in prices if price is not None]
        if len(sides) > 1 and min(sides) >= HUNDRED:
            raise BadPayloadError(f"prices {sides[0]} and {sides[1]} of one market are not decimal odds")


def _enter(lines: dict[Decimal, tuple[bool, LineT | None]], key: Decimal, *, main: bool, line: LineT) -> None:
    """File a line under its handicap. The main line wins; two others that differ cancel out."""
    held = lines.get(key)
    if held is None or (main and not held[0]):
        lines[key] = (main, line)
    elif held[0] == main and held[1] != line:
        lines[key] = (main, None)


def read_price(price: Decimal | None, odds_format: OddsFormat = OddsFormat.DECIMAL) -> Decimal | None:
    """A price as decimal odds; none where there is no price (null, 0, or 1, at which nothing is won).

    Raises `BadPayloadError` where it cannot be a price of this format.
    """
    return _decimal_price(price) if odds_format is OddsFormat.DECIMAL else _american_price(price)


@overload
def finite(number: Decimal) -> Decimal: ...
@overload
def finite(number: Decimal | None) -> Decimal | None: ...
def finite(number: Decimal | None) -> Decimal | None:
    """The same. Raises `BadPayloadError` for what is no number: "NaN" in quotes would pass for one."""
    if number is None or number.is_finite():
        return number
    raise BadPayloadError(f"{number} is no number")


def _decimal_price(price: Decimal | None) -> Decimal | None:
    if price is None:
        return None
    if price.is_finite() and ONE < price < HIGHEST_PRICE:
        return price
    if not price or price == ONE:
        return None
    raise BadPayloadError(f"{price} cannot be decimal odds")


def _american_price(price: Decimal | None) -> Decimal | None:
    return american_to_decimal(price) if price else None
