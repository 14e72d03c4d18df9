"""What a browser may be made to do by a page elsewhere, who may guess, and how often the status is made."""

import asyncio

import pytest
from aiohttp.test_utils import TestClient, TestServer

from syncd.app.daemon import Daemon
from syncd.runtime.alerts import Alerts
from syncd.store.errors import UnreachableError
from syncd.views.live_status import live_status
from syncd.web.auth import COOKIE_NAME
from syncd.web.guesses import IN_ALL, PER_ADDRESS, TOKENS, Guesses, network_of
from syncd.web.repeated_alert import RepeatedAlert
from syncd.web.requests import RATE
from syncd.web.server import make_app
from syncd.web.shared_status import SharedStatus
from tests.web.conftest import Open
from tests.web.fixtures import SECOND, HandClock

EVERY_PATH = ("/", "/healthz", "/readyz", "/metrics", "/api/v1/status", "/static/style.css")
TOKEN = "a-token-of-24-characters"
OUTSIDE = {"host": "0.0.0.0", "token": TOKEN}
CLICK = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-User": "?1"}


@pytest.mark.parametrize("path", EVERY_PATH)
@pytest.mark.parametrize("site", ["cross-site", "same-site", "something-new", "none, cross-site"])
async def test_a_page_of_another_site_gets_nothing(client: TestClient, path: str, site: str) -> None:
    response = await client.get(path, headers={"Sec-Fetch-Site": site})
    assert response.status == 403
    assert "syncd_working" not in await response.text()


async def test_a_foreign_request_renders_nothing(
    daemon: Daemon, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon.store, "read", None)
    for path in ("/", "/api/v1/status", "/metrics"):
        assert (await client.get(path, headers={"Sec-Fetch-Site": "cross-site"} | CLICK)).status == 403


async def test_a_link_of_another_site_leads_to_a_page_with_a_link_to_ours(client: TestClient) -> None:
    response = await client.get("/", headers={"Sec-Fetch-Site": "cross-site"} | CLICK)
    assert response.status == 403
    assert '<a href="./">Try again</a>' in await response.text()


@pytest.mark.parametrize("site", ["none", "same-origin"])
async def test_our_own_page_and_a_typed_address_are_served(client: TestClient, site: str) -> None:
    assert (await client.get("/", headers={"Sec-Fetch-Site": site})).status == 200


async def test_a_user_may_follow_a_link_of_a_sibling_site_to_the_page(client: TestClient) -> None:
    headers = {"Sec-Fetch-Site": "same-site"} | CLICK
    assert (await client.get("/", headers=headers)).status == 200
    assert (await client.get("/api/v1/status", headers=headers)).status == 403
    for other in ({"Sec-Fetch-Dest": "iframe"}, {"Sec-Fetch-User": "?0"}, {"Sec-Fetch-Mode": "no-cors"}):
        assert (await client.get("/", headers=headers | other)).status == 403


# --- tokens ------------------------------------------------------------------------------------


async def test_the_cookie_is_no_token_and_the_token_no_cookie(daemon: Daemon, open_client: Open) -> None:
    client = await open_client(daemon, **OUTSIDE)
    response = await client.get("/", params={"token": TOKEN}, allow_redirects=False)
    session = response.cookies[COOKIE_NAME].value
    assert (await client.get("/", headers={"Cookie": f"{COOKIE_NAME}={session}"})).status == 200
    client.session.cookie_jar.clear()
    for refused in (
        {"Authorization": f"Bearer {session}"},
        {"Cookie": f"{COOKIE_NAME}={TOKEN}"},
    ):
        assert (await client.get("/api/v1/status", headers=refused)).status == 401
    assert (await client.get("/api/v1/status", params={"token": session})).status == 401


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_guesses_are_slowed_and_reported_once(
    daemon: Daemon, clock: HandClock, open_client: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    client = await open_client(daemon, **OUTSIDE)
    statuses = [
        (await client.get("/api/v1/status", headers=bearer(f"guess {number}"))).status for number in range(30)
    ]
    assert statuses == [401] * PER_ADDRESS[0] + [429] * (30 - PER_ADDRESS[0])
    refused = await client.get("/api/v1/status", headers=bearer(TOKEN))
    assert (refused.status, refused.headers["Retry-After"]) == (429, "1")
    assert [(each.subject, each.notify) for each in daemon.alerts.firing] == [(TOKENS, True)]
    assert capsys.readouterr().out.count("alert_firing") <= 1
    clock.at += SECOND
    assert (await client.get("/api/v1/status", headers=bearer(TOKEN))).status == 200


async def test_what_needs_no_token_checks_none(daemon: Daemon, open_client: Open) -> None:
    client = await open_client(daemon, **OUTSIDE)
    for _ in range(50):
        assert (await client.get("/healthz", headers=bearer("guess"))).status == 200
    assert (await client.get("/api/v1/status", headers=bearer(TOKEN))).status == 200
    local = await open_client(daemon, token=TOKEN)
    for given in ("guess", TOKEN):
        response = await local.get("/api/v1/status", params={"token": given}, headers=bearer(given))
        assert (response.status, len(response.cookies)) == (200, 0)


async def test_guesses_from_many_addresses_are_slowed_but_not_who_was_let_in() -> None:
    clock = HandClock()
    guesses = Guesses(RepeatedAlert(Alerts(clock), TOKENS), clock.monotonic)
    guesses.right("192.0.2.1")
    for number in range(IN_ALL[0]):
        assert guesses.wait_s(f"198.51.100.{number}") == 0
        guesses.wrong(f"198.51.100.{number}")
    assert guesses.wait_s("203.0.113.9") == 1 / IN_ALL[1]
    assert guesses.wait_s("192.0.2.1") == 0


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1:2", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", ""),
    ],
)
def test_an_address_stands_for_its_network(address: str, network: str) -> None:
    assert network_of(address) == network


async def test_the_count_of_a_repeated_alert_is_logged_when_it_is_over(
    capsys: pytest.CaptureFixture[str],
) -> None:
    clock = HandClock()
    alerts = Alerts(clock)
    alert = RepeatedAlert(alerts, "web.test", quiet_s=0.05)
    for number in range(40):
        alert.ring("too many", f"10.0.0.{number % 4}")
    assert len(alerts.firing) == 1
    await asyncio.sleep(0.2)
    assert alerts.firing == ()
    printed = capsys.readouterr().out
    assert printed.count("web_refused") == printed.count("alert_firing") == 1
    assert "count=40" in printed
    assert "addresses=4" in printed


# --- the status --------------------------------------------------------------------------------


class Loads:
    """Counts the loads of a status, and those at the same time."""

    def __init__(self, daemon: Daemon, error: Exception | None = None) -> None:
        self.count = self.at_once = self.most_at_once = 0
        self._daemon = daemon
        self._error = error

    async def __call__(self):  # type: ignore[no-untyped-def]
        self.count += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(0.01)
            if self._error:
                raise self._error
            return await live_status(self._daemon)
        finally:
            self.at_once -= 1


async def test_the_status_is_loaded_once_for_all_who_ask(daemon: Daemon) -> None:
    loads = Loads(daemon)
    shared = SharedStatus(loads)
    found = await asyncio.gather(*(shared.get() for _ in range(6)))
    assert loads.count == 1
    assert await shared.get() is found[0]
    assert loads.count == 1


async def test_without_freshness_loads_still_never_overlap(daemon: Daemon) -> None:
    loads = Loads(daemon)
    shared = SharedStatus(loads, fresh_s=0)
    for _ in range(3):
        await asyncio.gather(*(shared.get() for _ in range(6)))
    assert (loads.count, loads.most_at_once) == (3, 1)


async def test_an_error_is_reported_to_all_who_wait_and_tried_again_by_the_next(daemon: Daemon) -> None:
    loads = Loads(daemon, UnreachableError("away"))
    shared = SharedStatus(loads)
    found = await asyncio.gather(*(shared.get() for _ in range(6)), return_exceptions=True)
    assert {type(each) for each in found} == {UnreachableError}
    assert loads.count == 1
    with pytest.raises(UnreachableError):
        await shared.get()
    assert loads.count == 2


async def test_a_reader_who_leaves_does_not_end_the_load_of_others(daemon: Daemon) -> None:
    shared = SharedStatus(Loads(daemon))
    leaving, staying = asyncio.create_task(shared.get()), asyncio.create_task(shared.get())
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying).live
    assert leaving.cancelled()


async def test_page_json_and_metrics_share_one_status(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads = Loads(daemon)
    monkeypatch.setattr("syncd.web.server.live_status", lambda _: loads())
    # A busy machine may take longer for six requests than a status is fresh.
    monkeypatch.setattr("syncd.views.shared.OLDEST_S", 600)
    async with TestClient(TestServer(make_app(daemon, daemon.settings.web, fresh_s=600))) as client:
        for path in ("/", "/api/v1/status", "/metrics") * 2:
            assert (await client.get(path)).status == 200
    assert loads.count == 1


async def test_many_requests_wait_their_turn(daemon: Daemon, open_client: Open) -> None:
    waits: list[float] = []

    class Waiting(HandClock):
        async def sleep(self, seconds: float) -> None:
            waits.append(seconds)
            self.at += seconds * SECOND

    daemon.clock = Waiting()
    client = await open_client(daemon)
    for _ in range(int(RATE[0]) + 5):
        assert (await client.get("/healthz")).status == 200
    assert waits == pytest.approx([1 / RATE[1]] * 5, rel=0.01)
