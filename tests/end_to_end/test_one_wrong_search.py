"""A search at BetTune that shows too little, or other owners: what one response says decides nothing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from aiohttp import web

from syncd.model.bettune import Pair
from syncd.simulator.sandbox import Sandbox
from syncd.store import commands
from syncd.sync.plan import CONFIRM_AFTER
from tests.end_to_end.running import Running, asking_every, running

Rows = list[dict[str, Any]]
Respond = Callable[[], Awaitable[web.StreamResponse]]
CONFIRM_AFTER_S = CONFIRM_AFTER.total_seconds()
PACE_S = 1

WRONG: dict[str, Callable[[Rows], Rows]] = {
    "shows nothing": lambda _: [],
    "shows every second one": lambda rows: rows[::2],
    "shows all as made by hand": lambda rows: [row | {"source": "ui"} for row in rows],
    "shows an unknown source": lambda rows: [row | {"source": "robot"} for row in rows],
    "shows no odds": lambda rows: [row | {"odds": None} for row in rows],
    "shows other pairs": lambda rows: [row | {"matchId": row["matchId"] + 10**6} for row in rows],
}


FILTERS = 2


class Searches:
    """The searches at BetTune, which are wrong while a test says so: the first of each filter, or all."""

    def __init__(self, run: Running) -> None:
        self._run = run
        self._wrong: Callable[[Rows], Rows] | None = None
        self._once = True
        self._spoilt: set[int] = set()
        self._faults = run.box.bettune.faults.apply

    def begin(self, wrong: Callable[[Rows], Rows], *, once: bool = True) -> None:
        self._wrong, self._once = wrong, once

    def end(self) -> None:
        self._wrong = None

    async def resync(self) -> None:
        """Have everything read, and wait until both filters were."""
        async with self._run.daemon.store.write() as conn:
            await commands.request(conn, "resync", self._run.daemon.clock.now())
        await self._run.until(lambda: len(self._spoilt) == FILTERS)

    async def apply(self, request: web.Request, respond: Respond) -> web.StreamResponse:
        response = await self._faults(request, respond)
        if not (self._wrong and request.path.endswith("/search") and isinstance(response, web.Response)):
            return response
        filter_id = (await request.json())["filterId"]
        if self._once and filter_id in self._spoilt:
            return response
        self._spoilt.add(filter_id)
        document = msgspec.json.decode(response.body or b"")  # type: ignore[arg-type]
        items = self._wrong(document["items"])
        return web.json_response(document | {"items": items, "count": len(items)})


@pytest.fixture
async def run(box: Sandbox, sqlite_url: str) -> AsyncIterator[Running]:
    sections = asking_every(PACE_S)
    sections["bettune"]["resync_every"] = "1h"
    async with running(box, sqlite_url, **sections) as run:
        await run.agrees()
        yield run


@pytest.fixture
def searches(run: Running, monkeypatch: pytest.MonkeyPatch) -> Searches:
    searches = Searches(run)
    monkeypatch.setattr(run.box.bettune.faults, "apply", searches.apply)
    return searches


@pytest.mark.parametrize("wrong", WRONG)
async def test_after_one_wrong_search_odds_are_followed(run: Running, searches: Searches, wrong: str):
    searches.begin(WRONG[wrong])
    await searches.resync()
    games = [game for game in run.box.world.open_games() if run.odds(game)]
    for number, game in enumerate(games):
        run.box.world.move(game, by=0.3 if number % 2 else -0.3)
    run.box.world.halt(games[0])
    await run.agrees(within=CONFIRM_AFTER_S + 2 + PACE_S)


@pytest.mark.parametrize("wrong", ["shows nothing", "shows every second one", "shows other pairs"])
async def test_while_all_searches_show_too_little_nothing_stands_that_is_too_low(
    run: Running, searches: Searches, wrong: str
):
    searches.begin(WRONG[wrong], once=False)
    await searches.resync()
    games = [game for game in run.box.world.open_games() if run.odds(game)]
    for game in games:
        run.box.world.move(game, by=0.3)
    run.box.world.halt(games[0])
    await run.until(lambda: not exposed(run), within=2 + PACE_S)
    await asyncio.sleep(CONFIRM_AFTER_S + 1)
    assert not exposed(run)


async def test_a_raise_does_not_wait_for_a_second_search_that_never_comes(run: Running, searches: Searches):
    searches.begin(WRONG["shows nothing"])
    await searches.resync()
    run.box.bettune.faults.inject("403", path="*/search", seconds=3600)
    searches.end()
    games = [game for game in run.box.world.open_games() if run.odds(game)]
    for game in games:
        run.box.world.move(game, by=0.3)
    run.box.world.halt(games[0])
    await run.until(lambda: not exposed(run), within=CONFIRM_AFTER_S + 5)


async def test_what_a_user_deleted_is_not_made_again_though_its_odds_move(run: Running, searches: Searches):
    assert run.game.match
    game, pair = run.game, Pair(run.filter("Pinnacle Home").id, run.game.match.id)
    run.box.bettune.account.ui_delete(pair)
    searches.begin(lambda rows: rows)
    await searches.resync()
    for by in (0.3, -0.3, 0.3):
        run.box.world.move(game, by=by)
        await asyncio.sleep(CONFIRM_AFTER_S / 2)
        assert pair not in run.box.bettune.account.odds()
    assert run.daemon.components
    actual = run.daemon.components.actual[pair]
    assert (actual.respected, actual.may_be_active) == (True, False)


async def test_what_a_user_makes_after_a_delete_is_not_deleted_to_make_sure(run: Running, searches: Searches):
    assert run.game.match
    pair = Pair(run.filter("Pinnacle Home").id, run.game.match.id)
    run.box.bettune.account.ui_delete(pair)
    searches.begin(lambda rows: rows)
    await searches.resync()
    run.box.bettune.account.ui_set(pair, Decimal("9.9"))
    await asyncio.sleep(2 * CONFIRM_AFTER_S)
    assert run.box.bettune.account.odds()[pair] == Decimal("9.9")


def exposed(run: Running) -> list[Pair]:
    """The predictions that are too low, or should not be there."""
    account = run.box.bettune.account
    wanted = run.box.oracle(ruled=lambda each: each.name.startswith("Pinnacle")).wanted(account.filters)
    rows = account.predictions()
    return [
        pair
        for pair, row in rows.items()
        if row.source == "api" and (wanted.get(pair) is None or row.odds < wanted[pair])
    ]
