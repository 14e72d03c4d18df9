"""What all pages have in common: relative addresses, the navigation, problems, and a login from anywhere."""

import re
from html import unescape

import pytest
from aiohttp import ClientSession, CookieJar
from aiohttp.test_utils import TestClient, make_mocked_request
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from syncd.app.daemon import Daemon
from syncd.store.errors import UnreachableError
from syncd.web.addresses import from_root, root_of, same_page
from syncd.web.server import serve
from tests.web.conftest import Open
from tests.web.fixtures import SECRETS, settings_of
from tests.web.proxy import PREFIX, proxied

TOKEN = SECRETS[2]
PAGES = ("/", "/bets", "/matches/100", "/activity", "/filters", "/controls", "/review")
LINK = re.compile(r'(?:href|src|action)="([^"]*)"')


def links_of(text: str) -> set[str]:
    return {unescape(each) for each in LINK.findall(text)}


@pytest.mark.parametrize("path", [*PAGES, "/nothing", "/nothing/at/all", "/matches/0"])
async def test_no_page_has_an_absolute_link(client: TestClient, path: str) -> None:
    found = links_of(await (await client.get(path)).text())
    assert found
    assert not [each for each in found if not each.startswith((".", "#", "?"))]


@pytest.mark.parametrize("path", [*PAGES, "/nothing/at/all"])
async def test_every_link_works_below_a_path_of_a_proxy(daemon: Daemon, path: str) -> None:
    async with (
        serve(daemon, daemon.settings) as address,
        proxied(address) as outside,
        ClientSession() as session,
    ):
        page = URL(outside.rstrip("/") + path)
        async with session.get(page) as response:
            found = links_of(await response.text()) - {"#content"}
        for link in found - {same for same in found if "Try" in same}:
            target = page.join(URL(link, encoded=True))
            assert target.path.startswith(PREFIX + "/"), link
            async with session.get(target) as response:
                assert response.status in (200, 404 if target.path == page.path else 200), link


@pytest.mark.parametrize("path", ["/", "/bets?day=2025-03-31&q=a%26b", "/matches/100?filter=1", "/a/b/c"])
async def test_a_login_returns_to_the_page_that_was_asked_for(daemon: Daemon, path: str) -> None:
    daemon.settings = settings = settings_of(web={"host": "0.0.0.0", "port": 0, "token": TOKEN})
    async with (
        serve(daemon, settings) as address,
        proxied(address) as outside,
        ClientSession(cookie_jar=CookieJar(unsafe=True)) as session,
    ):
        wanted = URL(outside.rstrip("/") + path, encoded=True)
        async with session.get(wanted) as response:
            text = await response.text()
            assert response.status == 401
            assert all(f'name="{name}"' in text for name in wanted.query)
        async with session.get(wanted.extend_query(token=TOKEN)) as response:
            assert response.status in (200, 404)
            assert response.url == wanted
        (cookie,) = session.cookie_jar
        assert cookie["path"] == PREFIX
        for other in ("", "api/v1/status"):
            async with session.get(outside + other) as response:
                assert response.status == 200


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "\\\\evil.example", "/x\r\nA: b"]
)
async def test_a_login_leads_nowhere_else(daemon: Daemon, open_client: Open, target: str) -> None:
    client = await open_client(daemon, host="0.0.0.0", token=TOKEN)
    response = await client.get("/", params={"token": TOKEN, "next": target}, allow_redirects=False)
    location = response.headers["Location"]
    assert location.startswith("./")
    assert URL("http://syncd.example/").join(URL(location)).host == "syncd.example"
    assert "A" not in response.headers


paths = st.lists(st.text("abc0-", min_size=1, max_size=4), max_size=4).map(
    lambda parts: "/" + "/".join(parts)
)
queries = st.dictionaries(st.sampled_from(["a", "token", "q"]), st.text(max_size=8).filter(str.isprintable))


@given(path=paths, other=paths, query=queries)
def test_a_relative_address_leads_where_the_absolute_one_would(
    path: str, other: str, query: dict[str, str]
) -> None:
    request = make_mocked_request("GET", path)
    base = URL("http://proxy.example/below/this" + path)
    assert base.join(URL(root_of(request))).path == "/below/this/"
    assert base.join(URL(from_root(request, other, query), encoded=True)).path == "/below/this" + other
    same = base.join(URL(same_page(request, query), encoded=True))
    assert (same.path, dict(same.query)) == (base.path, query)


async def test_problems_of_every_page_are_pages(
    daemon: Daemon, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise UnreachableError("the database at db.example does not respond")

    monkeypatch.setattr(daemon.store, "read", away)
    response = await client.get("/")
    assert (response.status, response.content_type) == (503, "text/html")
    assert "db.example does not respond" in await response.text()


async def test_who_is_not_let_in_sees_nothing_of_the_status(daemon: Daemon, open_client: Open) -> None:
    client = await open_client(daemon, host="0.0.0.0", token=TOKEN)
    inside = await client.get("/nothing", headers={"Authorization": f"Bearer {TOKEN}"})
    await client.get("/", headers={"Authorization": f"Bearer {TOKEN}"})
    again = await client.get("/nothing", headers={"Authorization": f"Bearer {TOKEN}"})
    assert 'id="badge"' in await again.text()
    assert inside.status == 404
    for outside in (
        await client.get("/nothing"),
        await client.get("/", data=b"x"),
        await client.get("/bets"),
    ):
        assert 'id="badge"' not in await outside.text()


async def test_the_navigation_marks_the_page_and_counts_what_waits(client: TestClient) -> None:
    text = await (await client.get("/")).text()
    assert '<a href="./" aria-current="page">Overview</a>' in text
    assert text.count("aria-current") == 1


async def test_times_are_utc_for_machines_and_readers(client: TestClient) -> None:
    text = await (await client.get("/")).text()
    assert '<time datetime="2025-03-31T12:00:00+00:00" data-form="full">31 Mar 2025 12:00:00</time>' in text
    assert '<time datetime="2025-03-31T11:59:50+00:00" data-form="near">11:59:50</time>' in text
