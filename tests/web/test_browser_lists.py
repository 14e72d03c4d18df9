"""Bets and a match in a real browser: searched, sorted, live, and without a script."""

from decimal import Decimal
from typing import Any

from syncd.app.daemon import Daemon
from syncd.config.settings import Settings
from syncd.model.pinnacle import Moneyline, Period
from syncd.store import periods, rows, schema
from syncd.store.engine import Store
from syncd.store.periods import NewPeriodContent
from syncd.web.server import serve
from tests.web.browser import Chromium, page_of
from tests.web.fixtures import HOUR, NOW, SECOND, HandClock

LINE = "#price .wide-chart path.line.pinnacle"


def price(home: str) -> str:
    line = Moneyline(home=Decimal(home), draw=Decimal("3.4"), away=Decimal("3.6"))
    return periods.encode(Period(number=0, moneyline=line))


async def put_price(store: Store, home: str) -> None:
    async with store.write() as conn:
        content = NewPeriodContent(10, 0, 29, 7, price(home), has_prices=True, has_moneyline=True)
        await periods.save(conn, [content], store.clock.now())


async def test_a_search_and_a_sort_are_in_the_address_and_a_row_leads_to_its_match(
    daemon: Daemon, settings: Settings, browser: Chromium
) -> None:
    complaints: list[str] = []
    async with (
        serve(daemon, settings) as address,
        page_of(browser, address + "bets", complaints=complaints) as page,
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
    daemon: Daemon, settings: Settings, browser: Chromium, clock: HandClock, filled: Store
) -> None:
    complaints: list[str] = []
    async with filled.write() as conn:
        past: dict[str, Any] = {"event_id": 10, "number": 0, "at": NOW - HOUR, "period_json": price("2.30")}
        await rows.insert(conn, schema.price_history, [past])
    async with (
        serve(daemon, settings) as address,
        page_of(browser, address + "matches/100?filter=1", complaints=complaints) as page,
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
    daemon: Daemon, settings: Settings, browser: Chromium
) -> None:
    async with (
        serve(daemon, settings) as address,
        page_of(browser, address + "bets", complaints=[], java_script_enabled=False) as page,
    ):
        await page.get_by_label("Team or league").press_sequentially("odra")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**search=odra**")
        assert await page.locator("table.bets tbody tr").count() == 4
