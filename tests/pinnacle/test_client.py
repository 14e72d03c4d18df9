"""The requests as they are sent, and what each response becomes. `tests/runtime` has the transport itself."""

import base64
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import get_args

import pytest
from aioresponses import aioresponses

from syncd.config.presets import PRESETS, Endpoint
from syncd.model.special import Contestant
from syncd.pinnacle import errors
from syncd.pinnacle.client import ENDPOINT_PATHS, PinnacleClient
from syncd.pinnacle.decode.specials import decode_special, decode_special_odds
from syncd.pinnacle.responses import OddsPayload
from syncd.runtime.clock import SystemClock
from tests.support.raw_server import http_response, raw_server

HOST = "https://pinnacle.test"
PASSWORD = "grün&secret"


def pinnacle(base_url=HOST, preset="manual-2017"):
    return PinnacleClient(
        base_url=base_url,
        username="jürgen",
        password=PASSWORD,
        versions=PRESETS[preset].versions,
        clock=SystemClock(),
    )


async def url_of(call, preset="manual-2017"):
    """The URL of the one request that a call makes, without the host."""
    with aioresponses() as network:
        network.get(re.compile(".*"), body="{}", content_type="application/json")
        async with pinnacle(preset=preset) as client:
            await call(client)
        ((_, url),) = network.requests
        return str(url).removeprefix(HOST)


async def response_to(body, call=lambda client: client.odds(29), **sent):
    """What a call returns for one response of a real server."""
    async with raw_server(http_response(body, **sent)) as server, pinnacle(server.url) as client:
        return await call(client)


async def error_of(status, body=b"", *headers, kind="application/json"):
    raw = http_response(body, *headers, status=status, kind=kind)
    async with raw_server(raw) as server, pinnacle(server.url) as client:
        with pytest.raises(errors.PinnacleError) as caught:
            await client.odds(29)
    return caught.value


# --- requests ------------------------------------------------------------------------------------

CALLS = {
    "/v2/sports": lambda client: client.sports(),
    "/v2/leagues?sportId=29": lambda client: client.leagues(29),
    "/v1/fixtures?sportId=29": lambda client: client.fixtures(29),
    "/v1/fixtures?sportId=29&leagueIds=1,2&since=26142386": lambda client: client.fixtures(
        29, leagues=(2, 1), since=26142386
    ),
    "/v1/odds?sportId=29&oddsFormat=Decimal": lambda client: client.odds(29),
    "/v1/odds?sportId=29&since=1743447309553&oddsFormat=Decimal": lambda client: client.odds(
        29, since=1743447309553
    ),
    "/v1/fixtures/settled?sportId=29": lambda client: client.settled(29),
    "/v1/fixtures/special?sportId=29": lambda client: client.special_fixtures(29),
    "/v1/fixtures/special/settled?sportId=29": lambda client: client.settled_specials(29),
    "/v1/odds/special?sportId=29&oddsFormat=Decimal": lambda client: client.special_odds(29),
    "/v1/periods?sportId=29": lambda client: client.periods(29),
    "/v1/inrunning": lambda client: client.inrunning(),
    "/v1/bets/betting-status": lambda client: client.betting_status(),
    "/v1/client/balance": lambda client: client.balance(),
    "/v2/currencies": lambda client: client.currencies(),
    "/v1/cancellationreasons": lambda client: client.cancellation_reasons(),
}


@pytest.mark.parametrize("url", CALLS)
async def test_each_operation_has_the_url_of_the_manual(url):
    def comparable(text):
        path, _, query = text.partition("?")
        return path, sorted(query.replace("%2C", ",").split("&"))

    assert comparable(await url_of(CALLS[url])) == comparable(url)


async def test_path_versions_follow_the_preset():
    def odds(client):
        return client.odds(29)

    paths = [
        (await url_of(odds, preset)).partition("?")[0] for preset in ("manual-2017", "pinnacle", "ps3838")
    ]
    assert paths == ["/v1/odds", "/v2/odds", "/v4/odds"]


def test_every_operation_has_a_path():
    assert set(get_args(Endpoint)) == set(ENDPOINT_PATHS)


async def test_credentials_go_as_basic_auth_over_utf8():
    async with raw_server(http_response()) as server, pinnacle(server.url) as client:
        await client.odds(29)
    sent = re.search("Authorization: Basic (.*)\r\n", server.heads[0])[1]
    assert base64.b64decode(sent).decode() == f"jürgen:{PASSWORD}"


@pytest.mark.parametrize("since", [1, 0, -5])
async def test_a_forbidden_since_is_never_sent(since):
    async with pinnacle() as client:
        with pytest.raises(ValueError, match="since"):
            await client.odds(29, since=since)


# --- responses -----------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"", b" ", b"{}", b'""', b'{"sportId": 29, "last": 5}'])
async def test_an_empty_response_has_no_items(body):
    assert (await response_to(body)).payload == OddsPayload()


async def test_204_has_no_items():
    assert (await response_to(b"", status="204 No Content")).payload == OddsPayload()


async def test_an_empty_body_has_no_items_whatever_its_content_type():
    assert (await response_to(b"", kind="text/html")).payload == OddsPayload()


async def test_a_response_has_the_server_s_clock():
    ahead = datetime.now(UTC) + timedelta(minutes=5)
    raw = http_response(b"", ahead.strftime("Date: %a, %d %b %Y %H:%M:%S GMT"))
    async with raw_server(raw) as server, pinnacle(server.url) as client:
        skew = (await client.odds(29)).skew
    assert timedelta(minutes=4, seconds=58) < skew < timedelta(minutes=5, seconds=2)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("301 Moved", errors.UnavailableError),
        ("400 Bad Request", errors.BadRequestError),
        ("401 Unauthorized", errors.UnauthorizedError),
        ("403 Forbidden", errors.ForbiddenError),
        ("404 Not Found", errors.NotFoundError),
        ("410 Gone", errors.NotFoundError),
        ("429 Too Many Requests", errors.RateLimitedError),
        ("500 Internal Server Error", errors.UnavailableError),
        ("503 Service Unavailable", errors.UnavailableError),
    ],
)
async def test_each_status_has_its_error(status, error):
    assert type(await error_of(status, b'{"code": "WHY", "message": "because"}')) is error


@pytest.mark.parametrize(
    "body",
    [
        b'{"code": "NO_API_ACCESS", "message": "no", "ref": "1"}',
        b'{"status": "fail", "error": {"code": "NO_API_ACCESS", "message": "no"}, "code": 99}',
    ],
)
async def test_both_shapes_of_an_error_are_read(body):
    assert (await error_of("403 Forbidden", body)).no_api_access


async def test_an_error_body_that_is_not_json_does_not_hide_the_status():
    error = await error_of("429 Too Many Requests", b'{"code": "TOO_MANY', "Retry-After: 60")
    assert error.retry_after_s == 60


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<html>blocked</html>", "text/html"),
        (b"<html>blocked</html>", "application/json"),
        (b'{"leagues": [{"id": 1', "application/json"),
        (b'{"leagues": {"id": 1}}', "application/json"),
        (b'{"status": "fail", "error": {"code": 99, "message": "down"}, "code": 99}', "application/json"),
    ],
)
async def test_a_page_or_an_error_is_never_taken_for_data(body, kind):
    with pytest.raises((errors.UnavailableError, errors.BadPayloadError)):
        await response_to(body, kind=kind)


async def test_a_response_about_another_sport_is_refused():
    with pytest.raises(errors.BadPayloadError):
        await response_to(b'{"sportId": 4, "last": 5, "league": []}', lambda client: client.fixtures(29))


async def test_a_host_that_is_not_there_is_an_outage():
    async with pinnacle("http://127.0.0.1:9") as client:
        with pytest.raises(errors.UnavailableError):
            await client.odds(29)


async def test_no_error_repeats_a_secret_that_the_server_echoes():
    token = base64.b64encode(f"jürgen:{PASSWORD}".encode()).decode()
    body = f'{{"code": "X", "message": "bad {PASSWORD} {token}\\nline"}}'.encode()
    message = str(await error_of("401 Unauthorized", body))
    assert PASSWORD not in message
    assert token not in message
    assert "\n" not in message


# --- the smaller responses, after the manual's examples --------------------------------------------


async def test_settled_fixtures_keep_the_newest_settlement_of_each_period():
    body = b"""{"sportId": 29, "last": 75018, "leagues": [{"id": 1, "events": [{"id": 5, "periods": [
        {"number": 0, "status": 1, "settlementId": 7, "settledAt": "2015-11-11T00:18:50.94Z",
         "team1Score": 3, "team2Score": 2.0},
        {"number": 0, "status": 3, "settlementId": 9, "settledAt": "2015-11-11T01:24:37Z",
         "cancellationReason": {"code": "FBS_CW_227", "details": {"correctSpread": "1.3"}}}]}]}]}"""
    payload = (await response_to(body, lambda client: client.settled(29))).payload
    (settlement,) = payload.items.values()
    assert (settlement.id, settlement.status, settlement.reason) == (9, 3, "FBS_CW_227")


async def special_fixtures(body):
    payload = (await response_to(body, lambda client: client.special_fixtures(4))).payload
    return [decode_special(raw, sport_id=4) for raw in payload.items.values()]


async def special_odds(body):
    payload = (await response_to(body, lambda client: client.special_odds(4))).payload
    return [decode_special_odds(raw) for raw in payload.items.values()]


async def test_special_fixtures_take_both_spellings_of_their_cutoff():
    body = b"""{"sportId": 4, "last": 5, "leagues": [{"id": 487, "specials": [
        {"id": 1, "name": "Odd or even?", "cutoff": "2016-06-04T04:22:00Z", "status": "I",
         "event": {"id": 7, "periodNumber": 1}, "contestants": [{"id": 2, "name": "Yes", "rotNum": 7013}]},
        {"id": 3, "name": "To win", "cutOff": "2016-06-04T04:22:00Z", "betType": "SPREAD"}]}]}"""
    of_event, outright = await special_fixtures(body)
    assert of_event.cutoff == outright.cutoff
    assert (of_event.sport_id, of_event.league_id, of_event.event_id, of_event.period) == (4, 487, 7, 1)
    assert of_event.contestants == (Contestant(id=2, name="Yes"),)
    assert (outright.event_id, outright.period, outright.contestants) == (None, 0, ())


async def test_a_special_has_the_teams_of_its_event_if_the_host_sends_them():
    body = b"""{"leagues": [{"id": 487, "specials": [{"id": 1, "name": "Draw No Bet", "liveStatus": 1,
        "event": {"id": 7, "home": "Aston Villa", "away": "Everton"}}]}]}"""
    (special,) = await special_fixtures(body)
    assert (special.home, special.away, special.period) == ("Aston Villa", "Everton", 0)
    assert (special.live_status, special.status, special.cutoff) == (1, "", None)


async def test_special_odds_take_both_names_of_their_limit_and_withdrawn_contestants():
    body = b"""{"sportId": 4, "last": 5, "leagues": [{"id": 487, "specials": [
        {"id": 1, "maxRisk": 4519.93, "contestantLines": []},
        {"id": 2, "maxBet": 500, "contestantLines": [
            {"id": 3, "lineId": 8, "price": null, "handicap": null},
            {"id": 4, "lineId": 9, "price": 1.95, "handicap": 1.5, "max": 250.5}]}]}]}"""
    of_2017, special = await special_odds(body)
    assert (of_2017.max_stake, of_2017.lines) == (Decimal("4519.93"), ())
    assert (special.max_stake, [line.price for line in special.lines]) == (500, [None, Decimal("1.95")])
    assert [line.max_stake for line in special.lines] == [None, Decimal("250.5")]


async def test_american_special_odds_are_refused_if_decimal_was_requested(shared_dir):
    (path,) = (shared_dir / "recordings").rglob("*odds_special*issue29.json")
    with pytest.raises(errors.BadPayloadError):
        await special_odds(path.read_bytes())


async def test_of_two_settlements_of_a_special_the_newest_counts():
    body = b"""{"sportId": 4, "last": 5, "leagues": [{"id": 487, "specials": [
        {"id": 1, "status": 2, "settlementId": 10808799, "settledAt": "2016-06-02T20:05:39Z"},
        {"id": 1, "status": 1, "settlementId": 10808797, "settledAt": "2016-06-02T19:05:39Z"}]}]}"""
    payload = (await response_to(body, lambda client: client.settled_specials(4))).payload
    assert (payload.items[1].settlement_id, payload.items[1].status) == (10808799, 2)


SMALL = [
    (lambda client: client.sports(), b'{"sports": [{"id": 29, "name": "Soccer", "hasOfferings": true}]}'),
    (lambda client: client.periods(29), b'{"periods": [{"number": 0, "description": "Match"}]}'),
    (
        lambda client: client.currencies(),
        b'{"currencies": [{"code": "AUD", "name": "Australia", "rate": 1.4546}]}',
    ),
    (
        lambda client: client.translations(["Soccer"], ["de-DE"]),
        b'{"translations": [{"text": "Soccer", "cultures": [{"id": "de-de", "text": "Fussball"}]}]}',
    ),
    (
        lambda client: client.cancellation_reasons(),
        b'{"cancellationReasons": [{"code": "FBS_CW_1", "description": "wrong line"}]}',
    ),
]


@pytest.mark.parametrize(("call", "body"), SMALL)
async def test_each_list_parses(call, body):
    assert len((await response_to(body, call)).payload) == 1


async def test_betting_status_balance_and_line_parse():
    status = await response_to(b'{"status": "ALL_BETTING_CLOSED"}', lambda client: client.betting_status())
    balance = await response_to(
        b'{"availableBalance": 49354.37, "currency": "CAD"}', lambda client: client.balance()
    )
    line = await response_to(
        b'{"status": "SUCCESS", "price": 1.952, "lineId": 1, "maxRiskStake": 4061.76}',
        lambda client: client.line(
            sport_id=29, league_id=1, event_id=2, bet_type="SPREAD", team="TEAM1", handicap="-1"
        ),
    )
    assert status.payload == "ALL_BETTING_CLOSED"
    assert balance.payload.available_balance == Decimal("49354.37")
    assert line.payload.price == Decimal("1.952")
