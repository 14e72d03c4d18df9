"""The world is realistic, and the oracle follows it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from syncd.model.pinnacle import Period
from syncd.simulator.clubs import competitions
from syncd.simulator.fixture_list import Extent
from syncd.simulator.game import SimulatedGame
from syncd.simulator.goals import GoalRates
from syncd.simulator.oracle import Oracle
from syncd.simulator.random_events import BRISK, RandomEvents
from syncd.simulator.sandbox import Sandbox
from syncd.simulator.world import World
from tests.support.sandbox import SMALL, HandClock


@pytest.fixture(scope="module")
def week() -> World:
    return World(clock=HandClock(), extent=Extent(rounds=1))


@pytest.fixture
def world(clock: HandClock) -> World:
    return World(clock=clock, extent=SMALL)


def booksums(period: Period) -> list[Decimal]:
    lines = [(line.home, line.away) for line in period.spreads]
    lines += [(line.over, line.under) for line in (*period.totals, *period.home_totals, *period.away_totals)]
    return [sum((1 / price for price in prices), Decimal(0)) for prices in lines]


def test_every_price_has_a_realistic_margin(week: World):
    for event in week.events.values():
        for listed in event.periods.values():
            moneyline = listed.offered.moneyline
            three_way = 1 / moneyline.home + 1 / moneyline.draw + 1 / moneyline.away
            assert Decimal("1.01") < three_way < Decimal("1.06")
            assert all(Decimal("1.01") < booksum < Decimal("1.07") for booksum in booksums(listed.offered))


def test_prices_have_at_most_three_decimals(week: World):
    moneylines = [e.periods[0].offered.moneyline for e in week.events.values() if e.periods]
    assert all(-m.home.as_tuple().exponent <= 3 for m in moneylines)


def test_names_differ_on_both_sides_and_only_leagues_name_the_squad(week: World):
    same = [club for c in competitions() for club in c.clubs if club.pinnacle == club.bettune]
    everywhere = [club for c in competitions() for club in c.clubs]
    assert len(same) < len(everywhere) / 4
    assert all(name.isascii() for club in everywhere for name in (club.pinnacle,))
    assert not any(squad in club.pinnacle for club in everywhere for squad in ("Women", "U21", "(W)"))


def test_every_trap_is_set_in_a_week(week: World):
    games = week.games
    assert any(game.swapped for game in games)
    assert any(game.twin for game in games)
    assert any(game.main is None for game in games)
    assert any(game.match is None and "Games)" not in game.home.pinnacle for game in games)
    assert any("Home Teams" in game.home.pinnacle for game in games)
    assert any(game.live and game.live.parent_id == game.main.id for game in games)
    at_once = {(g.kickoff, g.home.pinnacle, g.away.pinnacle): set() for g in games}
    for game in games:
        at_once[game.kickoff, game.home.pinnacle, game.away.pinnacle].add(game.competition.league)
    assert max(len(leagues) for leagues in at_once.values()) >= 3  # first team, women and U21 at once


def test_to_win_by_half_a_goal_has_the_price_of_a_win(week: World):
    for event in week.events.values():
        for listed in event.periods.values():
            half = [line for line in listed.offered.spreads if line.hdp == Decimal("-0.5")]
            assert all(line.home == listed.offered.moneyline.home for line in half)


def test_a_favourite_is_cheaper():
    favourite = GoalRates(2.4, 0.7).result()
    assert favourite[0] > 0.7 > 0.2 > favourite[2]
    assert GoalRates(1.3, 1.3).over(10) == pytest.approx(0.4816, abs=1e-3)


def an_open_game(world: World) -> SimulatedGame:
    return world.open_games()[0]


CLOSINGS = {
    "halted": lambda world, game: world.halt(game),
    "offline": lambda world, game: world.set_period_status(game, 2),
    "taken down": lambda world, game: world.take_down(game, "moneyline", "spreads"),
    "kicked off": lambda world, game: world.kick_off(game),
    "cancelled": lambda world, game: world.cancel(game),
    "deleted": lambda world, game: world.delete(game, quietly=True),
    "finished": lambda world, game: world.finish(game),
    "postponed for long": lambda world, game: world.postpone(game, timedelta(days=30)),
}


@pytest.mark.parametrize("name", CLOSINGS)
def test_the_oracle_wants_nothing_on_a_game_that_is_not_open(world: World, name: str):
    game, oracle = an_open_game(world), Oracle(world)
    assert oracle.price(game, "Home") == game.main.periods[0].offered.moneyline.home
    CLOSINGS[name](world, game)
    assert oracle.price(game, "Home") is None


@pytest.mark.parametrize(
    ("bet_type", "field"),
    [("1", "home"), (" draw ", "draw"), ("X", "draw"), ("2", "away"), ("mine", "away")],
)
def test_the_oracle_knows_bet_types(world: World, bet_type: str, field: str):
    game = an_open_game(world)
    oracle = Oracle(world, bet_types={"Mine": "moneyline away"})
    assert oracle.price(game, bet_type) == getattr(game.main.periods[0].offered.moneyline, field)


def test_the_oracle_takes_the_exact_line_or_none(world: World):
    game, oracle = an_open_game(world), Oracle(world)
    line = game.main.periods[0].offered.totals[1]
    assert oracle.price(game, f"Over {line.points}") == line.over
    assert oracle.price(game, f"U{line.points:.2f}") == line.under
    assert oracle.price(game, "Over 2.6") is None


def test_the_oracle_has_no_price_for_a_moneyline_that_is_taken_down(world: World):
    game = next(
        g
        for g in world.open_games()
        if any(s.hdp == Decimal("-0.5") for s in g.main.periods[0].offered.spreads)
    )
    world.take_down(game, "moneyline")
    assert Oracle(world).price(game, "Home") is None
    assert Oracle(world).price(game, "Draw") is None


def test_the_oracle_wants_only_approved_filters_and_certain_links(clock: HandClock):
    sandbox = Sandbox(clock=clock, extent=SMALL)
    wanted = sandbox.oracle().wanted(sandbox.bettune.account.filters)
    disabled = {found.id for found in sandbox.bettune.account.filters if not found.approved}
    unsure = {g.match.id for g in sandbox.world.games if g.match and (g.swapped or g.main is None)}
    assert wanted
    assert not {pair.filter_id for pair in wanted} & disabled
    assert not {pair.match_id for pair in wanted} & unsure


async def test_every_kind_of_event_happens_within_a_minute(clock: HandClock):
    sandbox = Sandbox(clock=clock, extent=Extent(rounds=1, soon=(5, 12, 20, 30)), tempo=BRISK)
    for _ in range(60):
        clock.move(1)
        sandbox.random_events.step(1)
    kinds = {change.kind for change in sandbox.random_events.history}
    assert kinds >= {"move", "halt", "offline", "takedown", "reopened", "kick_off", "settled", "new", "live"}
    assert kinds >= {"special", "special_back"}
    assert isinstance(sandbox.random_events, RandomEvents)
