"""The simulated BetTune follows its document, and logs what a client does."""

from decimal import Decimal

import aiohttp
import pytest

from syncd.model.bettune import Pair
from syncd.simulator.sandbox import Sandbox
from tests.support.sandbox import SMALL, HandClock, ServerClient, bettune_client


@pytest.fixture
def pair(sandbox: Sandbox) -> Pair:
    return Pair(sandbox.bettune.account.filters[0].id, min(sandbox.world.matches))


def path_of(pair: Pair) -> str:
    return f"/prediction-filters/{pair.filter_id}/matches/{pair.match_id}/prediction"


async def test_matches_are_those_of_one_utc_day(bettune: ServerClient, sandbox: Sandbox):
    response = (await bettune("/matches", date="2026-03-14", sport=1)).json
    on_the_day = [m for m in sandbox.world.matches.values() if f"{m.date:%Y-%m-%d}" == "2026-03-14"]
    assert response["count"] == len(response["items"]) == len(on_the_day)
    assert response["items"][0]["date"].endswith("+00:00")


@pytest.mark.parametrize("date", ["", "14.03.2026", "2026-02-30"])
async def test_a_wrong_date_is_refused(bettune: ServerClient, date: str):
    response = await bettune("/matches", date=date, sport=1)
    assert (response.status, response.json["code"]) == (400, "date_invalid")


@pytest.mark.parametrize("odds", ["2.15", 2.15, "2.150000", "2.1500004"])
async def test_odds_come_in_as_text_or_number_and_go_out_with_six_decimals(
    bettune: ServerClient, pair: Pair, odds: object
):
    response = await bettune(path_of(pair), "PUT", {"odds": odds})
    assert (response.status, response.json["odds"], response.json["source"]) == (200, "2.150000", "api")


@pytest.mark.parametrize("odds", ["1", "0.5", "-2", "NaN", "two", None, True, ["2.1"], 1e9])
async def test_impossible_odds_are_refused(bettune: ServerClient, pair: Pair, odds: object):
    assert (await bettune(path_of(pair), "PUT", {"odds": odds})).status == 400


async def test_a_delete_of_a_missing_prediction_succeeds(bettune: ServerClient, sandbox: Sandbox, pair: Pair):
    await bettune(path_of(pair), "PUT", {"odds": "2.15"})
    statuses = [(await bettune(path_of(pair), "DELETE")).status for _ in range(2)]
    assert (statuses, sandbox.bettune.account.predictions()) == ([204, 204], {})


async def test_the_search_finds_what_was_put(bettune: ServerClient, pair: Pair):
    await bettune(path_of(pair), "PUT", {"odds": "2.15"})
    body = {"filterId": pair.filter_id, "matchIds": [pair.match_id, 1]}
    found = (await bettune("/predictions/search", "POST", body)).json
    assert (found["count"], found["items"][0]["matchId"]) == (1, pair.match_id)


@pytest.mark.parametrize(
    ("headers", "code"),
    [({"Authorization": None}, "missing_token"), ({"Authorization": "Bearer x"}, "invalid_token")],
)
async def test_a_token_is_required(bettune: ServerClient, headers: dict, code: str):
    response = await bettune("/sports", headers=headers)
    assert (response.status, response.json["code"]) == (401, code)


async def test_without_pro_only_lists_can_be_read(bettune: ServerClient, sandbox: Sandbox, pair: Pair):
    sandbox.bettune.pro = False
    refused = await bettune(path_of(pair), "PUT", {"odds": "2"})
    assert (refused.status, refused.json["code"]) == (403, "pro_subscription_required")
    assert (await bettune("/prediction-filters")).status == 200


async def test_unknown_filters_and_matches_are_404(bettune: ServerClient, pair: Pair):
    codes = [
        (await bettune(path_of(unknown), "PUT", {"odds": "2"})).json["code"]
        for unknown in (Pair(1, pair.match_id), Pair(pair.filter_id, 1))
    ]
    assert codes == ["filter_not_found", "match_not_found"]


async def test_the_limit_holds_in_any_window(session: aiohttp.ClientSession, clock: HandClock):
    async with Sandbox(clock=clock, extent=SMALL, bettune={"requests": 3, "window": 10.0}) as sandbox:
        client = bettune_client(session, sandbox)
        responses = []
        for pause in (0, 6, 0, 3, 1):
            clock.move(pause)
            responses.append(await client("/sports"))
        assert [response.status for response in responses] == [200, 200, 200, 429, 200]
        assert responses[3].headers["Retry-After"] == "1"
        assert responses[3].headers["X-RateLimit-Limit"] == "3"
        assert sandbox.bettune.request_log.count_violations("rate_limit") == 1


async def test_the_account_knows_redundant_and_forbidden_writes(
    bettune: ServerClient, sandbox: Sandbox, pair: Pair
):
    account = sandbox.bettune.account
    account.ui_set(pair, "3.2")
    for odds in ("2.5", "2.50"):
        await bettune(path_of(pair), "PUT", {"odds": odds})
    assert [write.after.odds for write in account.redundant_writes()] == [Decimal("2.5")]
    assert [write.before.odds for write in account.forbidden_writes([pair.filter_id])] == [Decimal("3.2")]
    assert len(account.forbidden_writes([])) == 2


async def test_a_disabled_filter_is_listed_as_disabled(bettune: ServerClient, sandbox: Sandbox):
    number = sandbox.bettune.account.filters[0].id
    sandbox.bettune.account.set_approved(number, approved=False)
    items = (await bettune("/prediction-filters")).json["items"]
    assert {item["id"]: item["status"] for item in items}[number] == "disabled"
