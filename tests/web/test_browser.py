"""The frame in a real browser: nothing overflows, nothing complains, and each page keeps itself fresh."""

import pytest

from syncd.app.daemon import Daemon
from syncd.config.settings import Settings
from syncd.web.server import serve
from tests.web.browser import page_of
from tests.web.fixtures import SECOND, SECRETS, HandClock, settings_of

PAGES = ("", "controls", "review", "review?event=11")


@pytest.mark.parametrize("width", [390, 1280])
async def test_every_page_fits_its_window_and_no_script_of_others_runs(
    daemon: Daemon, settings: Settings, chromium: str, width: int
) -> None:
    complaints: list[str] = []
    async with (
        serve(daemon, settings) as address,
        page_of(chromium, address, width=width, complaints=complaints) as page,
    ):
        for path in PAGES:
            await page.goto(address + path)
            assert await page.evaluate("document.documentElement.scrollWidth") == width, path
            assert await page.locator("h1").count() == 1, path
            # The style has arrived.
            assert await page.evaluate("getComputedStyle(document.body).marginTop") == "0px"
    assert complaints == []


async def test_a_page_refreshes_itself_and_says_when_it_cannot(
    daemon: Daemon, settings: Settings, chromium: str, clock: HandClock
) -> None:
    complaints: list[str] = []
    async with serve(daemon, settings) as address:
        opened = page_of(chromium, address, complaints=complaints)
        page = await opened.__aenter__()
        assert await page.locator("time").first.inner_text() == "31 Mar 2025 12:00:00"
        clock.at += SECOND
        daemon.alerts.fire("bettune.away", "BetTune does not respond")
        await page.get_by_text("BetTune does not respond").wait_for()
        assert await page.locator("time").first.inner_text() == "31 Mar 2025 12:00:01"
        assert complaints == []
    await page.get_by_text("this page is old").wait_for()
    await opened.__aexit__(None, None, None)


async def test_selected_text_stays_and_the_page_catches_up_later(
    daemon: Daemon, settings: Settings, chromium: str, clock: HandClock
) -> None:
    async with serve(daemon, settings) as address:
        opened = page_of(chromium, address, complaints=[])
        page = await opened.__aenter__()
        await page.evaluate("getSelection().selectAllChildren(document.getElementById('overview'))")
        daemon.alerts.fire("bettune.away", "BetTune does not respond")
        await page.locator("#overview[data-behind]").wait_for()
        assert await page.get_by_text("BetTune does not respond").count() == 0
        await page.evaluate("getSelection().removeAllRanges()")
        await page.get_by_text("BetTune does not respond").wait_for()
        await page.evaluate("getSelection().selectAllChildren(document.getElementById('overview'))")
    # The daemon is lost while text is selected.
    await page.get_by_text("this page is old").wait_for()
    assert await page.evaluate("getSelection().isCollapsed") is False
    await opened.__aexit__(None, None, None)


async def test_times_are_local_with_utc_at_hand_and_the_choice_is_kept(
    daemon: Daemon, settings: Settings, chromium: str
) -> None:
    async with (
        serve(daemon, settings) as address,
        page_of(chromium, address, complaints=[], zone="Asia/Tokyo") as page,
    ):
        time = page.locator("time").first
        assert await time.inner_text() == "31 Mar 2025 21:00:00"
        assert await time.get_attribute("title") == "31 Mar 2025 12:00:00 UTC"
        assert await page.locator("#zone").inner_text() == "Asia/Tokyo"
        await page.get_by_role("button", name="show UTC").click()
        assert await time.inner_text() == "31 Mar 2025 12:00:00"
        await page.reload()
        assert await time.inner_text() == "31 Mar 2025 12:00:00"


async def test_the_first_key_skips_to_the_content(daemon: Daemon, settings: Settings, chromium: str) -> None:
    async with serve(daemon, settings) as address, page_of(chromium, address, complaints=[]) as page:
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        assert await page.evaluate("document.activeElement.id") == "content"


async def test_the_token_is_needed_once(daemon: Daemon, chromium: str) -> None:
    daemon.settings = settings = settings_of(web={"host": "0.0.0.0", "port": 0, "token": SECRETS[2]})
    async with (
        serve(daemon, settings) as address,
        page_of(chromium, address, complaints=[]) as page,
    ):
        await page.get_by_label("Token").fill(SECRETS[2])
        await page.get_by_role("button", name="Open").click()
        await page.get_by_role("heading", name="Recent writes").wait_for()
        assert page.url == address
        await page.reload()
        await page.get_by_role("heading", name="Recent writes").wait_for()
