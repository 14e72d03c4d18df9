"""Weeks of football in a few leagues: a round each day, and chance between."""

from dataclasses import replace
from datetime import timedelta

from syncd.simulator.clubs import competitions
from syncd.simulator.fixture_list import GameDraft, pairs
from syncd.simulator.game import GamePhase, SimulatedGame
from syncd.simulator.goals import GoalRates
from syncd.simulator.random_events import RandomEvents, Tempo
from syncd.simulator.world import World

TEMPO = Tempo(
    moves=0.008,
    halts=0.000_5,
    offline=0.000_3,
    takedowns=0.000_5,
    specials=0.000_8,
    cancellations=0.000_03,
    deletions=0.000_03,
    postponements=0.000_03,
    newcomers=0,
    first_prices=0.001,
    suspended_for=900.0,
)
"""What a quiet day brings to a few leagues."""

STEP_S = 10.0
"""Between two moments at which something may happen."""

NOTICE = timedelta(hours=30)
REMEMBERED = timedelta(days=2)


class Season:
    """Lets the world go on."""

    def __init__(self, world: World, leagues: int) -> None:
        self.world = world
        self.events = RandomEvents(world, TEMPO)
        self._leagues = leagues
        self._rounds = 0
        self._next_round = world.now()

    def step(self) -> tuple[set[SimulatedGame], list[str]]:
        """Let happen what happens in `STEP_S`. Returns the games that it concerns, and what it was."""
        new = self._announce() if self.world.now() >= self._next_round else []
        changes = self.events.step(STEP_S)
        return {*new, *(change.game for change in changes)}, [each.text for each in changes]

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

    def _announce(self) -> list[SimulatedGame]:
        """List the games of another day."""
        self._next_round += timedelta(days=1)
        self._rounds += 1
        start = self.world.now().replace(minute=0, second=0, microsecond=0) + NOTICE
        return [
            self.world.add(replace(draft, kickoff=start + timedelta(minutes=30 * slot)))
            for league in competitions()[: self._leagues]
            for slot, draft in enumerate(self._drafts(league, start))
        ]

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
