"""Injected faults affect the requests they are meant for, and no others."""

import asyncio

import aiohttp
import pytest

from syncd.model.bettune import Pair
from syncd.simulator.pinnacle_dialects import equal_pace
from syncd.simulator.sandbox import Sandbox
from tests.support.sandbox import DECIMAL, SMALL, HandClock, ServerClient, pinnacle_client


@pytest.fixture
async def sandbox(clock: HandClock):
    async with Sandbox(clock=clock, extent=SMALL, pinnacle={"pace": equal_pace(0)}) as found:
        yield found


@pytest.mark.parametrize("kind", ["429", "500", "503", "401", "403", "301"])
async def test_a_refusal_is_sent_once_and_then_all_is_normal(
    pinnacle: ServerClient, sandbox: Sandbox, kind: str
):
    sandbox.pinnacle.faults.inject(kind, path="*/odds", retry_after="7" if kind == "429" else None)
    assert (await pinnacle("/v1/fixtures", sportId=29)).status == 200
    assert (await pinnacle("/v2/odds", **DECIMAL)).status == int(kind)
    assert (await pinnacle("/v2/odds", **DECIMAL)).status == 200


@pytest.mark.parametrize("kind", ["reset", "lost", "cut", "broken_gzip"])
async def test_a_broken_connection_is_an_error_for_the_client(
    pinnacle: ServerClient, sandbox: Sandbox, kind: str
):
    sandbox.pinnacle.faults.inject(kind, times=None)
    with pytest.raises(aiohttp.ClientError):
        await pinnacle("/v2/odds", **DECIMAL)


@pytest.mark.parametrize("kind", ["short", "garbled", "html"])
async def test_a_body_that_is_not_json(pinnacle: ServerClient, sandbox: Sandbox, kind: str):
    sandbox.pinnacle.faults.inject(kind)
    response = await pinnacle("/v2/odds", **DECIMAL)
    assert response.status == 200
    with pytest.raises(ValueError, match=r"JSON|Input"):
        _ = response.json


async def test_halved_and_empty_snapshots(pinnacle: ServerClient, sandbox: Sandbox):
    def count(document: dict) -> int:
        return sum(len(league["events"]) for league in document["leagues"])

    whole = count((await pinnacle("/v2/odds", **DECIMAL)).json)
    sandbox.pinnacle.faults.inject("halved")
    assert count((await pinnacle("/v2/odds", **DECIMAL)).json) <= whole * 0.6
    sandbox.pinnacle.faults.inject("empty")
    assert (await pinnacle("/v2/odds", **DECIMAL)).body == b""


async def test_american_odds_by_mistake(pinnacle: ServerClient, sandbox: Sandbox):
    sandbox.pinnacle.faults.inject("american")
    period = (await pinnacle("/v2/odds", **DECIMAL)).json["leagues"][0]["events"][0]["periods"][0]
    assert abs(period["moneyline"]["home"]) >= 100
    assert abs(period["spreads"][0]["hdp"]) < 10


async def test_a_request_with_a_lost_response_was_carried_out_and_one_with_a_reset_was_not(
    bettune: ServerClient, sandbox: Sandbox
):
    pair = Pair(sandbox.bettune.account.filters[0].id, min(sandbox.world.matches))
    path = f"/prediction-filters/{pair.filter_id}/matches/{pair.match_id}/prediction"
    for kind, odds in (("reset", None), ("lost", "2.150000")):
        # twice, as aiohttp repeats a PUT itself if a reused connection breaks
        sandbox.bettune.faults.inject(kind, times=2)
        with pytest.raises(aiohttp.ClientError):
            await bettune(path, "PUT", {"odds": "2.15"})
        sandbox.bettune.faults.clear()
        prediction = sandbox.bettune.account.prediction(pair)
        assert (prediction and f"{prediction.odds}") == odds


async def test_a_fault_with_seconds_ends_by_the_clock(
    pinnacle: ServerClient, sandbox: Sandbox, clock: HandClock
):
    sandbox.pinnacle.faults.inject("401", seconds=30)
    statuses = []
    for pause in (0, 29, 1):
        clock.move(pause)
        statuses.append((await pinnacle("/v2/sports")).status)
    assert statuses == [401, 401, 200]


async def test_a_hanging_request_does_not_delay_the_end(session: aiohttp.ClientSession, clock: HandClock):
    async with Sandbox(clock=clock, extent=SMALL) as sandbox:
        sandbox.pinnacle.faults.inject("hang", times=None)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await pinnacle_client(session, sandbox)("/v2/sports")
