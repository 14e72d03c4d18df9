"""Changes made in a real browser: by the page itself, and not by another site's."""

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from syncd.app.daemon import Daemon
from syncd.config.settings import Settings
from syncd.store.mode import Mode
from syncd.web.server import serve
from tests.web.browser import Chromium, page_of
from tests.web.fixtures import SECRETS, settings_of
from tests.web.test_forms import mode_of


async def test_pause_and_resume_are_one_click_each(
    daemon: Daemon, settings: Settings, browser: Chromium
) -> None:
    complaints: list[str] = []
    async with (
        serve(daemon, settings) as address,
        page_of(browser, address + "controls", complaints=complaints) as page,
    ):
        await page.get_by_role("button", name="Pause").click()
        await page.get_by_text("nothing is written until you resume").wait_for()
        assert await mode_of(daemon) is Mode.PAUSED
        await page.get_by_role("button", name="Resume").click()
        await page.get_by_text("Resumed.").wait_for()
    assert await mode_of(daemon) is Mode.RUNNING
    assert complaints == []


async def test_withdraw_needs_the_typed_word(daemon: Daemon, settings: Settings, browser: Chromium) -> None:
    async with (
        serve(daemon, settings) as address,
        page_of(browser, address + "controls", complaints=[]) as page,
    ):
        button = page.get_by_role("button", name="Withdraw all")
        await button.click()
        await page.get_by_label("Type withdraw").fill("yes")
        await button.click()
        assert page.url == address + "controls"
        assert await mode_of(daemon) is Mode.RUNNING
        await page.get_by_label("Type withdraw").fill("Withdraw")
        await button.click()
        await page.get_by_text("Withdrawing:").wait_for()
    assert await mode_of(daemon) is Mode.WITHDRAWN


HOSTILE_PAGE = """<!doctype html><title>hostile</title>
<form method="post" action="{address}controls"><input name="do" value="pause"><button>Win</button></form>
<script>
fetch("{address}controls", {{method: "POST", mode: "no-cors", credentials: "include",
  headers: {{"Content-Type": "application/x-www-form-urlencoded"}}, body: "do=pause&form_token=0"}})
  .then(() => document.title = "sent", () => document.title = "failed");
</script>"""


@pytest.mark.parametrize("with_token", [False, True])
async def test_a_hostile_page_changes_nothing(daemon: Daemon, browser: Chromium, with_token: bool) -> None:
    """It is of the same machine at another port, where cookies of ours would be sent along."""
    daemon.settings = settings = settings_of(web={"port": 0} | ({"token": SECRETS[2]} if with_token else {}))

    async def hostile(_: web.Request) -> web.Response:
        return web.Response(text=HOSTILE_PAGE.format(address=address), content_type="text/html")

    app = web.Application()
    app.router.add_get("/", hostile)
    async with serve(daemon, settings) as address, TestServer(app) as server:
        login = f"{address}controls?token={SECRETS[2]}" if with_token else address
        async with page_of(browser, login, complaints=[]) as page:
            await page.goto(str(server.make_url("/")))
            await page.wait_for_function("document.title !== 'hostile'")
            await page.get_by_role("button", name="Win").click()
            await page.get_by_text("not allowed").wait_for()
    assert await mode_of(daemon) is Mode.RUNNING
