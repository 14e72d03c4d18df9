"""What happens in the simulated world by itself: by the clock, and by chance at a given tempo."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from syncd.simulator.fixture_list import random_draft
from syncd.simulator.game import GamePhase, SimulatedGame
from syncd.simulator.listed import MARKETS
from syncd.simulator.listed_specials import list_specials
from syncd.simulator.prices import first_prices
from syncd.simulator.special_disruptions import disturb, mend
from syncd.simulator.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Tempo:
    """How often things happen, on average each second, and how long a match lasts."""

    moves: float = 0.4
    halts: float = 0.01
    offline: float = 0.01
    takedowns: float = 0.01
    specials: float = 0.01
    """One special of a game is withdrawn, halted or made anew."""
    cancellations: float = 0.0005
    deletions: float = 0.0005
    postponements: float = 0.0005
    newcomers: float = 0.002
    first_prices: float = 0.005
    goals: float = 0.0005
    """For each live game."""
    suspended_for: float = 60.0
    """Seconds that a suspension lasts on average."""
    match_length: timedelta = timedelta(minutes=110)
    newcomer_notice: timedelta = timedelta(hours=30)


CALM = Tempo()
BRISK = Tempo(
    moves=2.0,
    halts=0.15,
    offline=0.12,
    takedowns=0.12,
    specials=0.4,
    cancellations=0.03,
    deletions=0.03,
    postponements=0.04,
    newcomers=0.06,
    first_prices=0.06,
    goals=0.08,
    suspended_for=8.0,
    match_length=timedelta(seconds=18),
)
"""Everything is to be seen within a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldChange:
    """One thing that happened, for those who watch. `kind` is a stable word."""

    at: datetime
    kind: str
    game: SimulatedGame
    text: str


class RandomEvents:
    """Lets the world's games go their way. The same seed gives the same life."""

    def __init__(self, world: World, tempo: Tempo = CALM) -> None:
        self.world = world
        self.tempo = tempo
        self.history: deque[WorldChange] = deque(maxlen=2000)
        self.paused = False
        self._fresh: list[WorldChange] = []

    async def run(self, every: float = 0.25) -> None:
        """Step for ever, in the world's own time."""
        while True:
            await asyncio.sleep(0)
            await self.world.clock.sleep(every)
            if not self.paused:
                self.step(every)

    def step(self, seconds: float = 1.0) -> list[WorldChange]:
        """So much time goes by. The world's clock is not moved: games kick off and end by it alone."""
        self._fresh = []
        self._by_the_clock()
        for kind, rate, act in self._chances():
            for _ in range(self._times(rate * seconds)):
                self._by_chance(kind, act)
        self._end_suspensions(seconds)
        self.history.extend(self._fresh)
        return self._fresh

    def _by_the_clock(self) -> None:
        now = self.world.now()
        for game in self.world.games:
            if game.phase is GamePhase.AHEAD and game.kickoff <= now:
                self.world.kick_off(game)
                self._note("kick_off", game, "kicks off: pre-match betting is over")
            elif game.phase is GamePhase.LIVE and game.kickoff + self.tempo.match_length <= now:
                self.world.finish(game)
                self._note("settled", game, "is over and settled")

    def _chances(self) -> list[tuple[str, float, Callable[[], tuple[SimulatedGame, str] | None]]]:
        tempo = self.tempo
        live = sum(game.phase is GamePhase.LIVE for game in self.world.games)
        return [
            ("move", tempo.moves, self._move),
            ("halt", tempo.halts, self._halt),
            ("offline", tempo.offline, self._offline),
            ("takedown", tempo.takedowns, self._take_down),
            ("special", tempo.specials, self._disturb_special),
            ("cancelled", tempo.cancellations, self._cancel),
            ("deleted", tempo.deletions, self._delete),
            ("postponed", tempo.postponements, self._postpone),
            ("new", tempo.newcomers, self._announce),
            ("first_prices", tempo.first_prices, self._first_prices),
            ("live", tempo.goals * live, self._play),
        ]

    def _times(self, expected: float) -> int:
        whole = int(expected)
        return whole + (self.world.rng.random() < expected - whole)

    def _by_chance(self, kind: str, act: Callable[[], tuple[SimulatedGame, str] | None]) -> None:
        done = act()
        if done is not None:
            self._note(kind, *done)

    def _note(self, kind: str, game: SimulatedGame, words: str) -> None:
        self._fresh.append(
            WorldChange(at=self.world.now(), kind=kind, game=game, text=f"{game.name} {words}")
        )

    # --- one thing each

    def _move(self) -> tuple[SimulatedGame, str] | None:
        game = self._pick(self.world.open_games())
        if game is None or not self.world.move(game, by=self.world.rng.choice((0.02, 0.04, 0.08))):
            return None
        return game, "moves"

    def _halt(self) -> tuple[SimulatedGame, str] | None:
        game = self._pick(self.world.open_games())
        if game is None:
            return None
        self.world.halt(game)
        return game, "is halted (fixture status H)"

    def _offline(self) -> tuple[SimulatedGame, str] | None:
        game = self._pick(self.world.open_games())
        if game is None:
            return None
        self.world.set_period_status(game, 2)
        return game, "goes offline (period status 2)"

    def _take_down(self) -> tuple[SimulatedGame, str] | None:
        game = self._pick(self.world.open_games())
        if game is None:
            return None
        markets = self.world.rng.choice((("moneyline", "spreads"), ("totals",), MARKETS))
        self.world.take_down(game, *markets)
        return game, f"loses its {' and '.join(markets)}"

    def _disturb_special(self) -> tuple[SimulatedGame, str] | None:
        game = self._pick([game for game in self.world.open_games() if game.specials])
        words = None if game is None else disturb(self.world, game)
        return None if game is None or words is None else (game, words)

    def _cancel(self) -> tuple[SimulatedGame, str] | None:
        game = self._pick(self.world.open_games())
        if game is None:
            return None
        self.world.cancel(game)
        return game, "is cancelled"

    def _delete(self) -> tuple[SimulatedGame, str] | None:
        game = self._pick(self.world.open_games())
        if game is None:
            return None
        self.world.delete(game, quietly=self.world.rng.random() < 0.5)
        return game, "is deleted"

    def _postpone(self) -> tuple[SimulatedGame, str] | None:
        game = self._pick(self.world.open_games())
        if game is None:
            return None
        self.world.postpone(game, timedelta(hours=self.world.rng.choice((1, 2, 24))))
        return game, "is postponed"

    def _announce(self) -> tuple[SimulatedGame, str] | None:
        known = {(game.home, game.away) for game in self.world.games}
        for _ in range(10):
            draft = random_draft(self.world.rng, self.world.now(), self.tempo.newcomer_notice)
            if (draft.home, draft.away) not in known:
                return self.world.add(draft), "is announced"
        return None

    def _first_prices(self) -> tuple[SimulatedGame, str] | None:
        waiting = [
            g for g in self.world.games if g.phase is GamePhase.AHEAD and g.main and not g.main.periods
        ]
        game = self._pick(waiting)
        if game is None or game.main is None:
            return None
        first_prices(self.world, game.main, game.rates, game.competition.tier, game.kickoff)
        list_specials(self.world, game, game.main)
        return game, "gets its first prices"

    def _play(self) -> tuple[SimulatedGame, str] | None:
        game = self._pick([game for game in self.world.games if game.phase is GamePhase.LIVE])
        if game is None:
            return None
        self.world.play(game, goal=True)
        return game, "sees a goal"

    def _end_suspensions(self, seconds: float) -> None:
        chance = min(1.0, seconds / self.tempo.suspended_for)
        for game in self.world.games:
            if game.phase is GamePhase.AHEAD and game.main is not None and self.world.rng.random() < chance:
                self._reopen(game)
                if mend(self.world, game):
                    self._note("special_back", game, "has all its specials again")

    def _reopen(self, game: SimulatedGame) -> None:
        main = game.main
        if main is None or (main.is_open(self.world.now()) and not main.periods[0].hidden):
            return
        if not main.in_fixtures:
            main.in_fixtures = True
            self.world.touch(main)
        if main.status == "H":
            self.world.resume(game)
        if 0 in main.periods:
            self.world.set_period_status(game, 1)
            if main.periods[0].hidden:
                self.world.put_back(game)
            self._note("reopened", game, "is open again")

    def _pick(self, games: Sequence[SimulatedGame]) -> SimulatedGame | None:
        return self.world.rng.choice(games) if games else None
