"""A game of the simulated world, with what Pinnacle and BetTune list of it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from syncd.model.bettune import Named
from syncd.simulator.clubs import Club, SimulatedCompetition
from syncd.simulator.goals import GoalRates
from syncd.simulator.listed import ListedEvent, ListedSpecial


class GamePhase(StrEnum):
    """The phase of a game."""

    AHEAD = "ahead"
    LIVE = "live"
    OVER = "over"
    """Played, cancelled or deleted: nothing is offered from then on."""


@dataclass(slots=True, kw_only=True)
class ListedMatch:
    """A match in BetTune's catalogue."""

    id: int
    date: datetime
    country: Named
    tournament: Named
    season: Named
    home: Named
    away: Named
    finished: bool = False
    home_score: int | None = None
    away_score: int | None = None


class Correction(NamedTuple):
    """A correction of a final score that is still to come."""

    due: datetime
    by_pinnacle: bool
    """True if Pinnacle corrects it, false if BetTune does."""
    goals: tuple[int, int]


@dataclass(slots=True, kw_only=True, eq=False)
class SimulatedGame:
    """A game, and what each service lists of it: None or empty if it does not list the game."""

    competition: SimulatedCompetition
    home: Club
    away: Club
    kickoff: datetime
    rates: GoalRates
    main: ListedEvent | None = None
    """Pinnacle's pre-match event, the only one that may price a prediction."""
    live: ListedEvent | None = None
    children: list[ListedEvent] = field(default_factory=list)
    """Corners and bookings."""
    twin: ListedEvent | None = None
    """A retired duplicate of the main event (99999, H)."""
    specials: list[ListedSpecial] = field(default_factory=list)
    match: ListedMatch | None = None
    swapped: bool = False
    """BetTune has home and away swapped: a user must decide, the game is never linked automatically."""
    phase: GamePhase = GamePhase.AHEAD
    correction: Correction | None = None

    @property
    def linkable(self) -> bool:
        """True if event and match are certainly the same game."""
        return self.main is not None and self.match is not None and not self.swapped

    @property
    def events(self) -> list[ListedEvent]:
        """Every event that Pinnacle lists of it."""
        return [event for event in (self.main, self.live, self.twin, *self.children) if event is not None]

    @property
    def name(self) -> str:
        """Home and away, as Pinnacle calls them."""
        return f"{self.home.pinnacle} - {self.away.pinnacle}"
