"""The request of each operation, and its values or error for the documented responses."""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from decimal import Decimal

import msgspec
import pytest
from aioresponses import aioresponses
from structlog.testing import capture_logs
from yarl import URL

from syncd.bettune.client import BetTuneClient, ResponseInfo
from syncd.bettune.errors import (
    BadResponseError,
    BetTuneError,
    ForbiddenError,
    NotFoundError,
    ProRequiredError,
    RateLimitedError,
    RejectedError,
    UnauthorizedError,
    UnavailableError,
)
from syncd.bettune.rate_limit import RateLimit
from syncd.runtime.clock import SystemClock
from tests.bettune.samples import PAIR, listing, sample_filter, sample_match, sample_prediction

BASE = "http://bettune.test/bet-tune-api/v1"
ROW = f"{BASE}/prediction-filters/11583/matches/1611243/prediction"
TOKEN = "tok-3n"


@pytest.fixture
def responses() -> list[ResponseInfo]:
    return []


@pytest.fixture
def server() -> Iterator[aioresponses]:
    with aioresponses() as fake:
        yield fake


@pytest.fixture
async def client(responses: list[ResponseInfo]) -> AsyncIterator[BetTuneClient]:
    async with BetTuneClient(BASE + "/", TOKEN, clock=SystemClock(), on_response=responses.append) as client:
        yield client


def sent(server: aioresponses) -> tuple[str, str, object]:
    """The one request that was made: method, address and decoded body."""
    ((method, url), (call,)) = next(iter(server.requests.items()))
    body = call.kwargs["data"]
    return method, str(url), body and msgspec.json.decode(body)


async def test_sports(client, server):
    server.get(f"{BASE}/sports", payload=listing({"id": 1, "name": "football"}))
    assert [(sport.id, sport.name) for sport in await client.sports()] == [(1, "football")]


async def test_matches_are_requested_by_day_and_sport(client, server):
    url = f"{BASE}/matches?date=2026-06-06&sport=1"
    server.get(url, payload={"date": "2026-06-06", **listing(sample_match())})
    (match,) = await client.matches(date(2026, 6, 6))
    assert match.id == 1611243
    assert URL(sent(server)[1]) == URL(url)


async def test_filters(client, server):
    server.get(f"{BASE}/prediction-filters", payload=listing(sample_filter()))
    (found,) = await client.filters()
    assert (found.id, found.bet_type) == (11583, "Home")


async def test_a_filter_that_is_left_out_is_logged_once(client, server):
    both = listing(sample_filter(), sample_filter(id=2, betType=None))
    server.get(f"{BASE}/prediction-filters", payload=both, repeat=True)
    with capture_logs() as logged:
        for _ in range(2):
            assert [each.id for each in await client.filters()] == [11583]
    assert [(each["event"], each["list"], each["id"]) for each in logged] == [("left_out", "filters", 2)]


async def test_a_search_names_each_match_once(client, server):
    server.post(f"{BASE}/predictions/search", payload=listing(sample_prediction()))
    (row,) = await client.search(11583, [1611243, 1611244, 1611243])
    assert row.pair == PAIR
    assert sent(server)[2] == {"filterId": 11583, "matchIds": [1611243, 1611244]}


async def test_a_search_for_nothing_makes_no_request(client, server):
    assert await client.search(11583, []) == ()
    assert not server.requests


async def test_a_put_sends_plain_odds_and_returns_the_row(client, server):
    server.put(ROW, payload=sample_prediction())
    row = await client.put(PAIR, Decimal("2.150"))
    assert row.odds == Decimal("2.15")
    assert sent(server) == ("PUT", ROW, {"odds": "2.15"})


@pytest.mark.parametrize("odds", ["1", "NaN", "2.1234567"])
async def test_odds_that_bettune_cannot_save_are_rejected_without_a_request(client, server, odds):
    with pytest.raises(RejectedError) as caught:
        await client.put(PAIR, Decimal(odds))
    assert not server.requests
    assert not caught.value.outcome_unknown


@pytest.mark.parametrize("odds", ["2.160000", "1.5"])
async def test_a_put_returns_the_odds_that_bettune_keeps(client, server, odds):
    server.put(ROW, payload=sample_prediction(odds=odds))
    assert (await client.put(PAIR, Decimal("2.15"))).odds == Decimal(odds)


@pytest.mark.parametrize("status", [200, 400, 403, 409, 429, 503])
@pytest.mark.parametrize("code", ["rate_limit_exceeded", "TooManyRequests"])
async def test_a_limit_is_one_in_any_shape(client, server, status, code):
    server.delete(ROW, status=status, payload={"code": code}, headers={"Retry-After": "3"})
    with pytest.raises(RateLimitedError) as caught:
        await client.delete(PAIR)
    assert caught.value.retry_after_s == 3


async def test_an_error_with_a_good_status_is_no_success(client, server):
    server.delete(ROW, status=200, payload={"code": "internal_error"})
    with pytest.raises(UnavailableError) as caught:
        await client.delete(PAIR)
    assert caught.value.outcome_unknown


@pytest.mark.parametrize("status", [400, 404, 409, 410, 418, 422])
async def test_a_delete_that_anybody_refuses_is_about_its_own_pair(client, server, status):
    server.delete(ROW, status=status, body="<html>nginx</html>", content_type="text/html")
    with pytest.raises(RejectedError):
        await client.delete(PAIR)


async def test_an_outage_may_say_how_long_to_wait(client, server):
    server.delete(ROW, status=503, headers={"Retry-After": "30"})
    with pytest.raises(UnavailableError) as caught:
        await client.delete(PAIR)
    assert caught.value.retry_after_s == 30


@pytest.mark.parametrize("changes", [{"matchId": 5}, {"filterId": 5}, {"odds": None}])
async def test_a_put_whose_response_differs_has_an_unknown_outcome(client, server, changes):
    server.put(ROW, payload=sample_prediction(**changes))
    with pytest.raises(BadResponseError) as caught:
        await client.put(PAIR, Decimal("2.15"))
    assert caught.value.outcome_unknown


@pytest.mark.parametrize("status", [204, 200])
async def test_a_delete_returns_nothing(client, server, status):
    server.delete(ROW, status=status)
    assert await client.delete(PAIR) is None


async def test_an_unreadable_list_is_a_bad_response_with_a_known_outcome(client, server):
    server.get(f"{BASE}/sports", payload={"items": []})
    with pytest.raises(BadResponseError, match=r"sports: 200 bad_response .*count") as caught:
        await client.sports()
    assert not caught.value.outcome_unknown


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, "invalid_json_body", RejectedError),
        (422, "odds_too_low", RejectedError),
        (401, "missing_token", UnauthorizedError),
        (401, "", UnauthorizedError),
        (403, "pro_subscription_required", ProRequiredError),
        (403, "not_yours", ForbiddenError),
        (404, "filter_not_found", NotFoundError),
        (429, "rate_limit_exceeded", RateLimitedError),
        (500, "oops", UnavailableError),
    ],
)
async def test_every_documented_error_has_its_class(client, server, status, code, error):
    server.put(ROW, status=status, payload={"code": code, "message": "Because."})
    with pytest.raises(BetTuneError) as caught:
        await client.put(PAIR, Decimal("2.15"))
    assert type(caught.value) is error
    assert (caught.value.status, caught.value.code, caught.value.message) == (status, code, "Because.")
    assert caught.value.outcome_unknown == (status == 500)
    assert str(caught.value).startswith("put 11583/1611243: ")


async def test_a_server_error_on_reading_leaves_nothing_unknown(client, server):
    server.get(f"{BASE}/sports", status=503)
    with pytest.raises(UnavailableError) as caught:
        await client.sports()
    assert not caught.value.outcome_unknown


@pytest.mark.parametrize("status", [400, 404, 410])
async def test_an_error_page_of_a_proxy_is_an_outage_and_not_an_error_of_bettunes(client, server, status):
    server.put(ROW, status=status, body="<html>nginx</html>", content_type="text/html")
    with pytest.raises(UnavailableError):
        await client.put(PAIR, Decimal("2.15"))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "17"}, 17.0),
        (
            {"Retry-After": "Sat, 06 Jun 2026 12:00:09 GMT", "Date": "Sat, 06 Jun 2026 12:00:00 GMT"},
            9.0,
        ),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
async def test_a_429_says_how_long_to_wait(client, server, headers, seconds):
    server.get(f"{BASE}/sports", status=429, headers=headers)
    with pytest.raises(RateLimitedError) as caught:
        await client.sports()
    assert caught.value.retry_after_s == seconds


async def test_every_response_is_reported_with_the_limit_it_names(client, server, responses):
    limit = {"X-RateLimit-Limit": "60", "X-RateLimit-Window": "60"}
    server.get(f"{BASE}/sports", payload=listing(), headers=limit)
    server.delete(ROW, status=429, headers={**limit, "X-RateLimit-Limit": "30"})
    await client.sports()
    with pytest.raises(RateLimitedError):
        await client.delete(PAIR)
    assert [(one.operation.name, one.status, one.rate_limit) for one in responses] == [
        ("sports", 200, RateLimit(60, 60.0)),
        ("delete", 429, RateLimit(30, 60.0)),
    ]
    assert [one.operation.writes for one in responses] == [False, True]


async def test_the_text_of_bettune_is_cut_to_one_short_line(client, server):
    server.get(f"{BASE}/sports", status=400, payload={"code": "c\nd", "message": "a\n\x1b[31m" + "b" * 5_000})
    with pytest.raises(RejectedError) as caught:
        await client.sports()
    assert caught.value.code == "c d"
    assert len(caught.value.message) == 200
    assert str(caught.value).isprintable()


async def test_the_token_is_masked_where_bettune_repeats_it(client, server):
    body = {"code": f"unknown_{TOKEN}", "message": f"Token {TOKEN} is unknown"}
    server.get(f"{BASE}/sports", status=401, payload=body)
    with pytest.raises(UnauthorizedError) as caught:
        await client.sports()
    assert TOKEN not in str(caught.value) + repr(caught.value) + repr(vars(caught.value)) + repr(client)
