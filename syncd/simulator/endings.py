"""Ends of games: their scores, and the cases in which the two services show different ones."""

from enum import StrEnum
from random import Random
from typing import NamedTuple

from syncd.simulator.game import SimulatedGame
from syncd.simulator.goals import GoalRates, goal_chances


class Ending(StrEnum):
    """The ways in which a game ends."""

    REGULAR = "regular"
    EXTRA_TIME = "extra_time"
    """Level after 90 minutes; extra time decides."""
    SHOOTOUT = "shootout"
    """Level after extra time too."""
    ABANDONED = "abandoned"
    """Pinnacle cancels its bets, BetTune never shows a final score."""
    AWARDED = "awarded"
    """The association decides 3-0 after the game, and BetTune shows that."""
    CORRECTED_BY_PINNACLE = "corrected_by_pinnacle"
    """Pinnacle settles a wrong score first."""
    CORRECTED_BY_BETTUNE = "corrected_by_bettune"
    """BetTune shows a wrong score first."""


class Goals(NamedTuple):
    """Goals of the home and the away side."""

    home: int
    away: int

    def plus(self, other: "Goals") -> "Goals":
        """Return both added."""
        return Goals(self.home + other.home, self.away + other.away)

    @property
    def exchanged(self) -> "Goals":
        """The same with home and away exchanged."""
        return Goals(self.away, self.home)


class FinalScore(NamedTuple):
    """The score after 90 minutes, and what extra time and a shoot-out added; None if there was none."""

    regular: Goals
    extra_time: Goals | None = None
    shootout: Goals | None = None

    def shown(self, *, with_extra_time: bool) -> Goals:
        """Return the score as BetTune shows it."""
        score = self.regular
        for added in (self.extra_time, self.shootout):
            score = score.plus(added) if added and with_extra_time else score
        return score


ODD_ENDINGS = (
    Ending.ABANDONED,
    Ending.AWARDED,
    Ending.CORRECTED_BY_PINNACLE,
    Ending.CORRECTED_BY_BETTUNE,
)


def rng_of(game: SimulatedGame) -> Random:
    """Return a source of chance of this game's own: its end moves nothing else in the world."""
    ids = [each.id for each in (game.main, game.match) if each is not None]
    return Random(f"{game.name} {ids}")


def draw_ending(game: SimulatedGame, odd: float) -> Ending:
    """Draw the end of a game, of which this share is odd. Only a cup goes on after a level score."""
    rng = rng_of(game)
    if "Cup" in game.competition.league and game.main and game.main.home_score == game.main.away_score:
        return rng.choice((Ending.EXTRA_TIME, Ending.SHOOTOUT))
    return rng.choice(ODD_ENDINGS) if rng.random() < odd else Ending.REGULAR


def draw_score(rng: Random, rates: GoalRates) -> Goals:
    """Draw the goals of both sides."""
    home, away = (goal_chances(rate) for rate in (rates.home, rates.away))
    return Goals(*(rng.choices(range(len(chances)), chances)[0] for chances in (home, away)))


def draw_extra_time(rng: Random, ending: Ending) -> tuple[Goals | None, Goals | None]:
    """Draw what extra time and the shoot-out add."""
    if ending is Ending.EXTRA_TIME:
        return rng.choice((Goals(1, 0), Goals(0, 1), Goals(2, 1), Goals(1, 2))), None
    if ending is Ending.SHOOTOUT:
        level = rng.randrange(2)
        return Goals(level, level), rng.choice((Goals(4, 3), Goals(3, 5), Goals(5, 4)))
    return None, None
