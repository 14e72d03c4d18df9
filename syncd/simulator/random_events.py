"""Random events of the simulated world: kick-offs and ends by the clock, everything else by chance."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from syncd.simulator.bookmaker import first_prices
from syncd.simulator.endings import (
    Ending,
    FinalScore,
    Goals,
    draw_ending,
    draw_extra_time,
    draw_score,
    rng_of,
)
from syncd.simulator.fixture_list import random_draft
from syncd.simulator.game import Correction, GamePhase, SimulatedGame
from syncd.simulator.listed import MARKETS
from syncd.simulator.listed_specials import list_specials
from syncd.simulator.special_disruptions import disrupt_special, restore_specials
from syncd.simulator.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Tempo:
    """The average number of events per second, by kind, and the length of a match."""

    moves: float = 0.4
    halts: float = 0.01
    offline: float = 0.01
    takedowns: float = 0.01
    specials: float = 0.01
    """One special of a game is withdrawn, halted or replaced."""
    cancellations: float = 0.0005
    deletions: float = 0.0005
    postponements: float = 0.0005
    newcomers: float = 0.002
    first_prices: float = 0.005
    goals: float = 0.0005
    """Per live game."""
    suspended_for: float = 60.0
    """Seconds that a suspension lasts on average."""
    match_length: timedelta = timedelta(minutes=110)
    odd_endings: float = 0.04
    """Share of games that are abandoned, awarded, or shown with a wrong score first."""
    corrected_after: timedelta = timedelta(minutes=30)
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
"""Every kind of event happens within a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldChange:
    """A change in the world. `kind` is a stable code, `text` is for people."""

    at: datetime
    kind: str
    game: SimulatedGame
    text: str


class RandomEvents:
    """Makes the events happen. The same seed gives the same events."""

    def __init__(self, world: World, tempo: Tempo = CALM) -> None:
        self.world = world
        self.tempo = tempo
        self.history: deque[WorldChange] = deque(maxlen=2000)
        self._new_changes: list[WorldChange] = []

    async def run(self, every: float = 0.25) -> None:
        """Step at this interval of the world's clock, in seconds, until cancelled."""
        while True:
            await asyncio.sleep(0)
            await self.world.clock.sleep(every)
            self.step(every)

    def step(self, seconds: float = 1.0) -> list[WorldChange]:
        """Make the events of this many seconds happen.

        The clock is not moved; kick-offs and ends depend on it alone.
        """
        self._new_changes = []
        self._kick_off_and_finish()
        for kind, rate, act in self._random_kinds():
            for _ in range(self._count(rate * seconds)):
                self._try(kind, act)
        self._end_suspensions(seconds)
        self.history.extend(self._new_changes)
        return self._new_changes

    def _kick_off_and_finish(self) -> None:
        now = self.world.now()
        for game in self.world.games:
            if game.phase is GamePhase.AHEAD and game.kickoff <= now:
                self.world.kick_off(game)
                self._record("kick_off", game, "kicks off: pre-match betting is over")
            elif game.phase is GamePhase.LIVE and game.kickoff + self.tempo.match_length <= now:
                self._end(game)
            elif game.correction is not None and game.correction.due <= now:
                self._correct(game, game.correction)

    def _end(self, game: SimulatedGame) -> None:
        ending, rng = draw_ending(game, self.tempo.odd_endings), rng_of(game)
        main = game.main
        regular = Goals(main.home_score, main.away_score) if main else draw_score(rng, game.rates)
        wrong = Goals(regular.home + 1, regular.away)
        if ending is Ending.ABANDONED:
            self.world.abandon(game)
            self._record("cancelled", game, "is abandoned")
            return
        self.world.finish(game, FinalScore(regular, *draw_extra_time(rng, ending)))
        if ending is Ending.CORRECTED_BY_PINNACLE:
            self.world.settle_again(game, wrong)
        elif ending in (Ending.CORRECTED_BY_BETTUNE, Ending.AWARDED):
            self.world.show_score(game, wrong if ending is not Ending.AWARDED else Goals(3, 0))
        if ending in (Ending.CORRECTED_BY_PINNACLE, Ending.CORRECTED_BY_BETTUNE):
            due = self.world.now() + self.tempo.corrected_after
            game.correction = Correction(
                due, by_pinnacle=ending is Ending.CORRECTED_BY_PINNACLE, goals=regular
            )
        self._record("settled", game, "is over and settled")

    def _correct(self, game: SimulatedGame, correction: Correction) -> None:
        game.correction = None
        if correction.by_pinnacle:
            self.world.settle_again(game, Goals(*correction.goals))
        else:
            self.world.show_score(game, Goals(*correction.goals))
        self._record("corrected", game, "has its score corrected")

    def _random_kinds(self) -> list[tuple[str, float, Callable[[], tuple[SimulatedGame, str] | None]]]:
        tempo = self.tempo
        live = sum(game.phase is GamePhase.LIVE for game in self.world.games)
        return [
            ("move", tempo.moves, self._move),
            ("halt", tempo.halts, self._halt),
            ("offline", tempo.offline, self._offline),
            ("takedown", tempo.takedowns, self._take_down),
            ("special", tempo.specials, self._disrupt_special),
            ("cancelled", tempo.cancellations, self._cancel),
            ("deleted", tempo.deletions, self._delete),
            ("postponed", tempo.postponements, self._postpone),
            ("new", tempo.newcomers, self._announce),
            ("first_prices", tempo.first_prices, self._first_prices),
            ("live", tempo.goals * live, self._play),
        ]

    def _count(self, expected: float) -> int:
        whole = int(expected)
        return whole + (self.world.rng.random() < expected - whole)

    def _try(self, kind: str, act: Callable[[], tuple[SimulatedGame, str] | None]) -> None:
        done = act()
        if done is not None:
            self._record(kind, *done)

    def _record(self, kind: str, game: SimulatedGame, text: str) -> None:
        self._new_changes.append(
            WorldChange(at=self.world.now(), kind=kind, game=game, text=f"{game.name} {text}")
        )

    # --- one method for each kind

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

    def _disrupt_special(self) -> tuple[SimulatedGame, str] | None:
        game = self._pick([game for game in self.world.open_games() if game.specials])
        text = None if game is None else disrupt_special(self.world, game)
        return None if game is None or text is None else (game, text)

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
                if restore_specials(self.world, game):
                    self._record("special_back", game, "has all its specials again")

    def _reopen(self, game: SimulatedGame) -> None:
        main = game.main
        if main is None or (main.is_open(self.world.now()) and not main.periods[0].hidden):
            return
        if not main.in_fixtures:
            main.in_fixtures = True
            self.world.renew_version(main)
        if main.status == "H":
            self.world.resume(game)
        if 0 in main.periods:
            self.world.set_period_status(game, 1)
            if main.periods[0].hidden:
                self.world.put_back(game)
            self._record("reopened", game, "is open again")

    def _pick(self, games: Sequence[SimulatedGame]) -> SimulatedGame | None:
        return self.world.rng.choice(games) if games else None
