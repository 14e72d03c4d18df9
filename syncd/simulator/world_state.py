"""The state that both servers read: the registries of the simulated world, and the stamps of its changes."""

from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from syncd.model.pinnacle import SOCCER, League
from syncd.runtime.clock import Clock, SystemClock
from syncd.simulator.game import ListedMatch, SimulatedGame
from syncd.simulator.listed import ListedEvent, ListedSettlement, ListedSpecial, Stamp

FIRST_LEAGUE = 1800


class FeedName(StrEnum):
    """The six feeds that have a cursor of their own."""

    FIXTURES = "fixtures"
    ODDS = "odds"
    SPECIALS = "specials"
    SPECIAL_ODDS = "special_odds"
    SETTLED = "settled"
    SETTLED_SPECIALS = "settled_specials"


FIRST_SEQUENCE = {
    FeedName.FIXTURES: 588_000_000,
    FeedName.SPECIALS: 588_000_000,
    FeedName.SETTLED: 5_000_000,
    FeedName.SETTLED_SPECIALS: 5_000_000,
}
FIRST_LINE = 3_015_000_000
"""Line ids are beyond 32 bits, as the real ones are."""


class WorldState:
    """Registries by id. Only `World` and its helpers write them; the servers read."""

    def __init__(self, *, seed: int, clock: Clock | None) -> None:
        self.clock = clock or SystemClock()
        self.rng = Random(seed)
        self.leagues: dict[str, League] = {}
        self.events: dict[int, ListedEvent] = {}
        self.specials: dict[int, ListedSpecial] = {}
        self.settled: list[ListedSettlement] = []
        self.matches: dict[int, ListedMatch] = {}
        self.games: list[SimulatedGame] = []
        self.newest: dict[FeedName, Stamp] = {}
        self.name_ids: dict[tuple[str, ...], int] = {}
        """BetTune's ids of countries, tournaments, seasons and teams."""
        # The first games changed last a day ago, before any cursor that a client can have.
        self._millis = _millis(self.now() - timedelta(days=1))
        self._event_id = 1_606_000_000
        self.starting_up = True
        """True while the first games are listed: their stamps are in the past."""

    def now(self) -> datetime:
        """The time of the world, in UTC."""
        return self.clock.now()

    def stamp(self, feed: FeedName) -> Stamp:
        """Give the next stamp of this feed, greater than all before it for both kinds of cursor."""
        self._millis = max(0 if self.starting_up else _millis(self.now()), self._millis + 1)
        before = self.newest[feed].sequence if feed in self.newest else FIRST_SEQUENCE.get(feed, FIRST_LINE)
        self.newest[feed] = Stamp(before + self.rng.randint(1, 3), self._millis)
        return self.newest[feed]

    def next_event_id(self) -> int:
        """Give the next id; events, specials and contestants share one sequence."""
        self._event_id += self.rng.randint(1, 9)
        return self._event_id

    def league(self, name: str) -> League:
        """The league of this name; a new name is registered."""
        found = self.leagues.get(name)
        if found is None:
            found = League(id=FIRST_LEAGUE + 7 * len(self.leagues), sport_id=SOCCER, name=name)
            self.leagues[name] = found
        return found

    def game_of_match(self, match_id: int) -> SimulatedGame | None:
        """The game of this BetTune match; None if there is no such match."""
        return next((g for g in self.games if g.match is not None and g.match.id == match_id), None)

    def open_games(self) -> list[SimulatedGame]:
        """Linkable games whose pre-match event takes bets now."""
        now = self.now()
        return [g for g in self.games if g.linkable and g.main is not None and g.main.is_open(now)]


def _millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
