"""From goal rates to what a bookmaker offers: lines, alternates, margin, limits."""

from decimal import ROUND_HALF_EVEN, Decimal

from syncd.model.pinnacle import Moneyline, Period, SpreadLine, TotalLine
from syncd.simulator.goals import GoalRates, over

THREE_WAY_BOOKSUM = 1.028
TWO_WAY_BOOKSUM = 1.033
CHEAPEST, DEAREST = Decimal("1.04"), Decimal(26)
"""No line is offered where one side would cost less or more than this."""

ALTERNATES = {1: 4, 2: 3, 3: 1}
"""Alternative lines on each side of the main one, by the league's tier."""
LIMITS = {1: 6000, 2: 1500, 3: 300}
"""Limit of a match's moneyline, by tier; spreads and totals take twice as much."""


def price(chance: float, booksum: float) -> Decimal:
    """A decimal price as Pinnacle writes them: three places below 2, two above."""
    raw = 1 / (max(chance, 1e-4) * booksum)
    step = Decimal("0.001") if raw < 2 else Decimal("0.01")
    written = f"{Decimal(raw).quantize(step, rounding=ROUND_HALF_EVEN):f}"
    return max(Decimal("1.001"), Decimal(written.rstrip("0").rstrip(".")))


def offer(number: int, rates: GoalRates, tier: int) -> Period:
    """All markets of one period; the caller adds status and cutoff. The main line comes first."""
    moneyline = _moneyline(rates)
    limit = Decimal(LIMITS[tier]) / (1 if number == 0 else 3)
    limit = limit.quantize(Decimal(1))
    alternates = ALTERNATES[tier] if number == 0 else ALTERNATES[tier] // 2
    return Period(
        number=number,
        moneyline=moneyline,
        spreads=_spreads(rates, moneyline, alternates, limit * 2),
        totals=_totals(rates.home + rates.away, alternates, limit * 2, step=1),
        home_totals=_totals(rates.home, min(1, alternates), limit / 2, step=2),
        away_totals=_totals(rates.away, min(1, alternates), limit / 2, step=2),
        max_moneyline=limit,
        max_spread=limit * 2,
        max_total=limit * 2,
        max_team_total=limit / 2,
    )


def _moneyline(rates: GoalRates) -> Moneyline:
    home, draw, away = (price(p, THREE_WAY_BOOKSUM) for p in rates.result())
    return Moneyline(home=home, draw=draw, away=away)


def _spreads(
    rates: GoalRates, moneyline: Moneyline, alternates: int, limit: Decimal
) -> tuple[SpreadLine, ...]:
    guess = round(4 * (rates.away - rates.home))
    main = min(range(guess - 3, guess + 4), key=lambda quarters: abs(rates.cover(quarters) - 0.5))
    lines = []
    for quarters in _around(main, alternates, step=1):
        home, away = _two_way(rates.cover(quarters))
        # To win by half a goal is to win: Pinnacle's price for the two is one and the same.
        if quarters == -2:
            home = moneyline.home or home
        if quarters == 2:
            away = moneyline.away or away
        if _sellable(home, away):
            lines.append(SpreadLine(hdp=Decimal(quarters) / 4, home=home, away=away, max_stake=limit))
    return tuple(lines)


def _totals(rate: float, alternates: int, limit: Decimal, *, step: int) -> tuple[TotalLine, ...]:
    """Step 1: every quarter goal. Step 2: half lines only (0.5, 1.5, ...), as for one team."""
    grid = range(2, 50, step * step)
    near = [quarters for quarters in grid if abs(quarters - 4 * rate) <= 4] or [2]
    main = min(near, key=lambda quarters: abs(over(rate, quarters) - 0.5))
    lines = []
    for quarters in _around(main, alternates, step=step * step):
        if quarters < grid.start:
            continue
        dear, cheap = _two_way(over(rate, quarters))
        if _sellable(dear, cheap):
            lines.append(TotalLine(points=Decimal(quarters) / 4, over=dear, under=cheap, max_stake=limit))
    return tuple(lines)


def _around(main: int, alternates: int, *, step: int) -> list[int]:
    lower = [main - step * n for n in range(alternates, 0, -1)]
    return [main, *lower, *(main + step * n for n in range(1, alternates + 1))]


def _two_way(chance: float) -> tuple[Decimal, Decimal]:
    return price(chance, TWO_WAY_BOOKSUM), price(1 - chance, TWO_WAY_BOOKSUM)


def _sellable(*prices: Decimal) -> bool:
    return all(CHEAPEST <= price <= DEAREST for price in prices)
