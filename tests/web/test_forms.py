"""Forms that change something: who may send them, and from where."""

import re
from collections.abc import Mapping

import pytest
from aiohttp.test_utils import TestClient

from syncd.app.daemon import Daemon
from syncd.store import commands, mode
from syncd.store.mode import Mode
from syncd.web.auth import COOKIE_NAME
from syncd.web.forms import FIELD, MAX_FORM
from tests.web.conftest import Open
from tests.web.fixtures import SECRETS

TOKEN = SECRETS[2]
FIELDS = re.compile(r'name="form_token" value="([0-9a-f]{64})"')
OWN = {"Sec-Fetch-Site": "same-origin"}


async def form_token(client: TestClient, headers: Mapping[str, str] = {}) -> str:
    found = FIELDS.findall(await (await client.get("/controls", headers=headers)).text())
    assert len(set(found)) == 1
    return str(found[0])


async def send(
    client: TestClient, do: str, token: str, headers: Mapping[str, str] = OWN, **fields: str
) -> int:
    response = await client.post(
        "/controls", data={"do": do, FIELD: token} | fields, headers=headers, allow_redirects=False
    )
    return response.status


async def mode_of(daemon: Daemon) -> Mode:
    async with daemon.store.read() as conn:
        return await mode.load(conn)


async def test_a_form_of_our_page_is_carried_out_and_recorded_with_its_sender(
    daemon: Daemon, client: TestClient
) -> None:
    assert await send(client, "pause", await form_token(client)) == 303
    assert await mode_of(daemon) is Mode.PAUSED
    async with daemon.store.read() as conn:
        (command,) = await commands.load_pending(conn)
    assert (command.verb, command.requested_by) == ("pause", "page 127.0.0.1")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin, cross-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
    ],
)
async def test_a_page_of_another_site_changes_nothing(
    daemon: Daemon, client: TestClient, headers: dict[str, str]
) -> None:
    assert await send(client, "pause", await form_token(client), headers) == 403
    assert await mode_of(daemon) is Mode.RUNNING


@pytest.mark.parametrize("token", ["", "0" * 64, "ü"])
async def test_without_the_token_of_the_form_nothing_changes(
    daemon: Daemon, client: TestClient, token: str
) -> None:
    assert await send(client, "pause", token) == 403
    assert await mode_of(daemon) is Mode.RUNNING


async def test_a_browser_that_says_only_where_the_page_is_from_is_believed(
    daemon: Daemon, client: TestClient
) -> None:
    own = {"Origin": f"http://{client.host}:{client.port}"}
    assert await send(client, "pause", await form_token(client), own) == 303
    behind = {"Origin": "https://syncd.example", "X-Forwarded-Host": "syncd.example"}
    assert await send(client, "resume", await form_token(client), behind) == 303
    assert await mode_of(daemon) is Mode.RUNNING


async def test_with_a_token_in_the_config_changes_need_it_on_loopback_too(
    daemon: Daemon, open_client: Open
) -> None:
    client = await open_client(daemon, token=TOKEN)
    page = await (await client.get("/controls")).text()
    assert not FIELDS.findall(page)
    assert 'type="password"' in page
    assert await send(client, "pause", "0" * 64) == 401
    login = await client.get("/controls", params={"token": TOKEN}, allow_redirects=False)
    own = {"Cookie": f"{COOKIE_NAME}={login.cookies[COOKIE_NAME].value}"}
    client.session.cookie_jar.clear()
    assert (login.status, login.headers["Location"]) == (303, "./controls")
    token = await form_token(client, own)
    assert await send(client, "pause", token) == 401
    assert await mode_of(daemon) is Mode.RUNNING
    assert await send(client, "pause", token, own | OWN) == 303
    assert await mode_of(daemon) is Mode.PAUSED


async def test_the_token_of_a_form_is_of_one_session(daemon: Daemon, open_client: Open) -> None:
    client = await open_client(daemon, token=TOKEN)
    login = await client.get("/controls", params={"token": TOKEN}, allow_redirects=False)
    cookie = {"Cookie": f"{COOKIE_NAME}={login.cookies[COOKIE_NAME].value}"}
    token = await form_token(client, cookie)
    other = OWN | {"Authorization": f"Bearer {TOKEN}"}
    client.session.cookie_jar.clear()
    assert await send(client, "pause", token, other) == 403


async def test_guesses_on_loopback_are_slowed(daemon: Daemon, open_client: Open) -> None:
    client = await open_client(daemon, token=TOKEN)
    found = [(await client.get("/controls", params={"token": f"guess {n}"})).status for n in range(12)]
    assert found == [401] * 10 + [429] * 2


async def test_a_long_form_is_refused(daemon: Daemon, client: TestClient) -> None:
    token = await form_token(client)
    assert await send(client, "pause", token, OWN, more="x" * 2 * MAX_FORM) == 413
    assert await mode_of(daemon) is Mode.RUNNING


async def test_what_is_read_takes_no_form(client: TestClient) -> None:
    token = await form_token(client)
    for path in ("/", "/api/v1/status", "/api/v1/controls", "/events", "/metrics", "/healthz"):
        assert (await client.post(path, data={FIELD: token}, headers=OWN)).status == 405, path
