"""Games end with scores that both services show, each in its own way."""

from datetime import timedelta

import pytest

from syncd.simulator.endings import Ending, FinalScore, Goals, draw_ending, draw_extra_time, rng_of
from syncd.simulator.game import GamePhase, SimulatedGame
from syncd.simulator.random_events import RandomEvents, Tempo
from syncd.simulator.world import CANCELLED, SETTLED, SETTLED_AGAIN, World
from tests.support.sandbox import SMALL, HandClock


@pytest.fixture
def world(clock: HandClock) -> World:
    return World(clock=clock, extent=SMALL)


def settled(world: World, game: SimulatedGame) -> dict[tuple[str, int], tuple[int, int, int]]:
    """The last settlement of each period: its status and score."""
    names = {event.id: name for name, event in (("main", game.main), ("live", game.live)) if event}
    return {
        (names[each.owner_id], each.period): (each.status, each.home_score, each.away_score)
        for each in world.settled
        if each.owner_id in names and each.period in (0, 3, 6)
    }


def shown(game: SimulatedGame) -> tuple[bool, int | None, int | None]:
    assert game.match
    return game.match.finished, game.match.home_score, game.match.away_score


@pytest.fixture
def game(world: World) -> SimulatedGame:
    return next(each for each in world.open_games() if each.live)


def test_extra_time_is_a_period_of_the_live_event(world: World, game: SimulatedGame):
    world.finish(game, FinalScore(Goals(1, 1), Goals(1, 1), Goals(4, 3)))
    found = settled(world, game)
    assert found["main", 0] == found["live", 0] == (SETTLED, 1, 1)
    assert (found["live", 3], found["live", 6]) == ((SETTLED, 1, 1), (SETTLED, 4, 3))
    assert shown(game) == (True, 6, 5)


def test_bettune_may_show_90_minutes_only(world: World, game: SimulatedGame):
    world.scores_include_extra_time = False
    world.finish(game, FinalScore(Goals(1, 1), Goals(1, 0)))
    assert shown(game) == (True, 1, 1)


def test_exchanged_sides_have_exchanged_scores(world: World):
    game = next(each for each in world.games if each.swapped)
    world.finish(game, FinalScore(Goals(2, 0)))
    assert shown(game) == (True, 0, 2)


def test_an_abandoned_game_has_no_score(world: World, game: SimulatedGame):
    world.abandon(game)
    assert settled(world, game)["main", 0][0] == CANCELLED
    assert shown(game) == (False, None, None)


def test_a_score_is_corrected_by_another_settlement(world: World, game: SimulatedGame):
    world.finish(game, FinalScore(Goals(2, 0)))
    world.settle_again(game, Goals(1, 0))
    assert settled(world, game)["main", 0] == (SETTLED_AGAIN, 1, 0)


def test_every_odd_ending_happens_and_corrections_come(clock: HandClock):
    world = World(clock=clock, extent=SMALL)
    quiet = dict.fromkeys(("cancellations", "deletions", "postponements", "newcomers", "halts"), 0.0)
    happening = RandomEvents(world, Tempo(odd_endings=1.0, goals=0.0, moves=0.0, **quiet))
    drawn = {draw_ending(game, 1.0) for game in world.games}
    assert drawn == {
        Ending.ABANDONED, Ending.AWARDED, Ending.CORRECTED_BY_BETTUNE, Ending.CORRECTED_BY_PINNACLE
    }  # fmt: skip
    last = max(game.kickoff for game in world.games)
    while clock.now() < last + timedelta(hours=4):
        clock.moment += timedelta(minutes=10)
        happening.step(0)
    both = [game for game in world.games if game.main and game.match]
    assert all(game.phase is GamePhase.OVER for game in both)
    for game in both:
        _, home, away = settled(world, game)["main", 0]
        ending = draw_ending(game, 1.0)
        if ending in (Ending.CORRECTED_BY_BETTUNE, Ending.CORRECTED_BY_PINNACLE):
            assert shown(game)[1:] == ((away, home) if game.swapped else (home, away))
        assert game.correction is None


def test_only_a_level_score_of_a_cup_goes_on(world: World, game: SimulatedGame):
    assert draw_ending(game, 0.0) is Ending.REGULAR
    for ending in (Ending.EXTRA_TIME, Ending.SHOOTOUT):
        extra, shootout = draw_extra_time(rng_of(game), ending)
        assert extra is not None
        assert (extra.home == extra.away) is (shootout is not None)
