"""The page in a real browser: nothing overflows, nothing complains, and it keeps itself fresh."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, async_playwright

from syncd.app.daemon import Daemon
from syncd.config.settings import Settings
from syncd.web.server import serve
from tests.web.fixtures import SECOND, SECRETS, HandClock, settings_of


@asynccontextmanager
async def page_of(
    chromium: str, address: str, *, width: int = 1280, complaints: list[str]
) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": width, "height": 900})
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        await page.clock.install()
        await page.goto(address)
        yield page
        await browser.close()


@pytest.mark.parametrize("width", [390, 1280])
async def test_the_page_fits_its_window_and_no_script_of_others_runs(
    daemon: Daemon, settings: Settings, chromium: str, width: int
) -> None:
    complaints: list[str] = []
    async with (
        serve(daemon, settings) as address,
        page_of(chromium, address, width=width, complaints=complaints) as page,
    ):
        assert await page.evaluate("document.documentElement.scrollWidth") == width
        assert await page.locator("h1").inner_text() == "syncd"
        # The style has arrived.
        assert await page.evaluate("getComputedStyle(document.body).marginTop") == "0px"
    assert complaints == []


async def test_the_page_refreshes_itself_and_says_when_it_cannot(
    daemon: Daemon, settings: Settings, chromium: str, clock: HandClock
) -> None:
    complaints: list[str] = []
    async with serve(daemon, settings) as address:
        opened = page_of(chromium, address, complaints=complaints)
        page = await opened.__aenter__()
        assert await page.locator("time").first.inner_text() == "31 Mar 2025 12:00:00"
        clock.at += SECOND
        daemon.alerts.fire("bettune.away", "BetTune does not respond")
        await page.clock.run_for(5_000)
        await page.get_by_text("BetTune does not respond").wait_for()
        assert await page.locator("time").first.inner_text() == "31 Mar 2025 12:00:01"
        assert complaints == []
    await page.clock.run_for(5_000)
    await page.get_by_text("this page is old").wait_for()
    await opened.__aexit__(None, None, None)


async def test_the_token_is_needed_once(daemon: Daemon, chromium: str) -> None:
    daemon.settings = settings = settings_of(web={"host": "0.0.0.0", "port": 0, "token": SECRETS[2]})
    async with (
        serve(daemon, settings) as address,
        page_of(chromium, address, complaints=[]) as page,
    ):
        await page.get_by_label("Token").fill(SECRETS[2])
        await page.get_by_role("button").click()
        await page.get_by_role("heading", name="Recent writes").wait_for()
        assert page.url == address
        await page.reload()
        await page.get_by_role("heading", name="Recent writes").wait_for()
