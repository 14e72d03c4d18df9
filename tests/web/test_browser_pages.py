"""Every page in a real browser, on a screen and a phone, in light and in dark, whatever the names are."""

from typing import Any

import pytest

from syncd.app.daemon import Daemon
from syncd.config.settings import Settings
from syncd.store import catalogue
from syncd.store.engine import Store
from syncd.web.server import serve
from tests.web.browser import Chromium, findings, page_of
from tests.web.fixtures import HOSTILE, NOW, HandClock, match, plan, price

LONG = "Llanfairpwllgwyngyll" * 7
BACKWARDS = "\u202eAC\u2066 Nowhere"

PATHS = (
    "",
    "bets",
    "bets?state=no_price",
    "matches/100?filter=1",
    "matches/101?filter=2",
    "review?event=11",
    "activity",
    "filters",
    "controls",
    "nothing",
)
NOT_FOUND = "Failed to load resource: the server responded with a status of 404 (Not Found)"

WRONG = """<!doctype html><html lang="en"><title>wrong</title><body style="margin: 0; width: 500px">
<p style="color: #ccc; background: #fff">faint \u202e</p><img src="data:,"><input>
<script>console.log("noise")</script>"""

widths = pytest.mark.parametrize("width", [390, 1280])

OUTSIDE = """() => [...document.querySelectorAll("nav#pages a")].filter(each => {
  const box = each.getBoundingClientRect();
  return box.left < 0 || box.right > innerWidth;
}).map(each => each.textContent)"""


@pytest.fixture
async def hostile(daemon: Daemon) -> Daemon:
    """A daemon with names of 140 letters, of markup and of direction marks, and with alerts."""
    listed = [match(100, LONG), match(101, HOSTILE), match(103, BACKWARDS)]
    for _ in range(2):  # a new name is believed once a second list has it
        async with daemon.store.write() as conn:
            await catalogue.replace_days(conn, {NOW.date(): listed}, NOW)
    await price(daemon.store)
    await plan(daemon)
    daemon.alerts.fire("bettune.refused", f"BetTune refuses the token of {LONG}", notify=True)
    daemon.alerts.fire("bettune.limited", f"asks to wait: {HOSTILE}")
    return daemon


async def open_all(page: Any) -> None:
    """Open what can be opened: it is seen too."""
    await page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")


async def problems(page: Any, width: int) -> list[str]:
    """What is wrong with the page as it is shown."""
    found = []
    if (wide := await page.evaluate("document.documentElement.scrollWidth")) != width:
        found.append(f"is {wide} wide")
    if await page.locator("h1").count() != 1:
        found.append("has not one heading")
    if outside := await page.evaluate(OUTSIDE):
        found.append(f"navigation outside: {outside}")
    if "\u202e" in await page.content():
        found.append("turns the text around")
    return found


async def all_problems(
    shared: Chromium, daemon: Daemon, settings: Settings, width: int, *, dark: bool = True
) -> dict[str, Any]:
    complaints: list[str] = []
    found: dict[str, Any] = {}
    async with (
        serve(daemon, settings) as address,
        page_of(shared, address, width=width, complaints=complaints) as page,
    ):
        for path in PATHS:
            await page.emulate_media(color_scheme="light")
            await page.goto(address + path)
            await open_all(page)
            found[path] = [*await problems(page, width), *await findings(page)]
            if not dark:
                continue
            await page.emulate_media(color_scheme="dark")
            found[path] += [f"dark: {each}" for each in await findings(page, "color-contrast")]
    found["console"] = [each for each in complaints if each != NOT_FOUND]
    return {path: each for path, each in found.items() if each}


@widths
async def test_every_page_fits_and_can_be_used_by_everybody(
    hostile: Daemon, settings: Settings, browser: Chromium, width: int
) -> None:
    assert await all_problems(browser, hostile, settings, width) == {}


async def test_an_empty_database_and_a_daemon_that_stands_by_have_pages_too(
    sqlite_store: Store, settings: Settings, browser: Chromium, clock: HandClock
) -> None:
    sqlite_store.clock = clock
    daemon = Daemon(settings, sqlite_store, clock)
    assert await all_problems(browser, daemon, settings, 390, dark=False) == {}


async def test_what_is_wrong_is_found(browser: Chromium) -> None:
    complaints: list[str] = []
    async with page_of(browser, "about:blank", width=390, complaints=complaints) as page:
        await page.set_content(WRONG)
        assert await problems(page, 390) == ["is 500 wide", "has not one heading", "turns the text around"]
        rules = {each.partition(":")[0] for each in await findings(page)}
        assert rules >= {"image-alt", "color-contrast", "label"}
    assert complaints == ["noise"]
