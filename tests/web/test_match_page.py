"""A match as page and JSON."""

from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from syncd.store import catalogue
from syncd.store.engine import Store
from tests.web.fixtures import HOSTILE, NOW, match


async def text_of(client: TestClient, path: str) -> str:
    response = await client.get(path)
    assert response.status == 200
    return await response.text()


async def test_the_page_and_the_json_show_the_same_match(client: TestClient):
    text = await text_of(client, "/matches/100?filter=1")
    found: dict[str, Any] = await (await client.get("/api/v1/matches/100?filter=1")).json()
    assert found["match"]["home"]["name"] == "Ruch Chorzów"
    assert found["explanation"]["selection"] == "moneyline home"
    assert found["summary"].replace("'", "&#39;") in text
    assert "<code>moneyline home</code>" in text
    assert "for <code>Pinnacle*</code>: Pinnacle&#39;s price</dd>" in text
    assert text.count('<svg class="chart"') == 2, "for a screen and for a phone"
    assert 'href="./100?filter=2"' in text


@pytest.mark.parametrize(
    "path", ["/matches/999", "/matches/0", "/matches/-1", "/matches/x", "/matches/" + "9" * 40]
)
async def test_a_match_that_is_not_known_is_404(client: TestClient, path: str):
    assert (await client.get(path)).status == 404
    response = await client.get("/api/v1" + path)
    assert response.status == 404
    assert "error" in await response.json()


@pytest.mark.parametrize("query", ["filter=x&span=year", "filter=" + "9" * 30, "span=%00", "filter=4711"])
async def test_no_parameter_is_an_error(client: TestClient, query: str):
    assert (await client.get(f"/matches/100?{query}")).status == 200
    assert (await client.get(f"/matches/101?{query}")).status == 200


async def test_names_of_others_are_only_text(client: TestClient, filled: Store):
    listed = [match(100, HOSTILE + "\u202e"), match(101, HOSTILE)]
    for _ in range(2):  # a new name is believed once a second list has it
        async with filled.write() as conn:
            await catalogue.replace_days(conn, {NOW.date(): listed}, NOW)
    for path in ("/matches/100?filter=1", "/matches/101?filter=2"):
        text = await text_of(client, path)
        assert HOSTILE not in text
        assert "\u202e" not in text
        assert "&lt;script&gt;" in text
