"""Pages in a real browser, with all that it complains about.

To start a browser takes longer than most tests, so one serves all tests of a process. It runs in a thread
with an event loop of its own, because each test has another one.
"""

import asyncio
import inspect
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, async_playwright

HEIGHT = 900
STARTS_WITHIN_S = 60.0


class Chromium:
    """A browser that runs in a thread, and the loop in which it is asked."""

    def __init__(self, browser: Browser, loop: asyncio.AbstractEventLoop) -> None:
        self.browser = browser
        self.loop = loop

    async def result_of(self, asked: Coroutine[Any, Any, Any]) -> Any:
        """Await something of the browser's loop."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(asked, self.loop))

    def called(self, value: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """Call something at once in the browser's thread; it must not need the loop of the test."""

        async def call() -> Any:
            return value(*args, **options)

        return asyncio.run_coroutine_threadsafe(call(), self.loop).result(STARTS_WITHIN_S)


class Remote:
    """Something of playwright's, used from the loop of a test: what is awaited happens in the thread."""

    def __init__(self, target: Any, shared: Chromium) -> None:
        self._target = target
        self._shared = shared

    def __getattr__(self, name: str) -> Any:
        return self._wrapped(getattr(self._target, name))

    def _wrapped(self, value: Any) -> Any:
        if inspect.iscoroutinefunction(value):
            return lambda *args, **options: self._shared.result_of(self._later(value(*args, **options)))
        if callable(value):
            return lambda *args, **options: self._wrapped(self._shared.called(value, *args, **options))
        return Remote(value, self._shared) if _is_playwrights(value) else value

    async def _later(self, asked: Coroutine[Any, Any, Any]) -> Any:
        result = await asked
        return Remote(result, self._shared) if _is_playwrights(result) else result


def _is_playwrights(value: Any) -> bool:
    return type(value).__module__.startswith("playwright.")


@contextmanager
def shared_browser(chromium: str) -> Iterator[Chromium]:
    """Run a browser until the context ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="browser", daemon=True)
    thread.start()

    def done(asked: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(asked, loop).result(STARTS_WITHIN_S)

    manager = async_playwright()
    playwright = done(manager.__aenter__())
    try:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        browser = done(launched)
        yield Chromium(browser, loop)
        done(browser.close())
    finally:
        done(manager.__aexit__(None, None, None))
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@asynccontextmanager
async def page_of(
    shared: Chromium,
    address: str,
    *,
    complaints: list[str],
    width: int = 1280,
    zone: str = "UTC",
    **options: Any,
) -> AsyncIterator[Any]:
    """Open it; what its scripts and the console say goes to `complaints`. `options` are of the context."""
    size = {"width": width, "height": HEIGHT}
    made = shared.browser.new_context(viewport=size, timezone_id=zone, **options)  # type: ignore[arg-type]
    context = Remote(await shared.result_of(made), shared)
    try:
        page = await context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        await page.goto(address)
        yield page
    finally:
        await context.close()


async def picture(page: Any, folder: Path, name: str) -> None:
    """Save the whole page as a picture, as it is in light and in dark."""
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        await page.screenshot(path=folder / f"{name}-{scheme}.png", full_page=True)


SERIOUS = ("serious", "critical")


def axe_source() -> str:
    """The script of axe-core, as its wheel has it."""
    spec = find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.origin is not None
    return (Path(spec.origin).parent / "axe.min.js").read_text()


async def findings(page: Any, *rules: str) -> list[str]:
    """What axe-core finds serious on the page, by these rules only if any are given."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(axe_source())
    options = {"runOnly": {"type": "rule", "values": rules}} if rules else {}
    found = await page.evaluate(
        "options => axe.run(document, options)", options | {"resultTypes": ["violations"]}
    )
    return [
        f"{each['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for each in found["violations"]
        if each["impact"] in SERIOUS
        for node in each["nodes"]
    ]
