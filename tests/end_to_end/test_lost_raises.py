"""BetTune carries out deletes, and does not respond to any price: what is too low is taken back."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from syncd.simulator.goals import GoalRates
from syncd.simulator.sandbox import Sandbox
from tests.end_to_end.running import Running, running
from tests.end_to_end.test_one_wrong_search import exposed

Respond = Callable[[], Awaitable[web.Response]]


async def hang() -> web.Response:
    await asyncio.sleep(60)
    return web.Response(status=500)


async def error() -> web.Response:
    return web.Response(status=500)


async def page() -> web.Response:
    return web.Response(text="<html>", content_type="text/html")


def lose_puts(run: Running, monkeypatch: pytest.MonkeyPatch, instead: Respond, *, carried_out: bool) -> None:
    apply = run.box.bettune.faults.apply

    async def lose(request: web.Request, respond: Respond) -> web.StreamResponse:
        if request.method != "PUT":
            return await apply(request, respond)
        if carried_out:
            await respond()
        return await instead()

    monkeypatch.setattr(run.box.bettune.faults, "apply", lose)


def raise_all(run: Running) -> int:
    games = [game for game in run.box.world.open_games() if run.odds(game)]
    for game in games:
        run.box.world.set_rates(game, GoalRates(game.rates.home * 0.9, game.rates.away))
    return len(games)


@pytest.mark.parametrize("instead", [hang, error, page])
async def test_raises_without_a_response_become_deletes(
    box: Sandbox, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, instead: Respond
):
    async with running(box, sqlite_url) as run:
        await run.agrees()
        lose_puts(run, monkeypatch, instead, carried_out=False)
        assert raise_all(run) > 5
        await asyncio.sleep(2)
        assert exposed(run)
        await run.until(lambda: not exposed(run), within=30)
        monkeypatch.undo()
        await run.agrees(90)


async def test_raises_that_are_carried_out_all_the_same_stay(
    box: Sandbox, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
):
    async with running(box, sqlite_url) as run:
        await run.agrees()
        lose_puts(run, monkeypatch, error, carried_out=True)
        for _ in range(5):
            raise_all(run)
            await run.until(lambda: not exposed(run), within=30)
        home = run.filter("Pinnacle Home").id
        deleted = [write for write in box.bettune.account.writes if write.after is None]
        assert not [write for write in deleted if write.pair.filter_id == home]


async def test_an_outage_of_everything_deletes_little_afterwards(
    box: Sandbox, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
):
    async with running(box, sqlite_url) as run:
        await run.agrees()
        box.bettune.faults.inject("500", seconds=60)
        count = raise_all(run)
        await asyncio.sleep(60)
        await run.agrees(60)
        deletes = [write for write in box.bettune.account.writes if write.after is None]
        assert len(deletes) <= count / 4
