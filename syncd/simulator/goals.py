"""The probability of each result, from the goal rates of both sides: the source of every simulated price.

Probabilities are floats and never leave the simulator. Prices are `Decimal`, see `bookmaker`.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import exp

MOST_GOALS = 12
SHARES = {0: 1.0, 1: 0.44, 2: 0.56}
"""Share of a match's goals that fall in each of its periods."""


@dataclass(frozen=True)
class GoalRates:
    """Expected goals of both sides; the goals are independent and Poisson distributed."""

    home: float
    away: float

    def of_period(self, number: int) -> "GoalRates":
        """The rates of the match (0) or of one of its halves (1, 2)."""
        share = SHARES[number]
        return GoalRates(self.home * share, self.away * share)

    @cached_property
    def differences(self) -> dict[int, float]:
        """Probability of each home-minus-away difference."""
        home, away = goal_chances(self.home), goal_chances(self.away)
        found: dict[int, float] = {}
        for h, p in enumerate(home):
            for a, q in enumerate(away):
                found[h - a] = found.get(h - a, 0.0) + p * q
        return found

    def result(self) -> tuple[float, float, float]:
        """Probabilities of home, draw and away."""
        home = sum(p for d, p in self.differences.items() if d > 0)
        draw = self.differences[0]
        return home, draw, 1 - home - draw

    def cover(self, quarters: int) -> float:
        """Fair probability of the home side at a handicap given in quarter goals."""
        return _share(self.differences, quarters)

    def over(self, quarters: int) -> float:
        """Fair probability of over at a total given in quarter goals."""
        return over(self.home + self.away, quarters)

    def scores(self) -> dict[tuple[int, int], float]:
        """Probability of each score, up to nine goals a side."""
        home, away = goal_chances(self.home)[:10], goal_chances(self.away)[:10]
        return {(h, a): p * q for h, p in enumerate(home) for a, q in enumerate(away)}


def over(rate: float, quarters: int) -> float:
    """Fair probability of over at a total given in quarter goals, with this goal rate."""
    return _share(_chances_by_goals(rate), -quarters)


@lru_cache(maxsize=64)
def _chances_by_goals(rate: float) -> dict[int, float]:
    return dict(enumerate(goal_chances(rate)))


def goal_chances(rate: float) -> list[float]:
    """Probability of 0, 1, 2, ... goals."""
    chances = [exp(-rate)]
    for goals in range(1, max(MOST_GOALS, round(3 * rate)) + 1):
        chances.append(chances[-1] * rate / goals)
    chances[-1] += 1 - sum(chances)
    return chances


def _share(chances: dict[int, float], quarters: int) -> float:
    """Stake won / (stake won + stake lost); on a quarter line half the stake is on each neighbouring line."""
    lower, upper = (quarters // 2) / 2, (quarters + 1) // 2 / 2
    won = lost = 0.0
    for result, chance in chances.items():
        half = chance / 2
        for margin in (result + lower, result + upper):
            if margin > 0:
                won += half
            elif margin < 0:
                lost += half
    return won / (won + lost)
