"""Bets, a match and the activity in a real browser: on a screen and a phone, live, with hostile names."""

from decimal import Decimal
from typing import Any

import pytest

from syncd.app.daemon import Daemon
from syncd.config.settings import Settings
from syncd.model.pinnacle import Moneyline, Period
from syncd.store import catalogue, periods, rows, schema
from syncd.store.engine import Store
from syncd.store.periods import NewPeriodContent
from syncd.web.server import serve
from tests.web.browser import page_of
from tests.web.fixtures import HOSTILE, HOUR, NOW, SECOND, HandClock, match

LONG = "Llanfairpwllgwyngyll" * 7
LINE = "#price .wide-chart path.line.pinnacle"
PATHS = ("bets", "bets?state=no_price", "matches/100?filter=1", "matches/101?filter=2", "activity")


@pytest.fixture
async def hostile(filled: Store) -> None:
    """Matches with names of 140 letters, of markup and of direction marks."""
    listed = [match(100, LONG), match(101, HOSTILE), match(103, "\u202eAC\u2066 Nowhere")]
    async with filled.write() as conn:
        await catalogue.replace_days(conn, {NOW.date(): listed}, NOW)


def price(home: str) -> str:
    line = Moneyline(home=Decimal(home), draw=Decimal("3.4"), away=Decimal("3.6"))
    return periods.encode(Period(number=0, moneyline=line))


async def put_price(store: Store, home: str) -> None:
    async with store.write() as conn:
        content = NewPeriodContent(10, 0, 29, 7, price(home), has_prices=True, has_moneyline=True)
        await periods.save(conn, [content], store.clock.now())


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.usefixtures("hostile")
async def test_every_page_fits_its_window_whatever_the_names_are(
    daemon: Daemon, settings: Settings, chromium: str, width: int
) -> None:
    complaints: list[str] = []
    async with (
        serve(daemon, settings) as address,
        page_of(chromium, address, width=width, complaints=complaints) as page,
    ):
        for path in PATHS:
            await page.goto(address + path)
            assert await page.evaluate("document.documentElement.scrollWidth") == width, path
            assert "\u202e" not in await page.content()
    assert complaints == []


async def test_a_search_and_a_sort_are_in_the_address_and_a_row_leads_to_its_match(
    daemon: Daemon, settings: Settings, chromium: str
) -> None:
    complaints: list[str] = []
    async with (
        serve(daemon, settings) as address,
        page_of(chromium, address + "bets", complaints=complaints) as page,
    ):
        assert await page.locator("table.bets tbody tr").count() == 4
        await page.get_by_label("Team or league").fill("chorzow")
        await page.get_by_role("button", name="Show", exact=True).click()
        await page.wait_for_url("**search=chorzow**")
        assert await page.locator("table.bets tbody tr").count() == 3
        await page.get_by_role("link", name="Min Odds").click()
        await page.wait_for_url("**sort=odds**")
        assert await page.locator("th[aria-sort=ascending]").inner_text() == "Min Odds"
        await page.get_by_role("link", name="Ruch Chorzów").first.click()
        await page.get_by_role("heading", name="Ruch Chorzów").wait_for()
        assert "/matches/100?filter=" in page.url
    assert complaints == []


async def test_a_price_that_changes_moves_the_chart_without_a_reload(
    daemon: Daemon, settings: Settings, chromium: str, clock: HandClock, filled: Store
) -> None:
    complaints: list[str] = []
    async with filled.write() as conn:
        past: dict[str, Any] = {"event_id": 10, "number": 0, "at": NOW - HOUR, "period_json": price("2.30")}
        await rows.insert(conn, schema.price_history, [past])
    async with (
        serve(daemon, settings) as address,
        page_of(chromium, address + "matches/100?filter=1", complaints=complaints) as page,
    ):
        await page.evaluate("window.isSamePage = true")
        line = page.locator(LINE)
        before = await line.get_attribute("d")
        clock.at += 10 * SECOND
        await put_price(filled, "2.60")
        daemon.alerts.fire("test", "something has changed")
        moved = f"before => document.querySelector('{LINE}').getAttribute('d') !== before"
        await page.wait_for_function(moved, arg=before)
        assert await page.evaluate("window.isSamePage")
        await page.get_by_text("The same as a table").click()
        assert await page.get_by_role("cell", name="2.60").first.is_visible()
    assert complaints == []


async def test_the_pages_work_by_keyboard_and_without_a_script(
    daemon: Daemon, settings: Settings, chromium: str
) -> None:
    async with (
        serve(daemon, settings) as address,
        page_of(chromium, address + "bets", complaints=[], java_script_enabled=False) as page,
    ):
        await page.get_by_label("Team or league").press_sequentially("odra")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**search=odra**")
        assert await page.locator("table.bets tbody tr").count() == 4
