"""Somebody sets the machine's clock while prices move."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from syncd.simulator.sandbox import Sandbox
from tests.end_to_end.running import Running, broken_rules, running, small_sandbox
from tests.support.virtual_time import SettableClock

JUMPS = {
    "3 days back": timedelta(days=-3),
    "an hour back": timedelta(hours=-1),
    "2 minutes back": timedelta(minutes=-2),
    "an hour ahead": timedelta(hours=1),
    "3 days ahead": timedelta(days=3),
    "a year ahead": timedelta(days=365),
    "10 years ahead": timedelta(days=3652),
}

WITHIN_S = 60.0


@pytest.fixture
async def box() -> AsyncIterator[Sandbox]:
    async with small_sandbox() as box:
        yield box


def move_all(run: Running) -> None:
    for game in run.box.world.open_games():
        run.box.world.move(game, by=0.1)


def requests(run: Running) -> int:
    return len(run.box.bettune.request_log.requests) + len(run.box.pinnacle.request_log.requests)


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS.keys())
async def test_after_a_jump_everything_goes_on_as_before(box: Sandbox, sqlite_url: str, jump: timedelta):
    clock = SettableClock()
    async with running(box, sqlite_url, clock) as run:
        await run.agrees()
        active = box.bettune.account.odds().keys()
        before = requests(run)
        await asyncio.sleep(4)
        usual = requests(run) - before
        clock.set(jump)
        before = requests(run)
        move_all(run)
        await asyncio.sleep(2)
        # Nothing is taken back and made again only because the clock was set.
        deleted = [write for write in box.bettune.account.writes if write.after is None]
        assert deleted == []
        move_all(run)
        await asyncio.sleep(2)
        assert requests(run) - before < 2 * usual + 2 * len(active) + 20
        await run.agrees(WITHIN_S)
        clock.set(timedelta(0))
        move_all(run)
        await run.agrees(WITHIN_S)
        assert broken_rules(box) == []


@pytest.mark.parametrize("wrong_by", [timedelta(days=-3), timedelta(days=-365), timedelta(hours=1)])
async def test_a_clock_that_was_wrong_at_the_start_and_is_set_right(
    box: Sandbox, sqlite_url: str, wrong_by: timedelta
):
    clock = SettableClock()
    clock.set(wrong_by)
    async with running(box, sqlite_url, clock) as run:
        await asyncio.sleep(3)
        clock.set(timedelta(0))
        await run.agrees(WITHIN_S)
        move_all(run)
        await run.agrees(WITHIN_S)
        assert box.bettune.account.predictions()
        assert broken_rules(box) == []


async def test_ten_years_ahead_cost_neither_memory_nor_time(box: Sandbox, sqlite_url: str):
    clock = SettableClock()
    async with running(box, sqlite_url, clock) as run:
        await run.agrees()
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            tracemalloc.reset_peak()
            clock.set(timedelta(days=3652))
            await asyncio.sleep(3)
            grown = tracemalloc.get_traced_memory()[1] - before
        finally:
            tracemalloc.stop()
        assert grown < 20_000_000
        assert not run.daemon.supervisor.failing()
