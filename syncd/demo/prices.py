"""How the simulated prices follow the goal rates; every difference that can be seen gets a stamp."""

from datetime import datetime
from decimal import Decimal

import msgspec

from syncd.demo.book import offer, price
from syncd.demo.game import Game
from syncd.demo.goals import Rates
from syncd.demo.listing import Contestant, ListedEvent, ListedPeriod, ListedSpecial
from syncd.demo.state import Feed, State
from syncd.model.pinnacle import Period

BOTH_SCORE = "Both Teams To Score?"
DOUBLE_CHANCE = "Double Chance"
DRAW_NO_BET = "Draw No Bet"
SPECIALS = (BOTH_SCORE, DOUBLE_CHANCE, DRAW_NO_BET)
SPECIAL_BOOKSUM = 1.05


def first_prices(state: State, event: ListedEvent, rates: Rates, tier: int, cutoff: datetime) -> None:
    """The match and its first half are offered for the first time."""
    for number in (0, 1):
        period = _offer(event, number, rates, tier)
        offered = msgspec.structs.replace(period, status=1, cutoff=cutoff)
        event.periods[number] = ListedPeriod(offered=offered, stamp=state.stamp(Feed.ODDS))


def reprice(state: State, event: ListedEvent, rates: Rates, tier: int) -> bool:
    """All periods of the event that are not closed follow the rates. False: no price changed."""
    changed = False
    for number, period in event.periods.items():
        if not period.closed:
            fresh = _offer(event, number, rates, tier)
            changed |= replace_offer(state, period, fresh, period.offered.status, period.cutoff)
    return changed


def replace_offer(
    state: State, period: ListedPeriod, markets: Period, status: int | None, cutoff: datetime
) -> bool:
    """Put markets, status and cutoff in place of the present ones, where that makes a difference."""
    fresh = msgspec.structs.replace(markets, status=status, cutoff=cutoff)
    if fresh == period.offered:
        return False
    period.offered = fresh
    period.stamp = state.stamp(Feed.ODDS)
    return True


def list_special(state: State, game: Game, event: ListedEvent, name: str) -> ListedSpecial:
    """A special of the event, with its first prices."""
    stamp = state.stamp(Feed.SPECIAL_ODDS)
    contestants = [
        Contestant(id=state.next_event_id(), name=label, price=fresh, line_id=stamp.sequence)
        for label, fresh in special_prices(name, game)
    ]
    special = ListedSpecial(
        id=state.next_event_id(),
        event=event,
        name=name,
        contestants=contestants,
        cutoff=event.starts,
        fixture_stamp=state.stamp(Feed.SPECIALS),
        odds_stamp=stamp,
        max_bet=Decimal(500),
    )
    state.specials[special.id] = special
    return special


def reprice_special(state: State, special: ListedSpecial, game: Game) -> None:
    """Contestants that are offered follow the game's rates; withdrawn ones stay withdrawn."""
    for contestant, (_, fresh) in zip(special.contestants, special_prices(special.name, game), strict=True):
        if contestant.price is not None and contestant.price != fresh:
            contestant.price = fresh
            special.odds_stamp = state.stamp(Feed.SPECIAL_ODDS)
            contestant.line_id = special.odds_stamp.sequence


def special_prices(name: str, game: Game) -> list[tuple[str, Decimal]]:
    """Contestants in Pinnacle's words, each with its price."""
    home, draw, away = game.rates.result()
    first, second = game.home.pinnacle, game.away.pinnacle
    chances = {
        BOTH_SCORE: {"Yes": game.rates.both_score(), "No": 1 - game.rates.both_score()},
        DOUBLE_CHANCE: {
            f"{first} or Draw": home + draw,
            f"{first} or {second}": home + away,
            f"Draw or {second}": draw + away,
        },
        DRAW_NO_BET: {first: home / (home + away), second: away / (home + away)},
    }
    return [(label, price(chance, SPECIAL_BOOKSUM)) for label, chance in chances[name].items()]


def _offer(event: ListedEvent, number: int, rates: Rates, tier: int) -> Period:
    scale = {"Corners": 3.6, "Bookings": 1.6}.get(event.resulting_unit, 1.0)
    scaled = Rates(min(rates.home * scale, 5.0), min(rates.away * scale, 5.0))
    return offer(number, scaled if number == 0 else scaled.first_half(), tier)
