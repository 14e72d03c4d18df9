"""A PUT arrives long after its response was lost, when the pair was written again; a 404 was no truth."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from syncd.bettune.errors import NotFoundError
from syncd.model.bettune import Pair
from syncd.simulator.game import SimulatedGame
from syncd.simulator.sandbox import Sandbox
from tests.end_to_end.running import CALM, Running, running

SECTIONS = CALM | {"bettune": CALM["bettune"] | {"resync_every": "2h"}}
"""Nothing but what is tried here finds a price before the test has ended."""


@pytest.fixture
async def calm(box: Sandbox, sqlite_url: str) -> AsyncIterator[Running]:
    async with running(box, sqlite_url, **SECTIONS) as run:
        await run.agrees()
        yield run


def pair_of(run: Running, game: SimulatedGame) -> Pair:
    assert game.match
    return Pair(run.filter("Pinnacle Home").id, game.match.id)


async def lose_a_raise(run: Running, game: SimulatedGame) -> None:
    """One raise gets a 504 and is on its way still; the next one is carried out."""
    run.box.bettune.faults.inject("503", method="PUT", times=1)
    assert run.box.world.move(game, by=0.1)
    await run.agrees()


@pytest.mark.parametrize("late_s", [2, 14, 50])
async def test_one_that_arrives_after_a_delete_does_not_stay(calm: Running, late_s: int):
    game, account = calm.game, calm.box.bettune.account
    pair = pair_of(calm, game)
    await lose_a_raise(calm, game)
    calm.box.world.halt(game)
    await calm.until(lambda: pair not in account.odds())
    await asyncio.sleep(late_s)
    account.put(pair, Decimal("1.50"))
    await calm.until(lambda: pair not in account.odds(), 130)


async def test_one_that_arrives_after_a_newer_raise_does_not_stay(calm: Running):
    game, account = calm.game, calm.box.bettune.account
    await lose_a_raise(calm, game)
    await asyncio.sleep(8)
    account.put(pair_of(calm, game), Decimal("1.01"))
    assert calm.differences()
    await calm.agrees(60)


async def test_a_prediction_whose_deletes_were_answered_404_does_not_stay(
    calm: Running, monkeypatch: pytest.MonkeyPatch
):
    game, account = calm.game, calm.box.bettune.account
    pair, tries = pair_of(calm, game), 0

    async def refuse(*_: object) -> None:
        nonlocal tries
        tries += 1
        raise NotFoundError("404 not_found", status=404)

    with monkeypatch.context() as patch:
        patch.setattr(calm.daemon.components.gateway.client, "delete", refuse)
        calm.box.world.halt(game)
        await calm.until(lambda: tries >= 3)
        await asyncio.sleep(20)
        assert pair in account.odds()
    await calm.until(lambda: pair not in account.odds(), 60)
