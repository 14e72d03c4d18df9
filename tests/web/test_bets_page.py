"""The list of bets as page, CSV and JSON."""

import csv
from datetime import date
from io import StringIO
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, make_mocked_request
from hypothesis import given
from hypothesis import strategies as st

from syncd.store import catalogue, errors
from syncd.store.engine import Store
from syncd.views.bet_state import BetState
from syncd.views.bets import BetQuery, BetSort
from syncd.web.addresses import same_page
from syncd.web.csv_response import FORMULA_STARTS, cell_text
from syncd.web.pages.bets import CSV_HEADER, parameters, query_of
from tests.web.fixtures import HOSTILE, NOW, match

LONG = "Llanfair" * 17 + "1234"
BACKWARDS = "\u202eAC\u202c Nowhere"


async def text_of(client: TestClient, path: str) -> str:
    response = await client.get(path)
    assert response.status == 200
    return await response.text()


async def json_of(client: TestClient, path: str) -> Any:
    return await (await client.get(path)).json()


async def test_the_page_and_the_json_show_the_same_bets(client: TestClient):
    text, found = await text_of(client, "/bets"), await json_of(client, "/api/v1/bets")
    assert found["total"] == len(found["bets"]) == 4
    assert "Ruch Chorzów v Odra Opole" in text
    assert 'href="./matches/100?filter=1"' in text
    assert all(state.replace("_", " ") in text for state in found["states"])
    assert "4 of 4" in text


async def test_names_of_others_are_only_text(client: TestClient, filled: Store):
    listed = [match(100, LONG), match(101, HOSTILE), match(103, BACKWARDS)]
    for _ in range(2):  # a new name is believed once a second list has it
        async with filled.write() as conn:
            await catalogue.replace_days(conn, {NOW.date(): listed}, NOW)
    text = await text_of(client, "/bets?state=no_price") + await text_of(client, "/bets")
    assert LONG in text
    assert HOSTILE not in text
    assert "\u202e" not in text
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize(
    "query",
    [
        "day=yesterday&state=lost&sort=colour&order=up&filter=x&offset=-1",
        "filter=99999999999999999999999&offset=99999999999999999999999",
        "search=%00%ff%F0%9F%92%A9&league=%3Cscript%3E",
        "offset=1e3&filter=٣&day=9999-99-99",
        "search=" + "a" * 3_000,
        "state=no_price&sort=price&order=desc&offset=9999999",
    ],
)
@pytest.mark.parametrize("path", ["/bets", "/bets.csv", "/api/v1/bets"])
async def test_no_parameter_is_an_error(client: TestClient, path: str, query: str):
    assert (await client.get(f"{path}?{query}")).status == 200


async def test_a_search_shows_its_words_and_what_it_finds_nothing_for(client: TestClient):
    assert "Nothing fits" in await text_of(client, "/bets?search=arsenal")
    found = await text_of(client, "/bets?search=CHORZOW&sort=match")
    assert 'value="CHORZOW"' in found
    assert 'aria-sort="ascending"><a href="./bets?search=CHORZOW&amp;sort=match&amp;order=desc"' in found


async def test_the_csv_has_every_bet_that_fits(client: TestClient):
    response = await client.get("/bets.csv?sort=match")
    assert response.content_type == "text/csv"
    assert response.headers["Content-Disposition"] == 'attachment; filename="syncd-bets.csv"'
    header, *rows = csv.reader(StringIO(await response.text()))
    assert tuple(header) == CSV_HEADER
    assert len(rows) == 4
    row = dict(zip(header, next(row for row in rows if row[0] == "100" and row[4] == "1"), strict=True))
    assert (row["match"], row["min_odds"]) == ("Ruch Chorzów v Odra Opole", "2.15")
    assert row["kickoff"] == "2025-03-31T15:00:00+00:00"


async def test_a_csv_that_the_database_cuts_short_does_not_look_whole(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
):
    async def away(*_: object, **__: object) -> None:
        raise errors.UnreachableError("away")

    monkeypatch.setattr("syncd.store.bets.last_written", away)
    assert (await client.get("/bets.csv")).status == 503


@given(st.text(max_size=30), st.sampled_from(FORMULA_STARTS), st.sampled_from(["", " ", "  "]))
def test_no_cell_is_a_formula(text: str, start: str, spaces: str):
    shown = cell_text(spaces + start + text)
    assert not shown.lstrip().startswith(FORMULA_STARTS)


queries = st.builds(
    BetQuery,
    search=st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20),
    day=st.none() | st.dates(date(1970, 1, 1), date(2200, 12, 31)),
    league=st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20),
    filter_id=st.none() | st.integers(1, 2**63 - 1),
    state=st.none() | st.sampled_from(BetState),
    sort=st.sampled_from(BetSort),
    descending=st.booleans(),
    offset=st.integers(0, 1_000),
)


@given(queries)
def test_a_query_survives_its_address(query: BetQuery):
    request = make_mocked_request("GET", "/bets")
    address = same_page(request, parameters(query))
    assert query_of(make_mocked_request("GET", address.removeprefix("."))) == query
