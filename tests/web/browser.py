"""A page in a real browser, with all that it complains about."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Page, async_playwright

HEIGHT = 900


@asynccontextmanager
async def page_of(
    chromium: str,
    address: str,
    *,
    complaints: list[str],
    width: int = 1280,
    zone: str = "UTC",
    **options: Any,
) -> AsyncIterator[Page]:
    """Open it; what its scripts and the console say goes to `complaints`. `options` are of the context."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        size = {"width": width, "height": HEIGHT}
        context = await browser.new_context(viewport=size, timezone_id=zone, **options)
        page = await context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        await page.goto(address)
        yield page
        await browser.close()


async def picture(page: Page, folder: Path, name: str) -> None:
    """Save the whole page as a picture, as it is in light and in dark."""
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        await page.screenshot(path=folder / f"{name}-{scheme}.png", full_page=True)
