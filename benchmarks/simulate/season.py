"""Weeks of football in a few leagues: a round each day, and chance between."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from syncd.simulator.clubs import competitions
from syncd.simulator.fixture_list import GameDraft, pairs
from syncd.simulator.game import GamePhase, SimulatedGame
from syncd.simulator.goals import GoalRates
from syncd.simulator.random_events import RandomEvents, Tempo
from syncd.simulator.world import World

TEMPO = Tempo(
    moves=0.002,
    halts=0.000_2,
    offline=0.000_2,
    takedowns=0.000_2,
    specials=0.000_3,
    cancellations=0.000_03,
    deletions=0.000_03,
    postponements=0.000_03,
    newcomers=0,
    first_prices=0.001,
    suspended_for=900.0,
)
"""What a quiet day brings to a few leagues."""

STEP_S = 30.0
"""Between two moments at which something may happen; kick-offs are at such moments."""

NOTICE = timedelta(hours=30)
REMEMBERED = timedelta(days=2)

OnChange = Callable[[SimulatedGame], object]


class WatchedEvents(RandomEvents):
    """Reports each game as soon as it has changed: two changes of one moment are two truths."""

    def __init__(self, world: World, on_change: OnChange) -> None:
        super().__init__(world, TEMPO)
        self._on_change = on_change

    def _record(self, kind: str, game: SimulatedGame, text: str) -> None:
        super()._record(kind, game, text)
        self._on_change(game)


class Season:
    """Lets the world go on."""

    def __init__(self, world: World, leagues: int, on_change: OnChange) -> None:
        self.world = world
        self._on_change = on_change
        self.events = WatchedEvents(world, on_change)
        self._leagues = leagues
        self._rounds = 0
        self._next_round = world.now()

    def step(self) -> list[str]:
        """Let happen what happens in `STEP_S`. Returns what it was."""
        if self.world.now() >= self._next_round:
            self._announce()
        return [each.text for each in self.events.step(STEP_S)]

    def forget(self) -> None:
        """Drop what ended days ago, so that a long run needs no more than a short one."""
        world, before = self.world, self.world.now() - REMEMBERED
        past = [g for g in world.games if g.phase is GamePhase.OVER and g.kickoff < before]
        for game in past:
            for event in game.events:
                world.events.pop(event.id, None)
            for special in game.specials:
                world.specials.pop(special.id, None)
        gone = set(past)
        world.games[:] = [game for game in world.games if game not in gone]
        world.settled[:] = [settled for settled in world.settled if settled.at >= before]
        self.events.history.clear()

    def _announce(self) -> None:
        """List the games of another day."""
        self._next_round += timedelta(days=1)
        self._rounds += 1
        start = self.world.now().replace(minute=0, second=0, microsecond=0) + NOTICE
        for league in competitions()[: self._leagues]:
            for slot, draft in enumerate(self._drafts(league, start)):
                game = self.world.add(replace(draft, kickoff=start + timedelta(minutes=30 * slot)))
                self._on_change(game)

    def _drafts(self, league: object, start: object) -> list[GameDraft]:
        rng = self.world.rng
        return [
            GameDraft(
                competition=league,  # type: ignore[arg-type]
                home=home,
                away=away,
                kickoff=start,  # type: ignore[arg-type]
                rates=GoalRates(rng.uniform(0.9, 2.2), rng.uniform(0.6, 1.7)),
            )
            for home, away in pairs(league.clubs, self._rounds)  # type: ignore[attr-defined]
        ]
