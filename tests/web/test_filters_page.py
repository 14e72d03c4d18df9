"""The filters as page and JSON."""

from typing import Any

from aiohttp.test_utils import TestClient

from syncd.app.daemon import Daemon
from tests.web.fixtures import HOSTILE, plan, price


async def test_the_page_and_the_json_show_the_same_filters(client: TestClient):
    text = await (await client.get("/filters")).text()
    found: dict[str, Any] = await (await client.get("/api/v1/filters")).json()
    assert [each["use"] for each in found["filters"]] == ["priced", "not_understood", "left_alone"]
    for each in found["filters"]:
        assert f'id="filter-{each["id"]}"' in text
        assert all(sentence.replace("'", "&#39;") in text for sentence in each["sentences"])
    assert "<code>moneyline home</code>" in text
    assert 'href="./bets?filter=1"' in text
    assert 'href="./activity?filter=1"' in text


async def test_each_state_leads_to_its_bets(client: TestClient, daemon: Daemon):
    await price(daemon.store)
    await plan(daemon)
    text = await (await client.get("/filters")).text()
    assert '<a href="./bets?filter=1&amp;state=in_step">1</a>' in text
    assert '<a href="./bets?filter=1&amp;state=no_price">1</a>' in text
    assert "<b>100 %</b> in step" in text


async def test_a_bet_type_that_is_not_understood_says_what_to_do_and_is_only_text(client: TestClient):
    text = await (await client.get("/filters")).text()
    assert "[bet_types]" in text
    assert HOSTILE not in text
    assert "&lt;script&gt;" in text


async def test_the_keys_of_a_rule_are_explained(client: TestClient):
    text = await (await client.get("/filters")).text()
    assert "<td><code>close_before</code></td>" in text
    assert "<code>raw</code>: Pinnacle&#39;s price." in text


async def test_the_navigation_leads_to_the_filters(client: TestClient):
    assert (
        '<a href="./filters" aria-current="page">Filters</a>' in await (await client.get("/filters")).text()
    )
    assert '<a href="../filters">Filters</a>' in await (await client.get("/matches/100")).text()
