"""The first page: the last hours, what to do about alerts, and the calls to Pinnacle."""

from aiohttp.test_utils import TestClient

from syncd.app.daemon import Daemon
from syncd.pinnacle.feed.poll import PollOutcome
from syncd.store.engine import Store
from syncd.views.alert_advice import advice_on
from tests.web.fixtures import HOSTILE, HandClock


async def text_of(client: TestClient) -> str:
    response = await client.get("/")
    assert response.status == 200
    return await response.text()


async def test_the_last_hours_are_a_chart_and_a_table(client: TestClient):
    text = await text_of(client)
    assert text.count('<svg class="chart"') == 2, "for a screen and for a phone"
    assert "1 writes done, 1 failed, " in text
    assert '<td class="number" data-label="Failed">1</td>' in text


async def test_without_a_past_there_is_no_chart(client: TestClient, clock: HandClock):
    clock.at = clock.at.replace(year=2026)
    text = await text_of(client)
    assert "<svg" not in text
    assert "The last hours" not in text


async def test_every_alert_comes_with_what_to_do(client: TestClient, daemon: Daemon):
    daemon.alerts.fire("bettune.limited", f"BetTune asks to wait {HOSTILE}")
    daemon.alerts.fire("pinnacle.leagues.29", "refused")
    daemon.alerts.fire("something.new", "nobody foresaw it")
    text = await text_of(client)
    assert "does something else use the token? Otherwise lower <code>bettune.limit</code>" in text
    assert "<dd>nothing for an outage. <code>pinnacle.leagues</code>: events of leagues" in text
    assert advice_on("something.new").advice in text
    assert text.count("<dt>What you do</dt>") == 3
    assert HOSTILE not in text


async def test_the_calls_to_pinnacle_are_counted_by_feed(client: TestClient, daemon: Daemon):
    assert daemon.components
    (poller,) = (each for each in daemon.components.pollers if each.feed.kind == "odds")
    poller.polls.update({PollOutcome.APPLIED: 4, PollOutcome.FAILED: 1, PollOutcome.WAITING: 90})
    feeds = (await (await client.get("/api/v1/status")).json())["feeds"]
    of_odds = [each for each in feeds if each["state"]["kind"] == "odds"]
    assert [(each["calls"], each["gap_s"]) for each in of_odds] == [(5, 120.0)]
    text = await text_of(client)
    assert '<td data-label="Calls" class="number wide">5</td>' in text
    assert '<p class="big">5</p>' in text


async def test_a_daemon_that_stands_by_counts_no_calls(filled: Store, daemon: Daemon, client: TestClient):
    daemon.components = None
    text = await text_of(client)
    assert '<td data-label="Calls" class="number wide">–</td>' in text
