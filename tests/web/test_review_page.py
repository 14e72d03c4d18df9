"""The page of uncertain links: by forms, and by keys alone."""

from collections.abc import Mapping

import pytest
from aiohttp.test_utils import TestClient

from syncd.app.daemon import Daemon
from syncd.config.settings import Settings
from syncd.matching.lesson import Lesson
from syncd.model.link import Link, LinkState
from syncd.store import catalogue, events, lessons, links
from syncd.store.engine import Store
from syncd.store.links import Rejection
from syncd.web.forms import FIELD
from syncd.web.server import serve
from tests.web.browser import Chromium, page_of
from tests.web.fixtures import HOSTILE, NOW, event, match
from tests.web.test_forms import OWN, form_token

LONG = "The Very Long Name Of A Club " * 5
TURNED = "abc\u202edef"


@pytest.fixture(autouse=True)
async def league_is_known(filled: Store) -> None:
    async with filled.write() as conn:
        await events.save_leagues(conn, [event(11).league])


async def decide(
    client: TestClient, do: str, event_id: object, match_id: object, **fields: str
) -> tuple[int, str]:
    data = {
        "do": do,
        "event": str(event_id),
        "match": str(match_id),
        FIELD: await form_token(client),
    } | fields
    response = await client.post("/review", data=data, headers=OWN)
    return response.status, await response.text()


async def link_of(store: Store, event_id: int) -> Link | None:
    async with store.read() as conn:
        return (await links.load_for_events(conn, [event_id])).get(event_id)


async def rejected(store: Store) -> set[Rejection]:
    async with store.read() as conn:
        return await links.load_rejections(conn)


async def test_both_games_are_shown_and_never_run(client: TestClient) -> None:
    text = await (await client.get("/review")).text()
    assert "<b>1</b> link waits" in text
    assert 'id="event-11"' in text
    assert HOSTILE not in text
    assert 'Review <span class="number-of">1</span>' in text
    data = await (await client.get("/api/v1/review")).json()
    assert [each["link"]["event_id"] for each in data] == [11]


async def test_accepting_confirms_and_undo_leaves_no_trace(daemon: Daemon, client: TestClient) -> None:
    status, text = await decide(client, "accept", 11, 101)
    assert (status, "Linked: " in text) == (200, True)
    assert (await link_of(daemon.store, 11)).state is LinkState.CONFIRMED  # type: ignore[union-attr]
    assert 'value="undo-link"' in text
    await decide(client, "undo-link", 11, 101)
    assert await link_of(daemon.store, 11) is None
    assert await rejected(daemon.store) == set()


async def test_rejecting_and_its_undo(daemon: Daemon, client: TestClient) -> None:
    _, text = await decide(client, "reject", 11, 101)
    assert 'value="undo-reject"' in text
    assert await rejected(daemon.store) == {Rejection(11, 101)}
    await decide(client, "undo-reject", 11, 101)
    assert await rejected(daemon.store) == set()


async def test_another_match_is_found_and_taken_from_its_event_only_by_force(
    daemon: Daemon, client: TestClient
) -> None:
    text = await (await client.get("/review", params={"event": "11", "search": "chorzów OPOLE"})).text()
    assert "linked to event 10" in text
    assert 'value="choose"' in text
    assert (
        'value="choose"'
        not in await (await client.get("/review", params={"event": "11", "search": "nothing like it"})).text()
    )
    _, text = await decide(client, "choose", 11, 100)
    assert "Link them all the same" in text
    assert (await link_of(daemon.store, 11)).state is LinkState.REVIEW  # type: ignore[union-attr]
    await decide(client, "choose", 11, 100, force="1")
    assert (await link_of(daemon.store, 11)).match_id == 100  # type: ignore[union-attr]
    assert await link_of(daemon.store, 10) is None


async def test_what_it_taught_is_shown(daemon: Daemon, client: TestClient) -> None:
    status, _ = await decide(client, "accept", 11, 101)
    lesson = Lesson(
        kind="team", scope="poland", name="odra", target_id=102, event_id=11, confirmed=True, learnt_at=NOW
    )
    async with daemon.store.write() as conn:
        await lessons.replace(conn, [lesson])
    text = await (await client.get("/review", params={"said": "1"})).text()
    assert status == 200
    assert "“odra” is BetTune&#39;s team Odra Opole" in text


@pytest.mark.parametrize(
    "sent",
    [
        {"do": "accept", "event": "x", "match": "1"},
        {"do": "accept", "event": "9" * 30, "match": "1"},
        {"do": "marry", "event": "11", "match": "101"},
        {},
    ],
)
async def test_a_garbled_form_changes_nothing(client: TestClient, sent: Mapping[str, str]) -> None:
    response = await client.post("/review", data={FIELD: await form_token(client)} | sent, headers=OWN)
    assert response.status == 400


@pytest.mark.parametrize("query", [{"event": "²"}, {"event": "-1"}, {"said": "99"}, {"search": "x" * 5000}])
async def test_an_odd_address_is_no_error(client: TestClient, query: Mapping[str, str]) -> None:
    assert (await client.get("/review", params=query)).status in (200, 400)


# --- in a browser --------------------------------------------------------------------------------


async def add_three(store: Store) -> None:
    """Links for review of odd names; the last of a match that another event has."""
    matches = {200: match(200, LONG), 210: match(210, TURNED), 220: match(220, "Ruch")}
    async with store.write() as conn:
        known = await catalogue.matches_by_id(conn, [100, 101])
        await catalogue.replace_days(conn, {NOW.date(): [*known.values(), *matches.values()]}, NOW)
        await events.save(conn, [event(number) for number in (20, 21, 22)])
        waiting = [
            Link(event_id=number, match_id=match_id, state=LinkState.REVIEW, confidence=0.6, reason="unsure")
            for number, match_id in zip((20, 21, 22), matches, strict=True)
        ]
        await links.save(conn, waiting, NOW)


async def test_review_by_keys_alone(daemon: Daemon, settings: Settings, browser: Chromium) -> None:
    await add_three(daemon.store)
    complaints: list[str] = []
    async with (
        serve(daemon, settings) as address,
        page_of(browser, address + "review", complaints=complaints, width=390) as page,
    ):
        assert await page.evaluate("document.documentElement.scrollWidth") == 390
        cards = page.locator(".review")
        first, second, third = [await cards.nth(n).get_attribute("id") for n in range(3)]
        await page.keyboard.press("n")
        assert await page.locator(".review[data-current]").get_attribute("id") == second
        await page.keyboard.press("a")
        await page.get_by_text("Linked:").wait_for()
        assert await page.locator(".review[data-current]").get_attribute("id") == third
        await page.keyboard.press("u")
        await page.get_by_text("may be linked again").wait_for()
        await page.keyboard.press("p")
        await page.keyboard.press("p")
        assert await page.locator(".review[data-current]").get_attribute("id") == first
        await page.keyboard.press("r")
        await page.get_by_text("Rejected:").wait_for()
        await page.keyboard.press("?")
        assert await page.locator("#keys").get_attribute("open") == ""
        await page.keyboard.press("/")
        await page.keyboard.type("ar")
        await page.keyboard.press("Enter")
        await page.locator(".choices").wait_for()
    assert complaints == []
    assert (await link_of(daemon.store, int(first.partition("-")[2]))) is None  # type: ignore[union-attr]
    assert (await link_of(daemon.store, int(second.partition("-")[2]))) is None  # type: ignore[union-attr]
    assert (await link_of(daemon.store, int(third.partition("-")[2]))).state is LinkState.REVIEW  # type: ignore[union-attr]
