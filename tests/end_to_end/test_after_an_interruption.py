"""After an outage of the store, or a freeze, no price goes out that Pinnacle may no longer show."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from syncd.bettune.gateway import Area
from syncd.simulator.goals import GoalRates
from syncd.simulator.sandbox import Sandbox
from syncd.store import commands, mode
from syncd.store.errors import BusyError
from syncd.store.mode import Mode
from syncd.sync.interruptions import FROZEN_S
from tests.end_to_end.running import Running, running

UNREADABLE_S = 10.0
"""Seconds from the interruption on in which Pinnacle's odds cannot be read."""

Interruption = Callable[[Running], Awaitable[None]]


async def slow(run: Running) -> None:
    """The store records the charge, after a while."""
    await asyncio.sleep(2 * FROZEN_S)


async def outage(run: Running) -> None:
    """The store fails, and is back soon after."""
    with suppress(BusyError), run.daemon.store.health.watch("writing"):
        raise BusyError("locked")


async def freeze(run: Running) -> None:
    """The whole process stands still: for its clock, no time passes between two instructions."""
    asyncio.get_running_loop()._selector_with_clock._jumped += 30  # type: ignore[attr-defined]
    run.box.pinnacle.faults.inject("500", seconds=UNREADABLE_S, path="*/odds")


def interrupt_at_next_write(
    run: Running, monkeypatch: pytest.MonkeyPatch, interruption: Interruption
) -> asyncio.Event:
    """Interrupt the work between a plan and its request; then Pinnacle's odds cannot be read for a while."""
    begun = asyncio.Event()
    assert run.daemon.components
    gateway, interruptions = run.daemon.components.gateway, list[asyncio.Task[None]]()
    charge = gateway.charge

    async def interrupted(permit: Any, *rest: Any) -> None:
        if permit.area is Area.WRITING:
            if not interruptions:
                run.box.pinnacle.faults.inject("500", seconds=UNREADABLE_S, path="*/odds")
                interruptions.append(asyncio.ensure_future(interruption(run)))
                begun.set()
            await interruptions[0]
        await charge(permit, *rest)

    monkeypatch.setattr(gateway, "charge", interrupted)
    return begun


def move_home(run: Running, factor: float) -> None:
    game = run.game
    run.box.world.set_rates(game, GoalRates(game.rates.home * factor, game.rates.away))


def puts(run: Running) -> list[Any]:
    return [each for each in run.box.bettune.account.writes if each.after]


@pytest.mark.parametrize("interruption", [slow, outage, freeze])
async def test_a_lower_waits_for_the_first_response_since_then(
    run: Running, monkeypatch: pytest.MonkeyPatch, interruption: Interruption
) -> None:
    begun, before = interrupt_at_next_write(run, monkeypatch, interruption), len(puts(run))
    move_home(run, 1.03)
    await run.until(begun.is_set)
    await asyncio.sleep(UNREADABLE_S - 1)
    lowers = [each for each in puts(run)[before:] if each.before and each.after.odds < each.before.odds]
    assert lowers == []
    await run.agrees(20)


@pytest.mark.parametrize("interruption", [slow, outage, freeze])
async def test_a_raise_does_not_wait(
    run: Running, monkeypatch: pytest.MonkeyPatch, interruption: Interruption
) -> None:
    begun, before = interrupt_at_next_write(run, monkeypatch, interruption), run.odds(run.game)
    assert before
    move_home(run, 0.97)
    await run.until(begun.is_set)
    await asyncio.sleep(UNREADABLE_S - 1)
    now = run.odds(run.game)
    assert now
    assert now > before


async def test_without_an_interruption_a_lower_goes_out_though_the_next_poll_fails(
    run: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(_: Running) -> None:
        pass

    begun, before = interrupt_at_next_write(run, monkeypatch, nothing), run.odds(run.game)
    assert before
    move_home(run, 1.03)
    await run.until(begun.is_set)
    await asyncio.sleep(1)
    now = run.odds(run.game)
    assert now
    assert now < before


@pytest.mark.parametrize(("stopped_s", "lowers"), [(20, False), (0, True)])
async def test_after_a_start_a_stored_price_is_lowered_to_only_if_no_newer_one_could_be_had(
    box: Sandbox, sqlite_url: str, stopped_s: float, lowers: bool
) -> None:
    async with running(box, sqlite_url) as run:
        await run.agrees()
        await change(run, Mode.PAUSED, "pause")
        await asyncio.sleep(2)
        up, down = [game for game in box.world.open_games() if run.odds(game)][:2]
        box.world.set_rates(up, GoalRates(up.rates.home * 0.97, up.rates.away))
        box.world.set_rates(down, GoalRates(down.rates.home * 1.03, down.rates.away))
        await asyncio.sleep(2)
        before = run.odds(up), run.odds(down)
    await asyncio.sleep(stopped_s)
    box.pinnacle.faults.inject("500", seconds=UNREADABLE_S, path="*/odds")
    async with running(box, sqlite_url) as run:
        await change(run, Mode.RUNNING, "resume")
        await asyncio.sleep(UNREADABLE_S - 2)
        now = run.odds(up), run.odds(down)
        assert (now[0] > before[0], now[1] < before[1]) == (True, lowers)  # type: ignore[operator]
        await run.agrees(20)


async def change(run: Running, to: Mode, verb: str) -> None:
    async with run.daemon.store.write() as conn:
        now = run.daemon.clock.now()
        await mode.save(conn, to, now)
        await commands.request(conn, verb, now)


@pytest.mark.parametrize("kind", ["500", "hang", "cut"])
async def test_while_odds_cannot_be_read_nothing_is_lowered_or_made(run: Running, kind: str) -> None:
    await change(run, Mode.PAUSED, "pause")
    await asyncio.sleep(2)
    up, down = [game for game in run.box.world.open_games() if run.odds(game)][:2]
    run.box.world.set_rates(up, GoalRates(up.rates.home * 0.97, up.rates.away))
    run.box.world.set_rates(down, GoalRates(down.rates.home * 1.03, down.rates.away))
    await asyncio.sleep(2)
    before = run.odds(up), run.odds(down)
    run.box.pinnacle.faults.inject(kind, seconds=UNREADABLE_S + 10, path="*/odds")
    await asyncio.sleep(UNREADABLE_S)
    await change(run, Mode.RUNNING, "resume")
    await asyncio.sleep(5)
    assert (run.odds(up) > before[0], run.odds(down) < before[1]) == (True, False)  # type: ignore[operator]
    await run.agrees(30)
