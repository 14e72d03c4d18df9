"""The meter: which writes are wrong, and when that is known."""

import gc
from decimal import Decimal

import pytest

from benchmarks.simulate.meter import CLOSED_FOR_S, Meter
from benchmarks.simulate.simulation import FILTERS
from syncd.simulator.fixture_list import Extent
from syncd.simulator.sandbox import Sandbox
from tests.support.sandbox import HandClock


class World:
    def __init__(self) -> None:
        self.clock = HandClock()
        self.sandbox = Sandbox(seed=3, clock=self.clock, extent=Extent(leagues=1, rounds=1), filters=FILTERS)
        self.meter = Meter(self.sandbox, lambda _: None, settled_s=900)
        self.games = [game for game in self.sandbox.world.games if game.linkable and game.match]
        for game in self.games:
            self.meter.learn(game)
        self.pair, self.price = next((p, v) for p, v in self.meter._truth.items() if v is not None)
        self.game = next(game for game in self.games if game.match.id == self.pair.match_id)

    def write(self, odds: Decimal) -> None:
        self.sandbox.bettune.account.put(self.pair, odds)
        self.meter.step()

    def pass_time(self, seconds: float) -> None:
        self.clock.move(seconds)
        self.meter.step()

    @property
    def rules(self) -> list[str]:
        return [each.rule for each in self.meter.wrong_writes]


@pytest.fixture
def world() -> World:
    return World()


def test_a_price_that_was_never_right_is_wrong_at_once_while_the_market_is_open(world):
    world.write(world.price)
    assert world.rules == []
    world.write(world.price - Decimal("0.2"))
    assert world.rules == ["wrong_value"]


def test_the_price_of_what_has_closed_meanwhile_is_wrong_only_if_it_stands(world):
    world.sandbox.world.halt(world.game)
    world.meter.learn(world.game)
    world.write(world.price - Decimal("0.2"))
    world.sandbox.bettune.account.delete(world.pair)
    world.pass_time(2 * CLOSED_FOR_S)
    assert world.rules == []
    world.write(world.price - Decimal("0.2"))
    world.pass_time(2 * CLOSED_FOR_S)
    assert world.rules == ["wrong_value"]


def test_what_bettune_made_of_odds_is_forgiven_also_if_it_is_judged_later(world):
    world.meter.forgive_values(forgive=True)
    world.sandbox.bettune.account.put(world.pair, world.price - Decimal("0.2"))
    world.meter.forgive_values(forgive=False)
    world.meter.step()
    assert world.rules == []
    world.sandbox.bettune.account.put(world.pair, world.price - Decimal("0.3"))
    world.meter.forgive_values(forgive=True)
    assert world.rules == ["wrong_value"]


def test_what_has_closed_is_exposed_since_then_whatever_price_is_written(world):
    world.pass_time(600)
    world.meter._set_truth(world.pair, world.price + Decimal("0.2"))
    world.write(world.price + Decimal("0.2"))
    world.pass_time(60)
    world.meter._set_truth(world.pair, None)
    world.sandbox.bettune.account.put(world.pair, world.price)
    world.clock.move(50)
    world.meter.finish()
    assert [each.seconds for each in world.meter.episodes][-1] == 50


def test_the_exposures_of_a_long_run_are_no_growth_of_the_daemons_memory(world):
    world.write(world.price)
    world.write(world.price - Decimal("0.2"))
    world.meter.finish()
    [episode] = world.meter.episodes
    assert not gc.is_tracked(episode)
