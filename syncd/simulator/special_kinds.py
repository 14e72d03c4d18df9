"""Which specials Pinnacle offers on a game: their outcomes in its words, the chance of each, and who wins.

Chances are made of goal rates as everything else is, so a special moves when its game does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from operator import attrgetter, eq
from typing import NamedTuple

from syncd.simulator.goals import GoalRates, over

WON, LOST, VOID = "W", "L", "X"

Cell = tuple[int, int]
"""What decides a special: goals of home and away, or who leads (1, 0, -1) at half time and at the end."""
Rule = Callable[[Cell], bool | None]
"""Whether an outcome wins; none gives the stake back."""


class MatchScore(NamedTuple):
    """Goals of home and away."""

    half: Cell
    full: Cell


class OutcomeChance(NamedTuple):
    """One outcome to be priced: how likely it is, where the stake does not come back."""

    label: str
    chance: float
    handicap: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSpecial:
    """Decided by goals."""

    name: str
    rules: Mapping[str, Rule]
    """By label, in which `{home}` and `{away}` stand for the teams."""
    period: int = 0
    tier: int = 1
    booksum: float = 1.05
    bet_type: str = "MULTI_WAY_HEAD_TO_HEAD"
    units: str | None = None
    chances: Callable[[GoalRates], Mapping[Cell, float]] = GoalRates.scores
    """Of the rates of its period."""
    cell_of: Callable[[MatchScore], Cell] = attrgetter("full")

    def offers(self, rates: GoalRates, home: str, away: str) -> list[OutcomeChance]:
        """All outcomes, always in the same order; `rates` are the match's."""
        cells = self.chances(rates.of_period(self.period))
        return [
            OutcomeChance(label.format(home=home, away=away), _share(cells, rule))
            for label, rule in self.rules.items()
        ]

    def outcome(self, position: int, result: MatchScore, handicap: float | None) -> str:
        """What became of the outcome at this place: W, L or X."""
        wins = list(self.rules.values())[position](self.cell_of(result))
        return VOID if wins is None else WON if wins else LOST


@dataclass(frozen=True, slots=True, kw_only=True)
class OverUnderSpecial:
    """Something is counted that grows with the goals; the line moves, the contestants stay."""

    name: str
    units: str
    per_goal: float
    period: int = 0
    tier: int = 1
    booksum: float = 1.06
    bet_type: str = "OVER_UNDER"

    def offers(self, rates: GoalRates, home: str, away: str) -> list[OutcomeChance]:
        """Over and under at the line that is nearest to even."""
        rate = self.per_goal * (rates.home + rates.away)
        line = round(rate) - 0.5
        chance = over(rate, round(4 * line))
        return [OutcomeChance("Over", chance, line), OutcomeChance("Under", 1 - chance, line)]

    def outcome(self, position: int, result: MatchScore, handicap: float | None) -> str:
        """What became of the outcome at this place."""
        is_over = self.per_goal * sum(result.full) > (handicap or 0)
        return WON if is_over == (position == 0) else LOST


SpecialKind = ScoreSpecial | OverUnderSpecial


def half_and_full(rates: GoalRates) -> Mapping[Cell, float]:
    """Who leads at half time, and who at the end."""
    found: dict[Cell, float] = {}
    for first, p in rates.of_period(1).differences.items():
        for second, q in rates.of_period(2).differences.items():
            cell = _sign((first, 0)), _sign((first + second, 0))
            found[cell] = found.get(cell, 0.0) + p * q
    return found


def _share(cells: Mapping[Cell, float], rule: Rule) -> float:
    verdicts = [(p, rule(cell)) for cell, p in cells.items()]
    won = sum(p for p, wins in verdicts if wins)
    return won / sum(p for p, wins in verdicts if wins is not None)


def _sign(cell: Cell) -> int:
    home, away = cell
    return (home > away) - (home < away)


def _scores(most: int, together: int) -> dict[str, Rule]:
    """Every score up to so many goals a side and together, and the rest."""
    listed = [(h, a) for h in range(most + 1) for a in range(most + 1) if h + a <= together]
    found: dict[str, Rule] = {f"{{home}} {h}, {{away}} {a}": partial(eq, (h, a)) for h, a in listed}
    return found | {"Any Other Score": lambda cell: cell not in listed}


def _half_and_full() -> dict[str, Rule]:
    words = {1: "{home}", 0: "Draw", -1: "{away}"}
    return {f"{words[half]} - {words[full]}": partial(eq, (half, full)) for half in words for full in words}


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
"""In leagues of the third tier there are none."""
