"""The frame in a real browser: each page keeps itself fresh, shows times, and can be used by keyboard."""

from contextlib import AsyncExitStack

from syncd.app.daemon import Daemon
from syncd.config.settings import Settings
from syncd.web.server import serve
from tests.web.browser import Chromium, page_of
from tests.web.fixtures import SECOND, SECRETS, HandClock, settings_of


async def test_a_page_refreshes_itself(
    daemon: Daemon, settings: Settings, browser: Chromium, clock: HandClock
) -> None:
    complaints: list[str] = []
    async with (
        serve(daemon, settings) as address,
        page_of(browser, address, complaints=complaints) as page,
    ):
        assert await page.locator("time").first.inner_text() == "31 Mar 2025 12:00:00"
        clock.at += SECOND
        daemon.alerts.fire("bettune.away", "BetTune does not respond")
        await page.get_by_text("BetTune does not respond").wait_for()
        assert await page.locator("time").first.inner_text() == "31 Mar 2025 12:00:01"
    assert complaints == []


async def test_selected_text_stays_and_every_page_says_that_the_daemon_is_lost(
    daemon: Daemon, settings: Settings, browser: Chromium
) -> None:
    async with AsyncExitStack() as stack:
        async with serve(daemon, settings) as address:
            page = await stack.enter_async_context(page_of(browser, address, complaints=[]))
            other = await stack.enter_async_context(page_of(browser, address + "bets", complaints=[]))
            await page.evaluate("getSelection().selectAllChildren(document.getElementById('overview'))")
            daemon.alerts.fire("bettune.away", "BetTune does not respond")
            await page.locator("#overview[data-behind]").wait_for()
            assert await page.get_by_text("BetTune does not respond").count() == 0
            await page.evaluate("getSelection().removeAllRanges()")
            await page.get_by_text("BetTune does not respond").wait_for()
            await page.evaluate("getSelection().selectAllChildren(document.getElementById('overview'))")
        await page.get_by_text("this page is old").wait_for()
        assert await page.evaluate("getSelection().isCollapsed") is False
        await other.get_by_text("this page is old").wait_for()


async def test_times_are_local_with_utc_at_hand_and_the_choice_is_kept(
    daemon: Daemon, settings: Settings, browser: Chromium
) -> None:
    async with (
        serve(daemon, settings) as address,
        page_of(browser, address, complaints=[], zone="Asia/Tokyo") as page,
    ):
        time = page.locator("time").first
        assert await time.inner_text() == "31 Mar 2025 21:00:00"
        assert await time.get_attribute("title") == "31 Mar 2025 12:00:00 UTC"
        assert await page.locator("#zone").inner_text() == "Asia/Tokyo"
        await page.get_by_role("button", name="show UTC").click()
        assert await time.inner_text() == "31 Mar 2025 12:00:00"
        await page.reload()
        assert await time.inner_text() == "31 Mar 2025 12:00:00"


async def test_the_first_key_skips_to_the_content(
    daemon: Daemon, settings: Settings, browser: Chromium
) -> None:
    async with serve(daemon, settings) as address, page_of(browser, address, complaints=[]) as page:
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        assert await page.evaluate("document.activeElement.id") == "content"


async def test_the_token_is_needed_once(daemon: Daemon, browser: Chromium) -> None:
    daemon.settings = settings = settings_of(web={"host": "0.0.0.0", "port": 0, "token": SECRETS[2]})
    async with (
        serve(daemon, settings) as address,
        page_of(browser, address, complaints=[]) as page,
    ):
        await page.get_by_label("Token").fill(SECRETS[2])
        await page.get_by_role("button", name="Open").click()
        await page.get_by_role("heading", name="Recent writes").wait_for()
        assert page.url == address
        await page.reload()
        await page.get_by_role("heading", name="Recent writes").wait_for()
