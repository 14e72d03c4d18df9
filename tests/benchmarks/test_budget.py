"""The benchmark of orders: what it measures, and that its oracle is a fair yardstick."""

import random
from itertools import pairwise

import pytest

from benchmarks.budget.__main__ import ORACLE, SIMPLE, SYNCD, misses, results
from benchmarks.budget.day import DAY, HOUR, Day, Move, generate
from benchmarks.budget.meter import Account, gap_of
from benchmarks.budget.oracle import LOOK_AHEAD_S, Oracle
from benchmarks.budget.run import run
from syncd.model.bettune import Pair
from syncd.model.change import Cause

PAIRS = [Pair(0, 1), Pair(0, 2), Pair(0, 3), Pair(0, 4)]


def moves(*of_one_pair: tuple[float, int]) -> tuple[Move, ...]:
    return tuple(Move(at * HOUR, PAIRS[0], odds, Cause.PRICED) for at, odds in of_one_pair)


def account_of(*of_one_pair: tuple[float, int]) -> Account:
    account = Account(Day({1: 20 * HOUR}, {PAIRS[0]: 2000}, ()))
    for move in moves(*of_one_pair):
        account.move(move)
    account.finish(DAY)
    return account


def test_exposure_is_time_multiplied_by_the_gap_and_ends_at_kick_off():
    assert account_of((10, 2200)).cost.exposure == pytest.approx(10 * 0.1)
    assert account_of((10, 0), (12, 2000)).cost.exposure == pytest.approx(2)


def test_time_at_a_price_that_is_too_high_is_missed_and_costs_nothing():
    cost = account_of((10, 1900), (11, 2000)).cost
    assert (cost.exposure, cost.missed) == (0, pytest.approx(1))


def test_a_write_is_needed_if_it_brings_what_is_wanted_now():
    account = account_of((10, 2200))
    for odds in (2100, 2200, 2200):
        account.write(PAIRS[0], odds, DAY)
    assert (account.writes, account.needed) == (3, 1)


def test_a_day_is_in_order_and_the_same_for_the_same_seed():
    day = generate(50, seed=3)
    assert day == generate(50, seed=3) != generate(50, seed=4)
    assert all(one.at <= other.at for one, other in pairwise(day.moves))
    assert all(each.at <= day.kickoffs[each.pair.match_id] for each in day.moves)
    assert len(day.first) == 50


SLOT_S, SLOTS = 60.0, 7


def tiny_day(seed: int) -> Day:
    """A day of minutes, one request each, on which everything rises or goes: only the order matters."""
    dice = random.Random(seed)
    moments = sorted(dice.uniform(0, SLOTS * SLOT_S) for _ in range(12))
    odds = dict.fromkeys(PAIRS, 2000)
    made = []
    for at in moments:
        pair = dice.choice([pair for pair in PAIRS if odds[pair]] or PAIRS)
        odds[pair] = odds[pair] and dice.choice((0, *(odds[pair] + dice.randint(10, 400) for _ in range(4))))
        made.append(Move(at, pair, odds[pair], Cause.PRICED))
    kickoffs = {pair.match_id: dice.uniform(5, 9) * SLOT_S for pair in PAIRS}
    return Day(kickoffs, dict.fromkeys(PAIRS, 2000), tuple(made))


def least_exposure(day: Day, sent: tuple[Pair | None, ...] = ()) -> float:
    """The least exposure of all ways to choose that waste no request: what is exposed is sent first."""
    account, later = Account(day), list(day.moves)
    for number in range(len(sent) + 1):
        while later and later[0].at <= number * SLOT_S:
            account.move(later.pop(0))
        if number < len(sent) and (pair := sent[number]):
            account.write(pair, account.wanted[pair], number * SLOT_S)
    if len(sent) == SLOTS:
        for move in later:
            account.move(move)
        account.finish(9 * SLOT_S)
        return account.cost.exposure
    differ = [pair for pair in PAIRS if account.wanted[pair] != account.actual[pair]]
    exposed = [pair for pair in differ if gap_of(account.actual[pair], account.wanted[pair])]
    return min(least_exposure(day, (*sent, pair)) for pair in exposed or differ or [None])


def exposure_by_oracle(day: Day, look_ahead_s: float) -> float:
    account, later = Account(day), list(day.moves)
    oracle = Oracle(account, day, look_ahead_s)
    for number in range(SLOTS):
        while later and later[0].at <= number * SLOT_S:
            account.move(later[0])
            oracle.moved(later.pop(0))
        if oracle.due(number * SLOT_S) is not None:
            oracle.send(number * SLOT_S)
    for move in later:
        account.move(move)
    account.finish(9 * SLOT_S)
    return account.cost.exposure


def test_the_oracle_is_near_the_best_of_all_orders():
    days = [tiny_day(seed) for seed in range(40)]
    best = [least_exposure(day) for day in days]
    found = [min(exposure_by_oracle(day, seconds) for seconds in (60.0, *LOOK_AHEAD_S)) for day in days]
    assert sum(best) > 0
    assert sum(found) < 1.05 * sum(best)


@pytest.mark.parametrize(("predictions", "limit"), [(150, 1), (300, 2)])
def test_the_order_of_syncd_reaches_its_goals(predictions: int, limit: int):
    found = dict(results(generate(predictions, seed=1), limit, DAY))
    assert misses(found) == []
    assert found.keys() == {*SIMPLE, SYNCD, ORACLE}


def test_without_a_limit_no_order_costs_anything():
    day = generate(50, seed=6, hours=3)
    for order in SIMPLE.values():
        assert run(day, order, 100_000, 3 * HOUR).cost.exposure == 0
