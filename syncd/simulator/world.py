"""The simulated football world, with a method for everything that can happen in it.

Nothing happens by itself: `RandomEvents` calls these methods by chance and by the clock, tests call them
directly.
"""

from collections.abc import Iterable
from datetime import timedelta
from math import exp

from syncd.runtime.clock import Clock
from syncd.simulator import listed_specials
from syncd.simulator.bookmaker import replace_offer, reprice
from syncd.simulator.endings import FinalScore, Goals
from syncd.simulator.fixture_list import Extent, GameDraft, draw
from syncd.simulator.game import GamePhase, SimulatedGame
from syncd.simulator.goals import SHARES, GoalRates
from syncd.simulator.listed import ListedEvent, ListedPeriod, ListedSettlement
from syncd.simulator.new_games import list_game
from syncd.simulator.special_kinds import MatchScore
from syncd.simulator.world_state import FeedName, WorldState

SETTLED, SETTLED_AGAIN, CANCELLED, DELETED = 1, 2, 3, 5
"""Those of Pinnacle's settlement statuses that occur in this world."""

EXTRA_TIME, SHOOTOUT = 3, 6
"""Periods that only the live event has."""

MIN_RATE, MAX_RATE = 0.3, 4.0
"""Bounds of a goal rate, so that every price stays realistic."""


class World(WorldState):
    """Leagues, games and prices now. The same seed, clock and calls give the same world.

    Raises `LookupError` if Pinnacle does not list the game.
    """

    def __init__(self, *, seed: int = 1, clock: Clock | None = None, extent: Extent | None = None) -> None:
        super().__init__(seed=seed, clock=clock)
        self.scores_include_extra_time = True
        """True if BetTune's scores include extra time: its document does not say."""
        for draft in draw(self.rng, self.now(), extent or Extent()):
            self.add(draft)
        self.starting_up = False

    def add(self, draft: GameDraft) -> SimulatedGame:
        """List a new game at both services."""
        game = list_game(self, draft)
        self.games.append(game)
        return game

    # --- prices

    def move(self, game: SimulatedGame, by: float = 0.05) -> bool:
        """Move the goal rates by a random factor of about 1 ± `by`. Returns whether any price changed."""
        home, away = (rate * exp(self.rng.gauss(0, by)) for rate in (game.rates.home, game.rates.away))
        return self.set_rates(
            game, GoalRates(min(max(home, MIN_RATE), MAX_RATE), min(max(away, MIN_RATE), MAX_RATE))
        )

    def set_rates(self, game: SimulatedGame, rates: GoalRates) -> bool:
        """Price everything by new goal rates. Returns whether any price changed."""
        game.rates = rates
        changed = False
        for event in (game.main, *game.children):
            if event is not None:
                changed |= reprice(self, event, rates, game.competition.tier)
        return listed_specials.reprice_specials(self, game) or changed

    # --- suspensions

    def halt(self, game: SimulatedGame) -> None:
        """Set the fixture to H (halted): nothing of it is open, although its odds are still listed."""
        self.set_status(_main(game), "H")

    def resume(self, game: SimulatedGame) -> None:
        """Set the fixture to O (open) again."""
        self.set_status(_main(game), "O")

    def set_status(self, event: ListedEvent, status: str) -> None:
        """Set O (open), I (open with lower limits) or H (halted)."""
        event.status = status
        self.renew_version(event)

    def renew_version(self, event: ListedEvent) -> None:
        """Give the fixture a new version, perhaps without any other difference."""
        event.stamp = self.stamp(FeedName.FIXTURES)

    def set_period_status(self, game: SimulatedGame, status: int, number: int = 0) -> None:
        """Set the period online (1) or offline (2); its prices are still listed."""
        period = _period(game, number)
        replace_offer(self, period, period.offered, status, period.cutoff)

    def take_down(self, game: SimulatedGame, *markets: str, number: int = 0) -> None:
        """Hide these markets of the period, which stays online with the others."""
        period = _period(game, number)
        period.hidden |= set(markets)
        period.stamp = self.stamp(FeedName.ODDS)

    def put_back(self, game: SimulatedGame, *markets: str, number: int = 0) -> None:
        """Show these markets again, all if none is named."""
        period = _period(game, number)
        period.hidden -= set(markets) or period.hidden
        period.stamp = self.stamp(FeedName.ODDS)

    # --- the course of a game

    def kick_off(self, game: SimulatedGame) -> None:
        """End pre-match betting and open the live event, if there is one. Both stay in the fixtures."""
        game.phase = GamePhase.LIVE
        self.close([event for event in game.events if event is not game.live])
        listed_specials.close(self, game.specials)
        if game.live is not None:
            self.set_status(game.live, "O")
            for period in game.live.periods.values():
                replace_offer(self, period, period.offered, 1, period.cutoff)

    def play(self, game: SimulatedGame, *, goal: bool = False) -> None:
        """Move the live prices; with `goal` one side scores."""
        if goal:
            home = self.rng.random() < game.rates.home / (game.rates.home + game.rates.away)
            for event in game.events:
                event.home_score += home
                event.away_score += not home
        if game.live is not None:
            remaining = self.rng.uniform(0.3, 0.9)
            rates = GoalRates(max(game.rates.home * remaining, 0.2), max(game.rates.away * remaining, 0.2))
            reprice(self, game.live, rates, game.competition.tier)

    def finish(self, game: SimulatedGame, score: FinalScore | None = None) -> None:
        """End the game, with its goals so far or this score: Pinnacle settles it, BetTune shows the score."""
        main = game.main
        final = score or FinalScore(Goals(main.home_score, main.away_score) if main else Goals(0, 0))
        for event in game.events:
            event.home_score, event.away_score = final.regular
        self.settle(game, SETTLED)
        for number, goals in ((EXTRA_TIME, final.extra_time), (SHOOTOUT, final.shootout)):
            if goals is not None and game.live is not None:
                self._settle_period(game.live, number, SETTLED, goals)
        self.show_score(game, final.shown(with_extra_time=self.scores_include_extra_time))

    def show_score(self, game: SimulatedGame, goals: Goals) -> None:
        """Have BetTune show this final score, as an association awards it or a mistake puts it there."""
        if game.match is not None:
            game.match.finished = True
            game.match.home_score, game.match.away_score = goals.exchanged if game.swapped else goals

    def abandon(self, game: SimulatedGame) -> None:
        """Break the game off for good: Pinnacle cancels its bets, BetTune shows no final score."""
        self.settle(game, CANCELLED)

    def settle_again(self, game: SimulatedGame, goals: Goals) -> None:
        """Have Pinnacle correct its score of the match."""
        if game.main is not None:
            self._settle_period(game.main, 0, SETTLED_AGAIN, goals)

    def cancel(self, game: SimulatedGame) -> None:
        """Cancel the game at Pinnacle; BetTune still lists it."""
        self.settle(game, CANCELLED)

    def delete(self, game: SimulatedGame, *, quietly: bool = False) -> None:
        """Delete the events at Pinnacle; if `quietly`, no odds delta shows that their periods have ended."""
        self.settle(game, DELETED, quietly=quietly)

    def postpone(self, game: SimulatedGame, by: timedelta) -> None:
        """Move the kick-off at both services, and the cutoffs with it."""
        game.kickoff += by
        for event in game.events:
            event.starts += by
            self.renew_version(event)
            for period in event.periods.values():
                replace_offer(self, period, period.offered, period.offered.status, period.cutoff + by)
        listed_specials.postpone(self, game, by)
        if game.match is not None:
            game.match.date += by

    # --- settlement

    def close(self, events: Iterable[ListedEvent], *, quietly: bool = False) -> None:
        """End all periods of the events: they are listed once more, empty; if `quietly`, not even that."""
        for event in events:
            for period in event.periods.values():
                if not period.closed:
                    period.closed = True
                    period.stamp = period.stamp if quietly else self.stamp(FeedName.ODDS)

    def settle(self, game: SimulatedGame, status: int, *, quietly: bool = False) -> None:
        """Take all events of the game out of fixtures and odds; only `/fixtures/settled` gives the result."""
        game.phase = GamePhase.OVER
        self.close(game.events, quietly=quietly)
        for event in game.events:
            event.in_fixtures = event.in_odds = False
            for number in event.periods or (0,):
                self._settle_period(event, number, status)
        result = self._result(game)
        for special in game.specials:
            listed_specials.settle(self, special, status, result)

    def _settle_period(
        self, event: ListedEvent, number: int, status: int, goals: Goals | None = None
    ) -> None:
        home, away = goals or Goals(event.home_score, event.away_score)
        self.settled.append(
            ListedSettlement(
                stamp=self.stamp(FeedName.SETTLED),
                league_id=event.league_id,
                owner_id=event.id,
                period=number,
                status=status,
                at=self.now(),
                home_score=home,
                away_score=away,
            )
        )

    def _result(self, game: SimulatedGame) -> MatchScore:
        """The final score, with a half-time score drawn to fit it."""
        home, away = (0, 0) if game.main is None else (game.main.home_score, game.main.away_score)
        half = [sum(self.rng.random() < SHARES[1] for _ in range(goals)) for goals in (home, away)]
        return MatchScore(half=(half[0], half[1]), full=(home, away))


def _main(game: SimulatedGame) -> ListedEvent:
    if game.main is None:
        raise LookupError(f"Pinnacle does not list {game.name}")
    return game.main


def _period(game: SimulatedGame, number: int) -> ListedPeriod:
    return _main(game).periods[number]
