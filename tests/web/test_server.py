"""Routes, errors, and who is let in."""

import socket

import pytest
from aiohttp.test_utils import TestClient

from syncd.app.daemon import Daemon
from syncd.config.settings import Settings
from syncd.store.errors import UnreachableError
from syncd.web.server import WebError, serve
from tests.web.conftest import Open
from tests.web.fixtures import HOSTILE, SECRETS, settings_of

EVERY_PATH = ("/", "/healthz", "/readyz", "/metrics", "/api/v1/status", "/static/style.css", "/nothing")
TOKEN = SECRETS[2]
OUTSIDE = {"host": "0.0.0.0", "token": TOKEN}


async def test_the_page_shows_feeds_figures_and_writes(client: TestClient) -> None:
    reply = await client.get("/")
    text = await reply.text()
    assert (reply.status, reply.content_type) == (200, "text/html")
    for shown in ("Pinnacle odds", "moneyline home", "Ruch Chorzów v Odra Opole", "2.10 → 2.15", "refused"):
        assert shown in text


async def test_what_others_wrote_is_shown_and_never_run(client: TestClient) -> None:
    text = await (await client.get("/")).text()
    assert HOSTILE not in text
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;" in text


async def test_no_answer_holds_a_secret(daemon: Daemon, open_client: Open) -> None:
    client = await open_client(daemon, token=TOKEN)
    for path in EVERY_PATH:
        reply = await client.get(path, headers={"Authorization": f"Bearer {TOKEN}"})
        told = await reply.text() + str(reply.headers)
        assert not any(secret in told for secret in SECRETS), path


async def test_the_status_is_json(client: TestClient) -> None:
    reply = await client.get("/api/v1/status")
    assert reply.content_type == "application/json"
    told = await reply.json()
    assert told["counts"]["predictions"]["standing"] == 1
    assert told["live"]["planned"] is True


@pytest.mark.parametrize("path", EVERY_PATH)
async def test_every_answer_is_hardened_and_can_be_asked_for_its_head(client: TestClient, path: str) -> None:
    whole, head = await client.get(path), await client.head(path)
    assert head.status == whole.status
    assert await head.read() == b""
    for reply in (whole, head):
        assert reply.headers["Content-Security-Policy"].startswith("default-src 'self'; ")
        assert "frame-ancestors 'none'" in reply.headers["Content-Security-Policy"]
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["Server"] == "syncd"
    caching = whole.headers["Cache-Control"]
    assert caching == ("public, max-age=86400" if path.startswith("/static/") else "no-store")


async def test_what_does_not_exist_is_told_in_the_shape_that_was_asked_for(client: TestClient) -> None:
    api = await client.get("/api/v1/nothing")
    assert (api.status, await api.json()) == (404, {"error": "Not Found"})
    page = await client.get("/static/../server.py")
    assert (page.status, await page.text()) == (404, "Not Found\n")


async def test_nothing_can_be_changed_here(client: TestClient) -> None:
    for path in EVERY_PATH[:-1]:
        assert (await client.post(path)).status == 405, path


async def test_a_database_that_is_away_is_told_in_a_sentence(
    daemon: Daemon, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise UnreachableError("the database at db.example does not answer")

    monkeypatch.setattr(daemon.store, "read", away)
    for path in ("/", "/api/v1/status"):
        reply = await client.get(path)
        assert reply.status == 503
        assert "the database at db.example does not answer" in await reply.text()
    assert (await client.get("/healthz")).status == 200


async def test_a_fault_of_ours_is_logged_and_not_shown(
    daemon: Daemon, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon.store, "read", None)
    reply = await client.get("/api/v1/status")
    assert (reply.status, await reply.json()) == (500, {"error": "syncd failed here; its log tells more"})


# --- the door ------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "127.1.2.3:80", "[::1]:8080", "a.localhost"])
async def test_on_loopback_any_name_of_this_machine_is_welcome(client: TestClient, host: str) -> None:
    assert (await client.get("/", headers={"Host": host})).status == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8080", "10.0.0.1", "[", ""])
@pytest.mark.parametrize("path", ["/", "/api/v1/status", "/metrics"])
async def test_on_loopback_a_name_that_is_not_ours_is_refused(
    client: TestClient, host: str, path: str
) -> None:
    assert (await client.get(path, headers={"Host": host})).status in {400, 421}


async def test_behind_a_proxy_the_token_stands_for_the_name(daemon: Daemon, open_client: Open) -> None:
    client = await open_client(daemon, token=TOKEN)
    headers = {"Host": "syncd.example"}
    assert (await client.get("/", headers=headers)).status == 401
    assert (await client.get("/")).status == 200
    headers["Authorization"] = f"Bearer {TOKEN}"
    assert (await client.get("/", headers=headers)).status == 200


async def test_from_outside_only_probes_go_without_a_token(daemon: Daemon, open_client: Open) -> None:
    client = await open_client(daemon, **OUTSIDE)
    status = {path: (await client.get(path)).status for path in (*EVERY_PATH, "/api/v1/nothing")}
    assert status == {
        "/": 401,
        "/healthz": 200,
        "/readyz": 200,
        "/metrics": 200,
        "/api/v1/status": 401,
        "/static/style.css": 200,
        "/nothing": 401,
        "/api/v1/nothing": 401,
    }


@pytest.mark.parametrize("given", ["", "wrong", TOKEN[:-1], TOKEN + "x", "ü"])
async def test_a_token_is_right_or_it_is_not(daemon: Daemon, open_client: Open, given: str) -> None:
    client = await open_client(daemon, **OUTSIDE)
    headers = {"Authorization": f"Bearer {given}"}
    reply = await client.get("/api/v1/status", headers=headers)
    assert reply.status == 401
    assert reply.headers["WWW-Authenticate"] == 'Bearer realm="syncd"'
    assert "oken" in (await reply.json())["error"]
    assert (await client.get("/api/v1/status", params={"token": given})).status == 401


async def test_a_token_in_an_address_is_traded_for_a_cookie(daemon: Daemon, open_client: Open) -> None:
    client = await open_client(daemon, **OUTSIDE)
    reply = await client.get("/", params={"token": TOKEN}, allow_redirects=False)
    assert (reply.status, reply.headers["Location"]) == (303, "/")
    cookie = reply.cookies["syncd_session"]
    assert TOKEN not in cookie.value
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
    # The client keeps no cookies for an IP address.
    own = {"Cookie": f"syncd_session={cookie.value}"}
    assert (await client.get("/", headers=own)).status == 200
    assert (await client.get("/api/v1/status", headers=own)).status == 200
    daemon.settings = settings_of(web={"host": "0.0.0.0", "token": "another"})
    assert (await client.get("/", headers=own)).status == 401


async def test_a_browser_is_asked_for_the_token(daemon: Daemon, open_client: Open) -> None:
    client = await open_client(daemon, **OUTSIDE)
    text = await (await client.get("/", params={"token": "wrong"})).text()
    assert 'type="password"' in text
    assert "not right" in text


# --- the port ------------------------------------------------------------------------------------


async def test_port_0_takes_a_free_one_and_tells_which(daemon: Daemon, settings: Settings) -> None:
    async with serve(daemon, settings) as address:
        host, port = address.removeprefix("http://").removesuffix("/").split(":")
        assert host == "127.0.0.1"
        with socket.create_connection((host, int(port)), timeout=1):
            pass


async def test_a_port_in_use_is_told_with_what_to_do(daemon: Daemon) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = settings_of(web={"port": taken.getsockname()[1]})
        with pytest.raises(WebError, match=r"in use by another program: .* web\.port"):
            async with serve(daemon, settings):
                pass


@pytest.mark.parametrize(
    ("host", "told"), [("192.0.2.1", "not an address of this machine"), ("no.such.example", "does not know")]
)
async def test_an_address_of_another_machine_is_told(daemon: Daemon, host: str, told: str) -> None:
    with pytest.raises(WebError, match=told):
        async with serve(daemon, settings_of(web={"host": host, "token": TOKEN})):
            pass
