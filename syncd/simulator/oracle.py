"""The oracle: what BetTune should hold, computed from the world itself, to check the whole daemon.

It is written from the documented rules and uses no code of the packages that it judges: two programs that
agree prove more than one that agrees with itself. It knows the rule `price = "raw"` with factor 1: Pinnacle's
price of exactly this line, at six decimals.
"""

import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from syncd.model.bettune import Filter, Pair, at_six_decimals
from syncd.model.pinnacle import Period
from syncd.simulator.game import SimulatedGame
from syncd.simulator.listed import ListedEvent, ListedSpecial
from syncd.simulator.world_state import WorldState

BOTH_SCORE = "Both Teams To Score?"
OWN_SPECIALS = {
    "draw_no_bet": ("Draw No Bet", ("home", "away")),
    "double_chance": ("Double Chance", ("1x", "12", "x2")),
}
NAMES = {"1": "home", "x": "draw", "2": "away", "o": "over", "u": "under"}
BET_TYPES = (
    (r"(1|x|2|home|draw|away)", r"moneyline \1"),
    (r"(o|over|u|under) ?(\d+(?:\.\d+)?)(?: goals)?", r"total \2 \1"),
    (r"(?:btts|both teams to score) (yes|no)", rf'special "{BOTH_SCORE}" \1'),
    (r"(?:(?:dc|double chance) )?(1x|12|x2)", r"double_chance \1"),
    (r"(?:dnb|draw no bet) (home|away|1|2)", r"draw_no_bet \1"),
)
"""Patterns of bet types, and the selections that they mean."""

FIRST_HALF = " 1st Half"
"""The end of the name of a special on the first half."""

Price = Decimal | None


class Oracle:
    """Computes what BetTune should hold. `ruled`: whether a filter has a rule."""

    def __init__(
        self,
        state: WorldState,
        *,
        ruled: Callable[[Filter], bool] = lambda _: True,
        bet_types: Mapping[str, str] | None = None,
        horizon: timedelta = timedelta(days=3),
        linked: Callable[[SimulatedGame], bool] = lambda game: game.linkable,
        team_total_alternatives: bool = True,
        specials: bool = True,
    ) -> None:
        """`bet_types` as in the config file; `linked`: whether the daemon should have linked a game.

        `specials` False: the daemon has no feed of specials, so a double chance is priced by the spread and
        a special has no price.
        """
        self._state = state
        self._ruled = ruled
        self._bet_types = {name.lower(): shlex.split(text) for name, text in (bet_types or {}).items()}
        self._horizon = horizon
        self._linked = linked
        self._alternatives = team_total_alternatives
        self._specials = specials

    def wanted(self, filters: Iterable[Filter]) -> dict[Pair, Decimal]:
        """All predictions of ours that should exist now, with their Min Odds."""
        games = [game for game in self._state.games if self._linked(game)]
        return {
            Pair(found.id, game.match.id): at_six_decimals(price)
            for found in filters
            if found.approved and self._ruled(found)
            for game in games
            if game.match is not None and (price := self.price(game, found.bet_type)) is not None
        }

    def differences(
        self, filters: Iterable[Filter], actual: Mapping[Pair, Decimal], by_hand: Iterable[Pair] = ()
    ) -> dict[Pair, tuple[Price, Price]]:
        """Pairs whose (wanted, actual) Min Odds differ. Those made `by_hand` are not judged."""
        wanted = self.wanted(filters)
        ignored = set(by_hand)
        return {
            pair: (wanted.get(pair), actual.get(pair))
            for pair in wanted.keys() | actual.keys()
            if pair not in ignored and wanted.get(pair) != actual.get(pair)
        }

    def price(self, game: SimulatedGame, bet_type: str) -> Price:
        """Pinnacle's price for this bet type on this game; None if there should be no prediction."""
        now, tokens = self._state.now(), self._selection(bet_type)
        main, match = game.main, game.match
        if main is None or match is None or match.finished or not self._in_horizon(match.date, now):
            return None
        if not tokens or not _takes_bets(main, 0, now):
            return None
        number = int(tokens[-1]) if "period" in tokens else 0
        if tokens[0] == "special":
            return _special(game, tokens[1], tokens[2], number, now) if self._specials else None
        own = _own_special(game, tokens[0], number) if self._specials else None
        if not _takes_bets(main, number, now):
            return None
        if own is not None:
            return _offered(own, OWN_SPECIALS[tokens[0]][1].index(tokens[1]), now)
        return self._line(main.periods[number].visible(now), tokens)

    def _in_horizon(self, date: datetime, now: datetime) -> bool:
        return now.date() <= date.date() <= (now + self._horizon).date()

    def _selection(self, bet_type: str) -> list[str]:
        name = bet_type.strip().lower()
        if name in self._bet_types:
            tokens = self._bet_types[name]
            return tokens if tokens[0].lower() == "special" else [token.lower() for token in tokens]
        return _documented_selection(name)

    def _line(self, period: Period, tokens: list[str]) -> Price:
        match tokens:
            case ["moneyline", side, *_]:
                return _moneyline(period, side)
            case ["total", points, side, *_]:
                return _total(period.totals, points, side)
            case ["spread", handicap, side, *_]:
                return _spread(period, Decimal(handicap), side)
            case ["team_total", team, points, side, *_]:
                lines = period.home_totals if team == "home" else period.away_totals
                return _total(lines if self._alternatives else lines[:1], points, side)
            case ["draw_no_bet" | "double_chance" as market, side, *_]:
                return _same_spread(period, market, side)
        return None


@lru_cache(maxsize=1024)
def _documented_selection(name: str) -> list[str]:
    """The tokens that this bet type means without a config; none if it means nothing. Not to be changed."""
    for spelling, selection in BET_TYPES:
        if found := re.fullmatch(spelling, name):
            *tokens, last = shlex.split(found.expand(selection))
            return [*tokens, NAMES.get(last, last)]
    return []


def _takes_bets(event: ListedEvent, number: int, now: datetime) -> bool:
    """True if bets are taken on this period of the event, by the rules of the feed."""
    listed = event.periods.get(number)
    if listed is None or not event.in_fixtures or event.status not in ("O", "I"):
        return False
    return listed.offered.status == 1 and listed.cutoff > now and not listed.closed


def _moneyline(period: Period, side: str) -> Price:
    price: Price = getattr(period.moneyline, side, None)
    return price


def _spread(period: Period, handicap: Decimal, side: str) -> Price:
    exact = _exact_spread(period, handicap, side)
    if exact is None and handicap == Decimal("-0.5") and period.moneyline is not None:
        return period.moneyline.home if side == "home" else period.moneyline.away
    return exact


def _exact_spread(period: Period, handicap: Decimal, side: str) -> Price:
    """`handicap` is that of the side; Pinnacle lists that of the home side."""
    hdp = handicap if side == "home" else -handicap
    found = next((line for line in period.spreads if line.hdp == hdp), None)
    return None if found is None else (found.home if side == "home" else found.away)


def _total(lines: Iterable[object], points: str, side: str) -> Price:
    found = next((line for line in lines if getattr(line, "points", None) == Decimal(points)), None)
    price: Price = getattr(found, side, None)
    return price


def _special(game: SimulatedGame, name: str, contestant: str, number: int, now: datetime) -> Price:
    found = _listed(game, name, number)
    labels = [] if found is None else [one.name.lower() for one in found.contestants]
    if found is None or contestant.lower() not in labels:
        return None
    return _offered(found, labels.index(contestant.lower()), now)


def _own_special(game: SimulatedGame, market: str, number: int) -> ListedSpecial | None:
    name = OWN_SPECIALS.get(market, ("", ()))[0]
    return _listed(game, name + FIRST_HALF if number == 1 else name, number)


def _listed(game: SimulatedGame, name: str, number: int) -> ListedSpecial | None:
    """The listed special of this name, open or not; None if there is none."""
    return next((s for s in game.specials if s.in_fixtures and s.name == name and s.period == number), None)


def _offered(special: ListedSpecial, position: int, now: datetime) -> Price:
    """The price of the contestant at this position, so that names of teams do not matter."""
    return special.contestants[position].visible_price if special.is_open(now) else None


def _same_spread(period: Period, market: str, side: str) -> Price:
    if market == "draw_no_bet":
        return _exact_spread(period, Decimal(0), side)
    half = Decimal("0.5")
    return {"1x": _exact_spread(period, half, "home"), "x2": _exact_spread(period, half, "away")}.get(side)
