"""The kinds of specials on a game: outcomes as Pinnacle names them, their probabilities, and who wins.

The probabilities come from the goal rates, so the prices of a special move with its game.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from operator import attrgetter, eq
from typing import NamedTuple

from syncd.simulator.goals import GoalRates, over

WON, LOST, VOID = "W", "L", "X"

Cell = tuple[int, int]
"""The deciding score: goals of both sides, or who leads (1, 0, -1) at half time and at the end."""
Rule = Callable[[Cell], bool | None]
"""Decides if an outcome wins; None if the stake is returned."""


class MatchScore(NamedTuple):
    """Goals of home and away at half time and at the end."""

    half: Cell
    full: Cell


class OutcomeChance(NamedTuple):
    """One outcome to price, with its probability if the stake is not returned."""

    label: str
    chance: float
    handicap: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSpecial:
    """A kind of special that the goals decide."""

    name: str
    rules: Mapping[str, Rule]
    """By label; `{home}` and `{away}` are replaced by the teams."""
    period: int = 0
    tier: int = 1
    booksum: float = 1.05
    bet_type: str = "MULTI_WAY_HEAD_TO_HEAD"
    units: str | None = None
    chances: Callable[[GoalRates], Mapping[Cell, float]] = GoalRates.scores
    """From the rates of its period to the probability of each cell."""
    cell_of: Callable[[MatchScore], Cell] = attrgetter("full")

    def offers(self, rates: GoalRates, home: str, away: str) -> list[OutcomeChance]:
        """All outcomes, always in the same order; `rates` are those of the match."""
        shares = _shares(self.chances, rates.of_period(self.period), tuple(self.rules.values()))
        return [
            OutcomeChance(label.format(home=home, away=away), share)
            for label, share in zip(self.rules, shares, strict=True)
        ]

    def outcome(self, position: int, result: MatchScore, handicap: float | None) -> str:
        """The result of the outcome at this position: W, L or X."""
        wins = list(self.rules.values())[position](self.cell_of(result))
        return VOID if wins is None else WON if wins else LOST


@dataclass(frozen=True, slots=True, kw_only=True)
class OverUnderSpecial:
    """A kind of special that counts something which grows with the goals; its line moves."""

    name: str
    units: str
    per_goal: float
    period: int = 0
    tier: int = 1
    booksum: float = 1.06
    bet_type: str = "OVER_UNDER"

    def offers(self, rates: GoalRates, home: str, away: str) -> list[OutcomeChance]:
        """Over and under at the line nearest to even chances."""
        rate = self.per_goal * (rates.home + rates.away)
        line = round(rate) - 0.5
        chance = over(rate, round(4 * line))
        return [OutcomeChance("Over", chance, line), OutcomeChance("Under", 1 - chance, line)]

    def outcome(self, position: int, result: MatchScore, handicap: float | None) -> str:
        """The result of the outcome at this position: W or L."""
        is_over = self.per_goal * sum(result.full) > (handicap or 0)
        return WON if is_over == (position == 0) else LOST


SpecialKind = ScoreSpecial | OverUnderSpecial


def half_and_full(rates: GoalRates) -> Mapping[Cell, float]:
    """Probability of each pair of who leads at half time and who at the end (1, 0, -1)."""
    found: dict[Cell, float] = {}
    for first, p in rates.of_period(1).differences.items():
        for second, q in rates.of_period(2).differences.items():
            cell = _sign((first, 0)), _sign((first + second, 0))
            found[cell] = found.get(cell, 0.0) + p * q
    return found


@lru_cache(maxsize=2**11)
def _shares(
    chances: Callable[[GoalRates], Mapping[Cell, float]], rates: GoalRates, rules: tuple[Rule, ...]
) -> list[float]:
    """Probability that each rule wins, if the stake is not returned. Not to be changed."""
    cells = chances(rates)
    return [_share(cells, rule) for rule in rules]


def _share(cells: Mapping[Cell, float], rule: Rule) -> float:
    decided = [(p, rule(cell)) for cell, p in cells.items()]
    won = sum(p for p, wins in decided if wins)
    return won / sum(p for p, wins in decided if wins is not None)


def _sign(cell: Cell) -> int:
    home, away = cell
    return (home > away) - (home < away)


def _scores(most: int, together: int) -> dict[str, Rule]:
    """Every score up to `most` goals a side and `together` in all, and the rest."""
    listed = [(h, a) for h in range(most + 1) for a in range(most + 1) if h + a <= together]
    found: dict[str, Rule] = {f"{{home}} {h}, {{away}} {a}": partial(eq, (h, a)) for h, a in listed}
    return found | {"Any Other Score": lambda cell: cell not in listed}


def _half_and_full() -> dict[str, Rule]:
    names = {1: "{home}", 0: "Draw", -1: "{away}"}
    return {f"{names[half]} - {names[full]}": partial(eq, (half, full)) for half in names for full in names}


def _first_half(name: str, rules: Mapping[str, Rule], booksum: float = 1.06) -> ScoreSpecial:
    return ScoreSpecial(name=name, rules=rules, period=1, booksum=booksum, cell_of=attrgetter("half"))


BOTH_SCORE: Mapping[str, Rule] = {
    "Yes": lambda cell: min(cell) > 0,
    "No": lambda cell: min(cell) == 0,
}
DOUBLE_CHANCE: Mapping[str, Rule] = {
    "{home} or Draw": lambda cell: cell[0] >= cell[1],
    "{home} or {away}": lambda cell: cell[0] != cell[1],
    "Draw or {away}": lambda cell: cell[0] <= cell[1],
}
DRAW_NO_BET: Mapping[str, Rule] = {
    "{home}": lambda cell: None if cell[0] == cell[1] else cell[0] > cell[1],
    "{away}": lambda cell: None if cell[0] == cell[1] else cell[0] < cell[1],
}
ODD_EVEN: Mapping[str, Rule] = {
    "Odd": lambda cell: sum(cell) % 2 == 1,
    "Even": lambda cell: sum(cell) % 2 == 0,
}

KINDS: tuple[SpecialKind, ...] = (
    ScoreSpecial(name="Both Teams To Score?", rules=BOTH_SCORE, tier=2),
    ScoreSpecial(name="Double Chance", rules=DOUBLE_CHANCE, tier=2),
    ScoreSpecial(name="Draw No Bet", rules=DRAW_NO_BET, tier=2, booksum=1.04),
    ScoreSpecial(name="Total Goals Odd/Even", rules=ODD_EVEN, tier=2),
    ScoreSpecial(name="Correct Score", rules=_scores(4, 5), booksum=1.14),
    ScoreSpecial(
        name="Half-Time/Full-Time",
        rules=_half_and_full(),
        booksum=1.11,
        chances=half_and_full,
        cell_of=lambda result: (_sign(result.half), _sign(result.full)),
    ),
    _first_half("Both Teams To Score? 1st Half", BOTH_SCORE),
    _first_half("Double Chance 1st Half", DOUBLE_CHANCE),
    _first_half("Draw No Bet 1st Half", DRAW_NO_BET),
    _first_half("Total Goals Odd/Even 1st Half", ODD_EVEN),
    _first_half("Correct Score 1st Half", _scores(3, 3), booksum=1.12),
    OverUnderSpecial(name="Total Shots On Target", units="Shots", per_goal=3.3),
)
"""Leagues of a tier up to `tier` have the special; leagues of the third tier have none."""
