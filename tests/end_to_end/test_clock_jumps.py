"""Somebody sets the machine's clock while prices move."""

import asyncio
import os
import random
import tracemalloc
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from syncd.app.components import open_components
from syncd.runtime.alerts import Alerts
from syncd.simulator.pinnacle_dialects import equal_pace
from syncd.simulator.sandbox import Sandbox
from syncd.store.engine import Store
from tests.end_to_end.running import (
    PACE,
    PACES,
    Running,
    broken_rules,
    running,
    settings_for,
    small_sandbox,
)
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

ORDINARY = ("3 days back", "2 minutes back", "an hour ahead", "10 years ahead")
"""Both directions, and minutes, hours, days and years. The thorough profile tries all."""

if os.environ.get("HYPOTHESIS_PROFILE") != "thorough":
    JUMPS = {name: JUMPS[name] for name in ORDINARY}

WRONG_AT_START = {name: by for name, by in JUMPS.items() if name != "2 minutes back"}
"""Those that are more than a skew, which is compensated."""

WITHIN_S = 60.0


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


async def test_a_jump_at_any_moment_costs_nothing(box: Sandbox, sqlite_url: str):
    """One after the other, in the middle of writes, polls and plans, each from where the last one left."""
    clock, dice = SettableClock(), random.Random(7)
    with capture_logs() as logs:
        async with running(box, sqlite_url, clock) as run:
            await run.agrees()
            for jump in dice.sample([*JUMPS.values()] * 2, 2 * len(JUMPS)):
                move_all(run)
                await asyncio.sleep(dice.uniform(0, 0.4))
                clock.set(jump)
                await run.agrees(WITHIN_S)
    # A price that moves far takes the line of a filter with it.
    assert {each["cause"] for each in logs if each.get("kind") == "delete"} <= {"no_line"}
    assert broken_rules(box) == []
    assert "task_died" not in {each["event"] for each in logs}


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS.keys())
async def test_a_restart_with_a_wrong_clock_is_right_within_a_minute_of_its_correction(
    box: Sandbox, sqlite_url: str, jump: timedelta
):
    clock = SettableClock()
    rules = [{"filter": "Pinnacle*", "suspend_grace": "1s"}]
    async with running(box, sqlite_url, clock, rules=rules) as run:
        await run.agrees()
    async with running(box, sqlite_url, clock, rules=rules) as run:
        clock.set(jump)
        await asyncio.sleep(1)
    clock.set(jump)
    async with running(box, sqlite_url, clock, rules=rules) as run:
        move_all(run)
        box.world.halt(box.world.open_games()[0])
        await asyncio.sleep(2)
        clock.set(timedelta(0))
        await run.agrees(WITHIN_S)
        move_all(run)
        await run.agrees(WITHIN_S)
    assert broken_rules(box) == []


async def test_a_clock_that_is_corrected_by_minutes_withdraws_nothing(box: Sandbox, sqlite_url: str):
    clock = SettableClock()
    clock.set(timedelta(minutes=-9))
    async with running(box, sqlite_url, clock, safety={"stale_after": "3m"}) as run:
        await run.agrees()
        clock.set(timedelta(0))
        await asyncio.sleep(5)
        await run.agrees()
    assert [write for write in box.bettune.account.writes if write.after is None] == []


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(days=3652)])
async def test_nothing_is_deleted_for_its_age_by_a_clock_that_no_server_confirms(
    box: Sandbox, sqlite_url: str, ahead: timedelta
):
    clock = SettableClock()
    async with running(box, sqlite_url, clock) as run:
        await run.agrees()
    clock.set(ahead)
    with capture_logs() as logs:
        async with running(box, sqlite_url, clock) as run:
            await asyncio.sleep(3)
            assert run.daemon.components
            assert len(run.daemon.components.actual)
    assert ("old_data_kept" in {each["event"] for each in logs}) is bool(ahead)


async def test_the_catalogue_is_due_by_a_clock_that_nobody_can_set(box: Sandbox, sqlite_url: str):
    clock = SettableClock()
    settings = settings_for(box, sqlite_url)
    async with (
        await Store.open(sqlite_url, clock) as store,
        open_components(settings, store, clock, Alerts(clock)) as components,
    ):
        await components.catalogue.read_what_is_due()
        for jump in (timedelta(days=-3), timedelta(days=3652)):
            clock.set(jump)
            before = len(box.bettune.request_log.requests)
            await components.catalogue.read_what_is_due()
            assert len(box.bettune.request_log.requests) == before
            await clock.sleep(settings.bettune.matches_every.total_seconds())
            await components.catalogue.read_what_is_due()
            assert len(box.bettune.request_log.requests) > before


@pytest.mark.parametrize("wrong_by", WRONG_AT_START.values(), ids=WRONG_AT_START.keys())
async def test_a_clock_that_is_wrong_at_the_start_is_corrected_by_both_services(
    box: Sandbox, sqlite_url: str, wrong_by: timedelta
):
    clock = SettableClock()
    clock.set(wrong_by)
    async with running(box, sqlite_url, clock) as run:
        await run.agrees(WITHIN_S)
        move_all(run)
        await run.agrees(WITHIN_S)
        assert "clock" in {each.subject for each in run.daemon.alerts.firing}
        clock.set(timedelta(0))
        move_all(run)
        await run.agrees(WITHIN_S)
        await asyncio.sleep(11)
        assert "clock" not in {each.subject for each in run.daemon.alerts.firing}
    deleted = [write for write in box.bettune.account.writes if write.after is None]
    assert deleted == []
    assert broken_rules(box) == []


@pytest.mark.parametrize("wrong_by", WRONG_AT_START.values(), ids=WRONG_AT_START.keys())
async def test_a_restart_with_a_wrong_clock_withdraws_nothing(
    box: Sandbox, sqlite_url: str, wrong_by: timedelta
):
    clock = SettableClock()
    async with running(box, sqlite_url, clock) as run:
        await run.agrees()
    clock.set(wrong_by)
    async with running(box, sqlite_url, clock) as run:
        move_all(run)
        await run.agrees(WITHIN_S)
    assert [write for write in box.bettune.account.writes if write.after is None] == []
    assert broken_rules(box) == []


async def test_a_wrong_clock_costs_no_poll_of_a_sport(box: Sandbox, sqlite_url: str):
    """By the default pace the next one would be allowed two minutes later."""
    clock = SettableClock()
    clock.set(timedelta(days=-3))
    pinnacle = {"pace": dict.fromkeys(PACES, "2m")}
    async with running(box, sqlite_url, clock, pinnacle=pinnacle) as run:
        await run.agrees(20)


async def test_one_service_alone_corrects_no_clock(sqlite_url: str):
    """Whether this machine is wrong, or Pinnacle: nobody knows, so nothing has a price."""
    wrong = SettableClock()
    wrong.set(timedelta(hours=2))
    async with small_sandbox(pinnacle={"pace": equal_pace(PACE), "date_from": wrong}) as box:
        clock = SettableClock()
        clock.set(timedelta(days=-3))
        async with running(box, sqlite_url, clock, safety={"stale_after": "3s"}) as run:
            await asyncio.sleep(20)
            assert run.daemon.clock.adopted == timedelta(0)
            assert "pinnacle.stale" in {each.subject for each in run.daemon.alerts.firing}
        assert box.bettune.account.writes == []
