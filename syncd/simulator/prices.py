"""How the simulated prices follow the goal rates; every difference that can be seen gets a stamp."""

from datetime import datetime

import msgspec

from syncd.model.pinnacle import Period
from syncd.simulator.bookmaker import offer
from syncd.simulator.goals import GoalRates
from syncd.simulator.listed import ListedEvent, ListedPeriod
from syncd.simulator.world_state import FeedName, WorldState


def first_prices(
    state: WorldState, event: ListedEvent, rates: GoalRates, tier: int, cutoff: datetime
) -> None:
    """The match and its first half are offered for the first time, and in great leagues its second half."""
    for number in (0, 1, 2) if tier == 1 and event.resulting_unit == "Regular" else (0, 1):
        period = _offer(event, number, rates, tier)
        offered = msgspec.structs.replace(period, status=1, cutoff=cutoff)
        event.periods[number] = ListedPeriod(offered=offered, stamp=state.stamp(FeedName.ODDS))


def reprice(state: WorldState, event: ListedEvent, rates: GoalRates, tier: int) -> bool:
    """All periods of the event that are not closed follow the rates. False: no price changed."""
    changed = False
    for number, period in event.periods.items():
        if not period.closed:
            fresh = _offer(event, number, rates, tier)
            changed |= replace_offer(state, period, fresh, period.offered.status, period.cutoff)
    return changed


def replace_offer(
    state: WorldState, period: ListedPeriod, markets: Period, status: int | None, cutoff: datetime
) -> bool:
    """Put markets, status and cutoff in place of the present ones, where that makes a difference."""
    fresh = msgspec.structs.replace(markets, status=status, cutoff=cutoff)
    if fresh == period.offered:
        return False
    period.offered = fresh
    period.stamp = state.stamp(FeedName.ODDS)
    return True


def _offer(event: ListedEvent, number: int, rates: GoalRates, tier: int) -> Period:
    scale = {"Corners": 3.6, "Bookings": 1.6}.get(event.resulting_unit, 1.0)
    scaled = GoalRates(min(rates.home * scale, 5.0), min(rates.away * scale, 5.0))
    return offer(number, scaled.of_period(number), tier)
