"""What BetTune ought to hold, worked out from the world itself: the check on the whole daemon.

Written against the rules, and on purpose with nothing of `syncd.pricing` or `syncd.sync`: two
programs that agree are worth more than one that agrees with itself. It knows the rule
`price = "raw"` with factor 1: Pinnacle's price of exactly this line, at six decimals.
"""

import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

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
"""Spellings, and the selections they stand for."""

HALF = " 1st Half"
"""What a special's name ends in that is about the first half."""

Price = Decimal | None


class Oracle:
    """The oracle over one world. Filters that have a rule are named by `ruled`."""

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
        """`bet_types` as in the config file; `linked`: which games the daemon is expected to have linked.

        `specials`: whether the feed of specials is to be known. Where it is not, a double chance is priced
        by the spread, and a special by nothing.
        """
        self._state = state
        self._ruled = ruled
        self._bet_types = {name.lower(): shlex.split(text) for name, text in (bet_types or {}).items()}
        self._horizon = horizon
        self._linked = linked
        self._alternatives = team_total_alternatives
        self._specials = specials

    def wanted(self, filters: Iterable[Filter]) -> dict[Pair, Decimal]:
        """Every prediction of ours that there ought to be now."""
        games = [game for game in self._state.games if self._linked(game)]
        return {
            Pair(found.id, game.match.id): at_six_decimals(price)
            for found in filters
            if found.approved and self._ruled(found)
            for game in games
            if game.match is not None and (price := self.price(game, found.bet_type)) is not None
        }

    def differences(
        self, filters: Iterable[Filter], held: Mapping[Pair, Decimal], theirs: Iterable[Pair] = ()
    ) -> dict[Pair, tuple[Price, Price]]:
        """Pairs where BetTune holds something else: (wanted, held). `theirs`: made by hand, not judged."""
        wanted = self.wanted(filters)
        spared = set(theirs)
        return {
            pair: (wanted.get(pair), held.get(pair))
            for pair in wanted.keys() | held.keys()
            if pair not in spared and wanted.get(pair) != held.get(pair)
        }

    def price(self, game: SimulatedGame, bet_type: str) -> Price:
        """Pinnacle's price for this bet type on this game; none where no prediction may be."""
        now, words = self._state.now(), self._selection(bet_type)
        main, match = game.main, game.match
        if main is None or match is None or match.finished or not self._in_horizon(match.date, now):
            return None
        if not words or not _takes_bets(main, 0, now):
            return None
        number = int(words[-1]) if "period" in words else 0
        if words[0] == "special":
            return _special(game, words[1], words[2], number, now) if self._specials else None
        own = _own_special(game, words[0], number) if self._specials else None
        if not _takes_bets(main, number, now):
            return None
        if own is not None:
            return _offered(own, OWN_SPECIALS[words[0]][1].index(words[1]), now)
        return self._line(main.periods[number].seen(now), words)

    def _in_horizon(self, date: datetime, now: datetime) -> bool:
        return now.date() <= date.date() <= (now + self._horizon).date()

    def _selection(self, bet_type: str) -> list[str]:
        name = bet_type.strip().lower()
        if name in self._bet_types:
            words = self._bet_types[name]
            return words if words[0].lower() == "special" else [word.lower() for word in words]
        for spelling, selection in BET_TYPES:
            if found := re.fullmatch(spelling, name):
                *words, last = shlex.split(found.expand(selection))
                return [*words, NAMES.get(last, last)]
        return []

    def _line(self, period: Period, words: list[str]) -> Price:
        match words:
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


def _takes_bets(event: ListedEvent, number: int, now: datetime) -> bool:
    """The feed's rule for an open event, and for an open period."""
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
    """The handicap is the side's own; Pinnacle writes the home side's."""
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
    return _listed(game, name + HALF if number == 1 else name, number)


def _listed(game: SimulatedGame, name: str, number: int) -> ListedSpecial | None:
    """The special of this name, closed or not; none where there is none, or none any more."""
    return next((s for s in game.specials if s.in_fixtures and s.name == name and s.period == number), None)


def _offered(special: ListedSpecial, position: int, now: datetime) -> Price:
    """The price of the contestant at this place, whatever the teams are called."""
    return special.contestants[position].offered if special.is_open(now) else None


def _same_spread(period: Period, market: str, side: str) -> Price:
    if market == "draw_no_bet":
        return _exact_spread(period, Decimal(0), side)
    half = Decimal("0.5")
    return {"1x": _exact_spread(period, half, "home"), "x2": _exact_spread(period, half, "away")}.get(side)
