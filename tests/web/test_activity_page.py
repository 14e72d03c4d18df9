"""The past as page, CSV and JSON."""

import csv
from io import StringIO

import pytest
from aiohttp.test_utils import TestClient

from syncd.model.bettune import Pair
from syncd.store import commands, rows, writes
from syncd.store.commands import Verb
from syncd.store.engine import Store
from syncd.web.pages.activity import CSV_HEADER
from tests.web.fixtures import HOME, HOSTILE, HOUR, NOW, SECOND, change


async def text_of(client: TestClient, path: str) -> str:
    response = await client.get(path)
    assert response.status == 200
    return await response.text()


async def entries_of(client: TestClient, query: str = "") -> list[tuple[str, str]]:
    found = await (await client.get(f"/api/v1/activity{query}")).json()
    return [(each["kind"], each["outcome"]) for each in found["entries"]]


async def test_writes_and_commands_are_in_one_order(client: TestClient, filled: Store):
    async with filled.write() as conn:
        await commands.request(conn, Verb.PAUSE, NOW - 7 * SECOND)
    assert await entries_of(client) == [("delete", "rejected"), ("command", "waiting"), ("raise", "done")]
    text = await text_of(client, "/activity")
    assert text.index("rejected") < text.index("pause") < text.index("moneyline home")
    assert 'href="./matches/100?filter=1"' in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?kind=raise", [("raise", "done")]),
        ("?kind=failed", [("delete", "rejected")]),
        ("?kind=command", [("command", "waiting")]),
        ("?match=101", [("delete", "rejected")]),
        (f"?filter={HOME}", [("raise", "done")]),
        ("?search=chorzow", [("raise", "done")]),
        ("?search=***", []),
        ("?day=2025-03-30", []),
        ("?day=2025-03-31&kind=raise", [("raise", "done")]),
    ],
)
async def test_each_choice_narrows_it(
    client: TestClient, filled: Store, query: str, found: list[tuple[str, str]]
):
    async with filled.write() as conn:
        await commands.request(conn, Verb.PAUSE, NOW - 7 * SECOND)
    assert await entries_of(client, query) == found
    await text_of(client, f"/activity{query}")


async def test_a_command_is_on_the_page_of_its_time(client: TestClient, filled: Store):
    async with filled.write() as conn:
        many = [
            writes.row(change(Pair(HOME, 100)), at=NOW - HOUR + n * SECOND, outcome="done")
            for n in range(250)
        ]
        await rows.write(conn, many)
        await commands.request(conn, Verb.RESYNC, NOW - HOUR + 60.5 * SECOND)
    query, counts, seen = "", [], []
    while True:
        found = await (await client.get(f"/api/v1/activity{query}")).json()
        seen += found["entries"]
        counts.append(sum(each["kind"] == "command" for each in found["entries"]))
        if found["next"] is None:
            break
        query = f"?before={found['next']}"
    assert counts == [0, 1, 0]
    assert len(seen) == 253


@pytest.mark.parametrize(
    "query",
    ["kind=x&day=x&filter=x&match=x&before=x", "before=" + "9" * 30, "search=%00&match=0", "day=0001-01-01"],
)
@pytest.mark.parametrize("path", ["/activity", "/activity.csv", "/api/v1/activity"])
async def test_no_parameter_is_an_error(client: TestClient, path: str, query: str):
    assert (await client.get(f"{path}?{query}")).status == 200


async def test_the_csv_has_all_that_fits_and_no_formula(client: TestClient, filled: Store):
    async with filled.write() as conn:
        formula = change(Pair(HOME, 100), reason='=HYPERLINK("http://example.org")')
        await rows.write(
            conn, [writes.row(formula, at=NOW + n * SECOND, outcome="done") for n in range(1_200)]
        )
    header, *rest = csv.reader(StringIO(await text_of(client, "/activity.csv?kind=raise")))
    assert tuple(header) == CSV_HEADER
    assert len(rest) == 1_201
    texts = {row[CSV_HEADER.index("text")] for row in rest}
    assert texts == {"moneyline home", '\'=HYPERLINK("http://example.org")'}


async def test_names_and_errors_of_others_are_only_text(client: TestClient):
    text = await text_of(client, "/activity")
    assert HOSTILE not in text
    assert "&lt;script&gt;" in text
