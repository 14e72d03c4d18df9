"""A 403 that concerns one prediction, again and again: the others are written as if nothing were."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from syncd.bettune.gateway import REFUSED
from syncd.model.bettune import Pair
from syncd.simulator.goals import GoalRates
from syncd.simulator.sandbox import Sandbox
from tests.end_to_end.running import running
from tests.end_to_end.test_one_wrong_search import exposed


async def test_others_are_followed_while_one_delete_is_refused(
    box: Sandbox, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
):
    async with running(box, sqlite_url) as run:
        await run.agrees()
        assert run.game.match
        locked, apply = run.game, box.bettune.faults.apply
        pair = Pair(run.filter("Pinnacle Home").id, run.game.match.id)

        async def refuse(
            request: web.Request, respond: Callable[[], Awaitable[web.Response]]
        ) -> web.StreamResponse:
            if request.method == "DELETE" and f"/{pair.filter_id}/matches/{pair.match_id}/" in request.path:
                return web.json_response({"code": "match_locked", "message": "no"}, status=403)
            return await apply(request, respond)

        monkeypatch.setattr(box.bettune.faults, "apply", refuse)
        box.world.halt(locked)
        others = [game for game in box.world.open_games() if game is not locked and run.odds(game)]
        for number in range(8):
            await asyncio.sleep(1)
            box.world.move(others[number % len(others)], by=0.3)
            await run.until(lambda: set(exposed(run)) == {pair}, within=2)
        assert REFUSED not in {each.subject for each in run.daemon.alerts.firing}


async def test_a_raise_that_is_refused_becomes_a_delete(
    box: Sandbox, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
):
    async with running(box, sqlite_url) as run:
        await run.agrees()
        apply = box.bettune.faults.apply
        filter_id, match_id = run.filter("Pinnacle Home").id, run.game.match.id  # type: ignore[union-attr]

        async def refuse(
            request: web.Request, respond: Callable[[], Awaitable[web.Response]]
        ) -> web.StreamResponse:
            if request.method == "PUT" and f"/{filter_id}/matches/{match_id}/" in request.path:
                return web.json_response({"code": "match_locked", "message": "no"}, status=403)
            return await apply(request, respond)

        monkeypatch.setattr(box.bettune.faults, "apply", refuse)
        raised = run.game
        before = run.odds(raised)
        assert before
        box.world.set_rates(raised, GoalRates(raised.rates.home * 0.9, raised.rates.away))
        await run.until(lambda: run.odds(raised) is None, within=4)
        assert REFUSED not in {each.subject for each in run.daemon.alerts.firing}
        box.world.set_rates(raised, GoalRates(raised.rates.home * 1.3, raised.rates.away))
        await asyncio.sleep(3)
        assert not exposed(run)
