"""The simulated bookmaker: prices, lines, margins and limits from goal rates.

Every visible difference gets a stamp, so that a delta contains it. What was computed is remembered: a world
that is built again from the same seed, as in tests, asks for the same.
"""

from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

import msgspec

from syncd.model.pinnacle import Moneyline, Period, SpreadLine, TotalLine
from syncd.simulator.goals import GoalRates, over
from syncd.simulator.listed import ListedEvent, ListedPeriod
from syncd.simulator.world_state import FeedName, WorldState

THREE_WAY_BOOKSUM = 1.028
TWO_WAY_BOOKSUM = 1.033
LOWEST_OFFER, HIGHEST_OFFER = Decimal("1.04"), Decimal(26)
"""A line is offered only if the prices of both sides are within these."""

ALTERNATES = {1: 4, 2: 3, 3: 1}
"""Alternative lines below and above the main line, by the league's tier."""
LIMITS = {1: 6000, 2: 1500, 3: 300}
"""Limit of a match's moneyline, by tier; of spreads and totals it is twice as high."""


@lru_cache(maxsize=2**14)
def price(chance: float, booksum: float) -> Decimal:
    """The decimal price of a probability, rounded as Pinnacle does: three places below 2, two above."""
    raw = 1 / (max(chance, 1e-4) * booksum)
    step = Decimal("0.001") if raw < 2 else Decimal("0.01")
    written = f"{Decimal(raw).quantize(step, rounding=ROUND_HALF_EVEN):f}"
    return max(Decimal("1.001"), Decimal(written.rstrip("0").rstrip(".")))


@lru_cache(maxsize=2**11)
def offer(number: int, rates: GoalRates, tier: int) -> Period:
    """All markets of one period, the main lines first; the caller adds status and cutoff."""
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


def first_prices(
    state: WorldState, event: ListedEvent, rates: GoalRates, tier: int, cutoff: datetime
) -> None:
    """Open the match and its first half, and in leagues of the first tier its second half."""
    for number in (0, 1, 2) if tier == 1 and event.resulting_unit == "Regular" else (0, 1):
        period = _offer_of(event, number, rates, tier)
        offered = msgspec.structs.replace(period, status=1, cutoff=cutoff)
        event.periods[number] = ListedPeriod(offered=offered, stamp=state.stamp(FeedName.ODDS))


def reprice(state: WorldState, event: ListedEvent, rates: GoalRates, tier: int) -> bool:
    """Price the open periods of the event by new rates. Returns whether any price changed."""
    changed = False
    for number, period in event.periods.items():
        if not period.closed:
            fresh = _offer_of(event, number, rates, tier)
            changed |= replace_offer(state, period, fresh, period.offered.status, period.cutoff)
    return changed


def replace_offer(
    state: WorldState, period: ListedPeriod, markets: Period, status: int | None, cutoff: datetime
) -> bool:
    """Replace markets, status and cutoff of a period. Returns whether that made a difference."""
    fresh = msgspec.structs.replace(markets, status=status, cutoff=cutoff)
    if fresh == period.offered:
        return False
    period.offered = fresh
    period.stamp = state.stamp(FeedName.ODDS)
    return True


def _offer_of(event: ListedEvent, number: int, rates: GoalRates, tier: int) -> Period:
    scale = {"Corners": 3.6, "Bookings": 1.6}.get(event.resulting_unit, 1.0)
    scaled = GoalRates(min(rates.home * scale, 5.0), min(rates.away * scale, 5.0))
    return offer(number, scaled.of_period(number), tier)


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
        # To win by half a goal is to win, so Pinnacle gives both the same price.
        if quarters == -2:
            home = moneyline.home or home
        if quarters == 2:
            away = moneyline.away or away
        if _sellable(home, away):
            lines.append(SpreadLine(hdp=Decimal(quarters) / 4, home=home, away=away, max_stake=limit))
    return tuple(lines)


def _totals(rate: float, alternates: int, limit: Decimal, *, step: int) -> tuple[TotalLine, ...]:
    """`step` 1: every quarter goal; 2: half goals only (0.5, 1.5, ...), as for one team."""
    grid = range(2, 50, step * step)
    near = [quarters for quarters in grid if abs(quarters - 4 * rate) <= 4] or [2]
    main = min(near, key=lambda quarters: abs(over(rate, quarters) - 0.5))
    lines = []
    for quarters in _around(main, alternates, step=step * step):
        if quarters < grid.start:
            continue
        higher, lower = _two_way(over(rate, quarters))
        if _sellable(higher, lower):
            lines.append(TotalLine(points=Decimal(quarters) / 4, over=higher, under=lower, max_stake=limit))
    return tuple(lines)


def _around(main: int, alternates: int, *, step: int) -> list[int]:
    lower = [main - step * n for n in range(alternates, 0, -1)]
    return [main, *lower, *(main + step * n for n in range(1, alternates + 1))]


def _two_way(chance: float) -> tuple[Decimal, Decimal]:
    return price(chance, TWO_WAY_BOOKSUM), price(1 - chance, TWO_WAY_BOOKSUM)


def _sellable(*prices: Decimal) -> bool:
    return all(LOWEST_OFFER <= price <= HIGHEST_OFFER for price in prices)
