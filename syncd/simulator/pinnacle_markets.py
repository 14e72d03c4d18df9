"""The markets of a period or a special as Pinnacle writes them: price formats, limits, alternative lines."""

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from syncd.model.openness import is_online
from syncd.model.pinnacle import Period, SpreadLine, TotalLine
from syncd.simulator.listed import ListedPeriod, ListedSpecial
from syncd.simulator.pinnacle_dialects import DocumentShape

Document = dict[str, Any]


class PriceFormat(StrEnum):
    """Two of Pinnacle's six formats; without the parameter `oddsFormat` prices are American."""

    AMERICAN = "american"
    DECIMAL = "decimal"

    def write(self, price: Decimal) -> Decimal:
        """The price in this format."""
        return price if self is PriceFormat.DECIMAL else american(price)


def american(price: Decimal) -> Decimal:
    """American odds, in whole numbers with the `.0` that Pinnacle sends."""
    win = price - 1
    exact = win * 100 if win >= 1 else -100 / win
    return exact.quantize(Decimal(1), rounding=ROUND_HALF_UP).quantize(Decimal("0.1"))


def iso(moment: datetime, *, millis: bool = False) -> str:
    """UTC with a `Z`, in whole seconds or milliseconds."""
    return moment.isoformat(timespec="milliseconds" if millis else "seconds").replace("+00:00", "Z")


def period_document(
    listed: ListedPeriod, now: datetime, shape: DocumentShape, price_format: PriceFormat
) -> Document:
    """The whole period; a market that is missing from it is not offered."""
    period = listed.visible(now)
    if shape is DocumentShape.PLAIN and not is_online(period):
        period = Period(
            number=period.number, cutoff=period.cutoff
        )  # the old shape has no status: offline is empty
    found: Document = {
        "lineId": listed.stamp.sequence,
        "number": period.number,
        "cutoff": iso(listed.cutoff),
    }
    if shape is not DocumentShape.PLAIN:
        changed = datetime.fromtimestamp(listed.stamp.millis / 1000, tz=now.tzinfo)
        names = ("spread", "moneyline", "total", "teamTotal")
        found |= {f"{name}UpdatedAt": iso(changed, millis=True) for name in names}
        found["status"] = period.status
    return found | _limits(period) | _markets(period, listed.stamp.sequence * 16, shape, price_format)


def special_prices(
    special: ListedSpecial, shape: DocumentShape, limit: str, price_format: PriceFormat
) -> Document:
    """The contestants with their prices, `null` if withdrawn."""
    lines = [
        {
            "id": contestant.id,
            "lineId": contestant.line_id,
            "price": None
            if contestant.visible_price is None
            else price_format.write(contestant.visible_price),
            "handicap": contestant.handicap,
            **({"max": special.max_bet} if shape is not DocumentShape.PLAIN else {}),
        }
        for contestant in special.lines
    ]
    key = limit if shape is not DocumentShape.PLAIN else "maxRisk"
    return {"id": special.id, key: special.max_bet, "contestantLines": lines}


def _limits(period: Period) -> Document:
    limits = {
        "maxSpread": period.max_spread if period.spreads else None,
        "maxMoneyline": period.max_moneyline if period.moneyline else None,
        "maxTotal": period.max_total if period.totals else None,
        "maxTeamTotal": period.max_team_total if period.home_totals or period.away_totals else None,
    }
    return {name: limit.quantize(Decimal("0.1")) for name, limit in limits.items() if limit is not None}


def _markets(
    period: Period, first_alternative: int, shape: DocumentShape, price_format: PriceFormat
) -> Document:
    found: Document = {}
    if period.spreads:
        found["spreads"] = [
            {
                **_alternative(first_alternative, i),
                **_spread(line, price_format),
                **_own_limit(line, i, shape),
            }
            for i, line in enumerate(period.spreads)
        ]
    if (moneyline := period.moneyline) is not None:
        sides = {"home": moneyline.home, "away": moneyline.away, "draw": moneyline.draw}
        found["moneyline"] = {
            side: price_format.write(price) for side, price in sides.items() if price is not None
        }
    if period.totals:
        found["totals"] = [
            {
                **_alternative(first_alternative + 10**6, i),
                **_total(line, price_format),
                **_own_limit(line, i, shape),
            }
            for i, line in enumerate(period.totals)
        ]
    if period.home_totals or period.away_totals:
        sides_of = {"home": period.home_totals, "away": period.away_totals}
        found["teamTotal"] = {
            side: _team_total(lines, first_alternative + 2 * 10**6, shape, price_format)
            for side, lines in sides_of.items()
            if lines
        }
    return found


def _team_total(
    lines: Sequence[TotalLine], first: int, shape: DocumentShape, price_format: PriceFormat
) -> Any:
    """Until 2025 an object with the main line, since then an array with the alternatives too."""
    if shape is not DocumentShape.ARRAYS:
        return _total(lines[0], price_format)
    return [{**_alternative(first, i), **_total(line, price_format)} for i, line in enumerate(lines)]


def _spread(line: SpreadLine, price_format: PriceFormat) -> Document:
    assert line.home is not None
    assert line.away is not None
    return {"hdp": line.hdp, "home": price_format.write(line.home), "away": price_format.write(line.away)}


def _total(line: TotalLine, price_format: PriceFormat) -> Document:
    assert line.over is not None
    assert line.under is not None
    return {
        "points": line.points,
        "over": price_format.write(line.over),
        "under": price_format.write(line.under),
    }


def _alternative(first: int, position: int) -> Document:
    """The main line, at position 0, has no such id."""
    return {"altLineId": first + position} if position else {}


def _own_limit(line: SpreadLine | TotalLine, position: int, shape: DocumentShape) -> Document:
    known = position and shape is not DocumentShape.PLAIN and line.max_stake is not None
    return {"max": line.max_stake} if known else {}
