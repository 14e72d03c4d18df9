"""Routes, errors, and access."""

import socket

import pytest
from aiohttp.test_utils import TestClient

from syncd.app.daemon import Daemon
from syncd.config.settings import Settings
from syncd.store import alerts
from syncd.store.errors import UnreachableError
from syncd.web.server import WebError, serve
from tests.web.conftest import Open
from tests.web.fixtures import HOSTILE, SECRETS, settings_of
from tests.web.test_forms import FIELD, OWN, form_token

EVERY_PATH = ("/", "/healthz", "/readyz", "/metrics", "/api/v1/status", "/static/style.css", "/nothing")
TOKEN = SECRETS[2]
OUTSIDE = {"host": "0.0.0.0", "token": TOKEN}


async def test_the_page_shows_feeds_counts_and_writes(client: TestClient) -> None:
    response = await client.get("/")
    text = await response.text()
    assert (response.status, response.content_type) == (200, "text/html")
    for shown in ("Pinnacle odds", "moneyline home", "Ruch Chorzów v Odra Opole", "2.10 → 2.15", "rejected"):
        assert shown in text


async def test_what_others_wrote_is_shown_and_never_run(client: TestClient) -> None:
    text = await (await client.get("/")).text()
    assert HOSTILE not in text
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;" in text


async def test_no_response_contains_a_secret(daemon: Daemon, open_client: Open) -> None:
    client = await open_client(daemon, token=TOKEN)
    for path in EVERY_PATH:
        response = await client.get(path, headers={"Authorization": f"Bearer {TOKEN}"})
        text = await response.text() + str(response.headers)
        assert not any(secret in text for secret in SECRETS), path


async def test_an_alert_that_was_seen_is_quiet_until_it_is_resolved(
    daemon: Daemon, client: TestClient
) -> None:
    daemon.alerts.fire("bettune.refused", "BetTune refuses the token", notify=True)
    (alert,) = daemon.alerts.firing
    async with daemon.store.write() as conn:
        await alerts.record_firing(conn, alert)
    text = await (await client.get("/")).text()
    assert "needs attention" in text
    assert 'name="subject" value="bettune.refused"' in text
    sent = {"subject": alert.subject, FIELD: await form_token(client)}
    seen = await (await client.post("/alerts", data=sent, headers=OWN)).text()
    assert "seen 0 s ago" in seen
    assert "needs attention" not in seen
    assert "BetTune refuses the token" in seen
    assert "seen 0 s ago" in seen
    async with daemon.store.write() as conn:
        await alerts.record_resolved(conn, alert.subject, alert.fired_at)
        await alerts.record_firing(conn, alert)
    assert "needs attention" in await (await client.get("/")).text()


async def test_feeds_say_when_they_call_next(client: TestClient) -> None:
    text = await (await client.get("/")).text()
    assert text.count('data-label="Next call"') >= 4
    assert "never" not in text


async def test_the_status_is_json(client: TestClient) -> None:
    response = await client.get("/api/v1/status")
    assert response.content_type == "application/json"
    status = await response.json()
    assert status["counts"]["predictions"]["active"] == 1
    assert status["live"]["planned"] is True


@pytest.mark.parametrize("path", EVERY_PATH)
async def test_every_response_has_security_headers_and_answers_to_head(client: TestClient, path: str) -> None:
    whole, head = await client.get(path), await client.head(path)
    assert head.status == whole.status
    assert await head.read() == b""
    for response in (whole, head):
        assert response.headers["Content-Security-Policy"].startswith("default-src 'self'; ")
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Server"] == "syncd"
    caching = whole.headers["Cache-Control"]
    assert caching == ("public, max-age=86400" if path.startswith("/static/") else "no-store")


async def test_an_unknown_path_is_reported_as_json_text_or_page(client: TestClient) -> None:
    api = await client.get("/api/v1/nothing")
    assert (api.status, await api.json()) == (404, {"error": "Not Found"})
    file = await client.get("/static/nothing.css")
    assert (file.status, await file.text()) == (404, "Not Found\n")
    page = await client.get("/static/../server.py")
    assert (page.status, page.content_type) == (404, "text/html")
    assert "Not Found" in await page.text()


async def test_nothing_can_be_changed_here(client: TestClient) -> None:
    for path in EVERY_PATH[:-1]:
        assert (await client.post(path)).status == 405, path


async def test_a_database_that_is_away_is_reported_in_a_sentence(
    daemon: Daemon, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise UnreachableError("the database at db.example does not respond")

    monkeypatch.setattr(daemon.store, "read", away)
    for path in ("/", "/api/v1/status"):
        response = await client.get(path)
        assert response.status == 503
        assert "the database at db.example does not respond" in await response.text()
    assert (await client.get("/healthz")).status == 200


async def test_an_internal_error_is_logged_and_not_shown(
    daemon: Daemon, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon.store, "read", None)
    response = await client.get("/api/v1/status")
    assert (response.status, await response.json()) == (
        500,
        {"error": "internal error of syncd; see its log"},
    )


# --- access ------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "127.1.2.3:80", "[::1]:8080", "a.localhost"])
async def test_on_loopback_any_name_of_this_machine_is_accepted(client: TestClient, host: str) -> None:
    assert (await client.get("/", headers={"Host": host})).status == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8080", "10.0.0.1", "[", ""])
@pytest.mark.parametrize("path", ["/", "/api/v1/status", "/metrics"])
async def test_on_loopback_a_name_that_is_not_ours_is_refused(
    client: TestClient, host: str, path: str
) -> None:
    assert (await client.get(path, headers={"Host": host})).status in {400, 421}


async def test_behind_a_proxy_the_token_replaces_the_name(daemon: Daemon, open_client: Open) -> None:
    client = await open_client(daemon, token=TOKEN)
    headers = {"Host": "syncd.example"}
    assert (await client.get("/", headers=headers)).status == 401
    assert (await client.get("/")).status == 200
    headers["Authorization"] = f"Bearer {TOKEN}"
    assert (await client.get("/", headers=headers)).status == 200


async def test_from_outside_only_probes_need_no_token(daemon: Daemon, open_client: Open) -> None:
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
async def test_a_wrong_token_is_refused(daemon: Daemon, open_client: Open, given: str) -> None:
    client = await open_client(daemon, **OUTSIDE)
    headers = {"Authorization": f"Bearer {given}"}
    response = await client.get("/api/v1/status", headers=headers)
    assert response.status == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="syncd"'
    assert "oken" in (await response.json())["error"]
    assert (await client.get("/api/v1/status", params={"token": given})).status == 401


async def test_a_token_in_an_address_is_replaced_by_a_cookie(daemon: Daemon, open_client: Open) -> None:
    client = await open_client(daemon, **OUTSIDE)
    response = await client.get("/", params={"token": TOKEN}, allow_redirects=False)
    assert (response.status, response.headers["Location"]) == (303, "./")
    cookie = response.cookies["syncd_session"]
    assert TOKEN not in cookie.value
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "")
    # The client keeps no cookies for an IP address.
    own = {"Cookie": f"syncd_session={cookie.value}"}
    assert (await client.get("/", headers=own)).status == 200
    assert (await client.get("/api/v1/status", headers=own)).status == 200
    daemon.settings = settings_of(web={"host": "0.0.0.0", "token": "another"})
    assert (await client.get("/", headers=own)).status == 401


async def test_a_browser_gets_a_form_for_the_token(daemon: Daemon, open_client: Open) -> None:
    client = await open_client(daemon, **OUTSIDE)
    text = await (await client.get("/", params={"token": "wrong"})).text()
    assert 'type="password"' in text
    assert "token is wrong" in text


# --- the port ------------------------------------------------------------------------------------


async def test_port_0_takes_a_free_one_and_returns_its_address(daemon: Daemon, settings: Settings) -> None:
    async with serve(daemon, settings) as address:
        host, port = address.removeprefix("http://").removesuffix("/").split(":")
        assert host == "127.0.0.1"
        with socket.create_connection((host, int(port)), timeout=1):
            pass


async def test_a_port_in_use_is_reported_with_what_to_do(daemon: Daemon) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = settings_of(web={"port": taken.getsockname()[1]})
        with pytest.raises(WebError, match=r"in use by another program: .* web\.port"):
            async with serve(daemon, settings):
                pass


@pytest.mark.parametrize(
    ("host", "message"),
    [("192.0.2.1", "not an address of this machine"), ("no.such.example", "does not know")],
)
async def test_an_address_of_another_machine_is_reported(daemon: Daemon, host: str, message: str) -> None:
    with pytest.raises(WebError, match=message):
        async with serve(daemon, settings_of(web={"host": host, "token": TOKEN})):
            pass
