"""The simulated Pinnacle follows its documents, and logs who breaks their rules."""

import gzip
from decimal import Decimal

import aiohttp
import msgspec
import pytest

from syncd.simulator.clubs import Club
from syncd.simulator.fixture_list import GameDraft
from syncd.simulator.pinnacle_dialects import MANUAL_2017, NATIVE, PS3838, equal_pace
from syncd.simulator.pinnacle_markets import american
from syncd.simulator.sandbox import Sandbox
from tests.support.sandbox import DECIMAL, SMALL, HandClock, ServerClient, pinnacle_client


def events_of(document: dict) -> list[dict]:
    leagues = document.get("league") or document["leagues"]
    return [event for league in leagues for event in league["events"]]


def specials_of(document: dict) -> dict[int, dict]:
    return {special["id"]: special for league in document["leagues"] for special in league["specials"]}


async def test_a_snapshot_lists_every_fixture_in_its_league(pinnacle: ServerClient, sandbox: Sandbox):
    response = await pinnacle("/v1/fixtures", sportId=29)
    listed = {event["id"] for event in events_of(response.json)}
    assert listed == {event.id for event in sandbox.world.events.values() if event.in_fixtures}
    assert response.headers["Content-Encoding"] == "gzip"


async def test_odds_are_american_unless_decimal_is_requested(pinnacle: ServerClient, clock: HandClock):
    plain = events_of((await pinnacle("/v2/odds", sportId=29)).json)[0]
    clock.move(120)
    wanted = events_of((await pinnacle("/v2/odds", **DECIMAL)).json)[0]
    price = Decimal(str(wanted["periods"][0]["moneyline"]["home"]))
    assert plain["periods"][0]["moneyline"]["home"] == float(american(price))


@pytest.mark.parametrize(
    ("price", "expected"), [("2", "100.0"), ("1.909", "-110.0"), ("3.45", "245.0"), ("1.25", "-400.0")]
)
def test_american_odds(price: str, expected: str):
    assert str(american(Decimal(price))) == expected


async def test_an_empty_document_is_an_empty_body(pinnacle: ServerClient, clock: HandClock):
    last = (await pinnacle("/v1/fixtures", sportId=29)).json["last"]
    clock.move(120)
    response = await pinnacle("/v1/fixtures", sportId=29, since=last)
    assert (response.status, response.body) == (200, b"")
    assert (await pinnacle("/v1/fixtures", sportId=33)).body == b""


@pytest.mark.parametrize("since", ["0", "1", "-5", "soon"])
async def test_an_invalid_since_is_refused(pinnacle: ServerClient, since: str):
    response = await pinnacle("/v2/odds", since=since, **DECIMAL)
    assert (response.status, response.json["code"]) == (400, "INVALID_REQUEST_DATA")


async def test_a_computed_cursor_is_logged(pinnacle: ServerClient, sandbox: Sandbox):
    await pinnacle("/v2/odds", since=123456, **DECIMAL)
    assert sandbox.pinnacle.request_log.count_violations("unknown_cursor") == 1


async def test_snapshot_and_delta_share_one_bucket_of_two_minutes(
    pinnacle: ServerClient, sandbox: Sandbox, clock: HandClock
):
    last = (await pinnacle("/v2/odds", **DECIMAL)).json["last"]
    clock.move(62)
    refused = await pinnacle("/v2/odds", since=last, leagueIds=1, **DECIMAL)
    assert (refused.status, refused.json["code"]) == (429, "TOO_MANY_REQUESTS")
    assert (await pinnacle("/v2/odds", sportId=4)).status == 200
    assert len(sandbox.pinnacle.too_early()) == 1


async def test_a_refused_request_starts_the_wait_again(pinnacle: ServerClient, clock: HandClock):
    statuses = []
    for pause in (0, 100, 100, 120):
        clock.move(pause)
        statuses.append((await pinnacle("/v2/odds", **DECIMAL)).status)
    assert statuses == [200, 429, 429, 200]


async def test_ps3838_takes_a_delta_every_five_seconds(session: aiohttp.ClientSession, clock: HandClock):
    async with Sandbox(clock=clock, extent=SMALL, preset="ps3838") as sandbox:
        client = pinnacle_client(session, sandbox)
        last = (await client("/v4/odds", **DECIMAL)).json["last"]
        clock.move(5)
        assert (await client("/v4/odds", since=last, **DECIMAL)).status == 200
        clock.move(5)
        assert (await client("/v4/odds", **DECIMAL)).status == 429


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Authorization": None}, 401, "INVALID_AUTHORIZATION_HEADER"),
        ({"Authorization": "Basic bm86bm8="}, 401, "INVALID_CREDENTIALS"),
        ({"Accept": "application/xml"}, 406, "ACCEPT_TYPE_NOT_SUPPORTED"),
    ],
)
async def test_headers_are_checked(pinnacle: ServerClient, headers: dict, status: int, code: str):
    response = await pinnacle("/v1/fixtures", sportId=29, headers=headers)
    assert (response.status, response.json["code"]) == (status, code)


async def test_gzip_is_only_for_clients_with_a_user_agent(pinnacle: ServerClient):
    response = await pinnacle("/v1/fixtures", sportId=29, headers={"User-Agent": ""})
    assert "Content-Encoding" not in response.headers


async def test_a_missing_sport_is_a_bad_request_in_both_error_shapes(pinnacle: ServerClient):
    plain, nested = await pinnacle("/v1/fixtures"), await pinnacle("/v2/leagues")
    assert plain.json["code"] == nested.json["error"]["code"] == "INVALID_REQUEST_DATA"


async def test_the_date_header_is_the_worlds_time(pinnacle: ServerClient):
    response = await pinnacle("/v2/sports")
    assert response.headers["Date"] == "Sat, 14 Mar 2026 09:30:00 GMT"


async def test_a_snapshot_may_be_a_minute_old_and_a_delta_never_is(
    session: aiohttp.ClientSession, clock: HandClock
):
    options = {"snapshot_cache": 60.0, "pace": equal_pace(0)}
    async with Sandbox(clock=clock, extent=SMALL, pinnacle=options) as sandbox:
        client = pinnacle_client(session, sandbox)
        first = (await client("/v2/odds", **DECIMAL)).json
        assert sandbox.world.move(sandbox.world.open_games()[0])
        assert (await client("/v2/odds", **DECIMAL)).json == first
        assert (await client("/v2/odds", since=first["last"], **DECIMAL)).json["leagues"]
        clock.move(60)
        assert (await client("/v2/odds", **DECIMAL)).json != first


@pytest.mark.parametrize(
    ("preset", "path", "shape"), [("pinnacle", "/v2/odds", list), ("ps3838", "/v3/odds", dict)]
)
async def test_team_totals_are_an_object_or_arrays_by_version(
    session: aiohttp.ClientSession, clock: HandClock, preset: str, path: str, shape: type
):
    async with Sandbox(clock=clock, extent=SMALL, preset=preset) as sandbox:
        event = events_of((await pinnacle_client(session, sandbox)(path, **DECIMAL)).json)[0]
        assert isinstance(event["periods"][0]["teamTotal"]["home"], shape)


async def test_the_manual_of_2017_has_no_status_and_no_parents(
    session: aiohttp.ClientSession, clock: HandClock
):
    async with Sandbox(clock=clock, extent=SMALL, preset="manual-2017") as sandbox:
        client = pinnacle_client(session, sandbox)
        fixtures = events_of((await client("/v1/fixtures", sportId=29)).json)
        odds = events_of((await client("/v1/odds", **DECIMAL)).json)
        assert not any("parentId" in event or "version" in event for event in fixtures)
        assert not any("status" in period for event in odds for period in event["periods"])


@pytest.mark.parametrize("dialect", [NATIVE, PS3838, MANUAL_2017], ids=lambda dialect: dialect.name)
async def test_every_path_responds(session: aiohttp.ClientSession, clock: HandClock, dialect):
    async with Sandbox(clock=clock, extent=SMALL, preset=dialect.name, pinnacle={"pace": {}}) as sandbox:
        client = pinnacle_client(session, sandbox)
        sandbox.world.cancel(sandbox.world.open_games()[0])
        for path in dialect.paths:
            response = await client(f"/{path}", sportId=29)
            assert response.status == 200, path
            assert response.body or path.endswith("inrunning")


async def test_a_special_lists_its_contestants_and_their_prices(pinnacle: ServerClient):
    fixtures = specials_of((await pinnacle("/v1/fixtures/special", sportId=29)).json)
    odds = specials_of((await pinnacle("/v1/odds/special", **DECIMAL)).json)
    listed = next(each for each in fixtures.values() if each["name"] == "Both Teams To Score?")
    assert [c["id"] for c in listed["contestants"]] == [
        c["id"] for c in odds[listed["id"]]["contestantLines"]
    ]
    assert listed["event"]["periodNumber"] == 0


async def test_settled_endpoints_list_what_fixtures_omit(
    pinnacle: ServerClient, sandbox: Sandbox, clock: HandClock
):
    last = (await pinnacle("/v1/fixtures", sportId=29)).json["last"]
    game = sandbox.world.open_games()[0]
    sandbox.world.delete(game)
    clock.move(120)
    assert (await pinnacle("/v1/fixtures", sportId=29, since=last)).body == b""
    settled = events_of((await pinnacle("/v1/fixtures/settled", sportId=29)).json)
    assert {p["status"] for e in settled if e["id"] == game.main.id for p in e["periods"]} == {5}


async def test_a_line_is_the_price_of_the_snapshot(pinnacle: ServerClient):
    event = events_of((await pinnacle("/v2/odds", **DECIMAL)).json)[0]
    spread = event["periods"][0]["spreads"][1]
    selection = {"betType": "SPREAD", "team": "TEAM2", "handicap": -spread["hdp"]}
    line = await pinnacle("/v1/line", eventId=event["id"], leagueId=1, periodNumber=0, **selection, **DECIMAL)
    assert line.json["price"] == spread["away"]


async def test_live_only_and_league_filters(pinnacle: ServerClient, clock: HandClock):
    live = events_of((await pinnacle("/v1/fixtures", sportId=29, isLive=1)).json)
    assert {event["liveStatus"] for event in live} == {1}
    clock.move(120)
    leagues = (await pinnacle("/v1/fixtures", sportId=29, leagueIds="1800,1807")).json["league"]
    assert {league["id"] for league in leagues} <= {1800, 1807}


async def test_the_body_is_the_same_compressed_or_not(pinnacle: ServerClient, clock: HandClock):
    compressed = (await pinnacle("/v2/odds", **DECIMAL)).body
    clock.move(120)
    plain = (await pinnacle("/v2/odds", **DECIMAL, headers={"Accept-Encoding": "identity"})).body
    assert compressed == plain  # aiohttp has decompressed the first
    assert gzip.compress(plain) != plain
    assert msgspec.json.decode(plain)["sportId"] == 29


async def test_names_of_clubs_are_translated(pinnacle: ServerClient, sandbox: Sandbox):
    game = sandbox.world.games[0]
    eagles = Club("White Eagles", "Białe Orły", {"pl-PL": "Białe Orły", "de-DE": "Weiße Adler"})
    sandbox.world.add(
        GameDraft(
            competition=game.competition,
            home=eagles,
            away=game.away,
            kickoff=game.kickoff,
            rates=game.rates,
        )
    )
    texts = f"white eagles|{game.home.pinnacle}"
    response = await pinnacle("/v1/translations", cultureCodes="pl-PL|fr-FR", baseTexts=texts)
    assert response.json == {
        "translations": [{"text": "white eagles", "cultures": [{"id": "pl-pl", "text": "Białe Orły"}]}]
    }
    unknown = await pinnacle("/v1/translations", cultureCodes="xx-XX", baseTexts="Anything")
    assert unknown.json["translations"][0]["cultures"] == [{"id": "xx-xx", "text": "Anything"}]
