import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from syncd.app.daemon import Daemon
from syncd.config.settings import Settings
from syncd.store.engine import Store
from syncd.web.server import make_app
from tests.support.databases import quick_folder, run_aside
from tests.support.direct_sqlite import direct_sqlite_for_tests  # noqa: F401  (a fixture)
from tests.web.browser import Chromium, shared_browser
from tests.web.fixtures import HandClock, at_work, fill, settings_of

Open = Callable[..., Awaitable[TestClient]]


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def settings() -> Settings:
    return settings_of()


@pytest.fixture(scope="session")
def filled_template(sqlite_template: Path) -> Iterator[Path]:
    """A file with a little of everything to copy; to fill each one would take longer than most tests."""

    async def filled(url: str) -> None:
        async with await Store.open(url, HandClock()) as store:
            await fill(store, settings_of())

    with tempfile.TemporaryDirectory(prefix="syncd-", dir=quick_folder()) as folder:
        path = Path(shutil.copy(sqlite_template, Path(folder) / "filled.db"))
        run_aside(filled(f"sqlite:///{path}"))
        yield path


@pytest.fixture
async def filled(sqlite_url: str, filled_template: Path, clock: HandClock) -> AsyncIterator[Store]:
    """A store with a little of everything."""
    shutil.copy(filled_template, sqlite_url.removeprefix("sqlite:///"))
    async with await Store.open(sqlite_url, clock) as store:
        yield store


@pytest.fixture
async def daemon(filled: Store, settings: Settings) -> AsyncIterator[Daemon]:
    """A daemon at work over it."""
    async with at_work(filled, settings) as working:
        yield working


@pytest.fixture
async def open_client() -> AsyncIterator[Open]:
    """A client of a daemon's pages; keywords are of `[web]`, as bound and as configured."""
    async with AsyncExitStack() as stack:

        async def opened(daemon: Daemon, **web: Any) -> TestClient:
            daemon.settings = settings_of(web={"port": 0} | web)
            server = TestServer(make_app(daemon, daemon.settings.web, fresh_s=0))
            return await stack.enter_async_context(TestClient(server))

        yield opened


@pytest.fixture
async def client(daemon: Daemon, open_client: Open) -> TestClient:
    """A client of the daemon at work, on a loopback address."""
    return await open_client(daemon)


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    """The system's browser, one for all tests of this process."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("needs a browser: apt-get install chromium")
    with shared_browser(path) as shared:
        yield shared
